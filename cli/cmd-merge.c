/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gracesim merge: join the stores of a study's shards.
 *
 * The joint store is made beside the wanted one and takes its name at the end, so
 * that it is whole or not there, and may replace one of those it is made of.
 */
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "runs/store.h"

static const char description[] =
	"The stores are those of one study: what 'gracesim sweep --shard=I/N --store=FILE'\n"
	"wrote for each I. A cell that several have must be the same in all.\n"
	"'gracesim report' makes the report.";

/* The command line; owned. */
typedef struct {
	char *output;
	char **stores;
	gboolean quiet;
} Words;

static void words_clear(Words *words)
{
	g_free(words->output);
	g_strfreev(words->stores);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "the store to write; one that is there is replaced", "FILE" },
		GS_QUIET_ENTRY(&words->quiet),
		GS_ARGUMENTS_ENTRY(&words->stores),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

static bool check_words(const Words *words, GError **error)
{
	if (words->stores && words->output)
		return true;
	return gs_usage_error(error, "no %s given", words->stores ? "--output" : "STORE");
}

static bool note_missing(const Words *words, GsStore *joint, GError **error)
{
	unsigned int count = 0;
	g_autoptr(GPtrArray) names = gs_store_missing(joint, 0, &count, error);

	if (names && count && !words->quiet)
		fprintf(stderr, "gracesim: note: '%s' is not complete: %u cell%s missing\n",
			words->output, count, count == 1 ? " is" : "s are");
	return names != NULL;
}

bool gs_cmd_merge(const GsInvocation *invocation, GError **error)
{
	g_auto(Words) words = { 0 };
	g_autoptr(GsOutput) output = NULL;
	g_autoptr(GsStore) joint = NULL;
	bool helped = false;

	if (!parse_words(&words, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	if (!check_words(&words, error))
		return false;
	output = gs_output_open(words.output, error);
	if (!output)
		return false;
	if (!gs_output_temporary(output))
		return gs_usage_error(error, "--output: '%s' is no file that a store can be in",
				      words.output);
	joint = gs_store_open_draft(gs_output_temporary(output), words.output, error);
	if (!joint)
		return false;
	for (char **path = words.stores; *path; path++)
		if (!gs_store_merge(joint, *path, error))
			return false;
	if (!note_missing(&words, joint, error))
		return false;
	/* before the output is closed: that would take SQLite's locks off the file */
	g_clear_pointer(&joint, gs_store_close);
	return gs_output_commit(output, error);
}

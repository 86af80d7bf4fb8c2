/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program: the table of commands, and what all of them share. The only
 * place that prints errors and picks the exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "models/machine-spec.h"
#include "models/scenario/scenario.h"
#include "models/vmm/vmm-model.h"
#include "runs/study-plan.h"
#include "traces/trace-error.h"

#define EXIT_USAGE 2
#define EXIT_INCOMPLETE 3

static const GsCommand commands[] = {
	{
		.name = "replay",
		.arguments = "[OPTION]... TRACE...",
		.summary = "Predict what a strace log's ioctls cost, by policy and tick rate",
		.examples = "gracesim replay boot.strace\n"
			    "gracesim replay boot.strace --hz=100 --call=KVM_CREATE_VCPU:0\n"
			    "gracesim replay mail.strace --preamble=firecracker --format=json",
		.run = gs_cmd_replay,
	},
	{
		.name = "run",
		.arguments = "[OPTION]... MODEL|SCENARIO",
		.summary = "Simulate a VMM's start or a scenario, by policy and tick rate",
		.examples = "gracesim run firecracker --set vcpus=4 --set net=2\n"
			    "gracesim run seed-regression\n"
			    "gracesim run --print boot-storm >mine.ini",
		.run = gs_cmd_run,
	},
	{
		.name = "import",
		.arguments = "[OPTION]... FILE...",
		.summary = "Read any log, and write its calls as a table, CSV, JSON or strace text",
		.examples = "gracesim import boot.strace\n"
			    "gracesim import --format=csv mail.mbox\n"
			    "gracesim import --summary boot.strace.gz",
		.run = gs_cmd_import,
	},
	{
		.name = "sweep",
		.arguments = "[OPTION]... NAME",
		.summary = "Run a scenario at every point that axes span, and compare",
		.examples = "gracesim sweep firecracker -P hz=100,250,300,1000 -P policy=all\n"
			    "gracesim sweep qemu-q35-7.2 -P vcpus=1..64*2 --precision=1%\n"
			    "gracesim sweep hz-tuning --store=study.db",
		.run = gs_cmd_sweep,
	},
	{
		.name = "report",
		.arguments = "[OPTION]... STORE",
		.summary = "Write the report of a study from its store",
		.examples = "gracesim report study.db\n"
			    "gracesim report study.db --call=KVM_CREATE_VCPU:0 --format=markdown",
		.run = gs_cmd_report,
	},
	{
		.name = "merge",
		.arguments = "[OPTION]... -o FILE STORE...",
		.summary = "Join the stores of a study's shards",
		.examples = "gracesim merge -o study.db shard1.db shard2.db",
		.run = gs_cmd_merge,
	},
	{
		.name = "list",
		.arguments = "policies|kernels|hosts|machines|vmms|scenarios|parameters",
		.summary = "List the names that options take",
		.examples = "gracesim list policies",
		.run = gs_cmd_list,
	},
	{
		.name = "help",
		.arguments = "[COMMAND]",
		.summary = "Tell how to use gracesim or one of its commands",
		.examples = "gracesim help replay",
		.run = gs_cmd_help,
	},
	{ 0 },
};

static void print_version(void)
{
	puts("gracesim " PACKAGE_VERSION "\n"
	     "Copyright (C) 2026 The gracesim authors\n"
	     "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>\n"
	     "This is free software: you are free to change and redistribute it.\n"
	     "There is NO WARRANTY, to the extent permitted by law.");
}

/*
 * With stdout closed the first file opened would become it, and the report end
 * up there. Fill the gaps with what fails when it is used.
 */
static void keep_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
}

/* A full disk may show only now. */
static bool close_stdout(GError **error)
{
	bool failed = ferror(stdout);
	int errnum = EIO; /* of a failed write long ago no more is known */

	if (fflush(stdout)) {
		failed = true;
		errnum = errno;
	}
	if (fclose(stdout) && !failed) {
		failed = true;
		errnum = errno;
	}
	if (failed)
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_OUTPUT,
			    "cannot write standard output: %s", g_strerror(errnum));
	return !failed;
}

static bool is_usage_error(const GError *error)
{
	return error->domain == G_OPTION_ERROR ||
	       g_error_matches(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE) ||
	       g_error_matches(error, GS_TRACE_ERROR, GS_TRACE_ERROR_NO_SERIES) ||
	       g_error_matches(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN) ||
	       g_error_matches(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE) ||
	       g_error_matches(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_UNKNOWN) ||
	       g_error_matches(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_VALUE) ||
	       g_error_matches(error, GS_STUDY_ERROR, GS_STUDY_ERROR_PLAN) ||
	       g_error_matches(error, GS_STUDY_ERROR, GS_STUDY_ERROR_CALL) ||
	       g_error_matches(error, GS_VMM_ERROR, GS_VMM_ERROR_UNKNOWN) ||
	       g_error_matches(error, GS_VMM_ERROR, GS_VMM_ERROR_SETTING);
}

/* An error's message on one line, whatever the names in it are made of; the caller frees it. */
static char *message_line(const GError *error)
{
	char *line = g_strdup(error->message);

	/* GLib's own messages begin with a capital. */
	if (error->domain == G_OPTION_ERROR)
		*line = g_ascii_tolower(*line);
	for (char *at = line; *at; at++)
		if (g_ascii_iscntrl(*at))
			*at = '?';
	return line;
}

/* Print @error after the name of the command it came from, if any; returns the exit status. */
static int fail(const char *command, const GError *error)
{
	g_autofree char *line = message_line(error);

	fprintf(stderr, "gracesim: %s%s%s\n", command ? command : "", command ? ": " : "", line);
	if (g_error_matches(error, GS_CLI_ERROR, GS_CLI_ERROR_INTERRUPTED))
		gs_interrupt_die();
	if (g_error_matches(error, GS_CLI_ERROR, GS_CLI_ERROR_INCOMPLETE))
		return EXIT_INCOMPLETE;
	return is_usage_error(error) ? EXIT_USAGE : EXIT_FAILURE;
}

static bool run_command(const GsInvocation *invocation, GError **error)
{
	return invocation->command->run(invocation, error) && close_stdout(error);
}

int main(int argc, char **argv)
{
	gboolean help = FALSE, version = FALSE;
	const GOptionEntry entries[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
		{ "version", 'V', 0, G_OPTION_ARG_NONE, &version, NULL, NULL },
		{ 0 }
	};
	GsInvocation invocation = { .commands = commands };
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	keep_standard_descriptors();
	setlocale(LC_ALL, "");
	g_set_prgname("gracesim");

	/* What follows the command's name belongs to the command. */
	g_option_context_set_strict_posix(context, TRUE);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return fail(NULL, error);
	if (help || version) {
		if (help)
			gs_command_print_overview(commands);
		else
			print_version();
		return close_stdout(&error) ? EXIT_SUCCESS : fail(NULL, error);
	}
	if (argc < 2) {
		g_set_error(&error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
			    "no command given; 'gracesim --help' lists them");
		return fail(NULL, error);
	}
	invocation.command = gs_command_lookup(commands, argv[1], &error);
	if (!invocation.command)
		return fail(NULL, error);
	invocation.argc = argc - 1;
	invocation.argv = argv + 1;
	if (!run_command(&invocation, &error))
		return fail(invocation.command->name, error);
	return EXIT_SUCCESS;
}

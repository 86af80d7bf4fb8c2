/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "models/suggest.h"

G_DEFINE_QUARK(gs-cli-error-quark, gs_cli_error)

bool gs_usage_error(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(GS_CLI_ERROR, GS_CLI_ERROR_USAGE, format,
						    arguments));
	va_end(arguments);
	return false;
}

void gs_print_notes(const GPtrArray *notes)
{
	for (unsigned int i = 0; i < notes->len; i++)
		fprintf(stderr, "gracesim: note: %s\n",
			(const char *)g_ptr_array_index(notes, i));
}

const GsCommand *gs_command_lookup(const GsCommand *commands, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *hint = NULL;

	for (const GsCommand *command = commands; command->name; command++) {
		if (!strcmp(command->name, name))
			return command;
		g_ptr_array_add(names, (void *)command->name);
	}
	g_ptr_array_add(names, NULL);
	hint = gs_suggest_hint(name, (const char *const *)names->pdata);
	gs_usage_error(error, "unknown command '%s'%s", name,
		       *hint ? hint : "; 'gracesim --help' lists them");
	return NULL;
}

static void print_examples(const char *examples)
{
	g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);

	puts("\nExamples:");
	for (char **line = lines; *line; line++)
		printf("  %s\n", *line);
}

static void print_help(const GsCommand *command, GOptionContext *context)
{
	g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
	const char *options = strstr(help, "\n\n"); /* what follows GLib's own usage line */

	printf("Usage: gracesim %s %s\n%s.\n", command->name, command->arguments,
	       command->summary);
	print_examples(command->examples);
	fputs(options ? options + 1 : help, stdout);
}

void gs_command_print_overview(const GsCommand *commands)
{
	puts("Usage: gracesim COMMAND [OPTION]... [FILE]...\n"
	     "Predict how long KVM ioctls stall behind SRCU grace periods.");
	print_examples("gracesim replay boot.strace\n"
		       "gracesim replay boot.strace --hz=100 --policy=call-srcu,hybrid\n"
		       "gracesim import --summary boot.strace\n"
		       "gracesim list policies");
	puts("\nCommands:");
	for (const GsCommand *command = commands; command->name; command++)
		printf("  %-8s %s\n", command->name, command->summary);
	puts("\nOptions:\n"
	     "  -h, --help     print this help; 'gracesim COMMAND --help' tells of COMMAND\n"
	     "  -V, --version  print the version and the licence\n"
	     "\n"
	     "Exit status: 0 done, 1 failed, 2 the command line is wrong, 3 import --strict: not\n"
	     "all of a log was understood; report: not all of the study has been run.");
}

/* Whether @argument is a short option with its value attached, as "-j2", which GLib cannot read. */
static bool has_attached_value(const char *argument, const GOptionEntry *entries)
{
	if (argument[0] != '-' || argument[1] == '-' || !argument[1] || !argument[2])
		return false;
	for (const GOptionEntry *entry = entries; entry->long_name; entry++)
		if (entry->short_name == argument[1])
			return entry->arg != G_OPTION_ARG_NONE;
	return false;
}

/* The arguments with attached values taken off; what is behind "--" is no option. */
static char **detach_values(const GsInvocation *invocation, const GOptionEntry *entries)
{
	GPtrArray *arguments = g_ptr_array_new();
	bool options_end = false;

	for (int i = 0; i < invocation->argc; i++) {
		const char *argument = invocation->argv[i];

		options_end |= !strcmp(argument, "--");
		if (i && !options_end && has_attached_value(argument, entries)) {
			g_ptr_array_add(arguments, g_strndup(argument, 2));
			argument += 2;
		}
		g_ptr_array_add(arguments, g_strdup(argument));
	}
	g_ptr_array_add(arguments, NULL);
	return (char **)g_ptr_array_free(arguments, FALSE);
}

bool gs_command_parse(const GsInvocation *invocation, const GOptionEntry *entries,
		      const char *description, bool *ret_helped, GError **error)
{
	g_auto(GStrv) arguments = detach_values(invocation, entries);
	gboolean help = FALSE;
	const GOptionEntry help_entries[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "print this help", NULL },
		{ 0 }
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	/* GLib's own --help calls exit(), past the check that stdout was written. */
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, help_entries, NULL);
	g_option_context_set_description(context, description);
	if (!g_option_context_parse_strv(context, &arguments, error))
		return false;
	if (help)
		print_help(invocation->command, context);
	*ret_helped = help;
	return true;
}

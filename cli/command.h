/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A subcommand of gracesim.
 *
 * To add one: write cli/cmd-NAME.c, declare its function below, add a row to
 * the table in cli/main.c, a page doc/gracesim-NAME.1, a test in tests/cli and
 * a line in NEWS. tests/cli/help.sh walks the table and finds what is missing.
 */
#ifndef GS_COMMAND_H
#define GS_COMMAND_H

#include <glib.h>
#include <stdbool.h>

#define GS_CLI_ERROR gs_cli_error_quark()
GQuark gs_cli_error_quark(void);
typedef enum {
	GS_CLI_ERROR_USAGE,  /* the command line is wrong: exit status 2 */
	GS_CLI_ERROR_OUTPUT, /* results cannot be written: exit status 1 */
	/* results are written, but not of all that was given: exit status 3 */
	GS_CLI_ERROR_INCOMPLETE,
	GS_CLI_ERROR_INTERRUPTED, /* by a signal, of which the program now dies */
} GsCliError;

/* Set @error to one of usage; false, for the caller to return. */
bool gs_usage_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Tell the user on stderr what @notes, texts, say. */
void gs_print_notes(const GPtrArray *notes);

typedef struct GsCommand GsCommand;

/* One call of a command. */
typedef struct {
	const GsCommand *command;
	const GsCommand *commands; /* all of them, ended by a row without name */
	int argc;
	char **argv; /* argv[0] is the command's name */
} GsInvocation;

struct GsCommand {
	const char *name;
	const char *arguments; /* what follows the name in the usage line */
	const char *summary;   /* one line for `gracesim --help` */
	const char *examples;  /* command lines, one per line: the first thing --help shows */
	/* Returns false with @error set; who calls it prints the error and picks the status. */
	bool (*run)(const GsInvocation *invocation, GError **error);
};

bool gs_cmd_import(const GsInvocation *invocation, GError **error);
bool gs_cmd_replay(const GsInvocation *invocation, GError **error);
bool gs_cmd_sweep(const GsInvocation *invocation, GError **error);
bool gs_cmd_merge(const GsInvocation *invocation, GError **error);
bool gs_cmd_report(const GsInvocation *invocation, GError **error);
bool gs_cmd_run(const GsInvocation *invocation, GError **error);
bool gs_cmd_list(const GsInvocation *invocation, GError **error);
bool gs_cmd_help(const GsInvocation *invocation, GError **error);

/* NULL, with @error set, if there is no command @name. */
const GsCommand *gs_command_lookup(const GsCommand *commands, const char *name, GError **error);

/*
 * Parse the options of @invocation as @entries say. "--help" is taken care of:
 * it prints the help on stdout and sets @ret_helped, and the command has nothing
 * left to do.
 */
bool gs_command_parse(const GsInvocation *invocation, const GOptionEntry *entries,
		      const char *description, bool *ret_helped, GError **error);

/* Print what `gracesim --help` shows: how to begin, and the table of commands. */
void gs_command_print_overview(const GsCommand *commands);

#endif

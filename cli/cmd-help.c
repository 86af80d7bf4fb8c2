/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gracesim help [COMMAND]: the same text as --help. */
#include "cli/command.h"

bool gs_cmd_help(const GsInvocation *invocation, GError **error)
{
	g_auto(GStrv) topics = NULL;
	const GOptionEntry entries[] = {
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &topics, NULL, NULL },
		{ 0 }
	};
	char *argv[] = { NULL, (char *)"--help", NULL };
	GsInvocation asked = { .commands = invocation->commands, .argc = 2, .argv = argv };
	bool helped = false;

	if (!gs_command_parse(invocation, entries, NULL, &helped, error))
		return false;
	if (helped)
		return true;
	if (!topics) {
		gs_command_print_overview(invocation->commands);
		return true;
	}
	if (topics[1])
		return gs_usage_error(error, "one command at a time, not also '%s'", topics[1]);
	asked.command = gs_command_lookup(invocation->commands, topics[0], error);
	if (!asked.command)
		return false;
	argv[0] = topics[0];
	return asked.command->run(&asked, error);
}

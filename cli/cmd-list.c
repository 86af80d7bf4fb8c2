/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gracesim list TOPIC: the names that options take, one per line, and what they are. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "models/machine-spec.h"
#include "models/policy/policy.h"
#include "models/scenario/scenario.h"
#include "models/vmm/vmm-model.h"

/* Of the column of names, if none is longer. */
#define NAME_WIDTH 20

static void list_policies(void)
{
	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
		printf("%-*s %s (%s)\n", NAME_WIDTH, (*policy)->name, (*policy)->summary,
		       (*policy)->status);
}

/* @names is taken; @describe returns text to free. */
static void list_described(char **names, char *(*describe)(const char *name))
{
	g_auto(GStrv) owned = names;
	int width = NAME_WIDTH;

	for (char **name = owned; *name; name++)
		width = MAX(width, (int)strlen(*name));
	for (char **name = owned; *name; name++) {
		g_autofree char *description = describe(*name);

		printf("%-*s %s\n", width, *name, description);
	}
}

static void list_kernels(void)
{
	list_described(gs_machine_list_kernels(), gs_machine_describe_kernel);
}

static void list_hosts(void)
{
	list_described(gs_machine_list_hosts(), gs_machine_describe_host);
}

/* @describe fills in the I-th name and its description; false behind the last. */
static void list_static(bool (*describe)(unsigned int i, const char **name, const char **text),
			int width)
{
	const char *name, *text;

	for (unsigned int i = 0; describe(i, &name, &text); i++)
		printf("%-*s %s\n", width, name, text);
}

static void list_machines(void)
{
	list_static(gs_machine_describe, NAME_WIDTH);
}

static void list_parameters(void)
{
	list_static(gs_params_describe, 32);
}

static void list_vmms(void)
{
	list_described(gs_vmm_list(), gs_vmm_describe);
}

static void list_scenarios(void)
{
	list_described(gs_scenario_list(), gs_scenario_describe);
}

bool gs_cmd_list(const GsInvocation *invocation, GError **error)
{
	static const char *const topics[] = {
		"policies", "kernels", "hosts", "machines", "vmms", "scenarios", "parameters", NULL
	};
	static void (*const list_topic[])(void) = {
		list_policies, list_kernels,   list_hosts,     list_machines,
		list_vmms,     list_scenarios, list_parameters
	};
	g_auto(GStrv) asked = NULL;
	const GOptionEntry entries[] = {
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked, NULL, NULL },
		{ 0 }
	};
	bool helped = false;
	int topic;

	if (!gs_command_parse(invocation, entries, NULL, &helped, error))
		return false;
	if (helped)
		return true;
	if (!asked || asked[1])
		return gs_usage_error(error,
				      "say one of policies, kernels, hosts, machines, vmms, "
				      "scenarios and parameters");
	topic = gs_option_parse_word("TOPIC", asked[0], topics, error);
	if (topic < 0)
		return false;
	list_topic[topic]();
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run-request.h"

#include <string.h>

#include "cli/options.h"
#include "cli/simulation-options.h"
#include "runs/study-axis.h"
#include "runs/study-plan.h"

static const char description[] =
	"KEY is a parameter of the VMM model (vcpus, net, ...), of the machine (those\n"
	"that 'gracesim list parameters' names) or of the scenario (vms, start, ...).\n"
	"A model is run under every policy at the usual tick rates, a scenario as it says.\n"
	"'gracesim list scenarios' and 'gracesim list vmms' name what there is.";

/* The command line as it stands; owned. */
typedef struct {
	GsSimulationWords sim;
	GsReportWords report;
	char **names;
	gboolean print;
} Words;

static void words_clear(Words *words)
{
	gs_simulation_words_clear(&words->sim);
	gs_report_words_clear(&words->report);
	g_strfreev(words->names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		GS_SET_ENTRY(&words->sim, "KEY=VALUE"),
		GS_MACHINE_ENTRIES(&words->sim,
				   "tick rates (a model: 100,250,300,1000; --kernel=host: its own)",
				   "policies (a model: all)", "the model's"),
		GS_RUNS_ENTRIES(&words->sim),
		GS_REPORT_ENTRIES(&words->report),
		{ "print", 0, 0, G_OPTION_ARG_NONE, &words->print,
		  "print the scenario, as a file to begin with, and run nothing", NULL },
		GS_QUIET_ENTRY(&words->report.quiet),
		GS_ARGUMENTS_ENTRY(&words->names),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

static char *key_of(const char *setting)
{
	return g_strndup(setting, strcspn(setting, "="));
}

static bool is_cell_key(const char *key)
{
	return !strcmp(key, "hz") || !strcmp(key, "policy");
}

/* The value of the option that sets @key; NULL: it is not given, or there is none. */
static const char *option_value(const Words *words, const char *key)
{
	const struct {
		const char *key, *value;
	} options[] = {
		{ "hz", words->sim.hz },           { "policy", words->sim.policy },
		{ "kernel", words->sim.kernel },   { "host", words->sim.host },
		{ "machine", words->sim.machine }, { "cpus", words->sim.cpus },
		{ "runs", words->sim.runs },       { "seed", words->sim.seed },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		if (!strcmp(key, options[i].key))
			return options[i].value;
	return NULL;
}

/* Whether the command line says what @key is. */
static bool is_set(const Words *words, const char *key)
{
	for (char **setting = words->sim.set; setting && *setting; setting++) {
		g_autofree char *its_key = key_of(*setting);

		if (!strcmp(its_key, key))
			return true;
	}
	return option_value(words, key) != NULL;
}

/* Whether @plan, of one axis, has the values of @scenario at its @point-th point. */
static bool is_at(const GsStudyPlan *plan, unsigned int point, const GsScenario *scenario)
{
	for (unsigned int key = 0; key < plan->keys->len; key++) {
		g_autofree char *value =
			gs_scenario_get(scenario, g_ptr_array_index(plan->keys, key));

		if (g_strcmp0(value, gs_study_plan_value(plan, point, key)))
			return false;
	}
	return true;
}

/* Of an axis the scenario's own value, if it is one of them, else the first. */
static bool take_one_value(GsRunRequest *request, GsScenarioAxis *axis, GError **error)
{
	g_autoptr(GPtrArray) alone = g_ptr_array_new();
	g_autoptr(GsStudyPlan) plan = NULL;
	g_autoptr(GString) taken = g_string_new(NULL);
	GsScenario *scenario;
	unsigned int point = 0;

	g_ptr_array_add(alone, axis);
	plan = gs_study_plan_new(request->scenario, alone, error);
	if (!plan)
		return false;
	while (point < plan->points->len && !is_at(plan, point, request->scenario))
		point++;
	point = point < plan->points->len ? point : 0;
	scenario = gs_study_plan_scenario(plan, point, error);
	if (!scenario)
		return false;
	gs_scenario_free(request->scenario);
	request->scenario = scenario;
	for (unsigned int key = 0; key < plan->keys->len; key++)
		g_string_append_printf(taken, " %s=%s",
				       (const char *)g_ptr_array_index(plan->keys, key),
				       gs_study_plan_value(plan, point, key));
	g_ptr_array_add(request->notes,
			g_strdup_printf("%s: this runs%s; 'gracesim sweep %s' runs all of %s",
					axis->place, taken->str, request->name, axis->text));
	return true;
}

/* What becomes of an axis that the scenario's file has. */
static bool take_axis(GsRunRequest *request, const Words *words, GsScenarioAxis *axis,
		      GError **error)
{
	g_auto(GStrv) keys = gs_study_axis_keys(axis->text);
	bool is_cell = true;

	for (char **key = keys; *key; key++) {
		is_cell &= is_cell_key(*key);
		if (is_set(words, *key))
			return true;
	}
	if (!is_cell)
		return take_one_value(request, axis, error);
	gs_scenario_axes_add(request->axes, axis->place, axis->text, false);
	return true;
}

static bool take_axes(GsRunRequest *request, const Words *words, const GPtrArray *axes,
		      GError **error)
{
	/* also what is not run must be right */
	g_autoptr(GsStudyPlan) plan = gs_study_plan_new(request->scenario, axes, error);

	if (!plan)
		return false;
	for (unsigned int i = 0; i < axes->len; i++) {
		GsScenarioAxis *axis = g_ptr_array_index(axes, i);

		if (!axis->is_constraint && !take_axis(request, words, axis, error))
			return false;
	}
	return true;
}

/* Policies go down the report and tick rates across, so they vary in this order. */
static bool add_cell_axes(GsRunRequest *request, const Words *words, GError **error)
{
	g_autoptr(GArray) hz = NULL;
	g_autoptr(GPtrArray) policies = NULL;
	const char *policy_text = words->sim.policy;
	const char *hz_text = words->sim.hz;

	if (!policy_text && request->scenario->is_model && !is_set(words, "policy"))
		policy_text = "all";
	request->all_hz = !hz_text && request->scenario->is_model && !is_set(words, "hz");
	if (policy_text) {
		g_autofree char *text = g_strconcat("policy=", policy_text, NULL);

		policies = gs_option_parse_policy_list("--policy", policy_text, error);
		if (!policies)
			return false;
		gs_scenario_axes_add(request->axes, "--policy", text, false);
	}
	if (hz_text) {
		g_autofree char *text = g_strconcat("hz=", hz_text, NULL);

		hz = gs_option_parse_hz_list("--hz", hz_text, error);
		if (!hz)
			return false;
		gs_scenario_axes_add(request->axes, "--hz", text, false);
	}
	return true;
}

static bool set_named(GsScenario *scenario, const Words *words, GError **error)
{
	static const char *const keys[] = { "kernel", "host", "machine", "cpus", "runs", "seed" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const char *value = option_value(words, keys[i]);

		if (value && !gs_scenario_set(scenario, keys[i], value, error))
			return false;
	}
	return true;
}

static bool set_all(GsScenario *scenario, const Words *words, GError **error)
{
	for (char **setting = words->sim.set; setting && *setting; setting++) {
		const char *equals = strchr(*setting, '=');
		g_autofree char *key = key_of(*setting);

		if (!equals)
			return gs_usage_error(error, "--set: '%s' is not KEY=VALUE", *setting);
		if (option_value(words, key))
			return gs_usage_error(error, "--%s and --set %s are the same: give one",
					      key, key);
		if (!gs_scenario_set(scenario, key, equals + 1, error))
			return false;
	}
	return true;
}

static bool parse_scenario(GsRunRequest *request, const Words *words, GError **error)
{
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();

	request->scenario = gs_scenario_load(request->name, axes, error);
	return request->scenario && take_axes(request, words, axes, error) &&
	       set_named(request->scenario, words, error) &&
	       set_all(request->scenario, words, error) && add_cell_axes(request, words, error);
}

/* A scenario of ours that nothing was said about is printed with its comments. */
static bool parse_print(GsRunRequest *request, const Words *words, GError **error)
{
	g_auto(GStrv) shipped = gs_scenario_list();
	const GsSimulationWords *sim = &words->sim;
	const bool is_changed = sim->set || sim->kernel || sim->host || sim->machine || sim->cpus ||
				sim->runs || sim->seed || sim->hz || sim->policy;

	if (!words->print)
		return true;
	if (!is_changed && g_strv_contains((const char *const *)shipped, request->name))
		request->print = gs_scenario_read_shipped(request->name, error);
	else
		request->print = gs_scenario_text(request->scenario);
	return request->print != NULL;
}

bool gs_run_request_parse(GsRunRequest *request, const GsInvocation *invocation, bool *ret_helped,
			  GError **error)
{
	g_auto(Words) words = { 0 };

	if (!parse_words(&words, invocation, ret_helped, error))
		return false;
	if (*ret_helped)
		return true;
	if (!words.names)
		return gs_usage_error(error, "say which scenario or VMM model");
	if (words.names[1])
		return gs_usage_error(error, "one scenario or VMM model at a time, not also '%s'",
				      words.names[1]);
	request->name = g_strdup(words.names[0]);
	request->notes = g_ptr_array_new_with_free_func(g_free);
	request->axes = gs_scenario_axes_new();
	return gs_option_parse_jobs(words.sim.jobs, &request->jobs, error) &&
	       gs_report_options_parse(&request->report, &words.report, error) &&
	       parse_scenario(request, &words, error) && parse_print(request, &words, error);
}

void gs_run_request_clear(GsRunRequest *request)
{
	g_free(request->name);
	g_clear_pointer(&request->scenario, gs_scenario_free);
	g_clear_pointer(&request->axes, g_ptr_array_unref);
	g_clear_pointer(&request->notes, g_ptr_array_unref);
	gs_report_options_clear(&request->report);
	g_free(request->print);
}

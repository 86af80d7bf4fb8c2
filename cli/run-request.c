/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/run-request.h"

#include <string.h>

#include "cli/options.h"
#include "cli/report-options.h"
#include "runs/study-plan.h"

#define JOBS_MAX 1024

static const char description[] =
	"KEY is a parameter of the VMM model (vcpus, net, ...), of the machine (those\n"
	"that 'gracesim list parameters' names) or of the scenario (vms, start, ...).\n"
	"A model is run under every policy at the usual tick rates, a scenario as it says.\n"
	"'gracesim list scenarios' and 'gracesim list vmms' name what there is.";

/* The options as they stand on the command line; owned. */
typedef struct {
	char *hz, *policy, *kernel, *host, *machine, *cpus, *runs, *seed, *jobs, *call, *format;
	char *output, *samples;
	char **set, **names;
	gboolean print, quiet;
} Words;

static void words_clear(Words *words)
{
	char *texts[] = { words->hz,	  words->policy, words->kernel, words->host, words->machine,
			  words->cpus,	  words->runs,	 words->seed,	words->jobs, words->call,
			  words->format,  words->output, words->samples };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(words->set);
	g_strfreev(words->names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->set,
		  "set a parameter, as often as wanted", "KEY=VALUE" },
		{ "hz", 0, 0, G_OPTION_ARG_STRING, &words->hz,
		  "tick rates (a model: 100,250,300,1000; --kernel=host: its own)", "LIST" },
		{ "policy", 0, 0, G_OPTION_ARG_STRING, &words->policy, "policies (a model: all)",
		  "LIST|all" },
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &words->kernel,
		  "kernel release, or host for the running one (v7.3)", "NAME" },
		{ "machine", 0, 0, G_OPTION_ARG_STRING, &words->machine,
		  "x86-vmx, x86-svm or arm64 (the model's)", "NAME" },
		{ "host", 0, 0, G_OPTION_ARG_STRING, &words->host,
		  "cost profile of the host (the machine's)", "NAME" },
		{ "cpus", 0, 0, G_OPTION_ARG_STRING, &words->cpus,
		  "CPUs of the host (the profile's; --kernel=host: its own)", "N" },
		{ "runs", 0, 0, G_OPTION_ARG_STRING, &words->runs,
		  "runs per policy and tick rate (400)", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &words->seed,
		  "what the random draws derive from (1)", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
		  "threads; results do not depend on it (one per CPU)", "N" },
		{ "call", 0, 0, G_OPTION_ARG_STRING, &words->call,
		  "report this ioctl only, or only its K-th of each VM, from 0", "NAME[:K]" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format,
		  "table, csv, json or markdown (table)", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "write the report to FILE, not to stdout", "FILE" },
		{ "samples", 0, 0, G_OPTION_ARG_FILENAME, &words->samples,
		  "write every simulated ioctl to FILE, as CSV", "FILE" },
		{ "print", 0, 0, G_OPTION_ARG_NONE, &words->print,
		  "print the scenario, as a file to begin with, and run nothing", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "no notes on stderr", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->names, NULL,
		  NULL },
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

static char *keys_of(const char *axis)
{
	return g_strndup(axis, strcspn(axis, "="));
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
		{ "hz", words->hz },           { "policy", words->policy },
		{ "kernel", words->kernel },   { "host", words->host },
		{ "machine", words->machine }, { "cpus", words->cpus },
		{ "runs", words->runs },       { "seed", words->seed },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		if (!strcmp(key, options[i].key))
			return options[i].value;
	return NULL;
}

/* Whether the command line says what @key is. */
static bool is_set(const Words *words, const char *key)
{
	for (char **setting = words->set; setting && *setting; setting++) {
		g_autofree char *its_key = keys_of(*setting);

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
	g_autofree char *names = keys_of(axis->text);
	g_auto(GStrv) keys = g_strsplit(names, ",", -1);
	bool is_cell = true;

	for (char **key = keys; *key; key++) {
		is_cell &= is_cell_key(*key);
		if (is_set(words, *key))
			return true;
	}
	if (!is_cell)
		return take_one_value(request, axis, error);
	gs_run_request_add_axis(request, axis->place, axis->text);
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

void gs_run_request_add_axis(GsRunRequest *request, const char *place, const char *text)
{
	GsScenarioAxis *axis = g_new0(GsScenarioAxis, 1);

	axis->place = g_strdup(place);
	axis->text = g_strdup(text);
	g_ptr_array_add(request->axes, axis);
}

/* Policies go down the report and tick rates across, so they vary in this order. */
static bool add_cell_axes(GsRunRequest *request, const Words *words, GError **error)
{
	g_autoptr(GArray) hz = NULL;
	g_autoptr(GPtrArray) policies = NULL;
	const char *policy_text = words->policy;
	const char *hz_text = words->hz;

	if (!policy_text && request->scenario->is_model && !is_set(words, "policy"))
		policy_text = "all";
	request->all_hz = !hz_text && request->scenario->is_model && !is_set(words, "hz");
	if (policy_text) {
		g_autofree char *text = g_strconcat("policy=", policy_text, NULL);

		policies = gs_option_parse_policy_list("--policy", policy_text, error);
		if (!policies)
			return false;
		gs_run_request_add_axis(request, "--policy", text);
	}
	if (hz_text) {
		g_autofree char *text = g_strconcat("hz=", hz_text, NULL);

		hz = gs_option_parse_hz_list("--hz", hz_text, error);
		if (!hz)
			return false;
		gs_run_request_add_axis(request, "--hz", text);
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
	for (char **setting = words->set; setting && *setting; setting++) {
		const char *equals = strchr(*setting, '=');
		g_autofree char *key = keys_of(*setting);

		if (!equals) {
			g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
				    "--set: '%s' is not KEY=VALUE", *setting);
			return false;
		}
		if (option_value(words, key)) {
			g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
				    "--%s and --set %s are the same: give one", key, key);
			return false;
		}
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
	const bool is_changed = words->set || words->kernel || words->host || words->machine ||
				words->cpus || words->runs || words->seed || words->hz ||
				words->policy;

	if (!words->print)
		return true;
	if (!is_changed && g_strv_contains((const char *const *)shipped, request->name))
		request->print = gs_scenario_read_shipped(request->name, error);
	else
		request->print = gs_scenario_text(request->scenario);
	return request->print != NULL;
}

static bool parse_outputs(GsRunRequest *request, Words *words, GError **error)
{
	uint64_t jobs = g_get_num_processors();

	request->output = words->output ? g_steal_pointer(&words->output) : g_strdup("-");
	request->samples = g_steal_pointer(&words->samples);
	request->quiet = words->quiet;
	request->occurrence = -1;
	if (words->jobs &&
	    !gs_option_parse_number("--jobs", words->jobs, 1, JOBS_MAX, &jobs, error))
		return false;
	request->jobs = (unsigned int)jobs;
	request->write_report = gs_report_option_writer(words->format, error);
	if (!request->write_report ||
	    !gs_report_option_check_outputs(request->output, request->samples, error))
		return false;
	return !words->call || gs_option_parse_call("--call", words->call, &request->call,
						    &request->occurrence, error);
}

bool gs_run_request_parse(GsRunRequest *request, const GsInvocation *invocation, bool *ret_helped,
			  GError **error)
{
	g_auto(Words) words = { 0 };

	if (!parse_words(&words, invocation, ret_helped, error))
		return false;
	if (*ret_helped)
		return true;
	if (!words.names || words.names[1]) {
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
			    words.names ? "one scenario or VMM model at a time, not also '%s'" :
					  "say which scenario or VMM model%s",
			    words.names ? words.names[1] : "");
		return false;
	}
	request->name = g_strdup(words.names[0]);
	request->notes = g_ptr_array_new_with_free_func(g_free);
	request->axes = gs_scenario_axes_new();
	return parse_outputs(request, &words, error) && parse_scenario(request, &words, error) &&
	       parse_print(request, &words, error);
}

void gs_run_request_clear(GsRunRequest *request)
{
	g_free(request->name);
	g_clear_pointer(&request->scenario, gs_scenario_free);
	g_clear_pointer(&request->axes, g_ptr_array_unref);
	g_clear_pointer(&request->notes, g_ptr_array_unref);
	g_free(request->call);
	g_free(request->output);
	g_free(request->samples);
	g_free(request->print);
}

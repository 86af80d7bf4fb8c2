/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sweep-request.h"

#include <string.h>

#include "cli/options.h"
#include "runs/study-axis.h"

/* A histogram's buckets are 0.1 % wide: nothing is more precise than that. */
#define PRECISION_MIN_PPM 1000
#define PRECISION_MAX_PPM 500000

static const char description[] =
	"NAME is a VMM model, a scenario that comes with gracesim, or the file of either.\n"
	"\n"
	"VALUES is a list (100,250), a range (0..64:8 is 0, 8, ... 64; 1..64*2: 1, 2, 4, ... 64)\n"
	"or, for policy, vmm, kernel, host, machine and hz, 'all'. Axes are crossed; the keys of\n"
	"\"-P vcpus,cpus=1/2,4/8\" go in lockstep. An axis takes the place of the scenario's own.";

/* The options as they stand on the command line; owned. */
typedef struct {
	GsReportWords report;
	char *repeat, *runs, *jobs, *seed, *precision, *budget, *store, *shard;
	char **axes, **constraints, **set, **names;
	gboolean list, keep_samples;
} Words;

static void words_clear(Words *words)
{
	char *texts[] = { words->repeat,    words->runs,   words->jobs,  words->seed,
			  words->precision, words->budget, words->store, words->shard };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	gs_report_words_clear(&words->report);
	g_strfreev(words->axes);
	g_strfreev(words->constraints);
	g_strfreev(words->set);
	g_strfreev(words->names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		{ "axis", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->axes,
		  "vary KEY, as often as wanted", "KEY=VALUES" },
		{ "constraint", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->constraints,
		  "leave out points where this does not hold, such as 'vcpus<=cpus'", "EXPR" },
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->set,
		  "set a key of the scenario, as often as wanted", "KEY=VALUE" },
		{ "list", 0, 0, G_OPTION_ARG_NONE, &words->list,
		  "list the points and run nothing; --format=csv: as CSV", NULL },
		{ "repeat", 0, 0, G_OPTION_ARG_STRING, &words->repeat,
		  "runs per point (the scenario's; 400)", "N" },
		{ "runs", 0, 0, G_OPTION_ARG_STRING, &words->runs, "the same", "N" },
		{ "precision", 0, 0, G_OPTION_ARG_STRING, &words->precision,
		  "end a point early when its medians are known this well", "PERCENT" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &words->seed,
		  "what the random draws derive from (the scenario's; 1)", "N" },
		GS_JOBS_ENTRY(&words->jobs),
		GS_BUDGET_ENTRY(&words->budget),
		GS_REPORT_ENTRIES(&words->report),
		{ "store", 0, 0, G_OPTION_ARG_FILENAME, &words->store,
		  "keep results in FILE, and continue what it has", "FILE" },
		{ "keep-samples", 0, 0, G_OPTION_ARG_NONE, &words->keep_samples,
		  "keep every simulated ioctl in the store", NULL },
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &words->shard,
		  "run only the I-th of N parts of the points, from 1", "I/N" },
		GS_QUIET_ENTRY(&words->report.quiet),
		GS_ARGUMENTS_ENTRY(&words->names),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

/* Take those of @axes away that vary a key of @text, such as "hz=100". */
static void drop_axes(GPtrArray *axes, const char *text)
{
	g_auto(GStrv) dropped = gs_study_axis_keys(text);

	for (unsigned int i = axes->len; i-- > 0;) {
		const GsScenarioAxis *axis = g_ptr_array_index(axes, i);
		g_auto(GStrv) varied = gs_study_axis_keys(axis->text);
		bool is_dropped = false;

		for (char **key = varied; *key && !axis->is_constraint; key++)
			is_dropped |= g_strv_contains((const char *const *)dropped, *key);
		if (is_dropped)
			g_ptr_array_remove_index(axes, i);
	}
}

static char *key_of(const char *text)
{
	return g_strstrip(g_strndup(text, strcspn(text, "=")));
}

/* Whether @key has an option of its own that is given. */
static bool has_option(const Words *words, const char *key)
{
	return (!strcmp(key, "seed") && words->seed) ||
	       (!strcmp(key, "runs") && (words->runs || words->repeat));
}

static bool is_set(const Words *words, const char *key)
{
	for (char **text = words->set; text && *text; text++) {
		g_autofree char *its_key = key_of(*text);

		if (!strcmp(its_key, key))
			return true;
	}
	return has_option(words, key);
}

/* What is set is no longer varied, unless the command line says both. */
static bool set_keys(GsScenario *scenario, const Words *words, GPtrArray *axes, GError **error)
{
	for (char **text = words->set; text && *text; text++) {
		const char *equals = strchr(*text, '=');
		g_autofree char *key = key_of(*text);

		if (!equals)
			return gs_usage_error(error, "--set: '%s' is not KEY=VALUE", *text);
		if (has_option(words, key))
			return gs_usage_error(error, "'%s' is set twice", key);
		if (!gs_scenario_set(scenario, key, equals + 1, error)) {
			g_prefix_error(error, "--set: ");
			return false;
		}
		drop_axes(axes, key);
	}
	return true;
}

static bool set_key(GsScenario *scenario, const char *option, const char *key, const char *value,
		    GError **error)
{
	if (!value || gs_scenario_set(scenario, key, value, error))
		return true;
	g_prefix_error(error, "%s: ", option);
	return false;
}

static bool set_runs(GsScenario *scenario, const Words *words, GError **error)
{
	if (words->repeat && words->runs)
		return gs_usage_error(error, "--repeat and --runs are the same: give one");
	return set_key(scenario, "--repeat", "runs", words->repeat, error) &&
	       set_key(scenario, "--runs", "runs", words->runs, error);
}

static bool check_not_both(const Words *words, GError **error)
{
	for (char **axis = words->axes; axis && *axis; axis++) {
		g_auto(GStrv) varied = gs_study_axis_keys(*axis);

		for (char **key = varied; *key; key++)
			if (is_set(words, *key))
				return gs_usage_error(error, "'%s' is both set and varied", *key);
	}
	return true;
}

static bool make_plan(GsSweepRequest *request, const Words *words, GError **error)
{
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_autoptr(GsScenario) scenario = gs_scenario_load(words->names[0], axes, error);

	if (!scenario || !check_not_both(words, error) ||
	    !set_keys(scenario, words, axes, error) || !set_runs(scenario, words, error) ||
	    !set_key(scenario, "--seed", "seed", words->seed, error))
		return false;
	if (words->seed)
		drop_axes(axes, "seed");
	for (char **axis = words->axes; axis && *axis; axis++)
		drop_axes(axes, *axis);
	for (char **axis = words->axes; axis && *axis; axis++)
		gs_scenario_axes_add(axes, "-P", *axis, false);
	for (char **constraint = words->constraints; constraint && *constraint; constraint++)
		gs_scenario_axes_add(axes, "--constraint", *constraint, true);
	request->plan = gs_study_plan_new(scenario, axes, error);
	return request->plan != NULL;
}

/* "1%", "0.25%", in millionths. */
static bool parse_precision(GsSweepRequest *request, const char *text, GError **error)
{
	g_autofree char *number = NULL;
	g_auto(GStrv) parts = NULL;
	guint64 whole = 0, fraction = 0;
	bool ok;

	if (!text)
		return true;
	number = g_strdup(text);
	ok = g_str_has_suffix(number, "%");
	if (ok)
		number[strlen(number) - 1] = '\0';
	parts = g_strsplit(number, ".", 2);
	ok = ok && parts[0] && g_ascii_string_to_unsigned(parts[0], 10, 0, 100, &whole, NULL);
	if (ok && parts[1]) {
		g_autofree char *digits = g_strdup_printf("%.4s%.*s", parts[1],
							  MAX(0, 4 - (int)strlen(parts[1])),
							  "0000");

		ok = *parts[1] && strlen(parts[1]) <= 4 &&
		     g_ascii_string_to_unsigned(digits, 10, 0, 9999, &fraction, NULL);
	}
	request->precision_ppm = (unsigned int)(whole * 10000 + fraction);
	if (ok && request->precision_ppm >= PRECISION_MIN_PPM &&
	    request->precision_ppm <= PRECISION_MAX_PPM)
		return true;
	return gs_usage_error(error, "--precision: '%s' is not a percentage from 0.1%% to 50%%",
			      text);
}

static bool parse_shard(GsSweepRequest *request, const char *text, GError **error)
{
	g_auto(GStrv) parts = NULL;
	guint64 shard = 0, count = 0;

	if (!text)
		return true;
	parts = g_strsplit(text, "/", 2);
	if (!parts[0] || !parts[1] ||
	    !g_ascii_string_to_unsigned(parts[1], 10, 1, GS_STUDY_POINTS_MAX, &count, NULL) ||
	    !g_ascii_string_to_unsigned(parts[0], 10, 1, count, &shard, NULL))
		return gs_usage_error(error, "--shard: '%s' is not I/N, such as 1/4 to 4/4", text);
	request->shard = (unsigned int)shard;
	request->shard_count = (unsigned int)count;
	return true;
}

/* A list has two forms, a report four. */
static bool parse_format(GsSweepRequest *request, const Words *words, GError **error)
{
	static const char *const list_formats[] = { "table", "csv", NULL };
	int format = 0;

	request->list = words->list;
	if (!words->list)
		return gs_study_options_parse(&request->report, words->report.format,
					      words->report.call, words->budget, error);
	if (words->report.format)
		format = gs_option_parse_word("--format", words->report.format, list_formats,
					      error);
	request->list_csv = format == 1;
	return format >= 0;
}

static bool parse_files(GsSweepRequest *request, Words *words, GError **error)
{
	request->store = g_steal_pointer(&words->store);
	request->keep_samples = words->keep_samples;
	if (!gs_report_outputs_take(&request->to, &words->report, error))
		return false;
	if (request->to.samples && request->store)
		return gs_usage_error(error,
				      "--samples has no samples of what a store knows already; "
				      "--keep-samples keeps them there");
	if (request->store && !request->list &&
	    !gs_study_options_check_files(request->to.report, request->store, error))
		return false;
	if (request->keep_samples && !request->store)
		return gs_usage_error(error, "--keep-samples is for --store");
	return true;
}

bool gs_sweep_request_parse(GsSweepRequest *request, const GsInvocation *invocation,
			    bool *ret_helped, GError **error)
{
	g_auto(Words) words = { 0 };

	if (!parse_words(&words, invocation, ret_helped, error))
		return false;
	if (*ret_helped)
		return true;
	if (!words.names || words.names[1])
		return gs_usage_error(error, words.names ? "more than one NAME given" :
				      "no NAME given: a VMM model or a scenario");
	return parse_format(request, &words, error) && parse_files(request, &words, error) &&
	       gs_option_parse_jobs(words.jobs, &request->jobs, error) &&
	       parse_shard(request, words.shard, error) &&
	       parse_precision(request, words.precision, error) &&
	       make_plan(request, &words, error);
}

void gs_sweep_request_clear(GsSweepRequest *request)
{
	g_clear_pointer(&request->plan, gs_study_plan_free);
	gs_study_options_clear(&request->report);
	gs_report_outputs_clear(&request->to);
	g_free(request->store);
}

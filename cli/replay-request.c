/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/replay-request.h"

#include <string.h>

#include "cli/options.h"
#include "cli/simulation-options.h"
#include "runs/replay.h"

#define RUNS_MAX 10000000

static const char description[] =
	"LIST is words with commas between them. What a log was recorded under is taken\n"
	"from FILE.meta beside it if --from-policy, --from-hz and --from-cpus do not say;\n"
	"else it is judged from the log, and a note says so.";

/* The command line as it stands; owned. */
typedef struct {
	GsSimulationWords sim;
	GsReportWords report;
	char *from_policy, *from_hz, *from_cpus, *ioeventfd, *series, *overhead, *preamble;
	char **traces;
} Words;

static void words_clear(Words *words)
{
	char *texts[] = { words->from_policy, words->from_hz,  words->from_cpus, words->ioeventfd,
			  words->series,      words->overhead, words->preamble };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	gs_simulation_words_clear(&words->sim);
	gs_report_words_clear(&words->report);
	g_strfreev(words->traces);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		GS_MACHINE_ENTRIES(&words->sim, "tick rates to predict "
				   "(100,250,300,1000; --kernel=host: its own)",
				   "policies to predict (all)", "x86-vmx"),
		GS_SET_ENTRY(&words->sim, "NAME=VALUE"),
		GS_RUNS_ENTRIES(&words->sim),
		{ "from-policy", 0, 0, G_OPTION_ARG_STRING, &words->from_policy,
		  "policy the log was recorded under", "NAME" },
		{ "from-hz", 0, 0, G_OPTION_ARG_STRING, &words->from_hz,
		  "tick rate the log was recorded at", "HZ" },
		{ "from-cpus", 0, 0, G_OPTION_ARG_STRING, &words->from_cpus,
		  "CPUs of the host the log was recorded on", "N" },
		{ "ioeventfd", 0, 0, G_OPTION_ARG_STRING, &words->ioeventfd,
		  "what KVM_IOEVENTFD do whose argument the log does not show (infer)",
		  "infer|assign|deassign" },
		{ "tracer-overhead", 0, 0, G_OPTION_ARG_STRING, &words->overhead,
		  "what the log's tracer added to each duration, and before each call (0)",
		  "auto|NS[,NS]" },
		{ "series", 0, 0, G_OPTION_ARG_STRING, &words->series,
		  "only the N-th series of a mail, from 1 (all)", "N" },
		{ "preamble", 0, 0, G_OPTION_ARG_FILENAME, &words->preamble,
		  "VMM model to take the ioctls before the log from", "MODEL" },
		GS_REPORT_ENTRIES(&words->report),
		GS_QUIET_ENTRY(&words->report.quiet),
		GS_ARGUMENTS_ENTRY(&words->traces),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

static bool parse_unsigned(const char *option, const char *text, unsigned int min, unsigned int max,
			   unsigned int fallback, unsigned int *ret_number, GError **error)
{
	uint64_t number = fallback;

	if (text && !gs_option_parse_number(option, text, min, max, &number, error))
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

static bool parse_cells(GsReplayRequest *request, const Words *words, GError **error)
{
	const int running_hz = gs_machine_spec_hz(request->machine);
	g_autofree char *running_text = g_strdup_printf("%d", running_hz);
	const char *default_text = running_hz > 0 ? running_text : "100,250,300,1000";
	const char *hz_text = words->sim.hz ? words->sim.hz : default_text;
	const char *policy_text = words->sim.policy ? words->sim.policy : "all";
	g_autoptr(GArray) hz = gs_option_parse_hz_list("--hz", hz_text, error);
	g_autoptr(GPtrArray) policies = NULL;

	if (!hz)
		return false;
	policies = gs_option_parse_policy_list("--policy", policy_text, error);
	if (!policies)
		return false;
	request->cells = g_array_new(FALSE, FALSE, sizeof(GsReplayCell));
	for (unsigned int i = 0; i < policies->len; i++)
		for (unsigned int j = 0; j < hz->len; j++) {
			GsReplayCell cell = { g_array_index(hz, int, j),
					      g_ptr_array_index(policies, i) };

			g_array_append_val(request->cells, cell);
		}
	return true;
}

static bool parse_machine(GsReplayRequest *request, const Words *words, GError **error)
{
	unsigned int cpus;
	GsMachineRequest asked = {
		.kernel = words->sim.kernel,
		.host = words->sim.host,
		.machine = words->sim.machine,
		.set = (const char *const *)words->sim.set,
		.notes = request->notes,
	};

	if (!parse_unsigned("--cpus", words->sim.cpus, 1, GS_CPUS_MAX, 0, &cpus, error))
		return false;
	asked.cpus = (int)cpus;
	request->machine = gs_machine_spec_new(&asked, error);
	return request->machine != NULL;
}

static bool parse_numbers(GsReplayRequest *request, const Words *words, GError **error)
{
	unsigned int from_hz, from_cpus;

	request->seed = 1;
	if (!parse_unsigned("--runs", words->sim.runs, 1, RUNS_MAX, 400, &request->runs, error) ||
	    !gs_option_parse_jobs(words->sim.jobs, &request->jobs, error) ||
	    !parse_unsigned("--from-hz", words->from_hz, GS_HZ_MIN, GS_HZ_MAX, 0, &from_hz,
			    error) ||
	    !parse_unsigned("--from-cpus", words->from_cpus, 1, GS_CPUS_MAX, 0, &from_cpus, error))
		return false;
	request->from_hz = (int)from_hz;
	request->from_cpus = (int)from_cpus;
	return !words->sim.seed || gs_option_parse_number("--seed", words->sim.seed, 0, UINT64_MAX,
							  &request->seed, error);
}

static bool parse_series(GsReplayRequest *request, const Words *words, GError **error)
{
	unsigned int series;

	if (!words->series)
		return true;
	if (!parse_unsigned("--series", words->series, 1, UINT32_MAX, 0, &series, error))
		return false;
	request->script.series = series;
	return true;
}

static bool parse_ioeventfd(GsReplayRequest *request, const Words *words, GError **error)
{
	int mode = GS_IOEVENTFD_INFER;

	if (words->ioeventfd)
		mode = gs_option_parse_word("--ioeventfd", words->ioeventfd,
					    gs_ioeventfd_mode_names, error);
	if (mode < 0)
		return false;
	request->script.ioeventfd = (GsIoeventfdMode)mode;
	return true;
}

static bool parse_overhead(GsReplayRequest *request, const Words *words, GError **error)
{
	static const char option[] = "--tracer-overhead";
	GsTracerOverhead *overhead = &request->untraced.overhead;
	g_auto(GStrv) parts = NULL;

	if (!words->overhead)
		return true;
	request->untraced.estimate = !strcmp(words->overhead, "auto");
	if (request->untraced.estimate)
		return true;
	/* a list of three is one that is no duration */
	parts = g_strsplit(words->overhead, ",", 2);
	if (!gs_option_parse_duration(option, parts[0] ? parts[0] : "", GS_TRACER_OVERHEAD_MAX_NS,
				      &overhead->inside_ns, error))
		return false;
	overhead->between_ns = overhead->inside_ns;
	return !parts[0] || !parts[1] ||
	       gs_option_parse_duration(option, parts[1], GS_TRACER_OVERHEAD_MAX_NS,
					&overhead->between_ns, error);
}

bool gs_replay_request_parse(GsReplayRequest *request, const GsInvocation *invocation,
			     bool *ret_helped, GError **error)
{
	g_auto(Words) words = { 0 };

	if (!parse_words(&words, invocation, ret_helped, error))
		return false;
	if (*ret_helped)
		return true;
	if (!words.traces)
		return gs_usage_error(error, "no TRACE given");
	request->notes = g_ptr_array_new_with_free_func(g_free);
	if (!parse_machine(request, &words, error) || !parse_cells(request, &words, error) ||
	    !parse_numbers(request, &words, error) || !parse_ioeventfd(request, &words, error) ||
	    !parse_series(request, &words, error) || !parse_overhead(request, &words, error) ||
	    !gs_report_options_parse(&request->report, &words.report, error))
		return false;
	if (words.from_policy) {
		request->from_policy =
			gs_option_parse_policy("--from-policy", words.from_policy, error);
		if (!request->from_policy)
			return false;
	}
	request->traces = g_steal_pointer(&words.traces);
	request->preamble = g_steal_pointer(&words.preamble);
	return true;
}

void gs_replay_request_clear(GsReplayRequest *request)
{
	g_strfreev(request->traces);
	g_clear_pointer(&request->cells, g_array_unref);
	g_clear_pointer(&request->machine, gs_machine_spec_free);
	g_clear_pointer(&request->notes, g_ptr_array_unref);
	gs_report_options_clear(&request->report);
	g_free(request->preamble);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/replay-request.h"

#include <string.h>

#include "cli/options.h"
#include "cli/report-options.h"
#include "runs/replay.h"

#define RUNS_MAX 10000000
#define JOBS_MAX 1024

static const char description[] =
	"LIST is words with commas between them. What a log was recorded under is taken\n"
	"from FILE.meta beside it if --from-policy, --from-hz and --from-cpus do not say;\n"
	"else it is judged from the log, and a note says so.";

/* The options as they stand on the command line; owned. */
typedef struct {
	char *hz, *policy, *kernel, *machine, *host, *cpus, *runs, *seed, *jobs, *call, *format;
	char *samples, *from_policy, *from_hz, *from_cpus, *ioeventfd, *series, *overhead,
		*preamble;
	char *output;
	char **set, **traces;
	gboolean quiet;
} Words;

static void words_clear(Words *words)
{
	char *texts[] = { words->hz,          words->policy,   words->kernel,    words->machine,
			  words->host,        words->cpus,     words->runs,      words->seed,
			  words->jobs,        words->call,     words->format,    words->samples,
			  words->from_policy, words->from_hz,  words->from_cpus, words->ioeventfd,
			  words->series,      words->overhead, words->preamble,  words->output };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(words->set);
	g_strfreev(words->traces);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		{ "hz", 0, 0, G_OPTION_ARG_STRING, &words->hz,
		  "tick rates to predict (100,250,300,1000; --kernel=host: its own)", "LIST" },
		{ "policy", 0, 0, G_OPTION_ARG_STRING, &words->policy, "policies to predict (all)",
		  "LIST|all" },
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &words->kernel,
		  "kernel release, or host for the running one (v7.3)", "NAME" },
		{ "machine", 0, 0, G_OPTION_ARG_STRING, &words->machine,
		  "x86-vmx, x86-svm or arm64 (x86-vmx)", "NAME" },
		{ "host", 0, 0, G_OPTION_ARG_STRING, &words->host,
		  "cost profile of the host (the machine's)", "NAME" },
		{ "cpus", 0, 0, G_OPTION_ARG_STRING, &words->cpus,
		  "CPUs of the host (the profile's; --kernel=host: its own)", "N" },
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->set,
		  "set a parameter, as often as wanted", "NAME=VALUE" },
		{ "runs", 0, 0, G_OPTION_ARG_STRING, &words->runs,
		  "runs per policy and tick rate (400)", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &words->seed,
		  "what the random draws derive from (1)", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
		  "threads; results do not depend on it (one per CPU)", "N" },
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
		{ "call", 0, 0, G_OPTION_ARG_STRING, &words->call,
		  "report this ioctl only, or only its K-th of each VM, from 0", "NAME[:K]" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format,
		  "table, csv, json or markdown (table)", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "write the report to FILE, not to stdout", "FILE" },
		{ "samples", 0, 0, G_OPTION_ARG_FILENAME, &words->samples,
		  "write every simulated ioctl to FILE, as CSV", "FILE" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "no notes on stderr", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->traces, NULL,
		  NULL },
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
	const char *hz_text = words->hz ? words->hz : default_text;
	const char *policy_text = words->policy ? words->policy : "all";
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
		.kernel = words->kernel,
		.host = words->host,
		.machine = words->machine,
		.set = (const char *const *)words->set,
		.notes = request->notes,
	};

	if (!parse_unsigned("--cpus", words->cpus, 1, GS_CPUS_MAX, 0, &cpus, error))
		return false;
	asked.cpus = (int)cpus;
	request->machine = gs_machine_spec_new(&asked, error);
	return request->machine != NULL;
}

static bool parse_numbers(GsReplayRequest *request, const Words *words, GError **error)
{
	unsigned int from_hz, from_cpus;

	request->seed = 1;
	if (!parse_unsigned("--runs", words->runs, 1, RUNS_MAX, 400, &request->runs, error) ||
	    !parse_unsigned("--jobs", words->jobs, 1, JOBS_MAX, g_get_num_processors(),
			    &request->jobs, error) ||
	    !parse_unsigned("--from-hz", words->from_hz, GS_HZ_MIN, GS_HZ_MAX, 0, &from_hz,
			    error) ||
	    !parse_unsigned("--from-cpus", words->from_cpus, 1, GS_CPUS_MAX, 0, &from_cpus, error))
		return false;
	request->from_hz = (int)from_hz;
	request->from_cpus = (int)from_cpus;
	return !words->seed ||
	       gs_option_parse_number("--seed", words->seed, 0, UINT64_MAX, &request->seed, error);
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

static bool parse_outputs(GsReplayRequest *request, Words *words, GError **error)
{
	request->output = words->output ? g_steal_pointer(&words->output) : g_strdup("-");
	request->samples = g_steal_pointer(&words->samples);
	request->write_report = gs_report_option_writer(words->format, error);
	return request->write_report &&
	       gs_report_option_check_outputs(request->output, request->samples, error);
}

bool gs_replay_request_parse(GsReplayRequest *request, const GsInvocation *invocation,
			     bool *ret_helped, GError **error)
{
	g_auto(Words) words = { 0 };

	if (!parse_words(&words, invocation, ret_helped, error))
		return false;
	if (*ret_helped)
		return true;
	if (!words.traces) {
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE, "no TRACE given");
		return false;
	}
	request->occurrence = -1;
	request->notes = g_ptr_array_new_with_free_func(g_free);
	if (!parse_machine(request, &words, error) || !parse_cells(request, &words, error) ||
	    !parse_numbers(request, &words, error) || !parse_ioeventfd(request, &words, error) ||
	    !parse_series(request, &words, error) || !parse_overhead(request, &words, error) ||
	    !parse_outputs(request, &words, error))
		return false;
	if (words.call && !gs_option_parse_call("--call", words.call, &request->call,
						&request->occurrence, error))
		return false;
	if (words.from_policy) {
		request->from_policy =
			gs_option_parse_policy("--from-policy", words.from_policy, error);
		if (!request->from_policy)
			return false;
	}
	request->traces = g_steal_pointer(&words.traces);
	request->preamble = g_steal_pointer(&words.preamble);
	request->quiet = words.quiet;
	return true;
}

void gs_replay_request_clear(GsReplayRequest *request)
{
	g_strfreev(request->traces);
	g_clear_pointer(&request->cells, g_array_unref);
	g_clear_pointer(&request->machine, gs_machine_spec_free);
	g_clear_pointer(&request->notes, g_ptr_array_unref);
	g_free(request->call);
	g_free(request->output);
	g_free(request->samples);
	g_free(request->preamble);
}

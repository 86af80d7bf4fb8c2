/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/matrix/vmm-starts.h"

#include <inttypes.h>
#include <string.h>

#include "models/vmm/vmm-model.h"

static bool take_cell(const GsReplaySpec *spec, unsigned int cell, const GsSample *samples,
		      void *user_data, GError **error)
{
	(void)error;
	gs_summary_add_cell(user_data, spec, cell, samples);
	return true;
}

static GsMachineSpec *machine_of(const char *name, const char *kernel, GError **error)
{
	g_autofree char *architecture = gs_vmm_architecture(name);
	const GsMachineRequest request = {
		.kernel = kernel,
		.machine = g_str_equal(architecture, "arm64") ? architecture : NULL,
	};

	return gs_machine_spec_new(&request, error);
}

static unsigned int find_first_run(const GsSummary *summary)
{
	for (unsigned int n = 0; n < summary->calls->len; n++) {
		if (g_str_equal(gs_summary_call(summary, n)->name, "KVM_RUN"))
			return n;
	}
	return summary->calls->len;
}

static GsReplayCell *cells_of(const GPtrArray *policies)
{
	GsReplayCell *cells = g_new(GsReplayCell, policies->len);

	for (unsigned int p = 0; p < policies->len; p++)
		cells[p] = (GsReplayCell){ GS_STARTS_HZ, g_ptr_array_index(policies, p) };
	return cells;
}

GsVmmStarts *gs_vmm_starts_new(const char *name, const char *kernel, const GPtrArray *policies,
			       GError **error)
{
	static const GsReport report = { .occurrence = -1 };
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsVmmStarts) starts = g_new0(GsVmmStarts, 1);

	starts->name = name;
	starts->script = gs_vmm_model_load(name, error);
	starts->machine = starts->script ? machine_of(name, kernel, error) : NULL;
	if (!starts->machine)
		return NULL;
	starts->summary = gs_summary_new(starts->script, policies->len);
	starts->spec = (GsReplaySpec){
		.script = starts->script,
		.machine = starts->machine,
		.cells = cells_of(policies),
		.cell_count = policies->len,
		.runs = GS_STARTS_RUNS,
		.jobs = g_get_num_processors(),
		.seed = GS_STARTS_SEED,
		.from_policy = g_ptr_array_index(policies, 0), /* a model has no recording */
		.from_hz = GS_STARTS_HZ,
	};
	if (!gs_replay(&starts->spec, notes, take_cell, starts->summary, error))
		return NULL;
	starts->trace = (GsReportTrace){ .spec = &starts->spec, .summary = starts->summary };
	starts->view = gs_report_view_new(&report, &starts->trace);
	starts->first_run = find_first_run(starts->summary);
	return g_steal_pointer(&starts);
}

void gs_vmm_starts_free(GsVmmStarts *starts)
{
	g_clear_pointer(&starts->view, gs_report_view_free);
	g_clear_pointer(&starts->summary, gs_summary_free);
	g_clear_pointer(&starts->machine, gs_machine_spec_free);
	g_clear_pointer(&starts->script, gs_script_free);
	g_free((void *)starts->spec.cells);
	g_free(starts);
}

bool gs_vmm_starts_stalls(const GsVmmStarts *starts, unsigned int call, unsigned int policy)
{
	const GsCallStats *stats = gs_summary_stats(starts->summary, policy, call);

	return stats->stall_count > stats->sample_count / GS_STARTS_STALL_ONE_IN;
}

int gs_vmm_starts_first_stall(const GsVmmStarts *starts, unsigned int policy)
{
	for (unsigned int n = 0; n < starts->summary->calls->len; n++) {
		if (gs_vmm_starts_stalls(starts, n, policy))
			return (int)n;
	}
	return -1;
}

int gs_vmm_starts_worst_stall(const GsVmmStarts *starts, unsigned int policy)
{
	int64_t most_ns = 0;
	int worst = -1;

	for (unsigned int n = 0; n < starts->summary->calls->len; n++) {
		const int64_t wait_ns = gs_summary_stats(starts->summary, policy, n)->mean_wait_ns;

		if (!gs_vmm_starts_stalls(starts, n, policy) || wait_ns <= most_ns)
			continue;
		most_ns = wait_ns;
		worst = (int)n;
	}
	return worst;
}

bool gs_vmm_starts_is_before_guest(const GsVmmStarts *starts, unsigned int call)
{
	return call < starts->first_run;
}

void gs_vmm_starts_append_call(const GsVmmStarts *starts, unsigned int call, GString *out)
{
	const GsCallSummary *summary = gs_summary_call(starts->summary, call);

	g_string_append_printf(out, "`%s %" PRIu32 "`", summary->name + strlen("KVM_"),
			       summary->occurrence);
}

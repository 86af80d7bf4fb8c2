/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes doc/VMM-MATRIX.md to stdout: what every VMM model's start waits for under
 * every policy. Every sentence in it is counted from the runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "runs/report-phrase.h"
#include "sim/engine/sim-time.h"
#include "sim/kernel/jiffies.h"

#define HZ 100
#define RUNS 400
#define SEED 1

/* A call is said to stall if more than one in this many of its samples does, as in reports. */
#define STALL_ONE_IN 20

typedef struct {
	const char *name; /* borrowed */
	GsScript *script;
	GsMachineSpec *machine;
	GsSummary *summary;
	GsReplaySpec spec;
	GsReportTrace trace;
	GsReportView *view;
	unsigned int first_run; /* the first KVM_RUN: index into the summary's calls */
} Vmm;

typedef struct {
	const GsPolicy *const *policies; /* NULL-terminated */
	unsigned int policy_count;
	unsigned int own; /* index of the kernel's own */
	GsReplayCell *cells;
	GPtrArray *vmms; /* owned: Vmm, owned */
	GString *out;
} Matrix;

static void vmm_free(void *data)
{
	Vmm *vmm = data;

	g_clear_pointer(&vmm->view, gs_report_view_free);
	g_clear_pointer(&vmm->summary, gs_summary_free);
	g_clear_pointer(&vmm->machine, gs_machine_spec_free);
	g_clear_pointer(&vmm->script, gs_script_free);
	g_free(vmm);
}

static bool take_cell(const GsReplaySpec *spec, unsigned int cell, const GsSample *samples,
		      void *user_data, GError **error)
{
	(void)error;
	gs_summary_add_cell(user_data, spec, cell, samples);
	return true;
}

static GsMachineSpec *machine_of(const char *name, GError **error)
{
	g_autofree char *architecture = gs_vmm_architecture(name);
	const GsMachineRequest request = {
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

static bool add_vmm(Matrix *matrix, const char *name, GError **error)
{
	static const GsReport report = { .occurrence = -1 };
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	Vmm *vmm = g_new0(Vmm, 1);

	g_ptr_array_add(matrix->vmms, vmm);
	vmm->name = name;
	vmm->script = gs_vmm_model_load(name, error);
	vmm->machine = vmm->script ? machine_of(name, error) : NULL;
	if (!vmm->machine)
		return false;
	vmm->summary = gs_summary_new(vmm->script, matrix->policy_count);
	vmm->spec = (GsReplaySpec){
		.script = vmm->script,
		.machine = vmm->machine,
		.cells = matrix->cells,
		.cell_count = matrix->policy_count,
		.runs = RUNS,
		.jobs = g_get_num_processors(),
		.seed = SEED,
		.from_policy = matrix->policies[0], /* nothing in a model was recorded */
		.from_hz = HZ,
	};
	if (!gs_replay(&vmm->spec, notes, take_cell, vmm->summary, error))
		return false;
	vmm->trace = (GsReportTrace){ .spec = &vmm->spec, .summary = vmm->summary };
	vmm->view = gs_report_view_new(&report, &vmm->trace);
	vmm->first_run = find_first_run(vmm->summary);
	return true;
}

static const Vmm *vmm_at(const Matrix *matrix, unsigned int i)
{
	return g_ptr_array_index(matrix->vmms, i);
}

static bool stalls(const Vmm *vmm, unsigned int call, unsigned int policy)
{
	const GsCallStats *stats = gs_summary_stats(vmm->summary, policy, call);

	return stats->stall_count > stats->sample_count / STALL_ONE_IN;
}

/* The first call that stalls under @policy; -1: none does. */
static int first_stall(const Vmm *vmm, unsigned int policy)
{
	for (unsigned int n = 0; n < vmm->summary->calls->len; n++) {
		if (stalls(vmm, n, policy))
			return (int)n;
	}
	return -1;
}

/* Likewise the one that waits longest. */
static int worst_stall(const Vmm *vmm, unsigned int policy)
{
	int64_t most_ns = 0;
	int worst = -1;

	for (unsigned int n = 0; n < vmm->summary->calls->len; n++) {
		const int64_t wait_ns = gs_summary_stats(vmm->summary, policy, n)->mean_wait_ns;

		if (!stalls(vmm, n, policy) || wait_ns <= most_ns)
			continue;
		most_ns = wait_ns;
		worst = (int)n;
	}
	return worst;
}

/* Without KVM_, in a column of many. */
static void append_short_name(GString *out, const GsCallSummary *call)
{
	g_string_append_printf(out, "`%s %" PRIu32 "`", call->name + strlen("KVM_"),
			       call->occurrence);
}

static void append_header(const Matrix *matrix, const char *first)
{
	g_string_append_printf(matrix->out, "\n| %s |", first);
	for (unsigned int p = 0; p < matrix->policy_count; p++)
		g_string_append_printf(matrix->out, " %s |", matrix->policies[p]->name);
}

static void append_rule(const Matrix *matrix, unsigned int left)
{
	g_string_append(matrix->out, "\n|");
	for (unsigned int i = 0; i < left; i++)
		g_string_append(matrix->out, "---|");
	for (unsigned int p = 0; p < matrix->policy_count; p++)
		g_string_append(matrix->out, "--:|");
	g_string_append_c(matrix->out, '\n');
}

/* A table's cell that leads to the section of @name, whose anchor has no dots. */
static void append_link(GString *out, const char *name)
{
	g_string_append_printf(out, "| [%s](#", name);
	for (const char *at = name; *at; at++) {
		if (*at != '.')
			g_string_append_c(out, *at);
	}
	g_string_append(out, ") |");
}

static void write_sums(const Matrix *matrix)
{
	g_string_append(matrix->out,
			"\n## What a VM start waits in all\n\n"
			"The waits of all its ioctls, summed within a run; -: no call stalls.\n");
	append_header(matrix, "VMM");
	append_rule(matrix, 1);
	for (unsigned int i = 0; i < matrix->vmms->len; i++) {
		const Vmm *vmm = vmm_at(matrix, i);

		append_link(matrix->out, vmm->name);
		for (unsigned int p = 0; p < matrix->policy_count; p++) {
			g_autofree char *cell =
				gs_report_phrase_cell(gs_summary_waits(vmm->summary, p));

			g_string_append_printf(matrix->out, " %s |",
					       first_stall(vmm, p) < 0 ? "-" : cell);
		}
		g_string_append_c(matrix->out, '\n');
	}
}

static void write_worst(const Matrix *matrix)
{
	g_string_append(matrix->out,
			"\n## The call that waits most\n\n"
			"Its latency, and its name without `KVM_`; the number counts the calls of "
			"that name in the VM, from 0.\n");
	append_header(matrix, "VMM");
	append_rule(matrix, 1);
	for (unsigned int i = 0; i < matrix->vmms->len; i++) {
		const Vmm *vmm = vmm_at(matrix, i);

		g_string_append_printf(matrix->out, "| %s |", vmm->name);
		for (unsigned int p = 0; p < matrix->policy_count; p++) {
			const int worst = worst_stall(vmm, p);
			g_autofree char *cell = NULL;

			if (worst < 0) {
				g_string_append(matrix->out, " - |");
				continue;
			}
			cell = gs_report_phrase_cell(
				gs_summary_stats(vmm->summary, p, (unsigned int)worst));
			g_string_append_printf(matrix->out, " %s ", cell);
			append_short_name(matrix->out,
					  gs_summary_call(vmm->summary, (unsigned int)worst));
			g_string_append(matrix->out, " |");
		}
		g_string_append_c(matrix->out, '\n');
	}
}

/* Whether @call comes before the guest runs, in the order of the model. */
static bool is_before_guest(const Vmm *vmm, unsigned int call)
{
	return call < vmm->first_run;
}

/* What stalls first under @policy, for whose grace period, and when; to be freed. */
static char *describe_first_stall(const Vmm *vmm, unsigned int policy)
{
	const int first = first_stall(vmm, policy);
	const GsCallSummary *starter;
	const char *name, *when;
	int32_t cause;

	if (first < 0)
		return g_strdup("none");
	name = gs_summary_call(vmm->summary, (unsigned int)first)->name;
	when = is_before_guest(vmm, (unsigned int)first) ? "before" : "after";
	cause = gs_summary_stats(vmm->summary, policy, (unsigned int)first)->cause;
	if (cause < 0)
		return g_strdup_printf("`%s`, for a grace period of its own, %s `KVM_RUN`", name,
				       when);
	starter = gs_summary_call(vmm->summary, (unsigned int)cause);
	return g_strdup_printf("`%s`, for the grace period that `%s` started, %s `KVM_RUN`", name,
			       starter->name, when);
}

/* The starts, those together that stall alike. */
static void write_groups(const Matrix *matrix, unsigned int policy)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) lists = g_ptr_array_new(); /* GString *, parallel to keys */

	for (unsigned int i = 0; i < matrix->vmms->len; i++) {
		const Vmm *vmm = vmm_at(matrix, i);
		g_autofree char *key = describe_first_stall(vmm, policy);
		unsigned int k = 0;

		while (k < keys->len && strcmp(g_ptr_array_index(keys, k), key))
			k++;
		if (k == keys->len) {
			g_ptr_array_add(keys, g_steal_pointer(&key));
			g_ptr_array_add(lists, g_string_new(vmm->name));
		} else {
			g_string_append_printf(g_ptr_array_index(lists, k), ", %s", vmm->name);
		}
	}
	for (unsigned int k = 0; k < keys->len; k++) {
		g_autofree char *names = g_string_free(g_ptr_array_index(lists, k), FALSE);

		g_string_append_printf(matrix->out, "  - %s: %s\n",
				       (const char *)g_ptr_array_index(keys, k), names);
	}
}

/* How many starts have a stall under @policy, and between which medians their sums lie. */
static void write_policy_finding(const Matrix *matrix, unsigned int policy)
{
	const Vmm *least = NULL, *most = NULL;
	unsigned int count = 0, before = 0;
	g_autofree char *low = NULL, *high = NULL;

	for (unsigned int i = 0; i < matrix->vmms->len; i++) {
		const Vmm *vmm = vmm_at(matrix, i);
		const int first = first_stall(vmm, policy);
		int64_t median_ns;

		if (first < 0)
			continue;
		count++;
		before += is_before_guest(vmm, (unsigned int)first);
		median_ns = gs_summary_waits(vmm->summary, policy)->median_ns;
		if (!least || median_ns < gs_summary_waits(least->summary, policy)->median_ns)
			least = vmm;
		if (!most || median_ns > gs_summary_waits(most->summary, policy)->median_ns)
			most = vmm;
	}
	g_string_append_printf(matrix->out, "- `%s`%s: %u of %u starts stall",
			       matrix->policies[policy]->name,
			       policy == matrix->own ? ", the kernel's own" : "", count,
			       matrix->vmms->len);
	if (count) {
		low = gs_duration_format(gs_summary_waits(least->summary, policy)->median_ns);
		high = gs_duration_format(gs_summary_waits(most->summary, policy)->median_ns);
		g_string_append_printf(matrix->out,
				       ", %u of them before the guest runs; in all they wait %s "
				       "(%s) to %s (%s), medians",
				       before, low, least->name, high, most->name);
	}
	g_string_append(matrix->out, ".\n");
}

/* Whether it is a question which of the starts stall under @policy. */
static bool is_divided(const Matrix *matrix, unsigned int policy)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < matrix->vmms->len; i++)
		count += first_stall(vmm_at(matrix, i), policy) >= 0;
	return count > 0 && count < matrix->vmms->len;
}

static void write_findings(const Matrix *matrix)
{
	g_string_append(matrix->out, "\n## Findings\n\n");
	for (unsigned int p = 0; p < matrix->policy_count; p++)
		write_policy_finding(matrix, p);
	for (unsigned int p = 0; p < matrix->policy_count; p++) {
		if (!is_divided(matrix, p))
			continue;
		g_string_append_printf(matrix->out,
				       "- Under `%s` the first call of a start that stalls is\n",
				       matrix->policies[p]->name);
		write_groups(matrix, p);
	}
}

static bool stalls_somewhere(const Matrix *matrix, const Vmm *vmm, unsigned int call)
{
	for (unsigned int p = 0; p < matrix->policy_count; p++) {
		if (stalls(vmm, call, p))
			return true;
	}
	return false;
}

static void write_block(const Matrix *matrix, const Vmm *vmm, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(vmm->view, block);

	g_string_append_printf(matrix->out, "| `%s` | %s |", title,
			       is_before_guest(vmm, block->call) ? "before" : "after");
	for (unsigned int p = 0; p < matrix->policy_count; p++) {
		g_autofree char *cell = gs_report_phrase_cell(
			gs_summary_stats(vmm->summary, p, block->call));

		g_string_append_printf(matrix->out, " %s%s%s |",
				       stalls(vmm, block->call, p) ? "**" : "", cell,
				       stalls(vmm, block->call, p) ? "**" : "");
	}
	g_string_append_c(matrix->out, '\n');
}

static void write_reasons(const Matrix *matrix, const Vmm *vmm, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(vmm->view, block);
	g_autoptr(GPtrArray) reasons = gs_report_phrase_reasons(vmm->view, block);

	for (unsigned int i = 0; i < reasons->len; i++)
		g_string_append_printf(matrix->out, "- `%s` waits for: %s\n", title,
				       (const char *)g_ptr_array_index(reasons, i));
}

static bool is_stalling_block(const Matrix *matrix, const Vmm *vmm, const GsReportBlock *block)
{
	return block->call < vmm->summary->calls->len && stalls_somewhere(matrix, vmm, block->call);
}

static void write_vmm(const Matrix *matrix, const Vmm *vmm)
{
	g_autofree char *summary = gs_vmm_describe(vmm->name);
	const GArray *blocks = vmm->view->blocks;
	unsigned int count = 0;

	for (unsigned int i = 0; i < blocks->len; i++)
		count += is_stalling_block(matrix, vmm, gs_report_view_block(vmm->view, i));
	g_string_append_printf(matrix->out,
			       "\n## %s\n\n%s. %u ioctls of %u thread%s; machine %s, host profile "
			       "%s, %d CPUs.\n",
			       vmm->name, summary, vmm->script->calls->len,
			       vmm->script->threads->len,
			       vmm->script->threads->len == 1 ? "" : "s",
			       gs_machine_spec_machine(vmm->machine),
			       gs_machine_spec_host(vmm->machine),
			       gs_machine_spec_cpus(vmm->machine));
	if (!count) {
		g_string_append(matrix->out, "\nNo call stalls under any policy.\n");
		return;
	}
	append_header(matrix, "call | KVM_RUN 0");
	append_rule(matrix, 2);
	for (unsigned int i = 0; i < blocks->len; i++) {
		if (is_stalling_block(matrix, vmm, gs_report_view_block(vmm->view, i)))
			write_block(matrix, vmm, gs_report_view_block(vmm->view, i));
	}
	g_string_append_c(matrix->out, '\n');
	for (unsigned int i = 0; i < blocks->len; i++) {
		if (is_stalling_block(matrix, vmm, gs_report_view_block(vmm->view, i)))
			write_reasons(matrix, vmm, gs_report_view_block(vmm->view, i));
	}
}

static void write_page(const Matrix *matrix)
{
	const GsMachineSpec *machine = vmm_at(matrix, 0)->machine;

	g_string_append_printf(
		matrix->out,
		"<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
		"# VMM matrix\n\n"
		"Which KVM ioctl of a VM start stalls, for how long and why: every VMM model of\n"
		"`gracesim list vmms` with its default parameters, under every policy, at HZ=%d.\n"
		"Written by `make vmm-matrix`; `make check` fails if it is not what the program\n"
		"computes now.\n\n"
		"- kernel %s, whose own policy is `%s`; %d runs of each, seed %d\n"
		"- a call stalls if it waits over 0.3 jiffy (%d ms) in more than %d %% of runs\n"
		"- figures are median (5 %% to 95 %% of the runs), both in the unit given\n"
		"- `gracesim run MODEL --hz=%d` shows one of them in full; the models and what\n"
		"  they rest on: VMM-MODELS.md; what is left out: MODEL-LIMITS.md\n",
		HZ, gs_machine_spec_kernel(machine), matrix->policies[matrix->own]->name, RUNS,
		SEED, 3 * 1000 / HZ / 10, 100 / STALL_ONE_IN, HZ);
	write_findings(matrix);
	write_sums(matrix);
	write_worst(matrix);
	g_string_append(matrix->out,
			"\nBelow, a latency is bold where the call stalls, and the second column "
			"says whether it is made\nbefore the first `KVM_RUN` or after it, when the "
			"guest's firmware and drivers ask for it.\n");
	for (unsigned int i = 0; i < matrix->vmms->len; i++)
		write_vmm(matrix, vmm_at(matrix, i));
}

static bool fill(Matrix *matrix, char **names, GError **error)
{
	const char *own;

	matrix->policies = gs_policy_all();
	while (matrix->policies[matrix->policy_count])
		matrix->policy_count++;
	matrix->cells = g_new(GsReplayCell, matrix->policy_count);
	for (unsigned int p = 0; p < matrix->policy_count; p++)
		matrix->cells[p] = (GsReplayCell){ HZ, matrix->policies[p] };
	for (char **name = names; *name; name++) {
		if (!add_vmm(matrix, *name, error))
			return false;
	}
	own = gs_machine_spec_default_policy(vmm_at(matrix, 0)->machine);
	for (unsigned int p = 0; p < matrix->policy_count; p++) {
		if (g_str_equal(matrix->policies[p]->name, own))
			matrix->own = p;
	}
	return true;
}

int main(void)
{
	g_auto(GStrv) names = gs_vmm_list();
	g_autoptr(GError) error = NULL;
	Matrix matrix = {
		.vmms = g_ptr_array_new_with_free_func(vmm_free),
		.out = g_string_new(NULL),
	};
	const bool done = fill(&matrix, names, &error);

	if (done)
		write_page(&matrix);
	else
		fprintf(stderr, "vmm-matrix: %s\n", error->message);
	fputs(matrix.out->str, stdout);
	g_string_free(matrix.out, TRUE);
	g_ptr_array_unref(matrix.vmms);
	g_free(matrix.cells);
	return done && fflush(stdout) == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes doc/VMM-MATRIX.md to stdout: what every VMM model's start waits for under
 * every policy, and on every kernel release. Every sentence in it is counted from the runs.
 */
#include <stdio.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "runs/report-phrase.h"
#include "sim/engine/sim-time.h"
#include "tests/matrix/vmm-releases.h"
#include "tests/matrix/vmm-starts.h"

typedef struct {
	GPtrArray *policies; /* owned: GsPolicy */
	unsigned int own;    /* index of the kernel's own */
	GPtrArray *vmms;     /* owned: GsVmmStarts, owned */
	GString *out;        /* owned */
} Matrix;

static const GsPolicy *policy_at(const Matrix *matrix, unsigned int i)
{
	return g_ptr_array_index(matrix->policies, i);
}

static const GsVmmStarts *vmm_at(const Matrix *matrix, unsigned int i)
{
	return g_ptr_array_index(matrix->vmms, i);
}

static void append_header(const Matrix *matrix, const char *first)
{
	g_string_append_printf(matrix->out, "\n| %s |", first);
	for (unsigned int p = 0; p < matrix->policies->len; p++)
		g_string_append_printf(matrix->out, " %s |", policy_at(matrix, p)->name);
}

static void append_rule(const Matrix *matrix, unsigned int left)
{
	g_string_append(matrix->out, "\n|");
	for (unsigned int i = 0; i < left; i++)
		g_string_append(matrix->out, "---|");
	for (unsigned int p = 0; p < matrix->policies->len; p++)
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
		const GsVmmStarts *vmm = vmm_at(matrix, i);

		append_link(matrix->out, vmm->name);
		for (unsigned int p = 0; p < matrix->policies->len; p++) {
			g_autofree char *cell =
				gs_report_phrase_cell(gs_summary_waits(vmm->summary, p));

			g_string_append_printf(matrix->out, " %s |",
					       gs_vmm_starts_first_stall(vmm, p) < 0 ? "-" : cell);
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
		const GsVmmStarts *vmm = vmm_at(matrix, i);

		g_string_append_printf(matrix->out, "| %s |", vmm->name);
		for (unsigned int p = 0; p < matrix->policies->len; p++) {
			const int worst = gs_vmm_starts_worst_stall(vmm, p);
			g_autofree char *cell = NULL;

			if (worst < 0) {
				g_string_append(matrix->out, " - |");
				continue;
			}
			cell = gs_report_phrase_cell(
				gs_summary_stats(vmm->summary, p, (unsigned int)worst));
			g_string_append_printf(matrix->out, " %s ", cell);
			gs_vmm_starts_append_call(vmm, (unsigned int)worst, matrix->out);
			g_string_append(matrix->out, " |");
		}
		g_string_append_c(matrix->out, '\n');
	}
}

/* What stalls first under @policy, for whose grace period, and when; to be freed. */
static char *describe_first_stall(const GsVmmStarts *vmm, unsigned int policy)
{
	const int first = gs_vmm_starts_first_stall(vmm, policy);
	const GsCallSummary *starter;
	const char *name, *when;
	int32_t cause;

	if (first < 0)
		return g_strdup("none");
	name = gs_summary_call(vmm->summary, (unsigned int)first)->name;
	when = gs_vmm_starts_is_before_guest(vmm, (unsigned int)first) ? "before" : "after";
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
		const GsVmmStarts *vmm = vmm_at(matrix, i);
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
	const GsVmmStarts *least = NULL, *most = NULL;
	unsigned int count = 0, before = 0;
	g_autofree char *low = NULL, *high = NULL;

	for (unsigned int i = 0; i < matrix->vmms->len; i++) {
		const GsVmmStarts *vmm = vmm_at(matrix, i);
		const int first = gs_vmm_starts_first_stall(vmm, policy);
		int64_t median_ns;

		if (first < 0)
			continue;
		count++;
		before += gs_vmm_starts_is_before_guest(vmm, (unsigned int)first);
		median_ns = gs_summary_waits(vmm->summary, policy)->median_ns;
		if (!least || median_ns < gs_summary_waits(least->summary, policy)->median_ns)
			least = vmm;
		if (!most || median_ns > gs_summary_waits(most->summary, policy)->median_ns)
			most = vmm;
	}
	g_string_append_printf(matrix->out, "- `%s`%s: %u of %u starts stall",
			       policy_at(matrix, policy)->name,
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
		count += gs_vmm_starts_first_stall(vmm_at(matrix, i), policy) >= 0;
	return count > 0 && count < matrix->vmms->len;
}

static void write_findings(const Matrix *matrix)
{
	g_string_append(matrix->out, "\n## Findings\n\n");
	for (unsigned int p = 0; p < matrix->policies->len; p++)
		write_policy_finding(matrix, p);
	for (unsigned int p = 0; p < matrix->policies->len; p++) {
		if (!is_divided(matrix, p))
			continue;
		g_string_append_printf(matrix->out,
				       "- Under `%s` the first call of a start that stalls is\n",
				       policy_at(matrix, p)->name);
		write_groups(matrix, p);
	}
}

static bool stalls_somewhere(const Matrix *matrix, const GsVmmStarts *vmm, unsigned int call)
{
	for (unsigned int p = 0; p < matrix->policies->len; p++) {
		if (gs_vmm_starts_stalls(vmm, call, p))
			return true;
	}
	return false;
}

static void write_block(const Matrix *matrix, const GsVmmStarts *vmm, const GsReportBlock *block)
{
	const bool is_before = gs_vmm_starts_is_before_guest(vmm, block->call);
	g_autofree char *title = gs_report_phrase_title(vmm->view, block);

	g_string_append_printf(matrix->out, "| `%s` | %s |", title, is_before ? "before" : "after");
	for (unsigned int p = 0; p < matrix->policies->len; p++) {
		g_autofree char *cell = gs_report_phrase_cell(
			gs_summary_stats(vmm->summary, p, block->call));

		g_string_append_printf(matrix->out, " %s%s%s |",
				       gs_vmm_starts_stalls(vmm, block->call, p) ? "**" : "", cell,
				       gs_vmm_starts_stalls(vmm, block->call, p) ? "**" : "");
	}
	g_string_append_c(matrix->out, '\n');
}

static void write_reasons(const Matrix *matrix, const GsVmmStarts *vmm, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(vmm->view, block);
	g_autoptr(GPtrArray) reasons = gs_report_phrase_reasons(vmm->view, block);

	for (unsigned int i = 0; i < reasons->len; i++)
		g_string_append_printf(matrix->out, "- `%s` waits for: %s\n", title,
				       (const char *)g_ptr_array_index(reasons, i));
}

static bool is_stalling_block(const Matrix *matrix, const GsVmmStarts *vmm,
			      const GsReportBlock *block)
{
	return block->call < vmm->summary->calls->len && stalls_somewhere(matrix, vmm, block->call);
}

static void write_vmm(const Matrix *matrix, const GsVmmStarts *vmm)
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

static bool write_page(const Matrix *matrix, char **names, GError **error)
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
		"- of other releases, under their own policies and the proposed ones: By kernel\n"
		"  release, below\n"
		"- a call stalls if it waits over 0.3 jiffy (%d ms) in more than %d %% of runs\n"
		"- figures are median (5 %% to 95 %% of the runs), both in the unit given\n"
		"- `gracesim run MODEL --hz=%d` shows one of them in full; the models and what\n"
		"  they rest on: VMM-MODELS.md; what is left out: MODEL-LIMITS.md\n",
		GS_STARTS_HZ, gs_machine_spec_kernel(machine),
		policy_at(matrix, matrix->own)->name, GS_STARTS_RUNS, GS_STARTS_SEED,
		3 * 1000 / GS_STARTS_HZ / 10, 100 / GS_STARTS_STALL_ONE_IN, GS_STARTS_HZ);
	write_findings(matrix);
	write_sums(matrix);
	write_worst(matrix);
	if (!gs_vmm_releases_append(names, matrix->out, error))
		return false;
	g_string_append(matrix->out,
			"\nBelow, a latency is bold where the call stalls, and the second column "
			"says whether it is made\nbefore the first `KVM_RUN` or after it, when the "
			"guest's firmware and drivers ask for it.\n");
	for (unsigned int i = 0; i < matrix->vmms->len; i++)
		write_vmm(matrix, vmm_at(matrix, i));
	return true;
}

static void free_starts(void *data)
{
	gs_vmm_starts_free(data);
}

static bool fill(Matrix *matrix, char **names, GError **error)
{
	const char *own;

	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
		g_ptr_array_add(matrix->policies, (void *)*policy);
	for (char **name = names; *name; name++) {
		GsVmmStarts *starts = gs_vmm_starts_new(*name, NULL, matrix->policies, error);

		if (!starts)
			return false;
		g_ptr_array_add(matrix->vmms, starts);
	}
	own = gs_machine_spec_default_policy(vmm_at(matrix, 0)->machine);
	g_ptr_array_find(matrix->policies, gs_policy_lookup(own), &matrix->own);
	return true;
}

int main(void)
{
	g_auto(GStrv) names = gs_vmm_list();
	g_autoptr(GError) error = NULL;
	Matrix matrix = {
		.policies = g_ptr_array_new(),
		.vmms = g_ptr_array_new_with_free_func(free_starts),
		.out = g_string_new(NULL),
	};
	const bool done = fill(&matrix, names, &error) && write_page(&matrix, names, &error);

	if (!done)
		fprintf(stderr, "vmm-matrix: %s\n", error->message);
	else
		fputs(matrix.out->str, stdout);
	g_string_free(matrix.out, TRUE);
	g_ptr_array_unref(matrix.vmms);
	g_ptr_array_unref(matrix.policies);
	return done && fflush(stdout) == 0 ? 0 : 1;
}

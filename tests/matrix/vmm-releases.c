/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/matrix/vmm-releases.h"

#include "runs/report-phrase.h"
#include "sim/engine/sim-time.h"
#include "tests/matrix/vmm-starts.h"

/* The cell of the policy a kernel shipped with; those of the proposed ones follow. */
#define OWN 0

typedef struct {
	char **kernels;       /* owned; oldest first */
	char **vmms;          /* borrowed */
	unsigned int kernel_count, vmm_count;
	GPtrArray *proposed;  /* owned: GsPolicy */
	GPtrArray *starts;    /* owned: GsVmmStarts, owned; of each kernel all VMMs */
	GString *out;         /* borrowed */
} Releases;

static void free_starts(void *data)
{
	gs_vmm_starts_free(data);
}

static const GsVmmStarts *starts_at(const Releases *releases, unsigned int kernel,
				    unsigned int vmm)
{
	return g_ptr_array_index(releases->starts, kernel * releases->vmm_count + vmm);
}

static const char *own_policy(const Releases *releases, unsigned int kernel)
{
	return gs_machine_spec_default_policy(starts_at(releases, kernel, 0)->machine);
}

static char *describe_cell(const GsVmmStarts *starts, unsigned int policy)
{
	g_autofree char *sum = gs_report_phrase_cell(gs_summary_waits(starts->summary, policy));
	const int first = gs_vmm_starts_first_stall(starts, policy);
	GString *out = g_string_new(sum);

	if (first >= 0) {
		g_string_append_c(out, ' ');
		gs_vmm_starts_append_call(starts, (unsigned int)first, out);
	}
	return g_string_free(out, FALSE);
}

/* Whether the starts differ by more than a little, or in what stalls first. */
static bool differ(const GsVmmStarts *a, const GsVmmStarts *b, unsigned int policy)
{
	return gs_vmm_starts_first_stall(a, policy) != gs_vmm_starts_first_stall(b, policy) ||
	       !gs_call_stats_are_alike(gs_summary_waits(a->summary, policy),
					gs_summary_waits(b->summary, policy));
}

/* Whether @vmm has a row: under its own policy always, else if it depends on the release. */
static bool is_row(const Releases *releases, unsigned int policy, unsigned int vmm)
{
	const GsVmmStarts *newest = starts_at(releases, releases->kernel_count - 1, vmm);

	if (policy == OWN)
		return true;
	for (unsigned int k = 0; k + 1 < releases->kernel_count; k++) {
		if (differ(starts_at(releases, k, vmm), newest, policy))
			return true;
	}
	return false;
}

/* Whether two kernels' columns would be the same to the printed digit. */
static bool are_one_column(const Releases *releases, unsigned int policy, unsigned int a,
			   unsigned int b)
{
	if (policy == OWN && !g_str_equal(own_policy(releases, a), own_policy(releases, b)))
		return false;
	for (unsigned int v = 0; v < releases->vmm_count; v++) {
		g_autofree char *left = describe_cell(starts_at(releases, a, v), policy);
		g_autofree char *right = describe_cell(starts_at(releases, b, v), policy);

		if (is_row(releases, policy, v) && !g_str_equal(left, right))
			return false;
	}
	return true;
}

/* The last of the kernels from @first on that share its column. */
static unsigned int last_of_column(const Releases *releases, unsigned int policy,
				   unsigned int first)
{
	while (first + 1 < releases->kernel_count &&
	       are_one_column(releases, policy, first, first + 1))
		first++;
	return first;
}

static void append_columns(const Releases *releases, unsigned int policy, GArray *columns)
{
	for (unsigned int k = 0; k < releases->kernel_count; k++) {
		const unsigned int last = last_of_column(releases, policy, k);

		g_string_append_printf(releases->out, " %s", releases->kernels[k]);
		if (last > k)
			g_string_append_printf(releases->out, " to %s", releases->kernels[last]);
		if (policy == OWN)
			g_string_append_printf(releases->out, ": %s", own_policy(releases, k));
		g_string_append(releases->out, " |");
		g_array_append_val(columns, k);
		k = last;
	}
}

static void append_table(const Releases *releases, unsigned int policy)
{
	g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(unsigned int));

	g_string_append(releases->out, "\n| VMM |");
	append_columns(releases, policy, columns);
	g_string_append(releases->out, "\n|---|");
	for (unsigned int c = 0; c < columns->len; c++)
		g_string_append(releases->out, "--:|");
	g_string_append_c(releases->out, '\n');
	for (unsigned int v = 0; v < releases->vmm_count; v++) {
		if (!is_row(releases, policy, v))
			continue;
		g_string_append_printf(releases->out, "| %s |", releases->vmms[v]);
		for (unsigned int c = 0; c < columns->len; c++) {
			const unsigned int kernel = g_array_index(columns, unsigned int, c);
			g_autofree char *cell =
				describe_cell(starts_at(releases, kernel, v), policy);

			g_string_append_printf(releases->out, " %s |", cell);
		}
		g_string_append_c(releases->out, '\n');
	}
	g_string_append_printf(releases->out, "\nThe %u profiles make %u different columns.\n",
			       releases->kernel_count, columns->len);
}

static int64_t median_ns(const Releases *releases, unsigned int kernel, unsigned int vmm)
{
	return gs_summary_waits(starts_at(releases, kernel, vmm)->summary, OWN)->median_ns;
}

/* "; 13 wait longer, most qemu-q35-10.0: 191 us, then 41.91 ms"; @sign: -1: less. */
static void append_direction(const Releases *releases, unsigned int kernel, int sign)
{
	unsigned int count = 0, most = 0;
	int64_t most_ns = 0;

	for (unsigned int v = 0; v < releases->vmm_count; v++) {
		const int64_t change_ns = sign * (median_ns(releases, kernel, v) -
						  median_ns(releases, kernel - 1, v));

		if (change_ns <= 0 || !differ(starts_at(releases, kernel, v),
					      starts_at(releases, kernel - 1, v), OWN))
			continue;
		count++;
		if (change_ns <= most_ns)
			continue;
		most_ns = change_ns;
		most = v;
	}
	if (!count)
		return;

	g_autofree char *before = gs_duration_format(median_ns(releases, kernel - 1, most));
	g_autofree char *after = gs_duration_format(median_ns(releases, kernel, most));

	g_string_append_printf(releases->out, "; %u wait%s %s, most of all %s: %s, then %s", count,
			       count == 1 ? "s" : "", sign > 0 ? "longer" : "less",
			       releases->vmms[most], before, after);
}

static void append_step(const Releases *releases, unsigned int kernel)
{
	const bool is_policy_kept =
		g_str_equal(own_policy(releases, kernel - 1), own_policy(releases, kernel));
	unsigned int changed = 0, begin = 0, end = 0;

	for (unsigned int v = 0; v < releases->vmm_count; v++) {
		const GsVmmStarts *before = starts_at(releases, kernel - 1, v);
		const GsVmmStarts *after = starts_at(releases, kernel, v);
		const bool stalled = gs_vmm_starts_first_stall(before, OWN) >= 0;
		const bool stalls = gs_vmm_starts_first_stall(after, OWN) >= 0;

		changed += differ(before, after, OWN);
		begin += !stalled && stalls;
		end += stalled && !stalls;
	}
	g_string_append_printf(releases->out, "- %s to %s", releases->kernels[kernel - 1],
			       releases->kernels[kernel]);
	if (!is_policy_kept)
		g_string_append_printf(releases->out, ", from `%s` to `%s`",
				       own_policy(releases, kernel - 1),
				       own_policy(releases, kernel));
	g_string_append_printf(releases->out, ": %u of %u starts change", changed,
			       releases->vmm_count);
	append_direction(releases, kernel, 1);
	append_direction(releases, kernel, -1);
	if (begin || end)
		g_string_append_printf(releases->out, "; %u begin to stall, %u cease to", begin,
				       end);
	g_string_append(releases->out, ".\n");
}

static void append_proposed(const Releases *releases, unsigned int policy)
{
	const GsPolicy *proposed = g_ptr_array_index(releases->proposed, policy - 1);
	unsigned int rows = 0;

	for (unsigned int v = 0; v < releases->vmm_count; v++)
		rows += is_row(releases, policy, v);
	g_string_append_printf(releases->out,
			       "\n### %s on other releases\n\n"
			       "On some release %u of %u starts differ from those on %s by more "
			       "than a little%s.\n",
			       proposed->name, rows, releases->vmm_count,
			       releases->kernels[releases->kernel_count - 1],
			       rows ? ", in the sense above" : "");
	if (rows)
		append_table(releases, policy);
}

static void append_section(const Releases *releases)
{
	g_string_append_printf(
		releases->out,
		"\n## By kernel release\n\n"
		"Every model on every profile of `gracesim list kernels`, %d runs of each, seed "
		"%d: what a start\nwaits in all and, if one stalls, the first call that does. "
		"Neighbouring releases whose columns are\nthe same to the printed digit share one. "
		"Models of arm64 run on arm64.\n\n### Under the policy each release shipped with\n",
		GS_STARTS_RUNS, GS_STARTS_SEED);
	append_table(releases, OWN);
	g_string_append(releases->out,
			"\nFrom a release to the next; a start changes if its first stall does, "
			"or its median or 5 % or\n95 % quantile by over 10 % and 5 us:\n\n");
	for (unsigned int k = 1; k < releases->kernel_count; k++)
		append_step(releases, k);
	for (unsigned int p = 0; p < releases->proposed->len; p++)
		append_proposed(releases, OWN + 1 + p);
}

static bool run_kernel(Releases *releases, const char *kernel, GError **error)
{
	const GsMachineRequest request = { .kernel = kernel };
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, error);
	g_autoptr(GPtrArray) policies = g_ptr_array_new();

	if (!machine)
		return false;
	g_ptr_array_add(policies,
			(void *)gs_policy_lookup(gs_machine_spec_default_policy(machine)));
	for (unsigned int p = 0; p < releases->proposed->len; p++)
		g_ptr_array_add(policies, g_ptr_array_index(releases->proposed, p));
	for (unsigned int v = 0; v < releases->vmm_count; v++) {
		GsVmmStarts *starts =
			gs_vmm_starts_new(releases->vmms[v], kernel, policies, error);

		if (!starts)
			return false;
		g_ptr_array_add(releases->starts, starts);
	}
	return true;
}

bool gs_vmm_releases_append(char **vmms, GString *out, GError **error)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();
	g_autoptr(GPtrArray) proposed = g_ptr_array_new();
	g_autoptr(GPtrArray) starts = g_ptr_array_new_with_free_func(free_starts);
	Releases releases = {
		.kernels = kernels,
		.vmms = vmms,
		.kernel_count = g_strv_length(kernels),
		.vmm_count = g_strv_length(vmms),
		.proposed = proposed,
		.starts = starts,
		.out = out,
	};

	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++) {
		if (g_str_has_prefix((*policy)->status, "proposed"))
			g_ptr_array_add(proposed, (void *)*policy);
	}
	for (char **kernel = kernels; *kernel; kernel++) {
		if (!run_kernel(&releases, *kernel, error))
			return false;
	}
	append_section(&releases);
	return true;
}

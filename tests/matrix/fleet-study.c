/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes doc/FLEETS.md to stdout: how long a VM takes to start beside others that
 * start on the same host. Every sentence with a number in it is counted from the
 * runs. With a number as its argument it writes the rows of storms of up to so
 * many VMs only, a part of the page that is soon computed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runs/study.h"
#include "sim/engine/sim-time.h"

#define MODEL "firecracker"
#define SEED "1"

/* As many runs as give about so many starts, but so many phases of the tick at least. */
#define STARTS_WANTED 512
#define RUNS_MIN 4

/* "Still as alone": the median is within a tenth of that of one VM. */
#define NEARLY 10

#define POLICIES_MAX 8

typedef struct {
	int64_t median_ns, p99_ns;
	int64_t stalls_milli; /* per VM, in thousandths */
} Figure;

/* One table: rows by how many start, or how often, columns by policy. */
typedef struct {
	const char *cpus, *hz, *key; /* what its rows vary: "vms" or "start" */
	const char *vms;             /* if its rows do not vary them */
	const char *set;             /* "KEY=VALUE", or NULL */
	const char *const *rows;     /* NULL-terminated */
} Table;

typedef struct {
	Figure (*figures)[POLICIES_MAX]; /* [row][policy] */
	unsigned int row_count;
} Figures;

static const char *const storm_rows[] = { "1", "4", "16", "64", "256", "1024", "4096", NULL };
static const char *const many_rates[] = { "poisson:100/s", "poisson:1000/s", "poisson:10000/s",
					  "poisson:20000/s", "poisson:40000/s", NULL };
static const char *const few_rates[] = { "poisson:10/s", "poisson:100/s", "poisson:500/s",
					 "poisson:1000/s", "poisson:2000/s", NULL };
static const char *const all_hz[] = { "100", "250", "1000", NULL };

typedef struct {
	GPtrArray *policies; /* char * */
	GString *out;
} Page;

static void add_axis(GPtrArray *axes, const char *text)
{
	GsScenarioAxis *axis = g_new0(GsScenarioAxis, 1);

	axis->text = g_strdup(text);
	axis->place = g_strdup("fleet-study");
	g_ptr_array_add(axes, axis);
}

static void free_axis(gpointer pointer)
{
	GsScenarioAxis *axis = pointer;

	g_free(axis->text);
	g_free(axis->place);
	g_free(axis);
}

static bool set_all(GsScenario *scenario, const Table *table, const char *row, GError **error)
{
	const char *const vms = table->vms ? table->vms : row;
	const uint64_t count = g_ascii_strtoull(vms, NULL, 10);
	g_autofree char *runs =
		g_strdup_printf("%" PRIu64, MAX(STARTS_WANTED / count, RUNS_MIN));

	if (table->set) {
		g_auto(GStrv) parts = g_strsplit(table->set, "=", 2);

		if (!gs_scenario_set(scenario, parts[0], parts[1], error))
			return false;
	}
	return gs_scenario_set(scenario, "cpus", table->cpus, error) &&
	       gs_scenario_set(scenario, "hz", table->hz, error) &&
	       gs_scenario_set(scenario, "vms", vms, error) &&
	       gs_scenario_set(scenario, table->key, row, error) &&
	       gs_scenario_set(scenario, "runs", runs, error) &&
	       gs_scenario_set(scenario, "seed", SEED, error);
}

static Figure figure_of(const GsTally *tally)
{
	const int index = gs_tally_find(tally, GS_TALLY_START, 0);
	const GsTallyCall *start = gs_tally_call(tally, (unsigned int)index);
	uint64_t stalls = 0;

	for (unsigned int n = 0; n < tally->calls->len; n++) {
		const GsTallyCall *call = gs_tally_call(tally, n);

		if (strcmp(call->name, GS_TALLY_WAITS))
			stalls += call->stall_count;
	}
	return (Figure){
		.median_ns = gs_histogram_quantile_ns(&start->latency, 500),
		.p99_ns = gs_histogram_quantile_ns(&start->latency, 990),
		.stalls_milli = (int64_t)(1000 * stalls / start->latency.count),
	};
}

static bool take_cell(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
		      void *user_data, GError **error)
{
	Figure *row = user_data;

	(void)ready;
	(void)samples;
	(void)error;
	row[result->index] = figure_of(result->tally);
	return true;
}

static bool compute_row(const Table *table, const char *row, Figure *figures, GError **error)
{
	g_autoptr(GsScenario) scenario = gs_scenario_load(MODEL, NULL, error);
	g_autoptr(GPtrArray) axes = g_ptr_array_new_with_free_func(free_axis);
	g_autoptr(GsStudyPlan) plan = NULL;

	if (!scenario || !set_all(scenario, table, row, error))
		return false;
	add_axis(axes, "policy=all");
	plan = gs_study_plan_new(scenario, axes, error);
	if (!plan)
		return false;

	const GsStudySpec spec = { .plan = plan, .jobs = g_get_num_processors() };
	return gs_study_run(&spec, NULL, take_cell, figures, error);
}

static Figures *compute(const Table *table, uint64_t vms_max, GError **error)
{
	Figures *figures = g_new0(Figures, 1);

	figures->figures = g_malloc0_n(g_strv_length((char **)table->rows),
				       sizeof(*figures->figures));
	for (const char *const *row = table->rows; *row; row++) {
		if (!table->vms && g_ascii_strtoull(*row, NULL, 10) > vms_max)
			break;
		if (!compute_row(table, *row, figures->figures[figures->row_count++], error)) {
			g_free(figures->figures);
			g_free(figures);
			return NULL;
		}
	}
	return figures;
}

static void free_figures(Figures *figures)
{
	g_free(figures->figures);
	g_free(figures);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Figures, free_figures)

/* A median and, in brackets, the 99 % quantile. */
static void append_figure(GString *out, const Figure *figure)
{
	g_autofree char *median = gs_duration_format(figure->median_ns);
	g_autofree char *p99 = gs_duration_format(figure->p99_ns);

	g_string_append_printf(out, " %s (%s) |", median, p99);
}

static void append_rows(const Page *page, const Table *table, const Figures *figures)
{
	for (unsigned int row = 0; row < figures->row_count; row++) {
		const char *name = table->rows[row];
		const char *colon = strchr(name, ':');

		g_string_append_printf(page->out, "| %s |", colon ? colon + 1 : name);
		for (unsigned int p = 0; p < page->policies->len; p++)
			append_figure(page->out, &figures->figures[row][p]);
		g_string_append_c(page->out, '\n');
	}
}

static void append_table(const Page *page, const Table *table, const Figures *figures)
{
	g_string_append_printf(page->out, "\nHZ=%s:\n\n| %s |", table->hz,
			       table->vms ? "starts" : "VMs at once");
	for (unsigned int p = 0; p < page->policies->len; p++)
		g_string_append_printf(page->out, " %s |",
				       (const char *)g_ptr_array_index(page->policies, p));
	g_string_append(page->out, "\n|--:|");
	for (unsigned int p = 0; p < page->policies->len; p++)
		g_string_append(page->out, "--:|");
	g_string_append_c(page->out, '\n');
	append_rows(page, table, figures);
}

static bool is_near(int64_t ns, int64_t of_ns)
{
	return ABS(ns - of_ns) <= of_ns / NEARLY;
}

/* For each policy: up to how many VMs a start takes as long as alone, and how it goes on. */
static void append_storm_findings(const Page *page, const Table *table, const Figures *figures)
{
	const unsigned int last = figures->row_count - 1;

	g_string_append_printf(page->out, "\nAt HZ=%s, medians:\n\n", table->hz);
	for (unsigned int p = 0; p < page->policies->len; p++) {
		const Figure *alone = &figures->figures[0][p];
		unsigned int near = 0, fastest = 0;

		while (near < last && is_near(figures->figures[near + 1][p].median_ns,
					      alone->median_ns))
			near++;
		for (unsigned int row = 1; row <= last; row++) {
			if (figures->figures[row][p].median_ns <
			    figures->figures[fastest][p].median_ns)
				fastest = row;
		}

		g_autofree char *alone_text = gs_duration_format(alone->median_ns);
		g_autofree char *most = gs_duration_format(figures->figures[last][p].median_ns);
		g_autofree char *least =
			gs_duration_format(figures->figures[fastest][p].median_ns);

		g_string_append_printf(page->out,
				       "- `%s`: %s alone, within a tenth of that up to %s VMs, ",
				       (const char *)g_ptr_array_index(page->policies, p),
				       alone_text, table->rows[near]);
		if (!is_near(figures->figures[fastest][p].median_ns, alone->median_ns))
			g_string_append_printf(page->out, "**less** beside others, %s with %s, ",
					       least, table->rows[fastest]);
		g_string_append_printf(page->out, "%s with %s.\n", most, table->rows[last]);
	}
}

static unsigned int policy_index(const Page *page, const char *name)
{
	unsigned int p = 0;

	while (p < page->policies->len && strcmp(g_ptr_array_index(page->policies, p), name))
		p++;
	return p;
}

/* The fastest storm, by how many per cent it is faster than a start alone. */
static int64_t most_saved_percent(const Figures *figures, unsigned int policy)
{
	const int64_t alone_ns = figures->figures[0][policy].median_ns;
	int64_t least_ns = alone_ns;

	for (unsigned int row = 1; row < figures->row_count; row++)
		least_ns = MIN(least_ns, figures->figures[row][policy].median_ns);
	return (alone_ns - least_ns) * 100 / alone_ns;
}

static void append_stalls(GString *out, const Figure *figure)
{
	g_string_append_printf(out, " %" PRId64 ".%" PRId64 " |", figure->stalls_milli / 1000,
			       figure->stalls_milli / 100 % 10);
}

/* Why `sync` gets faster: the same storms where it is never expedited. */
static void append_holdoff(const Page *page, const Table *table, const Figures *with,
			   const Figures *without)
{
	const unsigned int sync = policy_index(page, "sync");

	g_string_append(
		page->out,
		"\n## Why `sync` gets faster in a crowd\n\n"
		"`synchronize_srcu()` on a domain at rest asks for an expedited grace period if\n"
		"its last one ended at least `srcutree.exp_holdoff` (25 us) ago. A VMM alone\n"
		"makes its next ioctl sooner, and waits for ticks; one that has to wait for a CPU "
		"in\n"
		"between does not. With `srcutree.exp_holdoff=0` nothing is expedited by this:\n");
	g_string_append_printf(page->out,
			       "\n| VMs at once, %s CPUs, HZ=%s | 25 us | stalls a VM | 0 | stalls "
			       "a VM |\n|--:|--:|--:|--:|--:|\n", table->cpus, table->hz);
	for (unsigned int row = 0; row < with->row_count; row++) {
		g_string_append_printf(page->out, "| %s |", table->rows[row]);
		append_figure(page->out, &with->figures[row][sync]);
		append_stalls(page->out, &with->figures[row][sync]);
		append_figure(page->out, &without->figures[row][sync]);
		append_stalls(page->out, &without->figures[row][sync]);
		g_string_append_c(page->out, '\n');
	}
	g_string_append_printf(page->out,
			       "\nThe fastest of these storms is by %" PRId64
			       " %% faster than a start alone, without it by %" PRId64
			       " %%.\nWhat is left of that is which phases of the tick few runs "
			       "begin at.\n",
			       most_saved_percent(with, sync), most_saved_percent(without, sync));
}

static bool list_policies(Page *page, GError **error)
{
	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
		g_ptr_array_add(page->policies, (gpointer)(*policy)->name);
	if (page->policies->len <= POLICIES_MAX)
		return true;
	g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_PLAN, "more than %d policies",
		    POLICIES_MAX);
	return false;
}

/* The tables of @table at each tick rate; of the one at HZ=250, which is kept, the findings. */
static Figures *write_tables(const Page *page, Table table, uint64_t vms_max, GError **error)
{
	Figures *kept = NULL;

	for (const char *const *hz = all_hz; *hz; hz++) {
		g_autoptr(Figures) figures = NULL;

		table.hz = *hz;
		figures = compute(&table, vms_max, error);
		if (!figures) {
			g_clear_pointer(&kept, free_figures);
			return NULL;
		}
		append_table(page, &table, figures);
		if (!strcmp(*hz, "250"))
			kept = g_steal_pointer(&figures);
	}
	table.hz = "250";
	if (!table.vms)
		append_storm_findings(page, &table, kept);
	return kept;
}

static bool write_page(const Page *page, GError **error)
{
	const Table large = { .cpus = "64", .key = "vms", .rows = storm_rows };
	const Table small = { .cpus = "4", .key = "vms", .rows = storm_rows };
	const Table many = { .cpus = "64", .key = "start", .vms = "2048", .rows = many_rates };
	const Table few = { .cpus = "4", .key = "start", .vms = "512", .rows = few_rates };
	Table never = large;
	g_autoptr(Figures) storms = NULL, others = NULL, arrivals = NULL, trickle = NULL;
	g_autoptr(Figures) unexpedited = NULL;

	g_string_append_printf(
		page->out,
		"<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
		"# Fleets\n\n"
		"How long a VM takes to start beside others that start on the same host: the VMM\n"
		"model `%s` with its default parameters, under every policy. Written by\n"
		"`make fleet-study`; `make check` computes the storms of up to 16 VMs again.\n\n"
		"- a start is from a VM's arrival, when its VMM is there, to its first `KVM_RUN`\n"
		"- figures are medians over VMs and runs and, in brackets, 99 %% quantiles\n"
		"- seed %s; %d runs of one VM, fewer of more: %d of 128 and above, whose VMs\n"
		"  share the phase of the tick: their medians differ much from run to run, so\n"
		"  read how rows grow, not their digits\n"
		"- a row of a table: `gracesim sweep %s --set cpus=64 --set hz=250 --set vms=256\n"
		"  -P policy=all --repeat=%d '--call=(start)'`\n"
		"- what is left out, and makes real storms slower: MODEL-LIMITS.md, Many VMs\n",
		MODEL, SEED, STARTS_WANTED, RUNS_MIN, MODEL, RUNS_MIN);
	g_string_append(page->out, "\n## Storms on 64 CPUs\n");
	storms = write_tables(page, large, UINT64_MAX, error);
	if (!storms)
		return false;
	g_string_append(page->out, "\n## Storms on 4 CPUs\n");
	others = write_tables(page, small, UINT64_MAX, error);
	if (!others)
		return false;
	never.hz = "250";
	never.set = "srcutree.exp_holdoff=0";
	unexpedited = compute(&never, UINT64_MAX, error);
	if (!unexpedited)
		return false;
	append_holdoff(page, &never, storms, unexpedited);
	g_string_append_printf(page->out,
			       "\n## Starts at random on 64 CPUs\n\n%s VMs, independently of "
			       "each other, so many a second on average.\n", many.vms);
	arrivals = write_tables(page, many, UINT64_MAX, error);
	if (!arrivals)
		return false;
	g_string_append_printf(page->out, "\n## Starts at random on 4 CPUs\n\n%s VMs.\n", few.vms);
	trickle = write_tables(page, few, UINT64_MAX, error);
	return trickle != NULL;
}

static bool write_rows(const Page *page, uint64_t vms_max, GError **error)
{
	static const char *const cpus[] = { "64", "4" };

	for (unsigned int i = 0; i < G_N_ELEMENTS(cpus); i++) {
		for (const char *const *hz = all_hz; *hz; hz++) {
			const Table table = { cpus[i], *hz, "vms", NULL, NULL, storm_rows };
			g_autoptr(Figures) figures = compute(&table, vms_max, error);

			if (!figures)
				return false;
			append_rows(page, &table, figures);
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	Page page = { .policies = g_ptr_array_new(), .out = g_string_new(NULL) };
	g_autoptr(GError) error = NULL;
	const uint64_t vms_max = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 0;
	const bool done = list_policies(&page, &error) &&
			  (vms_max ? write_rows(&page, vms_max, &error) :
				     write_page(&page, &error));

	if (done)
		fputs(page.out->str, stdout);
	else
		fprintf(stderr, "fleet-study: %s\n", error->message);
	g_string_free(page.out, TRUE);
	g_ptr_array_unref(page.policies);
	return done ? 0 : 1;
}

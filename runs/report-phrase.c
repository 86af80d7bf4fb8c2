/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/report-phrase.h"

#include <inttypes.h>
#include <string.h>

#include "sim/engine/sim-time.h"

/* A policy is among the best if its mean is no more than one of these over the least. */
#define BEST_PERCENT 10
#define BEST_NS (10 * GS_NSEC_PER_USEC)

/* More than one stall in this many samples is shown as one: it reaches the 95 % quantile. */
#define STALL_ONE_IN 20

typedef struct {
	const char *name;
	int64_t ns;
} Unit;

/* The unit that leaves at most three digits before the point. */
static const Unit *unit_of(int64_t ns)
{
	static const Unit units[] = {
		{ "us", GS_NSEC_PER_USEC },
		{ "ms", GS_NSEC_PER_MSEC },
		{ "s", GS_NSEC_PER_SEC },
	};
	unsigned int i = 0;

	while (i + 1 < G_N_ELEMENTS(units) && ns >= units[i + 1].ns - units[i].ns / 2)
		i++;
	return &units[i];
}

typedef enum {
	ROUND_DOWN,
	ROUND_NEAREST,
	ROUND_UP,
} Rounding;

static void append_decimal(GString *out, int64_t ns, const Unit *unit, unsigned int decimals,
			   Rounding rounding)
{
	int64_t scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	int64_t rest = ns % unit->ns * scale;
	int64_t scaled = ns / unit->ns * scale;

	if (rounding == ROUND_NEAREST)
		rest += unit->ns / 2;
	else if (rounding == ROUND_UP)
		rest += unit->ns - 1;
	scaled += rest / unit->ns;
	g_string_append_printf(out, "%" PRId64, scaled / scale);
	if (decimals)
		g_string_append_printf(out, ".%0*" PRId64, (int)decimals, scaled % scale);
}

/* Three digits; microseconds have no use for fractions from 10 on. */
static void append_median(GString *out, int64_t ns, const Unit *unit)
{
	unsigned int decimals = ns < 10 * unit->ns ? 2 : ns < 100 * unit->ns ? 1 : 0;

	if (unit->ns == GS_NSEC_PER_USEC)
		decimals = ns && ns < 10 * unit->ns ? 1 : 0;
	append_decimal(out, ns, unit, decimals, ROUND_NEAREST);
}

/* Shorter: the ends of a range of random runs are not that certain. */
static void append_end(GString *out, int64_t ns, const Unit *unit, Rounding rounding)
{
	unsigned int decimals = ns < unit->ns / 10 ? 2 : ns < 100 * unit->ns ? 1 : 0;

	if (unit->ns == GS_NSEC_PER_USEC)
		decimals = ns && ns < 10 * unit->ns ? 1 : 0;
	append_decimal(out, ns, unit, decimals, rounding);
}

/* Whether the range is more than what rounding leaves of it. */
static bool has_width(const GsCallStats *stats, const Unit *unit)
{
	g_autoptr(GString) low = g_string_new(NULL);
	g_autoptr(GString) high = g_string_new(NULL);

	append_end(low, stats->p05_ns, unit, ROUND_NEAREST);
	append_end(high, stats->p95_ns, unit, ROUND_NEAREST);
	return !g_string_equal(low, high);
}

char *gs_report_phrase_cell(const GsCallStats *stats)
{
	const Unit *unit = unit_of(stats->median_ns);
	GString *out = g_string_new(NULL);

	append_median(out, stats->median_ns, unit);
	g_string_append_printf(out, " %s", unit->name);
	if (has_width(stats, unit)) {
		/* Outwards, so that the median, which has a digit more, is never outside. */
		g_string_append(out, " (");
		append_end(out, stats->p05_ns, unit, ROUND_DOWN);
		g_string_append_c(out, '-');
		append_end(out, stats->p95_ns, unit, ROUND_UP);
		g_string_append_c(out, ')');
	}
	return g_string_free(out, FALSE);
}

GsTextGrid *gs_report_phrase_grid(const GsReportView *view, const GsReportBlock *block)
{
	GsTextGrid *grid = gs_text_grid_new();

	for (unsigned int hz = 0; hz < view->hz->len; hz++)
		gs_text_grid_add_heading(grid,
					 g_strdup_printf("HZ=%d", gs_report_view_hz(view, hz)));
	for (unsigned int policy = 0; policy < view->policies->len; policy++) {
		gs_text_grid_add_label(grid, g_strdup(gs_report_view_policy(view, policy)->name));
		for (unsigned int hz = 0; hz < view->hz->len; hz++) {
			const GsCallStats *stats =
				gs_report_view_stats(view, block->call, policy, hz);

			gs_text_grid_add_text(grid, stats ? gs_report_phrase_cell(stats) :
							    g_strdup("-"));
		}
	}
	return grid;
}

static bool is_sum(const GsReportView *view, const GsReportBlock *block)
{
	return block->call == view->trace->summary->calls->len;
}

char *gs_report_phrase_title(const GsReportView *view, const GsReportBlock *block)
{
	const char *name;

	if (is_sum(view, block))
		return g_strdup("Whole VM");
	name = gs_summary_call(view->trace->summary, block->call)->name;
	if (block->first_occurrence == block->last_occurrence)
		return g_strdup_printf("%s %" PRIu32, name, block->first_occurrence);
	return g_strdup_printf("%s %" PRIu32 "..%" PRIu32, name, block->first_occurrence,
			       block->last_occurrence);
}

/* Which thread makes the call; of a fleet, that all of its VMs do. */
static char *phrase_maker(const GsReportView *view, const GsReportBlock *block)
{
	const GsSummary *summary = view->trace->summary;
	const GsScript *script = view->trace->spec->script;
	const uint32_t member = summary->pool->members[summary->pool->first[block->call]];
	const GsScriptThread *thread = &g_array_index(script->threads, GsScriptThread,
						      gs_script_call(script, member)->thread);

	if (script->vm_count > 1)
		return g_strdup_printf("in each of %" PRIu32 " VMs",
				       gs_summary_call(summary, block->call)->vm_count);
	return g_strdup_printf("thread %s", thread->name ? thread->name : "main");
}

char *gs_report_phrase_observed(const GsReportView *view, const GsReportBlock *block)
{
	const GsSummary *summary = view->trace->summary;
	int64_t min_ns = INT64_MAX, max_ns = 0;
	uint32_t count = 0;
	g_autofree char *median = NULL, *least = NULL, *most = NULL;

	if (is_sum(view, block))
		return g_strdup("what all its ioctls wait, summed");
	if (view->trace->scenario)
		return phrase_maker(view, block);
	for (unsigned int n = block->call; n < summary->calls->len; n++) {
		const GsCallSummary *call = gs_summary_call(summary, n);

		if (!call->observed_count || call->occurrence < block->first_occurrence ||
		    call->occurrence > block->last_occurrence ||
		    strcmp(call->name, gs_summary_call(summary, block->call)->name))
			continue;
		min_ns = MIN(min_ns, call->observed_min_ns);
		max_ns = MAX(max_ns, call->observed_max_ns);
		count += call->observed_count;
	}
	if (!count)
		return g_strdup(gs_summary_call(summary, block->call)->preamble_count ?
				"not in the log" : "its duration is not in the log");
	least = gs_duration_format(min_ns);
	most = gs_duration_format(max_ns);
	if (count == 1)
		return g_strdup_printf("observed %s", least);
	if (block->first_occurrence != block->last_occurrence)
		return min_ns == max_ns ?
			       g_strdup_printf("observed %s, %" PRIu32 " calls", least, count) :
			       g_strdup_printf("observed %s to %s, %" PRIu32 " calls", least, most,
					       count);
	median = gs_duration_format(gs_summary_call(summary, block->call)->observed_median_ns);
	return g_strdup_printf("observed %s (%s to %s in %" PRIu32 " VMs)", median, least, most,
			       count);
}

/* What the call waits for under a policy, at the tick rate at which it waits most. */
static int32_t cause_under(const GsReportView *view, unsigned int call, unsigned int policy)
{
	int64_t most_ns = 0;
	int32_t cause = GS_CAUSE_NONE;

	for (unsigned int hz = 0; hz < view->hz->len; hz++) {
		const GsCallStats *stats = gs_report_view_stats(view, call, policy, hz);

		if (stats && stats->stall_count > stats->sample_count / STALL_ONE_IN &&
		    stats->mean_wait_ns > most_ns) {
			most_ns = stats->mean_wait_ns;
			cause = stats->cause;
		}
	}
	return cause;
}

GPtrArray *gs_report_phrase_reasons(const GsReportView *view, const GsReportBlock *block)
{
	const GsSummary *summary = view->trace->summary;
	GPtrArray *reasons = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) causes = g_array_new(FALSE, FALSE, sizeof(int32_t));
	g_autoptr(GPtrArray) policies = g_ptr_array_new(); /* GString *, parallel to causes */

	if (is_sum(view, block))
		return reasons;
	for (unsigned int policy = 0; policy < view->policies->len; policy++) {
		int32_t cause = cause_under(view, block->call, policy);
		const char *name = gs_report_view_policy(view, policy)->name;
		unsigned int i = 0;

		if (cause == GS_CAUSE_NONE)
			continue;
		while (i < causes->len && g_array_index(causes, int32_t, i) != cause)
			i++;
		if (i < causes->len) {
			g_string_append_printf(g_ptr_array_index(policies, i), ", %s", name);
			continue;
		}
		g_array_append_val(causes, cause);
		g_ptr_array_add(policies, g_string_new(name));
	}
	for (unsigned int i = 0; i < causes->len; i++) {
		g_autofree char *names = g_string_free(g_ptr_array_index(policies, i), FALSE);
		int32_t cause = g_array_index(causes, int32_t, i);
		const GsCallSummary *starter;

		if (cause == GS_CAUSE_OWN) {
			g_ptr_array_add(reasons,
					g_strdup_printf("%s: a grace period of its own", names));
			continue;
		}
		starter = gs_summary_call(summary, (unsigned int)cause);
		g_ptr_array_add(reasons, g_strdup_printf("%s: the grace period that %s %" PRIu32
							 " started", names, starter->name,
							 starter->occurrence));
	}
	return reasons;
}

/*
 * Whether the policy is near the least cost at a tick rate. Cost is the mean:
 * a median would not see a stall in one run of ten.
 */
static bool is_best_at(const GsReportView *view, unsigned int call, unsigned int policy,
		       unsigned int hz)
{
	const GsCallStats *stats = gs_report_view_stats(view, call, policy, hz);
	int64_t least_ns = INT64_MAX;

	if (!stats)
		return false;
	for (unsigned int other = 0; other < view->policies->len; other++) {
		const GsCallStats *its = gs_report_view_stats(view, call, other, hz);

		if (its)
			least_ns = MIN(least_ns, its->mean_ns);
	}
	return stats->mean_ns - least_ns <= MAX(BEST_NS, least_ns / 100 * BEST_PERCENT);
}

static void append_name(GString *list, const char *name)
{
	g_string_append_printf(list, "%s%s", list->len ? ", " : "", name);
}

char *gs_report_phrase_best(const GsReportView *view, const GsReportBlock *block)
{
	g_autoptr(GString) everywhere = g_string_new(NULL);
	g_autoptr(GString) by_hz = g_string_new(NULL);
	unsigned int everywhere_count = 0;

	if (view->policies->len < 2)
		return NULL;
	for (unsigned int policy = 0; policy < view->policies->len; policy++) {
		unsigned int count = 0;

		for (unsigned int hz = 0; hz < view->hz->len; hz++)
			count += is_best_at(view, block->call, policy, hz);
		if (count < view->hz->len)
			continue;
		everywhere_count++;
		append_name(everywhere, gs_report_view_policy(view, policy)->name);
	}
	if (everywhere_count == view->policies->len)
		return g_strdup("no difference");
	if (everywhere_count)
		return g_strdup(everywhere->str);
	for (unsigned int hz = 0; hz < view->hz->len; hz++) {
		g_autoptr(GString) names = g_string_new(NULL);

		for (unsigned int policy = 0; policy < view->policies->len; policy++)
			if (is_best_at(view, block->call, policy, hz))
				append_name(names, gs_report_view_policy(view, policy)->name);
		g_string_append_printf(by_hz, "%sHZ=%d %s", hz ? "; " : "",
				       gs_report_view_hz(view, hz), names->str);
	}
	return g_strdup(by_hz->str);
}

static void add_pair(GPtrArray *pairs, const char *name, char *value)
{
	g_ptr_array_add(pairs, g_strdup(name));
	g_ptr_array_add(pairs, value);
}

/* The log, and what it was recorded under. */
static void add_trace_pairs(GPtrArray *pairs, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	const GsScript *script = spec->script;
	GString *text = g_string_new(NULL);
	unsigned int from_preamble = 0;

	for (unsigned int i = 0; i < script->calls->len; i++)
		from_preamble += gs_script_call(script, i)->from_preamble;
	g_string_append_printf(text, "%s: %" PRIu32 " VM%s, %u ioctl%s", script->label,
			       script->vm_count, script->vm_count == 1 ? "" : "s",
			       script->calls->len, script->calls->len == 1 ? "" : "s");
	if (from_preamble)
		g_string_append_printf(text, ", %u of them from the model %s", from_preamble,
				       trace->preamble);
	add_pair(pairs, "trace", g_string_free(text, FALSE));
	add_pair(pairs, "recorded",
		 g_strdup_printf("under %s at HZ=%d on %d CPU%s%s", spec->from_policy->name,
				 spec->from_hz, spec->from_cpus, spec->from_cpus == 1 ? "" : "s",
				 trace->from_inferred ? " (judged from the log)" : ""));
	if (script->less_inside_ns || script->less_between_ns) {
		g_autofree char *inside = gs_duration_format(script->less_inside_ns);
		g_autofree char *between = gs_duration_format(script->less_between_ns);

		add_pair(pairs, "untraced",
			 g_strdup_printf("less %s in each duration and %s before each system call",
					 inside, between));
	}
}

/* The scenario, and what it asks. */
static void add_scenario_pairs(GPtrArray *pairs, const GsReportTrace *trace)
{
	const GsScenario *scenario = trace->scenario;
	const GsScript *script = trace->spec->script;
	g_autofree char *start = gs_scenario_get(scenario, "start");

	if (scenario->title)
		add_pair(pairs, "scenario", g_strdup(scenario->title));
	if (scenario->question)
		add_pair(pairs, "question", g_strdup(scenario->question));
	if (script->vm_count == 1)
		add_pair(pairs, "model", g_strdup_printf("%s: 1 VM, %u ioctls", script->label,
							 script->calls->len));
	else
		add_pair(pairs, "model",
			 g_strdup_printf("%s: %" PRIu32 " VMs, %u ioctls each, start %s",
					 script->label, script->vm_count,
					 script->calls->len / script->vm_count, start));
}

GPtrArray *gs_report_phrase_provenance(const GsReport *report, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	const GsMachineSpec *machine = spec->machine;
	const char *overrides = gs_machine_spec_overrides(machine);
	int cpus = gs_machine_spec_cpus(machine);
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);

	if (trace->scenario)
		add_scenario_pairs(pairs, trace);
	else
		add_trace_pairs(pairs, trace);
	add_pair(pairs, "machine", g_strdup_printf("%s, kernel %s, host %s, %d CPU%s",
						   gs_machine_spec_machine(machine),
						   gs_machine_spec_kernel(machine),
						   gs_machine_spec_host(machine), cpus,
						   cpus == 1 ? "" : "s"));
	if (*overrides)
		add_pair(pairs, "set", g_strdup(overrides));
	add_pair(pairs, "runs", g_strdup_printf("%u per cell, seed %" PRIu64 ", gracesim %s",
						spec->runs, spec->seed, report->version));
	add_pair(pairs, "cells",
		 g_strdup("median (5 % to 95 % of the runs), both in the unit given"));
	add_pair(pairs, "best",
		 g_strdup_printf("least mean at every tick rate, or within %d %% or 10 us of it",
				 BEST_PERCENT));
	return pairs;
}

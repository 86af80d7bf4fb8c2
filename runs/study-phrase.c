/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-phrase.h"

#include <inttypes.h>
#include <string.h>

#include "runs/report-phrase.h"
#include "sim/engine/sim-time.h"

/* More than one stall in this many samples is shown as one: it reaches the 95 % quantile. */
#define STALL_ONE_IN 20

/* A line of reasons begins with so many columns, and names rows as long as it fits. */
#define REASON_INDENT 13

static const char *call_name(const GsStudyView *view, unsigned int call)
{
	return gs_study_report_call(view->report, call)->name;
}

char *gs_study_phrase_title(const GsStudyView *view, const GsStudyBlock *block)
{
	const char *name = call_name(view, block->call);

	if (!strcmp(name, GS_TALLY_WAITS))
		return g_strdup("Whole VM, what all its ioctls wait, summed");
	if (!strcmp(name, GS_TALLY_START))
		return g_strdup("Whole start, from the VM's arrival to its first KVM_RUN");
	if (block->first_occurrence == block->last_occurrence)
		return g_strdup_printf("%s %" PRIu32, name, block->first_occurrence);
	return g_strdup_printf("%s %" PRIu32 "..%" PRIu32, name, block->first_occurrence,
			       block->last_occurrence);
}

/* "12.3 %"; what is not none or all does not look like it. */
static char *format_share(uint64_t part, uint64_t whole)
{
	const uint64_t tenths = whole ? (part * 1000 + whole / 2) / whole : 0;

	if (part && !tenths)
		return g_strdup("<0.1 %");
	if (part < whole && tenths == 1000)
		return g_strdup(">99.9 %");
	if (tenths % 10)
		return g_strdup_printf("%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
	return g_strdup_printf("%" PRIu64 " %%", tenths / 10);
}

static char *phrase_tail(const GsStudyRow *row)
{
	g_autofree char *p99 = gs_duration_format(row->p99_ns);
	g_autofree char *share = format_share(row->above_count, row->stats.sample_count);

	return g_strdup_printf("%s (%s)", p99, share);
}

static char *phrase_cell(const GsStudyRow *row)
{
	return gs_report_phrase_cell(&row->stats);
}

static char *phrase_median(const GsStudyRow *row)
{
	return gs_duration_format(row->stats.median_ns);
}

static char *phrase_p99(const GsStudyRow *row)
{
	return gs_duration_format(row->p99_ns);
}

static char *phrase_share(const GsStudyRow *row)
{
	return format_share(row->above_count, row->stats.sample_count);
}

static void add_labels(GsTextGrid *grid, const GsStudyView *view, unsigned int row)
{
	gs_text_grid_add_label(grid, g_strdup(g_ptr_array_index(view->labels, row)));
}

/* The values of an axis across: the same of every cell. */
static GsTextGrid *across(const GsStudyView *view, const GsStudyBlock *block,
			  char *(*phrase)(const GsStudyRow *row))
{
	GsTextGrid *grid = gs_text_grid_new();

	for (unsigned int column = 0; column < view->columns->len; column++)
		gs_text_grid_add_heading(grid,
					 g_strdup(g_ptr_array_index(view->columns, column)));
	for (unsigned int row = 0; row < view->labels->len; row++) {
		add_labels(grid, view, row);
		for (unsigned int column = 0; column < view->columns->len; column++) {
			const GsStudyRow *figures =
				gs_study_view_row(view, block->call, row, column);

			gs_text_grid_add_text(grid, figures ? phrase(figures) : g_strdup("-"));
		}
	}
	return grid;
}

static void add_figures(GsTextGrid *grid, const GsStudyRow *row)
{
	gs_text_grid_add_text(grid, gs_duration_format(row->stats.median_ns));
	gs_text_grid_add_text(grid, gs_duration_format(row->stats.p95_ns));
	gs_text_grid_add_text(grid, gs_duration_format(row->p99_ns));
	gs_text_grid_add_text(grid, format_share(row->above_count, row->stats.sample_count));
	gs_text_grid_add_text(grid, format_share(row->stats.stall_count, row->stats.sample_count));
}

/* A row a cell: different figures across. */
static GsTextGrid *down(const GsStudyView *view, const GsStudyBlock *block, const char *budget)
{
	GsTextGrid *grid = gs_text_grid_new();

	gs_text_grid_add_heading(grid, g_strdup("median"));
	gs_text_grid_add_heading(grid, g_strdup("95 %"));
	gs_text_grid_add_heading(grid, g_strdup("99 %"));
	gs_text_grid_add_heading(grid, g_strconcat("above ", budget, NULL));
	gs_text_grid_add_heading(grid, g_strdup("stalls"));
	for (unsigned int row = 0; row < view->labels->len; row++) {
		const GsStudyRow *figures = gs_study_view_row(view, block->call, row, 0);

		if (!figures)
			continue;
		add_labels(grid, view, row);
		add_figures(grid, figures);
	}
	return grid;
}

static void free_grid(gpointer pointer)
{
	GsStudyGrid *grid = pointer;

	g_free(grid->caption);
	gs_text_grid_free(grid->grid);
	g_free(grid);
}

static void add_grid(GPtrArray *grids, char *caption, GsTextGrid *grid)
{
	GsStudyGrid *captioned = g_new(GsStudyGrid, 1);

	*captioned = (GsStudyGrid){ caption, grid };
	g_ptr_array_add(grids, captioned);
}

/* Whether the call stalls or takes more than the budget anywhere: then its tail matters. */
static bool has_tail(const GsStudyView *view, const GsStudyBlock *block)
{
	for (unsigned int row = 0; row < view->labels->len; row++)
		for (unsigned int column = 0; column < gs_study_view_columns(view); column++) {
			const GsStudyRow *figures =
				gs_study_view_row(view, block->call, row, column);

			if (figures && (figures->stats.stall_count || figures->above_count))
				return true;
		}
	return false;
}

GPtrArray *gs_study_phrase_grids(const GsStudyView *view, const GsStudyBlock *block)
{
	GPtrArray *grids = g_ptr_array_new_with_free_func(free_grid);
	g_autofree char *budget = gs_duration_text(view->report->options.budget_ns);

	if (view->is_terse) {
		add_grid(grids, g_strdup("median"), across(view, block, phrase_median));
		if (has_tail(view, block)) {
			add_grid(grids, g_strdup("99 %"), across(view, block, phrase_p99));
			add_grid(grids, g_strdup_printf("share above %s", budget),
				 across(view, block, phrase_share));
		}
	} else if (view->columns) {
		add_grid(grids, g_strdup("median (5 % to 95 %)"), across(view, block, phrase_cell));
		if (has_tail(view, block))
			add_grid(grids, g_strdup_printf("99 %% (share above %s)", budget),
				 across(view, block, phrase_tail));
	} else {
		add_grid(grids, g_strdup("quantiles and shares"), down(view, block, budget));
	}
	return grids;
}

/* Policies decide what is waited for: if they go across, reasons are those of columns. */
static bool reasons_are_of_columns(const GsStudyView *view)
{
	return !g_strcmp0(view->pivot, "policy");
}

/* What the call waits for in a row, or column, where it waits most. */
static int32_t find_cause(const GsStudyView *view, unsigned int call, unsigned int line)
{
	const bool is_column = reasons_are_of_columns(view);
	const unsigned int count = is_column ? view->labels->len : gs_study_view_columns(view);
	int64_t most_ns = 0;
	int32_t cause = GS_CAUSE_NONE;

	for (unsigned int i = 0; i < count; i++) {
		const GsStudyRow *figures = gs_study_view_row(view, call, is_column ? i : line,
							      is_column ? line : i);

		if (figures &&
		    figures->stats.stall_count > figures->stats.sample_count / STALL_ONE_IN &&
		    figures->stats.mean_wait_ns > most_ns) {
			most_ns = figures->stats.mean_wait_ns;
			cause = figures->stats.cause;
		}
	}
	return cause;
}

/* The rows or columns that have one cause. */
typedef struct {
	int32_t cause;
	GPtrArray *labels; /* char *, borrowed: theirs */
} Reason;

static void add_to_reason(GArray *reasons, int32_t cause, const char *label)
{
	Reason fresh = { .cause = cause };
	Reason *reason;
	unsigned int i = 0;

	while (i < reasons->len && g_array_index(reasons, Reason, i).cause != cause)
		i++;
	if (i == reasons->len) {
		fresh.labels = g_ptr_array_new();
		g_array_append_val(reasons, fresh);
	}
	reason = &g_array_index(reasons, Reason, i);
	g_ptr_array_add(reason->labels, (char *)label);
}

/* Their names, as many as fit into @width, but at least one. */
static char *phrase_labels(const GPtrArray *labels, size_t width)
{
	GString *text = g_string_new(g_ptr_array_index(labels, 0));
	unsigned int named = 1;

	while (named < labels->len) {
		const char *label = g_ptr_array_index(labels, named);
		g_autofree char *rest = named + 1 == labels->len ?
						g_strdup("") :
						g_strdup_printf(" and %u more",
								labels->len - named - 1);

		if (text->len + strlen(", ") + strlen(label) + strlen(rest) > width)
			break;
		g_string_append_printf(text, ", %s", label);
		named++;
	}
	if (named < labels->len)
		g_string_append_printf(text, " and %u more", labels->len - named);
	return g_string_free(text, FALSE);
}

static char *phrase_cause(const GsStudyView *view, int32_t cause)
{
	const GsStudyCall *starter;

	if (cause == GS_CAUSE_OWN)
		return g_strdup("a grace period of its own");
	starter = gs_study_report_call(view->report, (unsigned int)cause);
	return g_strdup_printf("the grace period that %s %" PRIu32 " started", starter->name,
			       starter->occurrence);
}

/* @lines: how many there are. */
static char *phrase_reason(const GsStudyView *view, const Reason *reason, unsigned int lines)
{
	g_autofree char *cause = phrase_cause(view, reason->cause);
	const size_t taken = REASON_INDENT + strlen(": ") + strlen(cause);
	g_autofree char *where = NULL;

	if (reason->labels->len == lines && lines > 1)
		where = g_strdup("everywhere");
	else
		where = phrase_labels(reason->labels, GS_TEXT_GRID_WIDTH - MIN(taken,
									       GS_TEXT_GRID_WIDTH));
	return g_strdup_printf("%s%s%s", where, *where ? ": " : "", cause);
}

GPtrArray *gs_study_phrase_reasons(const GsStudyView *view, const GsStudyBlock *block)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) reasons = g_array_new(FALSE, FALSE, sizeof(Reason));
	const GPtrArray *labels = reasons_are_of_columns(view) ? view->columns : view->labels;

	for (unsigned int line = 0; line < labels->len; line++) {
		const int32_t cause = find_cause(view, block->call, line);

		if (cause != GS_CAUSE_NONE)
			add_to_reason(reasons, cause, g_ptr_array_index(labels, line));
	}
	for (unsigned int i = 0; i < reasons->len; i++) {
		const Reason *reason = &g_array_index(reasons, Reason, i);

		g_ptr_array_add(lines, phrase_reason(view, reason, labels->len));
		g_ptr_array_unref(reason->labels);
	}
	return lines;
}

char *gs_study_phrase_scenario(const char *text, char **left_out)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *joined = g_string_new(NULL);

	for (char **line = lines; *line; line++) {
		g_autofree char *key = g_strndup(*line, strcspn(*line, "="));

		if (!strchr(*line, '=') ||
		    (left_out && g_strv_contains((const char *const *)left_out, key)))
			continue;
		g_string_append_printf(joined, "%s%s", joined->len ? " " : "", *line);
	}
	return g_string_free(joined, FALSE);
}

char *gs_study_phrase_percent(unsigned int ppm)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "%u.%04u", ppm / 10000, ppm % 10000);
	while (text->str[text->len - 1] == '0')
		g_string_truncate(text, text->len - 1);
	if (text->str[text->len - 1] == '.')
		g_string_truncate(text, text->len - 1);
	g_string_append_c(text, '%');
	return g_string_free(text, FALSE);
}

static void add_pair(GPtrArray *pairs, const char *name, char *value)
{
	g_ptr_array_add(pairs, g_strdup(name));
	g_ptr_array_add(pairs, value);
}

static char *phrase_cells(const GsStudyReport *report)
{
	const GsStudyInputs *inputs = report->inputs;
	GString *text = g_string_new(NULL);

	g_string_printf(text, "%u", inputs->point_count);
	if (report->cells->len != inputs->point_count)
		g_string_append_printf(text, ", of which %u are here", report->cells->len);
	if (inputs->precision_ppm) {
		g_autofree char *percent = gs_study_phrase_percent(inputs->precision_ppm);

		g_string_append_printf(text, ", each until its medians are within %s", percent);
	}
	return g_string_free(text, FALSE);
}

static bool fit_all(const GsStudyView *view)
{
	for (unsigned int i = 0; i < view->blocks->len; i++) {
		const GsStudyBlock *block = &g_array_index(view->blocks, GsStudyBlock, i);
		g_autoptr(GPtrArray) grids = gs_study_phrase_grids(view, block);

		for (unsigned int n = 0; n < grids->len; n++) {
			const GsStudyGrid *grid = g_ptr_array_index(grids, n);

			if (!gs_text_grid_fits(grid->grid))
				return false;
		}
	}
	return true;
}

GsStudyView *gs_study_phrase_view(const GsStudyReport *report)
{
	g_autofree int *pivots = gs_study_view_pivots(report);

	for (int terse = false; terse <= true; terse++)
		for (const int *pivot = pivots; *pivot >= 0; pivot++) {
			g_autoptr(GsStudyView) view = gs_study_view_new(report, *pivot);

			view->is_terse = terse;
			if (fit_all(view))
				return g_steal_pointer(&view);
		}
	return gs_study_view_new(report, -1);
}

GsTextGrid *gs_study_phrase_runs(const GsStudyView *view)
{
	GsTextGrid *grid = gs_text_grid_new();
	const unsigned int columns = gs_study_view_columns(view);

	for (unsigned int column = 0; column < columns; column++)
		gs_text_grid_add_heading(grid, g_strdup(view->columns ?
						g_ptr_array_index(view->columns, column) :
						"runs"));
	for (unsigned int row = 0; row < view->labels->len; row++) {
		add_labels(grid, view, row);
		for (unsigned int column = 0; column < columns; column++) {
			const GsStudyCell *cell = gs_study_view_cell(view, row, column);

			gs_text_grid_add_text(grid, cell ? g_strdup_printf("%" PRIu64,
									   cell->run_count) :
							   g_strdup("-"));
		}
	}
	return grid;
}

GPtrArray *gs_study_phrase_provenance(const GsStudyReport *report)
{
	const GsStudyInputs *inputs = report->inputs;
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);

	if (inputs->title)
		add_pair(pairs, "study", g_strdup(inputs->title));
	add_pair(pairs, "scenario", gs_study_phrase_scenario(inputs->scenario, inputs->keys));
	for (char **axis = inputs->axes; *axis; axis++)
		add_pair(pairs, "axis", g_strdup(*axis));
	for (char **constraint = inputs->constraints; *constraint; constraint++)
		add_pair(pairs, "where", g_strdup(*constraint));
	add_pair(pairs, "cells", phrase_cells(report));
	add_pair(pairs, "program", g_strdup_printf("gracesim %s", inputs->version));
	return pairs;
}

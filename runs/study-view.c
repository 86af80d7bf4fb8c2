/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-view.h"

#include <string.h>

#include "runs/report-view.h"

#define HZ_KEY "hz"

/* So many tick rates go across. */
#define COLUMNS_MAX 6

static bool is_pseudo(const GsStudyCall *call)
{
	return call->name[0] == '(';
}

static bool are_alike(const GsStudyReport *report, unsigned int a, unsigned int b)
{
	for (unsigned int i = 0; i < report->cells->len; i++) {
		const GsStudyCell *cell = gs_study_report_cell(report, i);
		const GsStudyRow *left = gs_study_report_find_row(report, cell, a);
		const GsStudyRow *right = gs_study_report_find_row(report, cell, b);

		if (!left != !right)
			return false;
		if (left && !gs_call_stats_are_alike(&left->stats, &right->stats))
			return false;
	}
	return true;
}

/* Put the call into the last block of its name, if it continues that, or into one of its own. */
static void add_call(GsStudyView *view, unsigned int n)
{
	const GsStudyReport *report = view->report;
	const GsStudyCall *call = gs_study_report_call(report, n);
	GsStudyBlock fresh = { n, call->occurrence, call->occurrence };

	for (unsigned int i = view->blocks->len; i-- > 0;) {
		GsStudyBlock *block = &g_array_index(view->blocks, GsStudyBlock, i);

		if (strcmp(gs_study_report_call(report, block->call)->name, call->name))
			continue;
		if (block->last_occurrence + 1 != call->occurrence ||
		    !are_alike(report, block->call, n))
			break;
		block->last_occurrence = call->occurrence;
		return;
	}
	g_array_append_val(view->blocks, fresh);
}

/* The sum of waits says something only if there is more than one. */
static void add_blocks(GsStudyView *view)
{
	const GsStudyReport *report = view->report;
	const bool asked = report->options.call != NULL;

	for (unsigned int n = 0; n < report->calls->len; n++) {
		const GsStudyCall *call = gs_study_report_call(report, n);

		if (gs_study_report_includes(report, call) && (asked || call->waits) &&
		    (asked || !is_pseudo(call)))
			add_call(view, n);
	}
	for (unsigned int n = 0; n < report->calls->len && !asked; n++) {
		const GsStudyCall *call = gs_study_report_call(report, n);

		if (!strcmp(call->name, GS_TALLY_START) ||
		    (!strcmp(call->name, GS_TALLY_WAITS) && view->blocks->len > 1))
			add_call(view, n);
	}
}

/* The key whose values go across; -1: none. */
static int choose_pivot(const GsStudyReport *report)
{
	const GsStudyInputs *inputs = report->inputs;
	g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
	int pivot = -1;

	if (g_strv_length(inputs->keys) < 2)
		return -1;
	/* an axis of its own, that is, not in lockstep with others */
	for (char **axis = inputs->axes; *axis; axis++)
		if (g_str_has_prefix(*axis, HZ_KEY "="))
			for (int key = 0; inputs->keys[key]; key++)
				if (!strcmp(inputs->keys[key], HZ_KEY))
					pivot = key;
	for (unsigned int i = 0; pivot >= 0 && i < report->cells->len; i++)
		g_hash_table_add(values, gs_study_report_cell(report, i)->values[pivot]);
	return g_hash_table_size(values) > COLUMNS_MAX ? -1 : pivot;
}

/* "sync vcpus=4": a word says what it is of, a number does not. */
static char *row_label(const GsStudyReport *report, const GsStudyCell *cell, int pivot)
{
	GString *label = g_string_new(NULL);

	for (int key = 0; report->inputs->keys[key]; key++) {
		const char *value = cell->values[key];

		if (key == pivot)
			continue;
		if (label->len)
			g_string_append_c(label, ' ');
		if (!g_ascii_isalpha(*value))
			g_string_append_printf(label, "%s=", report->inputs->keys[key]);
		g_string_append(label, value);
	}
	return g_string_free(label, FALSE);
}

/* The index of @text in @texts, added if it is new; takes it. */
static unsigned int find_or_add(GPtrArray *texts, GHashTable *known, char *text)
{
	gpointer index;

	if (g_hash_table_lookup_extended(known, text, NULL, &index)) {
		g_free(text);
	} else {
		index = GUINT_TO_POINTER(texts->len);
		g_hash_table_insert(known, text, index);
		g_ptr_array_add(texts, text);
	}
	return GPOINTER_TO_UINT(index);
}

static gpointer place_key(unsigned int row, unsigned int column)
{
	return GUINT_TO_POINTER(row * (COLUMNS_MAX + 1) + column);
}

static void lay_out(GsStudyView *view)
{
	const GsStudyReport *report = view->report;
	const int pivot = choose_pivot(report);
	g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) columns = g_hash_table_new(g_str_hash, g_str_equal);

	if (pivot >= 0)
		view->columns = g_ptr_array_new_with_free_func(g_free);
	for (unsigned int i = 0; i < report->cells->len; i++) {
		const GsStudyCell *cell = gs_study_report_cell(report, i);
		unsigned int row = i, column = 0;

		if (pivot >= 0) {
			row = find_or_add(view->labels, rows, row_label(report, cell, pivot));
			column = find_or_add(view->columns, columns,
					     g_strdup(cell->values[pivot]));
		} else {
			g_ptr_array_add(view->labels, row_label(report, cell, pivot));
		}
		g_hash_table_insert(view->places, place_key(row, column), GUINT_TO_POINTER(i + 1));
	}
}

GsStudyView *gs_study_view_new(const GsStudyReport *report)
{
	GsStudyView *view = g_new0(GsStudyView, 1);

	view->report = report;
	view->blocks = g_array_new(FALSE, FALSE, sizeof(GsStudyBlock));
	view->labels = g_ptr_array_new_with_free_func(g_free);
	view->places = g_hash_table_new(NULL, NULL);
	add_blocks(view);
	lay_out(view);
	return view;
}

void gs_study_view_free(GsStudyView *view)
{
	g_array_unref(view->blocks);
	g_ptr_array_unref(view->labels);
	g_clear_pointer(&view->columns, g_ptr_array_unref);
	g_hash_table_unref(view->places);
	g_free(view);
}

const GsStudyRow *gs_study_view_row(const GsStudyView *view, unsigned int call, unsigned int row,
				    unsigned int column)
{
	const gpointer place = g_hash_table_lookup(view->places, place_key(row, column));

	if (!place)
		return NULL;
	return gs_study_report_find_row(view->report,
					gs_study_report_cell(view->report,
							     GPOINTER_TO_UINT(place) - 1), call);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-view.h"

#include <string.h>

#include "runs/report-view.h"

#define HZ_KEY "hz"

/* So many values go across. */
#define COLUMNS_MAX 8

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

/* Whether @key has an axis of its own. */
static bool is_alone(const GsStudyInputs *inputs, const char *key)
{
	const size_t length = strlen(key);

	for (char **axis = inputs->axes; *axis; axis++)
		if (!strncmp(*axis, key, length) && (*axis)[length] == '=')
			return true;
	return false;
}

static bool may_go_across(const GsStudyReport *report, int key)
{
	g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);

	if (!is_alone(report->inputs, report->inputs->keys[key]))
		return false;
	for (unsigned int i = 0; i < report->cells->len; i++) {
		g_hash_table_add(values, gs_study_report_cell(report, i)->values[key]);
		if (g_hash_table_size(values) > COLUMNS_MAX)
			return false;
	}
	return g_hash_table_size(values) > 1;
}

int *gs_study_view_pivots(const GsStudyReport *report)
{
	char **keys = report->inputs->keys;
	const int count = (int)g_strv_length(keys);
	int *pivots = g_new(int, (size_t)count + 1);
	unsigned int found = 0;

	for (int key = 0; count > 1 && key < count; key++)
		if (!strcmp(keys[key], HZ_KEY) && may_go_across(report, key))
			pivots[found++] = key;
	for (int key = count; count > 1 && key-- > 0;)
		if (strcmp(keys[key], HZ_KEY) && may_go_across(report, key))
			pivots[found++] = key;
	pivots[found] = -1;
	return pivots;
}

/* "sync", "vcpus=4", "HZ=250": a word says what it is of, a number does not. */
static void append_value(GString *text, const char *key, const char *value)
{
	if (!strcmp(key, HZ_KEY))
		g_string_append(text, "HZ=");
	else if (!g_ascii_isalpha(*value))
		g_string_append_printf(text, "%s=", key);
	g_string_append(text, value);
}

static char *row_label(const GsStudyReport *report, const GsStudyCell *cell, int pivot)
{
	GString *label = g_string_new(NULL);

	for (int key = 0; report->inputs->keys[key]; key++) {
		if (key == pivot)
			continue;
		if (label->len)
			g_string_append_c(label, ' ');
		append_value(label, report->inputs->keys[key], cell->values[key]);
	}
	return g_string_free(label, FALSE);
}

static char *column_heading(const GsStudyReport *report, const GsStudyCell *cell, int pivot)
{
	GString *heading = g_string_new(NULL);

	append_value(heading, report->inputs->keys[pivot], cell->values[pivot]);
	return g_string_free(heading, FALSE);
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

static void lay_out(GsStudyView *view, int pivot)
{
	const GsStudyReport *report = view->report;
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
					     column_heading(report, cell, pivot));
		} else {
			g_ptr_array_add(view->labels, row_label(report, cell, pivot));
		}
		g_hash_table_insert(view->places, place_key(row, column), GUINT_TO_POINTER(i + 1));
	}
}

GsStudyView *gs_study_view_new(const GsStudyReport *report, int pivot)
{
	GsStudyView *view = g_new0(GsStudyView, 1);

	view->report = report;
	view->blocks = g_array_new(FALSE, FALSE, sizeof(GsStudyBlock));
	view->labels = g_ptr_array_new_with_free_func(g_free);
	view->places = g_hash_table_new(NULL, NULL);
	add_blocks(view);
	if (pivot >= 0)
		view->pivot = report->inputs->keys[pivot];
	lay_out(view, pivot);
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

const GsStudyCell *gs_study_view_cell(const GsStudyView *view, unsigned int row,
				      unsigned int column)
{
	const gpointer place = g_hash_table_lookup(view->places, place_key(row, column));

	return place ? gs_study_report_cell(view->report, GPOINTER_TO_UINT(place) - 1) : NULL;
}

const GsStudyRow *gs_study_view_row(const GsStudyView *view, unsigned int call, unsigned int row,
				    unsigned int column)
{
	const GsStudyCell *cell = gs_study_view_cell(view, row, column);

	return cell ? gs_study_report_find_row(view->report, cell, call) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sweep-list.h"

#include <string.h>

#include "runs/csv.h"

#define INDEX "index"

static const char *key_at(const GsStudyPlan *plan, unsigned int key)
{
	return g_ptr_array_index(plan->keys, key);
}

static void write_line(GString *line, FILE *stream)
{
	fwrite(line->str, 1, line->len, stream);
	g_string_truncate(line, 0);
}

static char separator(const GsStudyPlan *plan, unsigned int key)
{
	return key + 1 < plan->keys->len ? ',' : '\n';
}

static void list_csv(const GsStudyPlan *plan, FILE *stream)
{
	g_autoptr(GString) line = g_string_new(NULL);

	gs_csv_append_text(line, INDEX, plan->keys->len ? ',' : '\n');
	for (unsigned int key = 0; key < plan->keys->len; key++)
		gs_csv_append_text(line, key_at(plan, key), separator(plan, key));
	write_line(line, stream);
	for (unsigned int i = 0; i < plan->points->len; i++) {
		gs_csv_append_number(line, gs_study_plan_point(plan, i)->index,
				     plan->keys->len ? ',' : '\n');
		for (unsigned int key = 0; key < plan->keys->len; key++)
			gs_csv_append_text(line, gs_study_plan_value(plan, i, key),
					   separator(plan, key));
		write_line(line, stream);
	}
}

/* The width of each key's column. */
static size_t *measure(const GsStudyPlan *plan)
{
	size_t *widths = g_new(size_t, MAX(plan->keys->len, 1));

	for (unsigned int key = 0; key < plan->keys->len; key++)
		widths[key] = strlen(key_at(plan, key));
	for (unsigned int i = 0; i < plan->points->len; i++)
		for (unsigned int key = 0; key < plan->keys->len; key++)
			widths[key] = MAX(widths[key], strlen(gs_study_plan_value(plan, i, key)));
	return widths;
}

/* The index of the last point is the longest. */
static int index_width(const GsStudyPlan *plan)
{
	const unsigned int count = plan->points->len;
	const unsigned int last = count ? gs_study_plan_point(plan, count - 1)->index : 0;
	g_autofree char *text = g_strdup_printf("%u", last);

	return (int)MAX(strlen(text), strlen(INDEX));
}

/* The last column is not padded. */
static void append_cell(GString *line, const GsStudyPlan *plan, unsigned int key,
			const char *text, const size_t *widths)
{
	const int width = key + 1 < plan->keys->len ? (int)widths[key] : 0;

	g_string_append_printf(line, "  %-*s", width, text);
}

static void list_table(const GsStudyPlan *plan, FILE *stream)
{
	g_autofree size_t *widths = measure(plan);
	g_autoptr(GString) line = g_string_new(NULL);
	const int index = index_width(plan);

	g_string_append_printf(line, "%*s", index, INDEX);
	for (unsigned int key = 0; key < plan->keys->len; key++)
		append_cell(line, plan, key, key_at(plan, key), widths);
	g_string_append_c(line, '\n');
	write_line(line, stream);
	for (unsigned int i = 0; i < plan->points->len; i++) {
		g_string_append_printf(line, "%*u", index, gs_study_plan_point(plan, i)->index);
		for (unsigned int key = 0; key < plan->keys->len; key++)
			append_cell(line, plan, key, gs_study_plan_value(plan, i, key), widths);
		g_string_append_c(line, '\n');
		write_line(line, stream);
	}
}

void gs_sweep_list(const GsStudyPlan *plan, bool csv, FILE *stream)
{
	if (csv)
		list_csv(plan, stream);
	else
		list_table(plan, stream);
}

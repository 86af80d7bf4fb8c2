/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/cell-result.h"

/* A NULL-terminated copy of the texts of @array. */
static char **copy_texts(const GPtrArray *array)
{
	char **texts = g_new0(char *, array->len + 1);

	for (unsigned int i = 0; i < array->len; i++)
		texts[i] = g_strdup(g_ptr_array_index(array, i));
	return texts;
}

GsStudyInputs *gs_study_inputs_new(const GsStudyPlan *plan, unsigned int precision_ppm)
{
	GsStudyInputs *inputs = g_new0(GsStudyInputs, 1);

	inputs->version = g_strdup(PACKAGE_VERSION);
	inputs->title = g_strdup(plan->base->title);
	inputs->scenario = gs_scenario_text(plan->base);
	inputs->keys = copy_texts(plan->keys);
	inputs->axes = copy_texts(plan->axis_texts);
	inputs->constraints = copy_texts(plan->constraints);
	inputs->point_count = plan->point_count;
	inputs->precision_ppm = precision_ppm;
	return inputs;
}

void gs_study_inputs_free(GsStudyInputs *inputs)
{
	g_free(inputs->version);
	g_free(inputs->title);
	g_free(inputs->scenario);
	g_strfreev(inputs->keys);
	g_strfreev(inputs->axes);
	g_strfreev(inputs->constraints);
	g_free(inputs);
}

GsCellResult *gs_cell_result_new(const GsStudyPlan *plan, unsigned int point, const GsCase *ready)
{
	GsCellResult *result = g_new0(GsCellResult, 1);

	result->index = gs_study_plan_point(plan, point)->index;
	result->values = gs_study_plan_values(plan, point);
	result->scenario = gs_scenario_text(ready->scenario);
	result->digest = g_strdup(ready->digest);
	result->runs = ready->scenario->runs;
	result->tally = gs_tally_new(ready->pool);
	return result;
}

void gs_cell_result_free(GsCellResult *result)
{
	g_strfreev(result->values);
	g_free(result->scenario);
	g_free(result->digest);
	g_clear_pointer(&result->tally, gs_tally_free);
	g_free(result);
}

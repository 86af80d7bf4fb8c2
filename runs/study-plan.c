/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-plan.h"

#include <string.h>

#include "models/suggest.h"
#include "runs/study-axis.h"
#include "runs/study-constraint.h"

/* What other keys mean depends on it, so it is set first. */
#define VMM_KEY "vmm"

/* Is the same in all cells: they are to be compared. */
#define RUNS_KEY "runs"

bool gs_plan_error(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(GS_STUDY_ERROR, GS_STUDY_ERROR_PLAN, format,
						    arguments));
	va_end(arguments);
	return false;
}

static GsStudyAxis *axis_at(const GsStudyPlan *plan, unsigned int i)
{
	return g_ptr_array_index(plan->axes, i);
}

/* Which of the plan's keys @name is; -1: none. */
static int find_key(const GsStudyPlan *plan, const char *name)
{
	for (unsigned int key = 0; key < plan->keys->len; key++)
		if (!strcmp(g_ptr_array_index(plan->keys, key), name))
			return (int)key;
	return -1;
}

static GsStudyAxis *axis_of_key(const GsStudyPlan *plan, unsigned int key)
{
	unsigned int i = plan->axes->len - 1;

	while (axis_at(plan, i)->first_key > key)
		i--;
	return axis_at(plan, i);
}

static const char *value_at(const GsStudyPlan *plan, unsigned int combination, unsigned int key)
{
	const GsStudyAxis *axis = axis_of_key(plan, key);
	const unsigned int element = combination / axis->stride % gs_study_axis_length(axis);

	return *gs_study_axis_value(axis, element, key - axis->first_key);
}

static bool add_axis(GsStudyPlan *plan, const GsScenarioAxis *text, GError **error)
{
	g_autoptr(GsStudyAxis) axis = gs_study_axis_parse(text->text, text->place, error);

	if (!axis)
		return false;
	axis->first_key = plan->keys->len;
	for (char **key = axis->keys; *key; key++) {
		if (find_key(plan, *key) >= 0)
			return gs_plan_error(error, "%s: axis '%s': there is one already",
					     axis->place, *key);
		if (!strcmp(*key, RUNS_KEY))
			return gs_plan_error(error,
					     "%s: '" RUNS_KEY "' is no axis: every cell has as "
					     "many", axis->place);
		g_ptr_array_add(plan->keys, g_strdup(*key));
	}
	g_ptr_array_add(plan->axes, g_steal_pointer(&axis));
	return true;
}

/* @base with a value set, which gets its one spelling by that. */
static GsScenario *with_value(const GsScenario *base, const GsStudyAxis *axis,
			      unsigned int element, unsigned int key, GError **error)
{
	g_autoptr(GsScenario) scenario = gs_scenario_copy(base);
	char **value = gs_study_axis_value(axis, element, key);

	if (!gs_scenario_set(scenario, axis->keys[key], *value, error)) {
		g_prefix_error(error, "%s: axis '%s': ", axis->place, axis->keys[key]);
		return NULL;
	}
	g_free(*value);
	*value = gs_scenario_get(scenario, axis->keys[key]);
	return g_steal_pointer(&scenario);
}

/* The base with another VMM, which must have all parameters that are set. */
static GsScenario *base_with_vmm(const GsStudyPlan *plan, const GsStudyAxis *axis,
				 unsigned int element, unsigned int key, GError **error)
{
	g_autoptr(GsScenario) scenario = with_value(plan->base, axis, element, key, error);

	if (!scenario)
		return NULL;
	for (unsigned int i = 0; i < plan->base->vmm_settings->len; i++) {
		g_auto(GStrv) setting =
			g_strsplit(g_ptr_array_index(plan->base->vmm_settings, i), "=", 2);

		if (!gs_scenario_set(scenario, setting[0], setting[1], error)) {
			g_prefix_error(error, "%s: ", axis->place);
			return NULL;
		}
	}
	return g_steal_pointer(&scenario);
}

/* A scenario for each VMM that occurs, in the order of their axis; one if none is. */
static bool make_bases(GsStudyPlan *plan, GPtrArray *bases, GError **error)
{
	const int vmm_key = find_key(plan, VMM_KEY);
	const GsStudyAxis *axis;

	if (vmm_key < 0) {
		g_ptr_array_add(bases, gs_scenario_copy(plan->base));
		return true;
	}
	axis = axis_of_key(plan, (unsigned int)vmm_key);
	for (unsigned int element = 0; element < gs_study_axis_length(axis); element++) {
		GsScenario *scenario = base_with_vmm(plan, axis, element,
						     (unsigned int)vmm_key - axis->first_key,
						     error);

		if (!scenario)
			return false;
		g_ptr_array_add(bases, scenario);
	}
	return true;
}

/* Check the values of an axis with every VMM that they meet. */
static bool check_axis(const GsStudyAxis *axis, const GPtrArray *bases, GError **error)
{
	const bool has_vmm = g_strv_contains((const char *const *)axis->keys, VMM_KEY);

	for (unsigned int element = 0; element < gs_study_axis_length(axis); element++)
		for (unsigned int key = 0; key < axis->key_count; key++)
			for (unsigned int i = 0; i < bases->len; i++) {
				g_autoptr(GsScenario) scenario = NULL;

				if (!strcmp(axis->keys[key], VMM_KEY) || (has_vmm && i != element))
					continue;
				scenario = with_value(g_ptr_array_index(bases, i), axis, element,
						      key, error);
				if (!scenario)
					return false;
			}
	return true;
}

/* One element of @axis, as it is written. */
static char *element_text(const GsStudyAxis *axis, unsigned int element)
{
	GString *text = g_string_new(*gs_study_axis_value(axis, element, 0));

	for (unsigned int key = 1; key < axis->key_count; key++)
		g_string_append_printf(text, "/%s", *gs_study_axis_value(axis, element, key));
	return g_string_free(text, FALSE);
}

static bool check_no_repeats(const GsStudyAxis *axis, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned int element = 0; element < gs_study_axis_length(axis); element++) {
		char *text = element_text(axis, element);

		if (g_hash_table_contains(known, text)) {
			gs_plan_error(error, "%s: axis '%s': '%s' is listed twice", axis->place,
				      axis->keys[0], text);
			g_free(text);
			return false;
		}
		g_hash_table_add(known, text);
	}
	return true;
}

static bool check_axes(GsStudyPlan *plan, GError **error)
{
	g_autoptr(GPtrArray) bases =
		g_ptr_array_new_with_free_func((GDestroyNotify)gs_scenario_free);

	if (!make_bases(plan, bases, error))
		return false;
	for (unsigned int i = 0; i < plan->axes->len; i++) {
		const GsStudyAxis *axis = axis_at(plan, i);

		if (!check_axis(axis, bases, error) || !check_no_repeats(axis, error))
			return false;
		g_ptr_array_add(plan->axis_texts, gs_study_axis_text(axis));
	}
	return true;
}

/* What @operand is at a combination: the value of an axis, of the base, or itself. */
static char *operand_value(const GsStudyPlan *plan, unsigned int combination, const char *operand)
{
	const int key = find_key(plan, operand);

	if (key >= 0)
		return g_strdup(value_at(plan, combination, (unsigned int)key));
	if (gs_study_constraint_is_number(operand) ||
	    !gs_scenario_check_key(plan->base, operand, NULL))
		return g_strdup(operand);
	return gs_scenario_get(plan->base, operand);
}

/* @word is compared with the values of @key, so it should be one. */
static bool check_word(const GsStudyPlan *plan, const char *word, const char *key, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *hint = NULL;
	const int index = find_key(plan, key);

	if (index >= 0) {
		const GsStudyAxis *axis = axis_of_key(plan, (unsigned int)index);

		for (unsigned int element = 0; element < gs_study_axis_length(axis); element++)
			g_ptr_array_add(known, *gs_study_axis_value(axis, element,
								    (unsigned int)index -
									    axis->first_key));
	} else {
		g_ptr_array_extend(known, plan->keys, NULL, NULL);
	}
	g_ptr_array_add(known, NULL);
	if (index >= 0 && g_strv_contains((const char *const *)known->pdata, word))
		return true;
	hint = gs_suggest_hint(word, (const char *const *)known->pdata);
	return gs_plan_error(error, "'%s' is neither a key, nor a number, nor a value of an axis%s",
			     word, hint);
}

static bool check_operand(const GsStudyPlan *plan, const char *operand, const char *other,
			  GError **error)
{
	g_autofree char *value = NULL;

	if (find_key(plan, operand) >= 0 || gs_study_constraint_is_number(operand))
		return true;
	if (!gs_scenario_check_key(plan->base, operand, NULL))
		return check_word(plan, operand, other, error);
	value = gs_scenario_get(plan->base, operand);
	return value ||
	       gs_plan_error(error, "'%s' has no value: set it, or make it an axis", operand);
}

static bool add_constraint(GsStudyPlan *plan, GPtrArray *constraints, const GsScenarioAxis *text,
			   GError **error)
{
	g_autoptr(GsStudyConstraint) constraint = gs_study_constraint_parse(text->text, error);

	if (!constraint || !check_operand(plan, constraint->left, constraint->right, error) ||
	    !check_operand(plan, constraint->right, constraint->left, error)) {
		g_prefix_error(error, "%s: constraint '%s': ", text->place, text->text);
		return false;
	}
	g_ptr_array_add(plan->constraints, g_strdup(text->text));
	g_ptr_array_add(constraints, g_steal_pointer(&constraint));
	return true;
}

static bool check_constraints(const GsStudyPlan *plan, const GPtrArray *constraints,
			      unsigned int combination, bool *ret_hold, GError **error)
{
	*ret_hold = true;
	for (unsigned int i = 0; *ret_hold && i < constraints->len; i++) {
		const GsStudyConstraint *constraint = g_ptr_array_index(constraints, i);
		g_autofree char *left = operand_value(plan, combination, constraint->left);
		g_autofree char *right = operand_value(plan, combination, constraint->right);

		if (!gs_study_constraint_check(constraint, left, right, ret_hold, error)) {
			g_prefix_error(error, "constraint '%s': ",
				       (const char *)g_ptr_array_index(plan->constraints, i));
			return false;
		}
	}
	return true;
}

/* Lay out the axes, the last the fastest; returns the number of combinations, 0: too many. */
static unsigned int lay_out(GsStudyPlan *plan)
{
	uint64_t combinations = 1;

	for (unsigned int i = plan->axes->len; i-- > 0;) {
		GsStudyAxis *axis = axis_at(plan, i);

		axis->stride = (unsigned int)combinations;
		combinations *= gs_study_axis_length(axis);
		if (combinations > GS_STUDY_POINTS_MAX)
			return 0;
	}
	return (unsigned int)combinations;
}

static bool make_points(GsStudyPlan *plan, const GPtrArray *constraints, GError **error)
{
	const unsigned int combinations = lay_out(plan);

	if (!combinations)
		return gs_plan_error(error, "the axes span more than %d points",
				     GS_STUDY_POINTS_MAX);
	for (unsigned int i = 0; i < combinations; i++) {
		GsStudyPoint point = { .index = plan->points->len, .combination = i };
		bool hold;

		if (!check_constraints(plan, constraints, i, &hold, error))
			return false;
		if (hold)
			g_array_append_val(plan->points, point);
	}
	if (!plan->points->len)
		return gs_plan_error(error, "no point meets the constraints");
	plan->point_count = plan->points->len;
	plan->run_count = (uint64_t)plan->points->len * plan->base->runs;
	return true;
}

GsStudyPlan *gs_study_plan_new(const GsScenario *base, const GPtrArray *axes, GError **error)
{
	g_autoptr(GsStudyPlan) plan = g_new0(GsStudyPlan, 1);
	g_autoptr(GPtrArray) constraints =
		g_ptr_array_new_with_free_func((GDestroyNotify)gs_study_constraint_free);
	const unsigned int count = axes ? axes->len : 0;

	plan->base = gs_scenario_copy(base);
	plan->axes = g_ptr_array_new_with_free_func((GDestroyNotify)gs_study_axis_free);
	plan->keys = g_ptr_array_new_with_free_func(g_free);
	plan->axis_texts = g_ptr_array_new_with_free_func(g_free);
	plan->constraints = g_ptr_array_new_with_free_func(g_free);
	plan->points = g_array_new(FALSE, FALSE, sizeof(GsStudyPoint));
	for (unsigned int i = 0; i < count; i++) {
		const GsScenarioAxis *axis = g_ptr_array_index(axes, i);

		if (!axis->is_constraint && !add_axis(plan, axis, error))
			return NULL;
	}
	if (!check_axes(plan, error))
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		const GsScenarioAxis *axis = g_ptr_array_index(axes, i);

		if (axis->is_constraint && !add_constraint(plan, constraints, axis, error))
			return NULL;
	}
	if (!make_points(plan, constraints, error))
		return NULL;
	return g_steal_pointer(&plan);
}

void gs_study_plan_free(GsStudyPlan *plan)
{
	g_clear_pointer(&plan->base, gs_scenario_free);
	g_ptr_array_unref(plan->axes);
	g_ptr_array_unref(plan->keys);
	g_ptr_array_unref(plan->axis_texts);
	g_ptr_array_unref(plan->constraints);
	g_array_unref(plan->points);
	g_free(plan);
}

void gs_study_plan_shard(GsStudyPlan *plan, unsigned int shard, unsigned int shard_count)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < plan->points->len; i++) {
		const GsStudyPoint point = *gs_study_plan_point(plan, i);

		if (point.index % shard_count == shard - 1)
			g_array_index(plan->points, GsStudyPoint, kept++) = point;
	}
	g_array_set_size(plan->points, kept);
	plan->run_count = (uint64_t)kept * plan->base->runs;
}

const char *gs_study_plan_value(const GsStudyPlan *plan, unsigned int i, unsigned int key)
{
	return value_at(plan, gs_study_plan_point(plan, i)->combination, key);
}

char **gs_study_plan_values(const GsStudyPlan *plan, unsigned int i)
{
	char **values = g_new0(char *, plan->keys->len + 1);

	for (unsigned int key = 0; key < plan->keys->len; key++)
		values[key] = g_strdup(gs_study_plan_value(plan, i, key));
	return values;
}

char *gs_study_plan_label(const GsStudyPlan *plan, char *const *values)
{
	GString *label = g_string_new(NULL);

	for (unsigned int key = 0; key < plan->keys->len; key++)
		g_string_append_printf(label, "%s%s=%s", key ? " " : "",
				       (const char *)g_ptr_array_index(plan->keys, key),
				       values[key]);
	return g_string_free(label, FALSE);
}

GsScenario *gs_study_plan_scenario(const GsStudyPlan *plan, unsigned int i, GError **error)
{
	g_autoptr(GsScenario) scenario = gs_scenario_copy(plan->base);
	const int vmm_key = find_key(plan, VMM_KEY);

	if (vmm_key >= 0 && !gs_scenario_set(scenario, VMM_KEY,
					     gs_study_plan_value(plan, i, (unsigned int)vmm_key),
					     error))
		return NULL;
	for (unsigned int key = 0; key < plan->keys->len; key++)
		if ((int)key != vmm_key &&
		    !gs_scenario_set(scenario, g_ptr_array_index(plan->keys, key),
				     gs_study_plan_value(plan, i, key), error))
			return NULL;
	return g_steal_pointer(&scenario);
}

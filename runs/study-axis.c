/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-axis.h"

#include <string.h>

#include "models/machine-spec.h"
#include "models/policy/policy.h"
#include "models/vmm/vmm-model.h"
#include "runs/study-plan.h"

#define ALL "all"
#define RANGE ".."

void gs_study_axis_free(GsStudyAxis *axis)
{
	g_free(axis->place);
	g_strfreev(axis->keys);
	g_ptr_array_unref(axis->values);
	g_free(axis);
}

static char **all_policies(void)
{
	GPtrArray *names = g_ptr_array_new();

	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
		g_ptr_array_add(names, g_strdup((*policy)->name));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static char **all_machines(void)
{
	GPtrArray *names = g_ptr_array_new();
	const char *name, *summary;

	for (unsigned int i = 0; gs_machine_describe(i, &name, &summary); i++)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

/* Those the kernel's configuration offers. */
static char **all_hz(void)
{
	return g_strsplit("100,250,300,1000", ",", -1);
}

static bool add_all(GsStudyAxis *axis, GError **error)
{
	static const struct {
		const char *key;
		char **(*list)(void);
	} lists[] = {
		{ "policy", all_policies },
		{ "vmm", gs_vmm_list },
		{ "kernel", gs_machine_list_kernels },
		{ "host", gs_machine_list_hosts },
		{ "machine", all_machines },
		{ "hz", all_hz },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char **names = NULL;

		if (strcmp(lists[i].key, axis->keys[0]))
			continue;
		names = lists[i].list();
		for (char **name = names; *name; name++)
			g_ptr_array_add(axis->values, *name);
		return true;
	}
	return gs_plan_error(error, "'" ALL "' is for policy, vmm, kernel, host, machine and hz");
}

/* A whole number and its unit, if it has one. */
typedef struct {
	uint64_t number;
	const char *unit;
	int unit_length;
} Quantity;

static bool take_quantity(const char **at, Quantity *quantity)
{
	char *end = NULL;

	if (!g_ascii_isdigit(**at))
		return false;
	quantity->number = g_ascii_strtoull(*at, &end, 10);
	quantity->unit = end;
	while (g_ascii_isalpha(*end) || *end == '%')
		end++;
	quantity->unit_length = (int)(end - quantity->unit);
	*at = end;
	return true;
}

/* "0" is that of every unit. */
static bool have_one_unit(const Quantity *a, const Quantity *b)
{
	return (!a->number && !a->unit_length) ||
	       (a->unit_length == b->unit_length &&
		!strncmp(a->unit, b->unit, (size_t)a->unit_length));
}

static bool add_range_values(GsStudyAxis *axis, const char *text, const Quantity *low,
			     const Quantity *high, const Quantity *step, uint64_t factor,
			     GError **error)
{
	uint64_t number = low->number;

	while (true) {
		if (axis->values->len == GS_STUDY_POINTS_MAX)
			return gs_plan_error(error, "'%s' has more than %d values", text,
					     GS_STUDY_POINTS_MAX);
		g_ptr_array_add(axis->values, g_strdup_printf("%" G_GUINT64_FORMAT "%.*s", number,
							      high->unit_length, high->unit));
		if (factor ? number > high->number / factor :
			     high->number - number < step->number)
			return true;
		number = factor ? number * factor : number + step->number;
	}
}

static bool add_range(GsStudyAxis *axis, const char *text, GError **error)
{
	Quantity low, high, step = { .number = 1 };
	uint64_t factor = 0;
	const char *at = text;
	bool whole = take_quantity(&at, &low);

	at += strlen(RANGE);
	whole = whole && take_quantity(&at, &high);
	if (whole && *at == ':') {
		at++;
		whole = take_quantity(&at, &step);
	} else if (whole && *at == '*') {
		Quantity by = { 0 };

		at++;
		whole = take_quantity(&at, &by) && !by.unit_length;
		factor = by.number;
		if (whole && (factor < 2 || !low.number))
			return gs_plan_error(error, "'%s' never gets from one end to the other",
					     text);
	} else {
		step.unit = high.unit;
		step.unit_length = high.unit_length;
	}
	if (!whole || *at)
		return gs_plan_error(error, "'%s' is no range such as 0..64, 0..64:8 or 1..64*2",
				     text);
	if (!have_one_unit(&low, &high) || (!factor && !have_one_unit(&step, &high)))
		return gs_plan_error(error, "the ends and the step of '%s' have different units",
				     text);
	if (low.number > high.number || (!factor && !step.number))
		return gs_plan_error(error, "'%s' never gets from one end to the other", text);
	return add_range_values(axis, text, &low, &high, &step, factor, error);
}

static bool is_range(const char *text)
{
	Quantity low;

	return take_quantity(&text, &low) && g_str_has_prefix(text, RANGE);
}

/* An element of an axis of several keys: a value for each, with slashes between. */
static bool add_lockstep(GsStudyAxis *axis, const char *text, GError **error)
{
	g_auto(GStrv) values = g_strsplit(text, "/", -1);

	if (g_strv_length(values) != axis->key_count)
		return gs_plan_error(error, "'%s' is not %u values with a '/' between them", text,
				     axis->key_count);
	for (char **value = values; *value; value++) {
		if (!**value)
			return gs_plan_error(error, "a value of '%s' is empty", text);
		g_ptr_array_add(axis->values, g_strdup(*value));
	}
	return true;
}

static bool add_values(GsStudyAxis *axis, const char *text, GError **error)
{
	g_auto(GStrv) elements = g_strsplit(text, ",", -1);

	if (!*text)
		return gs_plan_error(error, "it has no values");
	if (axis->key_count == 1 && !strcmp(text, ALL))
		return add_all(axis, error);
	for (char **element = elements; *element; element++) {
		const char *value = g_strstrip(*element);
		bool added = true;

		if (!*value)
			return gs_plan_error(error, "an element of '%s' is empty", text);
		if (!strcmp(value, ALL))
			return gs_plan_error(error, "'" ALL "' stands alone");
		if (axis->key_count > 1)
			added = add_lockstep(axis, value, error);
		else if (is_range(value))
			added = add_range(axis, value, error);
		else
			g_ptr_array_add(axis->values, g_strdup(value));
		if (!added)
			return false;
	}
	return true;
}

char **gs_study_axis_keys(const char *text)
{
	g_autofree char *list = g_strndup(text, strcspn(text, "="));
	char **keys = g_strsplit(list, ",", -1);

	for (char **key = keys; *key; key++)
		g_strstrip(*key);
	return keys;
}

static bool parse_keys(GsStudyAxis *axis, const char *text, GError **error)
{
	axis->keys = gs_study_axis_keys(text);
	axis->key_count = g_strv_length(axis->keys);
	for (char **key = axis->keys; *key; key++)
		if (!**key)
			return gs_plan_error(error, "a key is empty");
	return axis->key_count || gs_plan_error(error, "there is no key before '='");
}

GsStudyAxis *gs_study_axis_parse(const char *text, const char *place, GError **error)
{
	g_autoptr(GsStudyAxis) axis = g_new0(GsStudyAxis, 1);
	const char *equals = strchr(text, '=');

	axis->place = g_strdup(place);
	axis->values = g_ptr_array_new_with_free_func(g_free);
	if (!equals) {
		gs_plan_error(error, "%s: '%s' is no axis such as hz=100,250,1000", place, text);
		return NULL;
	}
	if (!parse_keys(axis, text, error) ||
	    !add_values(axis, equals + 1, error)) {
		g_prefix_error(error, "%s: axis '%.*s': ", place, (int)(equals - text), text);
		return NULL;
	}
	return g_steal_pointer(&axis);
}

char *gs_study_axis_text(const GsStudyAxis *axis)
{
	g_autofree char *keys = g_strjoinv(",", axis->keys);
	GString *text = g_string_new(keys);

	for (unsigned int element = 0; element < gs_study_axis_length(axis); element++)
		for (unsigned int key = 0; key < axis->key_count; key++)
			g_string_append_printf(text, "%c%s", key ? '/' : element ? ',' : '=',
					       *gs_study_axis_value(axis, element, key));
	return g_string_free(text, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-constraint.h"

#include <string.h>

#include "runs/study-plan.h"
#include "sim/engine/sim-time.h"

/* By GsComparison; none begins with one before it. */
static const char *const signs[] = { "==", "!=", "<=", ">=", "<", ">" };

/* The sign at @at, -1: there is none. */
static int sign_at(const char *at)
{
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (g_str_has_prefix(at, signs[i]))
			return (int)i;
	return -1;
}

GsStudyConstraint *gs_study_constraint_parse(const char *text, GError **error)
{
	g_autoptr(GsStudyConstraint) constraint = g_new0(GsStudyConstraint, 1);
	const char *at = text;

	while (*at && sign_at(at) < 0)
		at++;
	if (*at) {
		const int sign = sign_at(at);

		constraint->comparison = (GsComparison)sign;
		constraint->left = g_strstrip(g_strndup(text, (size_t)(at - text)));
		constraint->right = g_strstrip(g_strdup(at + strlen(signs[sign])));
	}
	if (!*at || !*constraint->left || !*constraint->right) {
		gs_plan_error(error,
			      "it is not two keys or values with one of == != < <= > >= between "
			      "them");
		return NULL;
	}
	return g_steal_pointer(&constraint);
}

void gs_study_constraint_free(GsStudyConstraint *constraint)
{
	g_free(constraint->left);
	g_free(constraint->right);
	g_free(constraint);
}

static bool parse_number(const char *text, int64_t *ret_number)
{
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, &number, NULL)) {
		*ret_number = number;
		return true;
	}
	return gs_duration_parse(text, ret_number, NULL);
}

bool gs_study_constraint_is_number(const char *text)
{
	int64_t number;

	return parse_number(text, &number);
}

/* Whether values of which @order tells, as strcmp() does, compare as wanted. */
static bool holds(GsComparison comparison, int order)
{
	switch (comparison) {
	case GS_COMPARE_EQUAL:
		return order == 0;
	case GS_COMPARE_NOT_EQUAL:
		return order != 0;
	case GS_COMPARE_AT_MOST:
		return order <= 0;
	case GS_COMPARE_AT_LEAST:
		return order >= 0;
	case GS_COMPARE_LESS:
		return order < 0;
	case GS_COMPARE_GREATER:
		return order > 0;
	}
	return false;
}

bool gs_study_constraint_check(const GsStudyConstraint *constraint, const char *left,
			       const char *right, bool *ret_holds, GError **error)
{
	const bool needs_order = constraint->comparison != GS_COMPARE_EQUAL &&
				 constraint->comparison != GS_COMPARE_NOT_EQUAL;
	int64_t left_number = 0, right_number = 0;
	const bool left_is = parse_number(left, &left_number);
	const bool right_is = parse_number(right, &right_number);

	if (needs_order && !(left_is && right_is))
		return gs_plan_error(error, "'%s' is neither a whole number nor a duration",
				     left_is ? right : left);
	*ret_holds = holds(constraint->comparison,
			   left_is && right_is ?
				   (left_number > right_number) - (left_number < right_number) :
				   strcmp(left, right));
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold at every point of a study: "vcpus<=cpus". See study-plan.h. */
#ifndef GS_STUDY_CONSTRAINT_H
#define GS_STUDY_CONSTRAINT_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	GS_COMPARE_EQUAL,
	GS_COMPARE_NOT_EQUAL,
	GS_COMPARE_AT_MOST,
	GS_COMPARE_AT_LEAST,
	GS_COMPARE_LESS,
	GS_COMPARE_GREATER,
} GsComparison;

typedef struct {
	char *left, *right; /* owned: keys or values; which, is for the plan to know */
	GsComparison comparison;
} GsStudyConstraint;

/* These fail with GS_STUDY_ERROR_PLAN. */
GsStudyConstraint *gs_study_constraint_parse(const char *text, GError **error);
void gs_study_constraint_free(GsStudyConstraint *constraint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyConstraint, gs_study_constraint_free)

/*
 * Whether it holds for values @left and @right. Whole numbers and durations have
 * an order, other words are the same or not.
 */
bool gs_study_constraint_check(const GsStudyConstraint *constraint, const char *left,
			       const char *right, bool *ret_holds, GError **error);

/* Whether @text is a number, with or without a unit of time. */
bool gs_study_constraint_is_number(const char *text);

#endif

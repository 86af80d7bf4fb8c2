/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An axis of a study, written "hz=100,250": its keys and their values. See study-plan.h. */
#ifndef GS_STUDY_AXIS_H
#define GS_STUDY_AXIS_H

#include <glib.h>

typedef struct GsStudyAxis {
	char *place;       /* owned: for messages, where it is written */
	char **keys;       /* owned: one, or several in lockstep */
	unsigned int key_count;
	GPtrArray *values; /* owned: char *, [element * key_count + key] */

	/* where it is in a plan */
	unsigned int first_key; /* of the plan's keys */
	unsigned int stride;    /* combinations from one of its elements to the next */
} GsStudyAxis;

/* The keys of "KEY,KEY=..." or, if there is no '=', of the whole; the caller frees them. */
char **gs_study_axis_keys(const char *text);

/* Fails with GS_STUDY_ERROR_PLAN. Values are not looked at further than the syntax goes. */
GsStudyAxis *gs_study_axis_parse(const char *text, const char *place, GError **error);
void gs_study_axis_free(GsStudyAxis *axis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyAxis, gs_study_axis_free)

static inline unsigned int gs_study_axis_length(const GsStudyAxis *axis)
{
	return axis->values->len / axis->key_count;
}

static inline char **gs_study_axis_value(const GsStudyAxis *axis, unsigned int element,
					 unsigned int key)
{
	return (char **)&axis->values->pdata[element * axis->key_count + key];
}

/* It in full: ranges and "all" are lists. The caller frees it. */
char *gs_study_axis_text(const GsStudyAxis *axis);

#endif

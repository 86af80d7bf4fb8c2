/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A study plan: axes, and the points they span over a scenario.
 *
 * An axis is "KEY=VALUES", where KEY is any that gs_scenario_set() takes and VALUES
 * a list of values, of "all" (policy, vmm, kernel, host, machine, hz), and of
 * ranges: "0..64:8" is 0, 8, ... 64, "1..64*2" is 1, 2, 4, ... 64, "1..4" has step
 * 1; the ends and the step of a range may have a unit. Axes are crossed, the last
 * varies fastest. "KEY1,KEY2=a/c,b/d" is one axis whose keys go in lockstep.
 *
 * A constraint is "vcpus<=cpus": two keys, or a key and a value, with one of
 * == != < <= > >= between them. Points that violate one are left out.
 */
#ifndef GS_STUDY_PLAN_H
#define GS_STUDY_PLAN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/scenario/scenario.h"

#define GS_STUDY_POINTS_MAX 1000000

#define GS_STUDY_ERROR gs_study_error_quark()
GQuark gs_study_error_quark(void);
typedef enum {
	GS_STUDY_ERROR_PLAN,    /* an axis or a constraint is wrong, or there are no points */
	GS_STUDY_ERROR_MEMORY,  /* no room for the samples */
	GS_STUDY_ERROR_CALL,    /* no cell has the call that was asked for */
	GS_STUDY_ERROR_STOPPED, /* by GsStudySpec.stop */
} GsStudyError;

/* Set @error to a GS_STUDY_ERROR_PLAN; false, for the caller to return. */
bool gs_plan_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef struct {
	unsigned int index;       /* among all points of the plan, whatever the shard */
	unsigned int combination; /* of the values of the axes */
} GsStudyPoint;

typedef struct GsStudyAxis GsStudyAxis;

/* Everything is owned. */
typedef struct {
	GsScenario *base;
	GPtrArray *axes;        /* GsStudyAxis: internal */
	GPtrArray *keys;        /* char *: every key of every axis, in order */
	GPtrArray *axis_texts;  /* char *: each axis, values listed one by one */
	GPtrArray *constraints; /* char *: as they were given */
	GArray *points;         /* GsStudyPoint, ascending: of this shard */
	unsigned int point_count; /* of all shards */
	uint64_t run_count;     /* of the points of this shard */
} GsStudyPlan;

/*
 * Make the plan of @axes (GsScenarioAxis, the constraints among them; NULL or
 * empty: one point, @base). Every point is checked as far as gs_scenario_set()
 * does; errors name the axis. The caller frees the plan.
 */
GsStudyPlan *gs_study_plan_new(const GsScenario *base, const GPtrArray *axes, GError **error);
void gs_study_plan_free(GsStudyPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyPlan, gs_study_plan_free)

/* Keep the points whose index is @shard - 1 modulo @shard_count; they keep their index. */
void gs_study_plan_shard(GsStudyPlan *plan, unsigned int shard, unsigned int shard_count);

static inline const GsStudyPoint *gs_study_plan_point(const GsStudyPlan *plan, unsigned int i)
{
	return &g_array_index(plan->points, GsStudyPoint, i);
}

/* The value of the @key-th key at the @i-th point, in its one spelling; borrowed. */
const char *gs_study_plan_value(const GsStudyPlan *plan, unsigned int i, unsigned int key);

/* All of them, NULL-terminated; free with g_strfreev(). */
char **gs_study_plan_values(const GsStudyPlan *plan, unsigned int i);

/*
 * What a point with @values is called: "hz=100 policy=sync", "" if nothing varies.
 * The caller frees it.
 */
char *gs_study_plan_label(const GsStudyPlan *plan, char *const *values);

/* The scenario of the @i-th point; the caller frees it. */
GsScenario *gs_study_plan_scenario(const GsStudyPlan *plan, unsigned int i, GError **error);

#endif

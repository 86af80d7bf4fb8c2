/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a study is, all included: Firecracker at four tick rates under every
 * policy, each cell made ready, run and tallied; on one thread, and on one per CPU.
 */
#include <stdio.h>

#include "runs/study.h"

#define RUNS 10000

static double seconds_since(gint64 start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

static bool count_stalls(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
			 void *user_data, GError **error)
{
	uint64_t *stalls = user_data;

	(void)ready;
	(void)samples;
	(void)error;
	for (unsigned int n = 0; n < result->tally->calls->len; n++)
		*stalls += gs_tally_call(result->tally, n)->stall_count;
	return true;
}

static void bench(const GsStudyPlan *plan, unsigned int jobs)
{
	const GsStudySpec spec = { .plan = plan, .jobs = jobs };
	const gint64 start_us = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	uint64_t stalls = 0;

	if (!gs_study_run(&spec, NULL, count_stalls, &stalls, &error))
		g_error("%s", error->message);
	const double seconds = seconds_since(start_us);
	const double starts = (double)plan->run_count;
	printf("%2u thread%s %u cells, %.0f starts in %.2f s: %.0f starts/s, %.0f per thread "
	       "(%" G_GUINT64_FORMAT " stalls)\n",
	       jobs, jobs == 1 ? ": " : "s:", plan->point_count, starts, seconds, starts / seconds,
	       starts / seconds / jobs, stalls);
}

static void add_axis(GPtrArray *axes, const char *text)
{
	GsScenarioAxis *axis = g_new0(GsScenarioAxis, 1);

	axis->text = g_strdup(text);
	axis->place = g_strdup("bench");
	g_ptr_array_add(axes, axis);
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_autoptr(GsScenario) base = gs_scenario_load("firecracker", NULL, &error);
	g_autoptr(GsStudyPlan) plan = NULL;

	if (!base)
		g_error("%s", error->message);
	base->runs = RUNS;
	add_axis(axes, "hz=all");
	add_axis(axes, "policy=all");
	plan = gs_study_plan_new(base, axes, &error);
	if (!plan)
		g_error("%s", error->message);
	bench(plan, 1);
	if (g_get_num_processors() > 1)
		bench(plan, g_get_num_processors());
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test-store.h"

#include "tests/lib/gs-test-replay.h"

static void add_axis(GPtrArray *axes, const char *text)
{
	GsScenarioAxis *axis = g_new0(GsScenarioAxis, 1);

	axis->text = g_strdup(text);
	axis->place = g_strdup("-P");
	g_ptr_array_add(axes, axis);
}

GsStudyPlan *gs_test_plan(const char *axis, unsigned int runs)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) base = gs_scenario_load("firecracker", NULL, &error);
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_autoptr(GsStudyPlan) plan = NULL;

	g_assert_no_error(error);
	base->runs = runs;
	add_axis(axes, axis);
	plan = gs_study_plan_new(base, axes, &error);
	g_assert_no_error(error);
	return g_steal_pointer(&plan);
}

GsScript *gs_test_plan_script(void)
{
	static const char *const names[] = { "KVM_CREATE_VM", "KVM_IOEVENTFD", "KVM_IOEVENTFD" };
	GsScript *script = gs_script_new("test");

	for (uint32_t vm = 0; vm < 2; vm++)
		for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
			gs_test_script_add(script, vm, (int32_t)vm + 1, names[i], 0, -1);
	script->vm_count = 2;
	gs_script_number_calls(script);
	return script;
}

/* Mostly quick, sometimes a stall that another call has caused. */
static GsSample draw_sample(GRand *random, int32_t start)
{
	GsSample sample = { .start_ns = start, .latency_ns = g_rand_int_range(random, 0, 90000),
			    .cause = -1 };

	if (g_rand_int_range(random, 0, 3))
		return sample;
	sample.wait_ns = g_rand_int_range(random, 1, 30000000);
	sample.latency_ns += sample.wait_ns;
	sample.cause = g_rand_int_range(random, -1, 3);
	return sample;
}

GsCellResult *gs_test_cell_result(const GsStudyPlan *plan, unsigned int index, uint32_t seed,
				  const GsCallPool *pool, GsSample **ret_samples)
{
	const uint32_t seeds[] = { seed, index };
	GRand *random = g_rand_new_with_seed_array(seeds, G_N_ELEMENTS(seeds));
	GsScenario scenario = { .runs = plan->base->runs };
	g_autofree GsSample *samples = g_new0(GsSample, (size_t)scenario.runs * pool->entry_count);
	GsCase ready = { .pool = (GsCallPool *)pool };
	g_autoptr(GError) error = NULL;
	GsCellResult *result;

	ready.scenario = gs_study_plan_scenario(plan, index, &error);
	g_assert_no_error(error);
	ready.digest = g_strdup_printf("digest-%u", index);
	result = gs_cell_result_new(plan, index, &ready);
	for (unsigned int run = 0; run < scenario.runs; run++) {
		GsSample *of_run = samples + (size_t)run * pool->entry_count;

		for (uint32_t i = 0; i < pool->entry_count; i++)
			of_run[i] = draw_sample(random, (int32_t)i * 1000);
		gs_tally_add_run(result->tally, pool, of_run, NULL, 250);
	}
	gs_scenario_free(ready.scenario);
	g_free(ready.digest);
	g_rand_free(random);
	if (ret_samples)
		*ret_samples = g_steal_pointer(&samples);
	return result;
}

GsCase gs_test_case(const GsCellResult *result)
{
	return (GsCase){ .digest = result->digest };
}

void gs_test_store_make(const char *path, const GsStudyPlan *plan, uint32_t seed,
			unsigned int shard, unsigned int shard_count)
{
	g_autoptr(GsStudyInputs) inputs = gs_study_inputs_new(plan, 0);
	g_autoptr(GsScript) script = gs_test_plan_script();
	g_autoptr(GsCallPool) pool = gs_call_pool_new(script);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = gs_store_open(path, GS_STORE_WRITE, &error);

	g_assert_no_error(error);
	gs_store_begin_study(store, inputs, plan, false, &error);
	g_assert_no_error(error);
	for (unsigned int i = 0; i < plan->points->len; i++) {
		g_autoptr(GsCellResult) result = NULL;

		if (i % shard_count != shard)
			continue;
		result = gs_test_cell_result(plan, i, seed, pool, NULL);
		gs_store_put_cell(store, result, pool, NULL, &error);
		g_assert_no_error(error);
	}
}

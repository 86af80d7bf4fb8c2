/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "runs/study.h"

static void add_axis(GPtrArray *axes, const char *text, bool is_constraint)
{
	GsScenarioAxis *axis = g_new(GsScenarioAxis, 1);

	*axis = (GsScenarioAxis){ g_strdup(text), g_strdup("-P"), is_constraint };
	g_ptr_array_add(axes, axis);
}

/* A plan over Firecracker of axes with spaces between them; a word with no "=" alone constrains. */
static GsStudyPlan *make_plan(const char *texts, unsigned int runs, GError **error)
{
	g_autoptr(GsScenario) base = gs_scenario_load("firecracker", NULL, NULL);
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_auto(GStrv) words = g_strsplit(texts, " ", -1);

	for (char **word = words; *word && **word; word++)
		add_axis(axes, *word, strpbrk(*word, "<>!") || strstr(*word, "=="));
	base->runs = runs;
	return gs_study_plan_new(base, axes, error);
}

static GsStudyPlan *plan_of(const char *texts, unsigned int runs)
{
	g_autoptr(GError) error = NULL;
	GsStudyPlan *plan = make_plan(texts, runs, &error);

	g_assert_no_error(error);
	return plan;
}

/* The points as "a/b c/d". */
static void assert_points(const char *texts, const char *wanted)
{
	g_autoptr(GsStudyPlan) plan = plan_of(texts, 1);
	g_autoptr(GString) points = g_string_new(NULL);

	for (unsigned int i = 0; i < plan->points->len; i++) {
		g_auto(GStrv) values = gs_study_plan_values(plan, i);
		g_autofree char *joined = g_strjoinv("/", values);

		g_string_append_printf(points, "%s%s", i ? " " : "", joined);
		g_assert_cmpuint(gs_study_plan_point(plan, i)->index, ==, i);
	}
	g_assert_cmpstr(points->str, ==, wanted);
}

static void test_points(void)
{
	assert_points("", "");
	assert_points("hz=100,250 vcpus=1,2", "100/1 100/2 250/1 250/2");
	assert_points("net=0..8:4", "0 4 8");
	assert_points("net=0..9:4,1", "0 4 8 1");
	assert_points("vcpus=1..3", "1 2 3");
	assert_points("vcpus=1..20*3", "1 3 9");
	assert_points("vcpus=3..3", "3");
	assert_points("srcutree.exp_holdoff=0..50us:25us", "0 25000 50000");
	assert_points("hz=all", "100 250 300 1000");
	assert_points("vcpus,cpus=1/2,4/8 hz=100,250", "1/2/100 1/2/250 4/8/100 4/8/250");
	assert_points("vcpus=1,2 cpus=1,2 vcpus<=cpus", "1/1 1/2 2/2");
	assert_points("vcpus=1,2 cpus=1,2 vcpus!=cpus cpus>1", "1/2");
	assert_points("hz=100,250 policy=sync,hybrid policy==hybrid", "100/hybrid 250/hybrid");
	/* of the base */
	assert_points("seed=1,250,251 seed<=hz", "1 250");
}

static void assert_error(const char *texts, const char *wanted)
{
	g_autoptr(GError) error = NULL;
	GsStudyPlan *plan = make_plan(texts, 1, &error);

	g_assert_null(plan);
	g_assert_nonnull(error);
	if (!g_pattern_match_simple(wanted, error->message))
		g_error("'%s' is not '%s'", error->message, wanted);
}

/* tests/cli/sweep.sh has those that a user meets first. */
static void test_errors(void)
{
	assert_error("hz=", "-P: axis 'hz': it has no values");
	assert_error("=1", "-P: axis '': there is no key before '='");
	assert_error("hz,=100/1", "-P: axis 'hz,': a key is empty");
	assert_error("vcpus=all", "-P: axis 'vcpus': 'all' is for policy,*");
	assert_error("hz,vcpus=100/", "*a value of '100/' is empty");
	assert_error("vcpus=4..1", "*'4..1' never gets from one end to the other");
	assert_error("vcpus=1..4:0", "*'1..4:0' never gets*");
	assert_error("vcpus=1..4*1", "*'1..4*1' never gets*");
	assert_error("vcpus=1..4:", "*'1..4:' is no range such as*");
	assert_error("srcutree.exp_holdoff=1us..5ms:1us", "*have different units");
	assert_error("vcpus,cpus=1/2,1/2", "*'1/2' is listed twice");
	assert_error("vcpus,hz=1/2,1/3 hz=100", "*axis 'hz': there is one already");
	assert_error("policy=sync policy<sync", "*'sync' is neither a whole number nor a duration");
}

/* A model that is varied sets what its other axes mean. */
static void test_vmm_axis(void)
{
	g_autoptr(GsStudyPlan) plan = plan_of("vcpus=1,2 vmm=kvmtool,firecracker", 1);
	g_autoptr(GsStudyPlan) pairs = plan_of("net_queue_pairs,vmm=2/kvmtool", 1);
	g_autoptr(GsScenario) scenario = gs_study_plan_scenario(plan, 2, NULL);

	g_assert_cmpuint(plan->point_count, ==, 4);
	g_assert_cmpuint(pairs->point_count, ==, 1);
	g_assert_cmpstr(scenario->vmm, ==, "kvmtool");
	g_assert_cmpstr(g_ptr_array_index(scenario->vmm_settings, 0), ==, "vcpus=2");
}

/* Every point is in one shard, with its number. */
static void test_shards(void)
{
	unsigned int seen[5] = { 0 };

	for (unsigned int shard = 1; shard <= 3; shard++) {
		g_autoptr(GsStudyPlan) plan = plan_of("vcpus=1..5", 10);

		gs_study_plan_shard(plan, shard, 3);
		g_assert_cmpuint(plan->point_count, ==, 5);
		g_assert_cmpuint(plan->run_count, ==, 10 * plan->points->len);
		for (unsigned int i = 0; i < plan->points->len; i++) {
			const unsigned int index = gs_study_plan_point(plan, i)->index;
			g_autofree char *value = g_strdup_printf("%u", index + 1);

			seen[index]++;
			g_assert_cmpstr(gs_study_plan_value(plan, i, 0), ==, value);
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(seen); i++)
		g_assert_cmpuint(seen[i], ==, 1);
}

/* What a study delivered. */
typedef struct {
	GString *indexes;
	unsigned int fail_at, skip_at; /* an index */
	int stop;
	uint64_t runs;
	bool has_samples;
} Delivered;

static bool take_cell(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
		      void *user_data, GError **error)
{
	Delivered *delivered = user_data;

	g_string_append_printf(delivered->indexes, "%u ", result->index);
	delivered->runs += result->tally->run_count;
	delivered->has_samples = samples != NULL;
	if (samples) { /* of the last call: all runs have been here */
		const unsigned int count = result->runs * ready->program->call_count;

		g_assert_cmpint(samples[count - 1].latency_ns, >, 0);
	}
	if (result->index != delivered->fail_at)
		return true;
	g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_MEMORY, "enough");
	return false;
}

static bool skip_cell(unsigned int index, const GsCase *ready, bool *ret_skip, void *user_data,
		      GError **error)
{
	const Delivered *delivered = user_data;

	(void)ready;
	(void)error;
	*ret_skip = index == delivered->skip_at;
	return true;
}

static void stop_at_once(uint64_t done, uint64_t total, void *user_data)
{
	Delivered *delivered = user_data;

	g_assert_cmpuint(done, <=, total);
	g_atomic_int_set(&delivered->stop, 1);
}

static void delivered_init(Delivered *delivered)
{
	*delivered = (Delivered){ .indexes = g_string_new(NULL), .fail_at = 99, .skip_at = 99 };
}

static void test_order(void)
{
	for (unsigned int jobs = 1; jobs <= 5; jobs += 2) {
		g_autoptr(GsStudyPlan) plan = plan_of("vcpus=1..6", 20);
		g_autoptr(GError) error = NULL;
		Delivered delivered;
		const GsStudySpec spec = {
			.plan = plan, .jobs = jobs, .skip = skip_cell, .keep_samples = jobs == 3,
		};

		delivered_init(&delivered);
		delivered.skip_at = 2;
		g_assert_true(gs_study_run(&spec, NULL, take_cell, &delivered, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(delivered.indexes->str, ==, "0 1 3 4 5 ");
		g_assert_cmpuint(delivered.runs, ==, 100);
		g_assert_true(delivered.has_samples == spec.keep_samples);
		g_string_free(delivered.indexes, TRUE);
	}
}

/* Who takes the cells may end the study; so may a point that cannot be made ready. */
static void test_failures(void)
{
	g_autoptr(GsStudyPlan) plan = plan_of("vcpus=1..6", 20);
	g_autoptr(GError) error = NULL;
	const GsStudySpec spec = { .plan = plan, .jobs = 2 };
	Delivered delivered;

	delivered_init(&delivered);
	delivered.fail_at = 1;
	g_assert_false(gs_study_run(&spec, NULL, take_cell, &delivered, &error));
	g_assert_cmpstr(error->message, ==, "enough");
	g_assert_cmpstr(delivered.indexes->str, ==, "0 1 ");
	g_string_free(delivered.indexes, TRUE);
}

static void test_stop(void)
{
	g_autoptr(GsStudyPlan) plan = plan_of("vcpus=1..6", 10000000);
	g_autoptr(GError) error = NULL;
	Delivered delivered;
	const GsStudySpec spec = {
		.plan = plan, .jobs = 2, .stop = &delivered.stop, .progress = stop_at_once,
	};

	delivered_init(&delivered);
	g_assert_false(gs_study_run(&spec, NULL, take_cell, &delivered, &error));
	g_assert_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_STOPPED);
	g_assert_cmpstr(delivered.indexes->str, ==, "");
	g_string_free(delivered.indexes, TRUE);
}

/* A cell is the same whoever shares its plan, and its scenario is all it takes. */
static bool keep_digest(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
			void *user_data, GError **error)
{
	GPtrArray *texts = user_data;
	const GsTallyCall *start = gs_tally_call(result->tally, result->tally->calls->len - 1);

	(void)ready;
	(void)samples;
	(void)error;
	g_ptr_array_add(texts, g_strdup_printf("%s %" G_GINT64_FORMAT, result->digest,
					       start->latency.sum_ns));
	g_ptr_array_add(texts, g_strdup(result->scenario));
	return true;
}

static void test_repeating(void)
{
	g_autoptr(GsStudyPlan) plan = plan_of("hz=100,250 policy=call-srcu,sync", 20);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func(g_free);
	const char *scenario_text;
	g_autoptr(GsScenario) scenario = NULL;
	g_autoptr(GsStudyPlan) alone = NULL;

	g_assert_true(gs_study_run(&(GsStudySpec){ .plan = plan, .jobs = 2 }, NULL, keep_digest,
				   texts, NULL));
	g_assert_cmpuint(texts->len, ==, 8);
	scenario_text = g_ptr_array_index(texts, 5);
	scenario = gs_scenario_parse("cell.ini", scenario_text, strlen(scenario_text), NULL, NULL);
	alone = gs_study_plan_new(scenario, NULL, NULL);
	g_assert_true(gs_study_run(&(GsStudySpec){ .plan = alone, .jobs = 1 }, NULL, keep_digest,
				   again, NULL));
	g_assert_cmpstr(g_ptr_array_index(again, 0), ==, g_ptr_array_index(texts, 4));
	g_assert_cmpstr(g_ptr_array_index(again, 0), !=, g_ptr_array_index(texts, 0));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/runs/study/points", test_points);
	g_test_add_func("/runs/study/errors", test_errors);
	g_test_add_func("/runs/study/vmm-axis", test_vmm_axis);
	g_test_add_func("/runs/study/shards", test_shards);
	g_test_add_func("/runs/study/order", test_order);
	g_test_add_func("/runs/study/failures", test_failures);
	g_test_add_func("/runs/study/stop", test_stop);
	g_test_add_func("/runs/study/repeating", test_repeating);
	return g_test_run();
}

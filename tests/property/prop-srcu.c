/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What SRCU promises, whatever happens in whatever order:
 *
 *   - a callback runs after every reader that began before its call has left,
 *     and after a grace period that began later than the call;
 *   - so does a synchronize return;
 *   - every callback runs exactly once;
 *   - a barrier returns after every callback called before it has run;
 *   - the sequence number never goes back, and a reader's index stays with it;
 *   - everything ends.
 *
 * Random threads on random machines; see gs_test_property() for how to repeat one.
 */
#include <glib.h>

#include "tests/lib/gs-test.h"

#define CASES 2000
#define ACTORS_MAX 12
#define OPS_MAX 24

typedef struct {
	GsTestBed *bed;
	uint64_t now;              /* counts what happens: a total order */
	uint64_t gp_began;         /* when the grace period in progress did */
	uint64_t full_gp_began;    /* the same of the last one that is over */
	uint64_t last_gp_seq;
	GHashTable *began;         /* record -> when it began */
	GPtrArray *readers;        /* records of the locks that are held */
	GPtrArray *calls;          /* records of the calls made */
} Oracle;

static uint64_t when(const Oracle *oracle, const GsTestRecord *record)
{
	const uint64_t *at = g_hash_table_lookup(oracle->began, record);

	return at ? *at : 0;
}

static void set_when(Oracle *oracle, GsTestRecord *record)
{
	uint64_t *at = g_new(uint64_t, 1);

	*at = ++oracle->now;
	g_hash_table_insert(oracle->began, record, at);
}

/* A grace period has passed since @record began. */
static void check_full_gp(const Oracle *oracle, const GsTestRecord *record)
{
	const uint64_t began = when(oracle, record);

	g_assert_cmpuint(oracle->full_gp_began, >, began);
	for (guint i = 0; i < oracle->readers->len; i++)
		g_assert_cmpuint(when(oracle, g_ptr_array_index(oracle->readers, i)), >, began);
}

static void on_probe(const GsProbe *probe, void *user_data)
{
	Oracle *oracle = user_data;
	const uint64_t gp_seq = oracle->bed->srcu.srcu_gp_seq;

	oracle->now++;
	g_assert_true(gs_rcu_seq_done(gp_seq, oracle->last_gp_seq));
	oracle->last_gp_seq = gp_seq;
	if (g_str_equal(probe->name, "srcu_gp_start"))
		oracle->gp_began = oracle->now;
	else if (g_str_equal(probe->name, "srcu_gp_end"))
		oracle->full_gp_began = oracle->gp_began;
}

static void on_began(GsTestRecord *record, void *user_data)
{
	Oracle *oracle = user_data;

	set_when(oracle, record);
	if (record->op.verb == GS_TEST_CALL || record->op.verb == GS_TEST_CALL_EXPEDITED)
		g_ptr_array_add(oracle->calls, record);
}

/* The lock @unlock ends: the last one its thread took and still holds. */
static void reader_left(Oracle *oracle, const GsTestRecord *unlock)
{
	for (guint i = oracle->readers->len; i-- > 0;) {
		const GsTestRecord *lock = g_ptr_array_index(oracle->readers, i);

		if (lock->actor == unlock->actor) {
			g_ptr_array_remove_index(oracle->readers, i);
			return;
		}
	}
	g_assert_not_reached();
}

static void check_barrier(const Oracle *oracle, const GsTestRecord *barrier)
{
	for (guint i = 0; i < oracle->calls->len; i++) {
		const GsTestRecord *call = g_ptr_array_index(oracle->calls, i);

		if (when(oracle, call) < when(oracle, barrier))
			g_assert_cmpint(call->callback_count, ==, 1);
	}
}

static void on_ended(GsTestRecord *record, void *user_data)
{
	Oracle *oracle = user_data;

	oracle->now++;
	switch (record->op.verb) {
	case GS_TEST_READ_LOCK:
		g_ptr_array_add(oracle->readers, record);
		break;
	case GS_TEST_READ_UNLOCK:
		reader_left(oracle, record);
		break;
	case GS_TEST_SYNC:
	case GS_TEST_SYNC_EXPEDITED:
		check_full_gp(oracle, record);
		break;
	case GS_TEST_BARRIER:
		check_barrier(oracle, record);
		break;
	default:
		break;
	}
}

static void on_called_back(GsTestRecord *record, void *user_data)
{
	Oracle *oracle = user_data;

	oracle->now++;
	g_assert_cmpint(record->callback_count, ==, 1);
	check_full_gp(oracle, record);
}

static bool coin(GRand *rand)
{
	return g_rand_boolean(rand);
}

static int32_t below(GRand *rand, int32_t bound)
{
	return g_rand_int_range(rand, 0, bound);
}

/* Of every order of magnitude from nothing to some jiffies. */
static int64_t random_ns(GRand *rand, int64_t tick_nsec)
{
	switch (below(rand, 5)) {
	case 0:
		return 0;
	case 1:
		return below(rand, 30000);
	case 2:
		return below(rand, 20) * tick_nsec;
	default:
		return (int64_t)(g_rand_double(rand) * 3 * (double)tick_nsec);
	}
}

static void random_costs(GRand *rand, GsCosts *costs)
{
	if (coin(rand))
		return;
#define X(field, help) costs->field = below(rand, 4000);
	GS_COST_LIST(X)
#undef X
}

static void random_machine(GRand *rand, GsKernelParams *params)
{
	static const int hzs[] = { 24, 100, 250, 300, 1000, 10000 };

	gs_test_params_init(params, coin(rand) ? hzs[below(rand, G_N_ELEMENTS(hzs))] :
						 g_rand_int_range(rand, GS_HZ_MIN, GS_HZ_MAX + 1),
			    coin(rand) ? 1 + below(rand, 4) : 1 + below(rand, 40));
	params->nohz_idle = below(rand, 4) > 0;
	params->timer_pull = coin(rand);
	params->tick_retain_count = below(rand, 2);
	params->skew_tick = below(rand, 8) == 0;
	params->tick_spread_ns = coin(rand) ? 0 : below(rand, 5000);
	params->tick_jitter_ns = coin(rand) ? 0 : below(rand, 3000);
	params->tick_busy_cpus = below(rand, 3) ? 0 : -1;
	params->tick_timekeeper = -1;
	random_costs(rand, &params->costs);
}

static void random_srcu(GRand *rand, GsTestBed *bed)
{
	GsSrcuParams *params = &bed->srcu_params;

	params->convert_to_big = coin(rand) ? GS_SRCU_SIZING_INIT : GS_SRCU_SIZING_AUTO;
	params->start_by_irq_work = coin(rand);
	params->rcu_normal = below(rand, 6) == 0;
	params->rcu_expedited = below(rand, 6) == 0;
	if (below(rand, 4) == 0)
		params->exp_holdoff_ns = below(rand, 2) * 1000000;
	if (below(rand, 3) == 0) {
		params->srcu_max_nodelay_phase = 1 + below(rand, 10);
		params->srcu_max_nodelay = below(rand, 10);
	}
	if (below(rand, 3) == 0)
		bed->policy.exp_request = gs_srcu_retime_work;
}

/* Some way before the numbers wrap, as in the kernel, and maybe on the way from small to big. */
static void random_history(GRand *rand, GsSrcuStruct *ssp)
{
	const uint64_t seq = (UINT64_C(0) - (uint64_t)below(rand, 8)) << GS_RCU_SEQ_CTR_SHIFT;

	ssp->srcu_gp_seq = ssp->srcu_gp_seq_needed = ssp->srcu_gp_seq_needed_exp = seq;
	for (int cpu = 0; cpu < ssp->cpu_count; cpu++) {
		GsSrcuData *sdp = gs_srcu_data(ssp, cpu);

		sdp->srcu_gp_seq_needed = sdp->srcu_gp_seq_needed_exp = seq;
	}
	if (ssp->srcu_size_state == GS_SRCU_SIZE_SMALL && coin(rand))
		ssp->srcu_size_state = GS_SRCU_SIZE_ALLOC;
}

/* A list of operations in which readers nest, end, and wait for nothing that waits for them. */
static size_t random_ops(GRand *rand, int64_t tick_nsec, GsTestOp *ops)
{
	static const GsTestVerb anytime[] = {
		GS_TEST_SLEEP, GS_TEST_SLEEP, GS_TEST_SPEND, GS_TEST_CALL,
		GS_TEST_CALL, GS_TEST_CALL_EXPEDITED, GS_TEST_EXPEDITE_CURRENT,
	};
	static const GsTestVerb outside[] = {
		GS_TEST_SYNC, GS_TEST_SYNC_EXPEDITED, GS_TEST_SYNC_EXPEDITED, GS_TEST_BARRIER,
	};
	const size_t wanted = 1 + (size_t)below(rand, OPS_MAX - GS_TEST_READERS_MAX);
	size_t count = 0;
	int depth = 0;

	while (count < wanted) {
		const int draw = below(rand, 10);
		GsTestVerb verb;

		if (draw < 2 && depth < GS_TEST_READERS_MAX)
			verb = GS_TEST_READ_LOCK;
		else if (draw < 5 && depth > 0)
			verb = GS_TEST_READ_UNLOCK;
		else if (draw < 7 && depth == 0)
			verb = outside[below(rand, G_N_ELEMENTS(outside))];
		else
			verb = anytime[below(rand, G_N_ELEMENTS(anytime))];
		depth += (verb == GS_TEST_READ_LOCK) - (verb == GS_TEST_READ_UNLOCK);
		ops[count++] = (GsTestOp){ verb, random_ns(rand, tick_nsec) };
	}
	for (; depth > 0; depth--)
		ops[count++] = (GsTestOp){ GS_TEST_READ_UNLOCK, 0 };
	return count;
}

/*
 * How long all that can take at most: what the threads do themselves, one after
 * the other, and for each of their waits two grace periods, whose worker may
 * just have gone to sleep for 11 edges, and the callbacks' timers.
 */
static int64_t limit_ns(const GsTestBed *bed)
{
	const int64_t tick_nsec = bed->kernel.tick_nsec;
	const int64_t op_ns = 40 * tick_nsec + 100000;
	int64_t ns = 0;

	for (guint i = 0; i < bed->actors->len; i++) {
		const GsTestActor *actor = g_ptr_array_index(bed->actors, i);

		for (size_t j = 0; j < actor->count; j++)
			ns += actor->records[j].op.ns + op_ns;
	}
	return ns;
}

static void check_settled(const GsTestBed *bed)
{
	const GsSrcuStruct *ssp = &bed->srcu;

	g_assert_cmpint(gs_rcu_seq_state(ssp->srcu_gp_seq), ==, GS_SRCU_STATE_IDLE);
	g_assert_true(gs_rcu_seq_done(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed));
	g_assert_null(ssp->srcu_barrier_mutex.owner);
	for (int cpu = 0; cpu < ssp->cpu_count; cpu++) {
		if (!ssp->sda[cpu])
			continue;
		g_assert_cmpint(ssp->sda[cpu]->srcu_cblist.len, ==, 0);
		g_assert_cmpint(ssp->sda[cpu]->srcu_ec_state, ==, GS_SRCU_EC_IDLE);
	}
}

static void srcu_property(GRand *rand)
{
	GsKernelParams params;
	Oracle oracle = { .now = 1 };
	GsTestOp ops[OPS_MAX + GS_TEST_READERS_MAX];

	random_machine(rand, &params);
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	random_srcu(rand, bed);
	bed->observer = (GsTestObserver){ .began = on_began, .ended = on_ended,
					  .called_back = on_called_back, .user_data = &oracle };
	gs_test_bed_start(bed, g_rand_int(rand));
	random_history(rand, &bed->srcu);

	oracle.bed = bed;
	oracle.last_gp_seq = bed->srcu.srcu_gp_seq;
	oracle.began = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	oracle.readers = g_ptr_array_new();
	oracle.calls = g_ptr_array_new();
	gs_engine_set_probe_sink(&bed->engine, on_probe, &oracle);

	for (int i = 1 + below(rand, ACTORS_MAX); i > 0; i--) {
		const size_t count = random_ops(rand, bed->kernel.tick_nsec, ops);

		gs_test_actor_new(bed, below(rand, params.cpus), ops, count)->thread.bound =
			coin(rand);
	}
	g_assert_true(gs_test_bed_run(bed, limit_ns(bed)));
	g_assert_cmpuint(oracle.readers->len, ==, 0);
	/* What runs on for nobody ends as well: repeated expedite_current callbacks. */
	gs_test_run_until(&bed->engine,
			  gs_engine_now_ns(&bed->engine) + 40 * bed->kernel.tick_nsec);
	check_settled(bed);
	for (guint i = 0; i < oracle.calls->len; i++) {
		const GsTestRecord *call = g_ptr_array_index(oracle.calls, i);

		g_assert_cmpint(call->callback_count, ==, 1);
	}

	gs_engine_set_probe_sink(&bed->engine, NULL, NULL);
	g_ptr_array_free(oracle.calls, TRUE);
	g_ptr_array_free(oracle.readers, TRUE);
	g_hash_table_destroy(oracle.began);
}

static void test_srcu(void)
{
	gs_test_property(CASES, srcu_property);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu", test_srcu);
	return g_test_run();
}

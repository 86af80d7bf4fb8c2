/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test.h"

#include "sim/srcu/srcu-read.h"

void gs_test_params_init(GsKernelParams *params, int hz, int cpus)
{
	*params = (GsKernelParams){
		.hz = hz,
		.cpus = cpus,
		.nohz_idle = true,
		.timer_pull = true,
		.cpu_pin = -1,
		.base_slice_ns = 3 * GS_NSEC_PER_MSEC,
	};
}

void gs_test_costs_init(GsCosts *costs)
{
	*costs = (GsCosts){
		.tick_ns = 1009,
		.timer_ns = 701,
		.irq_work_ns = 907,
		.idle_wake_ns = 1511,
		.ipi_ns = 2003,
		.switch_ns = 401,
		.work_dispatch_ns = 601,
		.srcu_request_ns = 809,
		.srcu_check_ns = 307,
		.srcu_gp_end_ns = 1103,
		.srcu_invoke_ns = 503,
		.callback_ns = 211,
		.sync_return_ns = 353,
	};
}

static void nothing(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	(void)event;
}

void gs_test_run_until(GsEngine *engine, int64_t until_ns)
{
	GsEvent end;

	gs_event_init(&end, "end", GS_EVENT_OBSERVER, nothing);
	gs_engine_schedule(engine, &end, until_ns);
	while (gs_event_is_pending(&end))
		gs_engine_run(engine, until_ns, UINT64_MAX);
}

static void actor_free(gpointer data)
{
	GsTestActor *actor = data;

	g_free(actor->records);
	g_free(actor);
}

GsTestBed *gs_test_bed_new(const GsKernelParams *params)
{
	GsTestBed *bed = g_new0(GsTestBed, 1);

	bed->params = *params;
	gs_srcu_params_init(&bed->srcu_params, params->hz);
	gs_engine_init(&bed->engine);
	gs_kernel_init(&bed->kernel, &bed->engine, &bed->params);
	bed->actors = g_ptr_array_new_with_free_func(actor_free);
	return bed;
}

void gs_test_bed_free(GsTestBed *bed)
{
	g_ptr_array_free(bed->actors, TRUE);
	gs_srcu_struct_clear(&bed->srcu);
	gs_kernel_clear(&bed->kernel);
	gs_engine_clear(&bed->engine);
	g_free(bed);
}

void gs_test_bed_start(GsTestBed *bed, uint64_t seed)
{
	gs_engine_reset(&bed->engine, GS_TEST_J0 * bed->kernel.tick_nsec, seed, 0);
	gs_kernel_reset(&bed->kernel);
	gs_init_srcu_struct(&bed->srcu, &bed->kernel, &bed->srcu_params, &bed->policy, "srcu");
	g_ptr_array_set_size(bed->actors, 0);
	bed->outstanding = 0;
}

GsTestBed *gs_test_bed_new_simple(int hz, int cpus)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, hz, cpus);
	bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	return bed;
}

static void one_less(GsTestBed *bed)
{
	if (--bed->outstanding == 0)
		gs_engine_stop(&bed->engine);
}

static void observe(GsTestRecord *record, void (*happened)(GsTestRecord *record, void *user_data))
{
	if (happened)
		happened(record, record->actor->bed->observer.user_data);
}

static void on_callback(GsRcuHead *head)
{
	GsTestRecord *record = GS_CONTAINER_OF(head, GsTestRecord, head);
	GsTestBed *bed = record->actor->bed;

	record->callback_ns = gs_engine_now_ns(&bed->engine);
	record->callback_cpu = bed->kernel.this_cpu->id;
	record->callback_count++;
	observe(record, bed->observer.called_back);
	one_less(bed);
}

static GsTestActor *actor_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_thread_of(task), GsTestActor, thread);
}

static void next_op(GsTask *task);

static void op_over(GsTask *task)
{
	GsTestActor *actor = actor_of(task);
	GsTestRecord *record = &actor->records[actor->next++];

	actor->thread.user = false;
	record->ended_ns = gs_engine_now_ns(task->engine);
	observe(record, actor->bed->observer.ended);
	next_op(task);
}

static void do_op(GsTask *task)
{
	GsTestActor *actor = actor_of(task);
	GsTestRecord *record = &actor->records[actor->next];
	GsSrcuStruct *ssp = &actor->bed->srcu;

	record->began_ns = gs_engine_now_ns(task->engine);
	observe(record, actor->bed->observer.began);
	switch (record->op.verb) {
	case GS_TEST_SLEEP:
		gs_thread_sleep(&actor->thread, record->op.ns, op_over);
		return;
	case GS_TEST_SPEND:
		actor->thread.user = true;
		gs_task_spend(task, record->op.ns, op_over);
		return;
	case GS_TEST_SYNC:
		gs_synchronize_srcu(ssp, &actor->sync, task, op_over);
		return;
	case GS_TEST_SYNC_EXPEDITED:
		gs_synchronize_srcu_expedited(ssp, &actor->sync, task, op_over);
		return;
	case GS_TEST_BARRIER:
		gs_srcu_barrier(ssp, &actor->barrier, task, op_over);
		return;
	case GS_TEST_CALL:
		actor->bed->outstanding++;
		gs_call_srcu(ssp, &record->head, on_callback);
		break;
	case GS_TEST_CALL_EXPEDITED:
		actor->bed->outstanding++;
		gs_call_srcu_expedited(ssp, &record->head, on_callback);
		break;
	case GS_TEST_EXPEDITE_CURRENT:
		gs_srcu_expedite_current(ssp);
		break;
	case GS_TEST_READ_LOCK:
		g_assert_cmpint(actor->reader_count, <, GS_TEST_READERS_MAX);
		actor->reader_idx[actor->reader_count++] =
			gs_srcu_read_lock(ssp);
		break;
	case GS_TEST_READ_UNLOCK:
		gs_srcu_read_unlock(ssp, actor->reader_idx[--actor->reader_count]);
		break;
	}
	op_over(task);
}

static bool is_request(GsTestVerb verb)
{
	return verb >= GS_TEST_CALL && verb <= GS_TEST_EXPEDITE_CURRENT;
}

static void next_op(GsTask *task)
{
	GsTestActor *actor = actor_of(task);

	if (actor->next == actor->count) {
		gs_task_exit(task);
		one_less(actor->bed);
		return;
	}
	gs_task_spend(task, is_request(actor->records[actor->next].op.verb) ?
				    actor->bed->params.costs.srcu_request_ns : 0, do_op);
}

GsTestActor *gs_test_actor_new(GsTestBed *bed, int cpu, const GsTestOp *ops, size_t count)
{
	GsTestActor *actor = g_new0(GsTestActor, 1);

	actor->bed = bed;
	actor->count = count;
	actor->records = g_new0(GsTestRecord, count);
	for (size_t i = 0; i < count; i++)
		actor->records[i] = (GsTestRecord){ .actor = actor, .op = ops[i], .began_ns = -1,
						    .ended_ns = -1, .callback_ns = -1,
						    .callback_cpu = -1 };
	g_ptr_array_add(bed->actors, actor);
	bed->outstanding++;
	gs_thread_init(&actor->thread, &bed->kernel, &bed->kernel.cpus[cpu], "actor");
	actor->thread.bound = true;
	bed->kernel.this_cpu = &bed->kernel.cpus[cpu];
	gs_task_start(&actor->thread.task, next_op);
	return actor;
}

bool gs_test_bed_run(GsTestBed *bed, int64_t limit_ns)
{
	if (bed->outstanding > 0)
		gs_engine_run(&bed->engine, gs_engine_now_ns(&bed->engine) + limit_ns, UINT64_MAX);
	return bed->outstanding == 0;
}

int64_t gs_test_took_ns(const GsTestActor *actor, size_t index)
{
	g_assert_cmpint(actor->records[index].ended_ns, >=, 0);
	return actor->records[index].ended_ns - actor->records[index].began_ns;
}

int64_t gs_test_edge_ns(const GsTestBed *bed, int64_t edge, int phase_permille)
{
	const int64_t tick_nsec = bed->kernel.tick_nsec;

	return (GS_TEST_J0 + edge) * tick_nsec + tick_nsec * phase_permille / 1000;
}

int64_t gs_test_now_edge(const GsTestBed *bed)
{
	return gs_jiffies_at(gs_engine_now_ns(&bed->engine), bed->kernel.tick_nsec) - GS_TEST_J0;
}

static void run_case(uint32_t seed, void (*property)(GRand *rand))
{
	GRand *rand = g_rand_new_with_seed(seed);

	g_test_message("GS_PROP_SEED=%u", seed);
	property(rand);
	g_rand_free(rand);
}

void gs_test_property(unsigned int count, void (*property)(GRand *rand))
{
	const char *seed = g_getenv("GS_PROP_SEED");

	if (seed) {
		run_case((uint32_t)g_ascii_strtoull(seed, NULL, 10), property);
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		run_case((uint32_t)g_test_rand_int(), property);
}

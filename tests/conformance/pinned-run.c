/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/pinned-run.h"

#include <string.h>

#include "models/kvm/kvm-thread.h"
#include "tests/conformance/trace-oracle.h"

/* The machine has settled by the time the VM begins. */
#define LEAD_IN_JIFFIES 3

/* Of a call; any, since the trace says how long each step of it takes. */
#define WORK_NS GS_NSEC_PER_MSEC

typedef struct Host Host;

/* A thread of the VMM. */
typedef struct {
	GsKvmThread kvm_thread;
	GsEvent begin;      /* it appears on its CPU */
	GsEvent moved;      /* it has come to the CPU the trace has its next call on */
	GsWaitQueue moving;
	Host *host;
	unsigned int index;
	unsigned int call;  /* the next one, or one past the last */
	char name[16];
} Player;

/* The host runs the other CPU. */
typedef struct {
	GsEvent event;
	GsKernel *kernel;
	const GsPinnedHole *pinned;
} Hole;

/* What runs on a CPU besides. */
typedef struct {
	GsThread thread;
	GsEvent begin;
	const GsPinnedOther *pinned;
} Other;

struct Host {
	const GsScript *script;
	const GsPin *pin;
	const GsMachineParams *params;
	const GsPolicy *policy;
	GsEngine engine;
	GsKernel kernel;
	GsKvm kvm;
	GsTraceOracle oracle;
	GsSequence *sequence;
	Player *players;
	Hole *holes;
	Other *others;
};

static Player *player_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_kvm_thread_of(task), Player, kvm_thread);
}

static void next_call(Player *player, unsigned int from)
{
	const GsScript *script = player->host->script;

	while (from < script->calls->len && gs_script_call(script, from)->thread != player->index)
		from++;
	player->call = player->host->oracle.threads[player->index].call = from;
}

static void go_on(GsTask *task);

static void returned(GsTask *task)
{
	Player *player = player_of(task);

	next_call(player, player->call + 1);
	go_on(task);
}

static void issue(Player *player)
{
	Host *host = player->host;
	const GsScriptCall *call = gs_script_call(host->script, player->call);
	const bool creates = strcmp(call->name, "KVM_CREATE_VM") == 0;

	if (creates)
		gs_kvm_create_vm(&host->kvm, &host->kernel, &host->params->kvm,
				 &host->params->srcu, &host->policy->kvm, &host->policy->srcu,
				 false);
	gs_kvm_thread_ioctl(&player->kvm_thread, &host->kvm,
			    creates ? NULL : gs_kvm_ioctl_lookup(call->name), &call->args, WORK_NS,
			    (int32_t)player->call, returned);
}

/* Put the thread on its CPU, whoever runs there. */
static void place(Player *player, void (*wake)(GsTask *task))
{
	GsThread *thread = &player->kvm_thread.thread;

	thread->kernel->this_cpu = thread->cpu;
	thread->bound = player->host->oracle.placing = true;
	wake(&thread->task);
	thread->bound = player->host->oracle.placing = false;
}

static void moved(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	place(GS_CONTAINER_OF(event, Player, moved), gs_task_wake);
}

static void start(GsTask *task)
{
	gs_task_start(task, go_on);
}

static void begin(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	place(GS_CONTAINER_OF(event, Player, begin), start);
}

/* User space: compute until the trace's next call is due, on the CPU it was made on. */
static void go_on(GsTask *task)
{
	Player *player = player_of(task);
	Host *host = player->host;
	GsThread *thread = &player->kvm_thread.thread;
	const int64_t now_ns = gs_engine_now_ns(&host->engine);
	const bool over = player->call == host->script->calls->len;
	const int64_t until_ns = over ? MIN(host->pin->threads[player->index].end_ns,
					    host->pin->end_ns + GS_NSEC_PER_SEC) :
					host->pin->calls[player->call].start_ns;
	const int cpu = over ? thread->cpu->id : host->pin->calls[player->call].cpu;

	thread->user = true;
	if (cpu != thread->cpu->id) {
		gs_engine_schedule(&host->engine, &player->moved, now_ns);
		gs_task_wait(task, &player->moving, go_on);
		thread->cpu = &host->kernel.cpus[cpu];
	} else if (now_ns < until_ns) {
		const int64_t ns = gs_pin_computing_ns(host->pin, cpu, now_ns, until_ns);

		gs_task_spend(task, MAX(ns, 1), go_on);
	} else if (over) {
		gs_task_exit(task);
	} else {
		issue(player);
	}
}

static void player_init(Player *player, Host *host, unsigned int index)
{
	const GsPinnedThread *pinned = &host->pin->threads[index];

	player->host = host;
	player->index = index;
	g_snprintf(player->name, sizeof(player->name), "%d",
		   g_array_index(host->script->threads, GsScriptThread, index).tid);
	gs_kvm_thread_init(&player->kvm_thread, &host->kernel, &host->kernel.cpus[pinned->cpu],
			   player->name);
	gs_wait_queue_init(&player->moving);
	gs_event_init(&player->moved, "moved", GS_EVENT_TASK, moved);
	gs_event_init(&player->begin, "begin", GS_EVENT_TASK, begin);
	next_call(player, 0);
	gs_engine_schedule(&host->engine, &player->begin, pinned->begin_ns);
}

static void hole_begins(GsEngine *engine, GsEvent *event)
{
	const Hole *hole = GS_CONTAINER_OF(event, Hole, event);
	GsCpu *other = &hole->kernel->cpus[1 - hole->pinned->cpu];

	gs_turn_end_interrupt(other,
			      gs_turn_begin_interrupt(other, gs_engine_now_ns(engine)));
}

static void hole_init(Hole *hole, Host *host, const GsPinnedHole *pinned)
{
	hole->kernel = &host->kernel;
	hole->pinned = pinned;
	gs_event_init(&hole->event, "hole", GS_EVENT_CLOCK, hole_begins);
	gs_engine_schedule(&host->engine, &hole->event, pinned->from_ns);
}

static void other_runs(GsTask *task)
{
	const Other *other = GS_CONTAINER_OF(gs_thread_of(task), Other, thread);

	gs_task_spend(task, other->pinned->ns, gs_task_exit);
}

static void other_begins(GsEngine *engine, GsEvent *event)
{
	Other *other = GS_CONTAINER_OF(event, Other, begin);

	(void)engine;
	other->thread.kernel->this_cpu = other->thread.cpu;
	gs_tick_irq_enter(other->thread.cpu);
	gs_task_start(&other->thread.task, other_runs);
}

static void other_init(Other *other, Host *host, const GsPinnedOther *pinned)
{
	other->pinned = pinned;
	gs_thread_init(&other->thread, &host->kernel, &host->kernel.cpus[pinned->cpu],
		       GS_PIN_OTHER);
	other->thread.bound = true;
	gs_event_init(&other->begin, "other", GS_EVENT_INTERRUPT, other_begins);
	gs_engine_schedule(&host->engine, &other->begin,
			   MAX(pinned->at_ns, gs_engine_now_ns(&host->engine)));
}

static void observe(const GsProbe *probe, void *user_data)
{
	Host *host = user_data;

	gs_trace_oracle_probe(&host->oracle, &host->kernel, probe);
	gs_sequence_probe(host->sequence, host->pin, probe);
}

static void host_init(Host *host)
{
	const GsPin *pin = host->pin;

	gs_engine_init(&host->engine);
	gs_kernel_init(&host->kernel, &host->engine, &host->params->kernel);
	host->kernel.oracle = &host->oracle.oracle;
	gs_kvm_init(&host->kvm, NULL);
	host->players = g_new0(Player, pin->thread_count);
	host->holes = g_new0(Hole, pin->holes->len);
	host->others = g_new0(Other, pin->others->len);
}

static void host_run(Host *host)
{
	const GsPin *pin = host->pin;
	int64_t start_ns = INT64_MAX;

	for (unsigned int i = 0; i < pin->thread_count; i++)
		start_ns = MIN(start_ns, pin->threads[i].begin_ns);
	gs_engine_reset(&host->engine, start_ns - LEAD_IN_JIFFIES * pin->tick_nsec, 0, 0);
	gs_engine_set_probe_sink(&host->engine, observe, host);
	gs_kernel_reset(&host->kernel);
	gs_engine_run(&host->engine, start_ns - 1, UINT64_MAX);
	host->kernel.tick_do_timer_cpu = pin->timekeeper;
	for (unsigned int i = 0; i < pin->thread_count; i++)
		player_init(&host->players[i], host, i);
	for (unsigned int i = 0; i < pin->holes->len; i++)
		hole_init(&host->holes[i], host, &g_array_index(pin->holes, GsPinnedHole, i));
	for (unsigned int i = 0; i < pin->others->len; i++)
		other_init(&host->others[i], host, &g_array_index(pin->others, GsPinnedOther, i));
	gs_engine_run(&host->engine, pin->end_ns, UINT64_MAX);
}

static void host_clear(Host *host)
{
	for (unsigned int i = 0; i < host->pin->thread_count; i++)
		gs_kvm_thread_clear(&host->players[i].kvm_thread);
	g_free(host->players);
	g_free(host->holes);
	g_free(host->others);
	gs_kvm_clear(&host->kvm);
	gs_kernel_clear(&host->kernel);
	gs_engine_clear(&host->engine);
}

void gs_pinned_run(GsPinnedRun *run, const GsFtrace *ftrace, const GsPin *pin,
		   const GsSequence *traced, const GsMachineParams *params,
		   const GsPolicy *policy)
{
	Host host = {
		.script = ftrace->script,
		.pin = pin,
		.params = params,
		.policy = policy,
		.sequence = gs_sequence_new(),
	};

	gs_trace_oracle_init(&host.oracle, pin, ftrace->script, traced, host.sequence);
	host_init(&host);
	host_run(&host);
	*run = (GsPinnedRun){
		.sequence = host.sequence,
		.placed = host.oracle.placed,
		.moved = host.oracle.moved,
	};
	host_clear(&host);
	gs_trace_oracle_clear(&host.oracle);
}

void gs_pinned_run_clear(GsPinnedRun *run)
{
	g_clear_pointer(&run->sequence, gs_sequence_free);
}

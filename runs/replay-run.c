/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-run.h"

#include <string.h>

#include "models/kvm/kvm-locks.h"
#include "runs/fleet.h"
#include "runs/replay-think.h"
#include "runs/replay-vcpus.h"

G_DEFINE_QUARK(gs-replay-error-quark, gs_replay_error)

/*
 * Where the clock stands when a run begins: late enough that nothing is before
 * time 0 and every HZ has had its share of edges, not so late as to be unwieldy.
 */
#define RUN_EPOCH_NS (100 * GS_NSEC_PER_SEC)

/* A call that has not ended after this is never going to; on average calls wait far less. */
#define CALL_LIMIT_NS (100 * GS_NSEC_PER_SEC)
#define MEAN_CALL_LIMIT_NS GS_NSEC_PER_SEC

/* A thread of the VMM, going through its calls. */
typedef struct {
	GsKvmThread kvm_thread;
	GsKvmRun run;        /* if it runs a vCPU */
	GsReplayHost *host;
	int32_t call;        /* in progress, or thought about */
	int64_t started_ns;
	int64_t sleep_ns;    /* of the gap before the call, the part asleep */
	GsRng think_rng;     /* what the log does not tell of the gaps */
	bool sleeps_through; /* the call in progress: it is nothing but sleep */
	char name[24];
} Player;

struct GsReplayHost {
	GsRunSetup setup;
	GsEngine engine;
	GsKernel kernel;
	GsSrcuStruct mmu_notifier_srcu;
	GsKvm *vms;
	int64_t *vm_start_ns;        /* of each VM of a fleet in this run; else 0 */
	bool *vm_exists;
	unsigned int *vm_calls_left; /* before its end */
	GsWaitQueue *vm_quiet;       /* for none to be left */
	GsWaitQueue *vm_handover;    /* for another thread's call to end */
	bool *is_over;               /* of each call that is awaited: has it ended? */
	Player *players;
	unsigned int players_left;
	GsReplayVcpus *vcpus;
	int64_t limit_of_calls_ns;
	int64_t epoch_ns;    /* of the current run */
	GsSample *samples;   /* of the current run; borrowed */
	bool *reaches_srcu;  /* likewise, or NULL */
	uint64_t event_count;
};

static void think(GsTask *task);
static void start_player(GsReplayHost *host, int32_t first_call, int64_t delay_ns);

static Player *player_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_kvm_thread_of(task), Player, kvm_thread);
}

static const GsProgramCall *program_call(const GsReplayHost *host, int32_t call)
{
	return &host->setup.program->calls[call];
}

static void create_vm(GsReplayHost *host, uint32_t vm)
{
	const GsRunSetup *setup = &host->setup;

	gs_kvm_create_vm(&host->vms[vm], &host->kernel, &setup->params->kvm, &setup->params->srcu,
			 &setup->policy->kvm, &setup->policy->srcu,
			 setup->program->vm_starts_midway[vm]);
	host->vm_exists[vm] = true;
}

static void player_through(GsReplayHost *host)
{
	if (--host->players_left == 0)
		gs_engine_stop(&host->engine);
}

/* The call in progress is over, or will never be: say so, and let go who waits for that. */
static void call_over(Player *player)
{
	GsReplayHost *host = player->host;
	const GsKvmThread *thread = &player->kvm_thread;
	const GsProgramCall *ready = program_call(host, player->call);

	host->samples[player->call] = (GsSample){
		.start_ns = player->started_ns - host->epoch_ns,
		.latency_ns = player->sleeps_through ?
			host->setup.work_ns[player->call] + thread->wait_ns :
			gs_engine_now_ns(&host->engine) - player->started_ns,
		.wait_ns = thread->wait_ns,
		.cause = thread->cause,
	};
	if (host->reaches_srcu)
		host->reaches_srcu[player->call] = thread->plan.reaches_srcu;
	gs_probe(&host->engine, "sys_exit_ioctl", thread->thread.cpu->id, ready->call->name,
		 player->call, thread->wait_ns);

	if (ready->is_awaited) {
		host->is_over[player->call] = true;
		gs_wait_queue_wake_all(&host->vm_handover[ready->call->vm]);
	}
	if (ready->before_end && --host->vm_calls_left[ready->call->vm] == 0)
		gs_wait_queue_wake_all(&host->vm_quiet[ready->call->vm]);
	for (int32_t call = ready->first_started; call >= 0;
	     call = program_call(host, call)->next_started)
		start_player(host, call, 0);
	if (ready->creates_vcpu)
		gs_replay_vcpus_created(host->vcpus, ready->call->vm, &host->vms[ready->call->vm]);
}

/* The ioctl has returned to user space. */
static void returned(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;

	call_over(player);

	const GsProgramCall *done = program_call(host, player->call);
	player->call = done->next;
	if (player->call >= 0) {
		think(task);
		return;
	}
	host->vms[done->call->vm].threads_ended++;
	player_through(host);
	gs_task_exit(task);
}

/* Does being in KVM_RUN make the thread a reader? */
static bool is_reader(const Player *player)
{
	const GsReaderParams *params = &player->host->setup.params->reader;

	return gs_readers_run(params) && params->vcpus == GS_READER_VCPUS_RUN &&
	       !player->run.halted;
}

/*
 * In the guest for as long as in the log, as a reader or asleep. A reader whose
 * return the log does not show stays until the other threads are through; its
 * sample is that of one asleep.
 */
static void run_guest(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const int64_t work_ns = host->setup.work_ns[player->call];

	if (player->sleeps_through) {
		gs_thread_sleep(&player->kvm_thread.thread, work_ns, returned);
	} else if (ready->call->recorded_ns >= 0 || ready->next >= 0) {
		gs_kvm_run(&player->run, &host->vms[ready->call->vm],
			   gs_engine_now_ns(&host->engine) + work_ns, returned);
	} else {
		player->sleeps_through = true;
		call_over(player);
		player_through(host);
		gs_kvm_run(&player->run, &host->vms[ready->call->vm], GS_TIME_NEVER_NS, returned);
	}
}

static void issue(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const uint32_t vm = ready->call->vm;
	const bool reads = ready->runs_guest && is_reader(player);

	player->started_ns = gs_engine_now_ns(&host->engine);
	gs_probe(&host->engine, "sys_enter_ioctl", player->kvm_thread.thread.cpu->id,
		 ready->call->name, player->call, 0);
	/* Here, unlike in the log, another thread may come before the one that creates the VM. */
	if (!host->vm_exists[vm] && (ready->creates_vm || ready->ioctl))
		create_vm(host, vm);

	/* A KVM_RUN of seconds is a halted vCPU, not a busy CPU: it takes its time asleep. */
	const int64_t work_ns = host->setup.work_ns[player->call];
	player->sleeps_through = !reads && (!ready->ioctl || ready->runs_guest) &&
				 work_ns > host->setup.params->run.think_busy_max_ns;
	if (player->sleeps_through && !ready->ioctl) {
		gs_kvm_thread_pass(&player->kvm_thread);
		run_guest(task);
		return;
	}
	gs_kvm_thread_ioctl(&player->kvm_thread, &host->vms[vm], ready->ioctl, &ready->call->args,
			    player->sleeps_through || reads ? 0 : work_ns, player->call,
			    player->sleeps_through || reads ? run_guest : returned);
}

/* Where in its jiffy @vm begins: drawn for each run and VM, or pinned by tick.phase. */
static int64_t draw_phase_ns(const GsReplayHost *host, uint64_t run, uint32_t vm)
{
	const int64_t ppm = host->setup.params->run.tick_phase_ppm;
	GsRng rng;

	if (ppm >= 0)
		return host->kernel.tick_nsec * ppm / 1000000;
	gs_rng_init(&rng, host->setup.seed, run, "tick.phase", vm);
	return gs_rng_below(&rng, host->kernel.tick_nsec);
}

/*
 * How long user space takes before the next call. A VM that begins after a pause
 * begins at a phase of its own: what came before it, the end of another VM say,
 * takes another time on another kernel, so the log does not tell its phase. When
 * the VMs of a fleet begin is known.
 */
static int64_t think_ns(Player *player)
{
	const GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const int64_t gap_ns = gs_replay_draw_gap_ns(ready->call, &host->setup.params->run,
						     &player->think_rng);

	if (!ready->begins_vm || host->setup.program->script->is_fleet ||
	    gap_ns <= host->setup.params->run.think_busy_max_ns)
		return gap_ns;

	const int64_t tick_nsec = host->kernel.tick_nsec;
	const int64_t phase_ns = draw_phase_ns(host, host->engine.run, ready->call->vm);
	const int64_t earliest_ns = gs_engine_now_ns(&host->engine) + gap_ns;
	const int64_t early_ns = (phase_ns - earliest_ns % tick_nsec + tick_nsec) % tick_nsec;
	return gap_ns + early_ns;
}

/*
 * A thread begins after @delay_ns beside the one that made it, unless it is bound.
 * What it does before its first call is in the gap.
 */
static void start_player(GsReplayHost *host, int32_t first_call, int64_t delay_ns)
{
	const GsProgramCall *ready = program_call(host, first_call);
	Player *player = &host->players[ready->call->thread];
	GsThread *thread = &player->kvm_thread.thread;

	player->call = first_call;
	if (ready->call->after >= 0 && !thread->bound)
		thread->cpu = host->kernel.this_cpu;
	thread->user = true;
	if (ready->ends_vm)
		gs_task_start(&thread->task, think);
	else
		gs_thread_start_after(thread, delay_ns + think_ns(player), issue);
}

/*
 * Where a thread wakes that sleeps before a new VM is not known: between the two
 * it did more than the log shows.
 */
static void draw_cpu(Player *player)
{
	const GsReplayHost *host = player->host;
	const GsKernel *kernel = &host->kernel;
	const uint32_t vm = program_call(host, player->call)->call->vm;
	GsRng rng;

	if (player->kvm_thread.thread.bound)
		return;
	gs_rng_init(&rng, host->setup.seed, host->engine.run, "cpu.vm", vm);
	player->kvm_thread.thread.cpu = &kernel->cpus[gs_rng_below(&rng, kernel->params->cpus)];
}

static void sleep_on(GsTask *task)
{
	Player *player = player_of(task);

	gs_thread_sleep(&player->kvm_thread.thread, player->sleep_ns, issue);
	if (program_call(player->host, player->call)->begins_vm)
		draw_cpu(player);
}

/*
 * How long a thread that is about to sleep computes first: making the threads
 * that start in the gap takes until the first of them is woken, and a wake-up
 * takes its time too.
 */
static int64_t making_threads_ns(const GsReplayHost *host, const GsProgramCall *ready)
{
	if (ready->call->after < 0)
		return 0;

	const int64_t starting_ns = program_call(host, ready->call->after)->starting_ns;
	const int64_t wake_ns = host->setup.params->kernel.costs.idle_wake_ns;
	return CLAMP(starting_ns - wake_ns, 0, host->setup.params->run.think_busy_max_ns);
}

/* User space between two calls: a short gap is computing, a long one mostly sleep. */
static void think(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);

	if (ready->waits && !host->is_over[ready->call->after]) {
		gs_task_wait(task, &host->vm_handover[ready->call->vm], think);
		return;
	}
	/* Who ends a VM has waited for its threads. */
	if (ready->ends_vm && host->vm_calls_left[ready->call->vm] > 0) {
		gs_task_wait(task, &host->vm_quiet[ready->call->vm], think);
		return;
	}

	const int64_t gap_ns = think_ns(player);
	int64_t busy_ns = gap_ns;

	if (gap_ns > host->setup.params->run.think_busy_max_ns)
		busy_ns = making_threads_ns(host, ready);
	player->sleep_ns = gap_ns - busy_ns;
	player->kvm_thread.thread.user = true;
	gs_task_spend(task, busy_ns, player->sleep_ns > 0 ? sleep_on : issue);
}

/* How long a run may take until it stands still, starts of a fleet apart. */
static int64_t limit_of_calls_ns(const GsReplayHost *host)
{
	const GsProgram *program = host->setup.program;
	int64_t limit_ns = CALL_LIMIT_NS;

	for (unsigned int i = 0; i < program->call_count; i++)
		limit_ns += 2 * program->calls[i].call->think_ns + host->setup.work_ns[i] +
			    MEAN_CALL_LIMIT_NS;
	/* A jiffy for every VM to find its phase. */
	return limit_ns + program->vm_count * host->kernel.tick_nsec;
}

GsReplayHost *gs_replay_host_new(const GsRunSetup *setup)
{
	GsReplayHost *host = g_new0(GsReplayHost, 1);

	host->setup = *setup;
	gs_engine_init(&host->engine);
	gs_kernel_init(&host->kernel, &host->engine, &setup->params->kernel);
	host->vms = g_new0(GsKvm, setup->program->vm_count);
	host->vm_start_ns = g_new0(int64_t, setup->program->vm_count);
	host->vm_exists = g_new0(bool, setup->program->vm_count);
	host->vm_calls_left = g_new(unsigned int, setup->program->vm_count);
	host->vm_quiet = g_new(GsWaitQueue, setup->program->vm_count);
	host->vm_handover = g_new(GsWaitQueue, setup->program->vm_count);
	host->is_over = g_new0(bool, setup->program->call_count);
	host->players = g_new0(Player, setup->program->thread_count);
	host->vcpus = gs_replay_vcpus_new(setup->program, setup->params);
	host->limit_of_calls_ns = limit_of_calls_ns(host);
	for (unsigned int i = 0; i < setup->program->vm_count; i++)
		gs_kvm_init(&host->vms[i], &host->mmu_notifier_srcu);
	for (unsigned int i = 0; i < setup->program->thread_count; i++) {
		const GsScriptThread *thread =
			&g_array_index(setup->program->script->threads, GsScriptThread, i);
		Player *player = &host->players[i];

		player->host = host;
		if (thread->name)
			g_strlcpy(player->name, thread->name, sizeof(player->name));
		else
			g_snprintf(player->name, sizeof(player->name), "%d", thread->tid);
	}
	return host;
}

void gs_replay_host_free(GsReplayHost *host)
{
	for (unsigned int i = 0; i < host->setup.program->vm_count; i++)
		gs_kvm_clear(&host->vms[i]);
	gs_srcu_struct_clear(&host->mmu_notifier_srcu);
	for (unsigned int i = 0; i < host->setup.program->thread_count; i++)
		gs_kvm_thread_clear(&host->players[i].kvm_thread);
	g_free(host->vms);
	g_free(host->vm_start_ns);
	g_free(host->vm_exists);
	g_free(host->vm_calls_left);
	g_free(host->vm_quiet);
	g_free(host->vm_handover);
	g_free(host->is_over);
	g_free(host->players);
	gs_replay_vcpus_free(host->vcpus);
	gs_kernel_clear(&host->kernel);
	gs_engine_clear(&host->engine);
	g_free(host);
}

/* A run begins at the phase of its first VM. */
static int64_t draw_epoch_ns(const GsReplayHost *host, uint64_t run)
{
	const int64_t tick_nsec = host->kernel.tick_nsec;

	return RUN_EPOCH_NS / tick_nsec * tick_nsec + draw_phase_ns(host, run, 0);
}

static void place_players(GsReplayHost *host, uint64_t run)
{
	const GsProgram *program = host->setup.program;
	const GsKernelParams *params = host->kernel.params;
	GsRng rng;

	gs_rng_init(&rng, host->setup.seed, run, "cpu.placement", 0);
	host->players_left = 0;
	for (unsigned int i = 0; i < program->thread_count; i++) {
		Player *player = &host->players[i];
		const int cpu = params->cpu_pin >= 0 ? params->cpu_pin :
						       (int)gs_rng_below(&rng, params->cpus);

		gs_kvm_thread_init(&player->kvm_thread, &host->kernel, &host->kernel.cpus[cpu],
				   player->name);
		gs_rng_init(&player->think_rng, host->setup.seed, run, "think", i);
		player->kvm_thread.thread.bound = params->cpu_pin >= 0;
		if (gs_readers_run(&host->setup.params->reader))
			gs_kvm_run_init(&player->run, &player->kvm_thread.thread,
					&host->setup.params->reader, i);
		host->players_left += program->thread_first[i] >= 0;
	}
}

/* The instant by which a run must be over: the last of a fleet has to start first. */
static int64_t run_end_ns(const GsReplayHost *host)
{
	const int64_t limit_ns =
		host->limit_of_calls_ns + host->vm_start_ns[host->setup.program->vm_count - 1];

	return MIN(limit_ns, GS_EVENT_END_NS - host->epoch_ns - 1) + host->epoch_ns;
}

/* In the kernel with no plan left to carry out: in KVM_RUN, handling an exit of the guest. */
static bool handles_exit(const Player *player)
{
	const GsKvmThread *thread = &player->kvm_thread;

	return !thread->thread.user && thread->thread.task.call == &player->run &&
	       thread->pc >= thread->plan.op_count;
}

/* Why a run stands still: thread by thread, what each waits for and holds. */
static char *describe_standstill(const GsReplayHost *host)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < host->setup.program->thread_count; i++) {
		const Player *player = &host->players[i];

		if (host->setup.program->thread_first[i] < 0 ||
		    player->kvm_thread.thread.task.state == GS_TASK_DEAD)
			continue;
		g_string_append_printf(text, "%s thread %s", text->len > 0 ? ";" : "",
				       player->name);
		if (player->kvm_thread.thread.task.state != GS_TASK_NEW)
			g_string_append_printf(text, " at %s",
					       program_call(host, player->call)->call->name);
		g_string_append_c(text, ' ');
		if (handles_exit(player))
			g_string_append(text, "handles an exit, a reader of kvm->srcu");
		else
			gs_kvm_describe_thread(&player->kvm_thread, host->epoch_ns, text);
	}
	return g_string_free(text, FALSE);
}

bool gs_replay_host_run(GsReplayHost *host, uint64_t run, GsSample *samples, bool *reaches_srcu,
			GError **error)
{
	const GsProgram *program = host->setup.program;

	host->samples = samples;
	host->reaches_srcu = reaches_srcu;
	host->epoch_ns = draw_epoch_ns(host, run);
	gs_engine_reset(&host->engine, host->epoch_ns, host->setup.seed, run);
	gs_kernel_reset(&host->kernel);
	gs_init_srcu_struct(&host->mmu_notifier_srcu, &host->kernel, &host->setup.params->srcu,
			    &host->setup.policy->srcu, "mmu_notifier srcu");
	place_players(host, run);
	for (unsigned int vm = 0; vm < program->vm_count; vm++) {
		host->vm_exists[vm] = false;
		host->vm_calls_left[vm] = program->vm_calls[vm];
		gs_wait_queue_init(&host->vm_quiet[vm]);
		gs_wait_queue_init(&host->vm_handover[vm]);
	}
	memset(host->is_over, 0, program->call_count * sizeof(*host->is_over));
	gs_replay_vcpus_reset(host->vcpus);
	if (program->script->is_fleet)
		gs_fleet_draw_starts(program->script, host->setup.seed, run, host->vm_start_ns);
	for (unsigned int i = 0; i < program->thread_count; i++) {
		const int32_t first = program->thread_first[i];

		if (first >= 0 && program_call(host, first)->call->after < 0)
			start_player(host, first,
				     host->vm_start_ns[program_call(host, first)->call->vm]);
	}
	if (host->players_left > 0)
		gs_engine_run(&host->engine, run_end_ns(host), UINT64_MAX);
	host->event_count += host->engine.event_count;
	if (host->players_left == 0)
		return true;

	g_autofree char *who = describe_standstill(host);
	g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_STANDSTILL,
		    "run %" G_GUINT64_FORMAT " of '%s' under %s at HZ=%d came to a standstill "
		    "with %u of %u threads unfinished:%s",
		    run, program->script->source, host->setup.policy->name,
		    host->setup.params->kernel.hz, host->players_left, program->thread_count, who);
	return false;
}

const int64_t *gs_replay_host_arrivals_ns(const GsReplayHost *host)
{
	const GsScript *script = host->setup.program->script;

	return script->is_fleet || script->vm_count == 1 ? host->vm_start_ns : NULL;
}

uint64_t gs_replay_host_event_count(const GsReplayHost *host)
{
	return host->event_count;
}

unsigned int gs_replay_host_pending_count(const GsReplayHost *host)
{
	return gs_event_queue_length(&host->engine.queue);
}

void gs_replay_host_set_probe_sink(GsReplayHost *host, GsProbeSink sink, void *user_data)
{
	gs_engine_set_probe_sink(&host->engine, sink, user_data);
}

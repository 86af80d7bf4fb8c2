/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-run.h"

#include "models/kvm/kvm-thread.h"

G_DEFINE_QUARK(gs-replay-error-quark, gs_replay_error)

/*
 * Where the clock stands when a run begins: late enough that nothing is before
 * time 0 and every HZ has had its share of edges, not so late as to be unwieldy.
 */
#define RUN_EPOCH_NS (100 * GS_NSEC_PER_SEC)

/* A call that has not ended after this is never going to. */
#define CALL_LIMIT_NS (100 * GS_NSEC_PER_SEC)

/* A thread of the VMM, going through its calls. */
typedef struct {
	GsKvmThread kvm_thread;
	GsReplayHost *host;
	int32_t call;        /* in progress, or thought about */
	int64_t started_ns;
	int64_t sleep_ns;    /* of the gap before the call, the part asleep */
	bool sleeps_through; /* the call in progress: it is nothing but sleep */
	char name[24];
} Player;

struct GsReplayHost {
	GsRunSetup setup;
	GsEngine engine;
	GsKernel kernel;
	GsKvm *vms;
	bool *vm_exists;
	Player *players;
	unsigned int players_left;
	int64_t epoch_ns;    /* of the current run */
	GsSample *samples;   /* of the current run; borrowed */
	bool *reaches_srcu;  /* likewise, or NULL */
	uint64_t event_count;
};

static void think(GsTask *task);

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

static void start_player(GsReplayHost *host, int32_t first_call)
{
	const GsProgramCall *ready = program_call(host, first_call);
	Player *player = &host->players[ready->call->thread];

	player->call = first_call;
	/* A new thread starts beside the one that made it, unless it is bound. */
	if (ready->call->after >= 0 && !player->kvm_thread.thread.bound)
		player->kvm_thread.thread.cpu = host->kernel.this_cpu;
	gs_task_start(&player->kvm_thread.thread.task, think);
}

/* The ioctl has returned to user space. */
static void returned(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;
	const GsKvmThread *thread = &player->kvm_thread;
	const GsProgramCall *ready = program_call(host, player->call);

	host->samples[player->call] = (GsSample){
		.start_ns = player->started_ns - host->epoch_ns,
		.latency_ns = player->sleeps_through ?
			host->setup.work_ns[player->call] :
			gs_engine_now_ns(&host->engine) - player->started_ns,
		.wait_ns = thread->wait_ns,
		.cause = thread->cause,
	};
	if (host->reaches_srcu)
		host->reaches_srcu[player->call] = thread->plan.reaches_srcu;
	gs_probe(&host->engine, "sys_exit_ioctl", thread->thread.cpu->id, ready->call->name,
		 player->call, thread->wait_ns);

	for (int32_t call = ready->first_started; call >= 0;
	     call = program_call(host, call)->next_started)
		start_player(host, call);
	player->call = ready->next;
	if (player->call >= 0) {
		think(task);
		return;
	}
	if (--host->players_left == 0)
		gs_engine_stop(&host->engine);
	gs_task_exit(task);
}

static void issue(GsTask *task)
{
	Player *player = player_of(task);
	GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const uint32_t vm = ready->call->vm;

	player->started_ns = gs_engine_now_ns(&host->engine);
	gs_probe(&host->engine, "sys_enter_ioctl", player->kvm_thread.thread.cpu->id,
		 ready->call->name, player->call, 0);
	/* Here, unlike in the log, another thread may come before the one that creates the VM. */
	if (!host->vm_exists[vm] && (ready->creates_vm || ready->ioctl))
		create_vm(host, vm);

	/* A KVM_RUN of seconds is a halted vCPU, not a busy CPU: it takes its time asleep. */
	const int64_t work_ns = host->setup.work_ns[player->call];
	player->sleeps_through =
		!ready->ioctl && work_ns > host->setup.params->run.think_busy_max_ns;
	if (player->sleeps_through) {
		gs_kvm_thread_pass(&player->kvm_thread);
		gs_thread_sleep(&player->kvm_thread.thread, work_ns, returned);
		return;
	}
	gs_kvm_thread_ioctl(&player->kvm_thread, &host->vms[vm], ready->ioctl, &ready->call->args,
			    work_ns, player->call, returned);
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
 * takes another time on another kernel, so the log does not tell its phase.
 */
static int64_t think_ns(const Player *player)
{
	const GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const int64_t gap_ns = ready->call->think_ns;

	if (!ready->begins_vm || gap_ns <= host->setup.params->run.think_busy_max_ns)
		return gap_ns;

	const int64_t tick_nsec = host->kernel.tick_nsec;
	const int64_t phase_ns = draw_phase_ns(host, host->engine.run, ready->call->vm);
	const int64_t earliest_ns = gs_engine_now_ns(&host->engine) + gap_ns;
	const int64_t early_ns = (phase_ns - earliest_ns % tick_nsec + tick_nsec) % tick_nsec;
	return gap_ns + early_ns;
}

static void sleep_on(GsTask *task)
{
	Player *player = player_of(task);

	gs_thread_sleep(&player->kvm_thread.thread, player->sleep_ns, issue);
}

/*
 * User space between two calls: a short gap is computing, a long one sleep, but
 * for the time it takes to make the threads that appear in it. Before its first
 * call a thread does not exist for most of the gap.
 */
static void think(GsTask *task)
{
	Player *player = player_of(task);
	const GsReplayHost *host = player->host;
	const GsProgramCall *ready = program_call(host, player->call);
	const int64_t gap_ns = think_ns(player);
	const int64_t busy_max_ns = host->setup.params->run.think_busy_max_ns;
	int64_t busy_ns = gap_ns <= busy_max_ns ? gap_ns : 0;

	if (ready->begins_thread)
		busy_ns = 0;
	else if (busy_ns == 0)
		busy_ns = MIN(program_call(host, ready->call->after)->starting_ns, busy_max_ns);
	busy_ns = MIN(busy_ns, gap_ns);
	player->sleep_ns = gap_ns - busy_ns;
	player->kvm_thread.thread.user = true;
	gs_task_spend(task, busy_ns, player->sleep_ns > 0 ? sleep_on : issue);
}

GsReplayHost *gs_replay_host_new(const GsRunSetup *setup)
{
	GsReplayHost *host = g_new0(GsReplayHost, 1);

	host->setup = *setup;
	gs_engine_init(&host->engine);
	gs_kernel_init(&host->kernel, &host->engine, &setup->params->kernel);
	host->vms = g_new0(GsKvm, setup->program->vm_count);
	host->vm_exists = g_new0(bool, setup->program->vm_count);
	host->players = g_new0(Player, setup->program->thread_count);
	for (unsigned int i = 0; i < setup->program->vm_count; i++)
		gs_kvm_init(&host->vms[i]);
	for (unsigned int i = 0; i < setup->program->thread_count; i++) {
		Player *player = &host->players[i];

		player->host = host;
		g_snprintf(player->name, sizeof(player->name), "%d",
			   g_array_index(setup->program->script->threads, GsScriptThread, i).tid);
	}
	return host;
}

void gs_replay_host_free(GsReplayHost *host)
{
	for (unsigned int i = 0; i < host->setup.program->vm_count; i++)
		gs_kvm_clear(&host->vms[i]);
	for (unsigned int i = 0; i < host->setup.program->thread_count; i++) {
		if (host->players[i].kvm_thread.plan.ops)
			gs_kvm_thread_clear(&host->players[i].kvm_thread);
	}
	g_free(host->vms);
	g_free(host->vm_exists);
	g_free(host->players);
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
		player->kvm_thread.thread.bound = params->cpu_pin >= 0;
		host->players_left += program->thread_first[i] >= 0;
	}
}

static int64_t run_limit_ns(const GsReplayHost *host)
{
	const GsProgram *program = host->setup.program;
	int64_t limit_ns = CALL_LIMIT_NS;

	for (unsigned int i = 0; i < program->call_count; i++)
		limit_ns += program->calls[i].call->think_ns + host->setup.work_ns[i];
	/* And a jiffy for every VM to find its phase. */
	return host->epoch_ns + limit_ns + program->vm_count * host->kernel.tick_nsec;
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
	place_players(host, run);
	for (unsigned int vm = 0; vm < program->vm_count; vm++)
		host->vm_exists[vm] = false;
	for (unsigned int i = 0; i < program->thread_count; i++) {
		const int32_t first = program->thread_first[i];

		if (first >= 0 && program_call(host, first)->call->after < 0)
			start_player(host, first);
	}
	if (host->players_left > 0)
		gs_engine_run(&host->engine, run_limit_ns(host), UINT64_MAX);
	host->event_count += host->engine.event_count;
	if (host->players_left == 0)
		return true;
	g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_STANDSTILL,
		    "run %" G_GUINT64_FORMAT " of '%s' under %s at HZ=%d came to a standstill "
		    "with %u of %u threads unfinished",
		    run, program->script->source, host->setup.policy->name,
		    host->setup.params->kernel.hz, host->players_left, program->thread_count);
	return false;
}

uint64_t gs_replay_host_event_count(const GsReplayHost *host)
{
	return host->event_count;
}

void gs_replay_host_set_probe_sink(GsReplayHost *host, GsProbeSink sink, void *user_data)
{
	gs_engine_set_probe_sink(&host->engine, sink, user_data);
}

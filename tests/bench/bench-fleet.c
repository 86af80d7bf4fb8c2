/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a boot storm is simulated, on one core: so many Firecracker VMs started
 * at once on 64 CPUs, each policy at HZ=100. Beside the speed, how long a VM's
 * start takes in the storm, from its first call to the end of its last.
 *
 * Memory is the process's high-water mark, so it never falls from line to line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "models/vmm/vmm-model.h"
#include "runs/fleet.h"
#include "runs/replay-run.h"
#include "runs/replay-work.h"

#define CPUS 64
#define HZ 100

typedef struct {
	const GsReplayHost *host;
	unsigned int max;
} Pending;

static int compare_ns(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* How long each VM's start takes, sorted. */
static int64_t *start_times(const GsProgram *program, const GsSample *samples)
{
	int64_t *first_ns = g_new(int64_t, program->vm_count);
	int64_t *took_ns = g_new(int64_t, program->vm_count);

	for (unsigned int vm = 0; vm < program->vm_count; vm++) {
		first_ns[vm] = INT64_MAX;
		took_ns[vm] = 0;
	}
	for (unsigned int i = 0; i < program->call_count; i++) {
		const uint32_t vm = program->calls[i].call->vm;

		first_ns[vm] = MIN(first_ns[vm], samples[i].start_ns);
		if (!program->calls[i].runs_guest)
			took_ns[vm] = MAX(took_ns[vm], samples[i].start_ns + samples[i].latency_ns);
	}
	for (unsigned int vm = 0; vm < program->vm_count; vm++)
		took_ns[vm] -= first_ns[vm];
	g_free(first_ns);
	qsort(took_ns, program->vm_count, sizeof(*took_ns), compare_ns);
	return took_ns;
}

static double peak_mib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

/* Every probe is an occasion to look how many events are pending. */
static void look(const GsProbe *probe, void *user_data)
{
	Pending *pending = user_data;

	(void)probe;
	pending->max = MAX(pending->max, gs_replay_host_pending_count(pending->host));
}

/* The most events pending at once; in a run of its own, which it slows down. */
static unsigned int pending_max(GsReplayHost *host, GsSample *samples)
{
	Pending pending = { .host = host };

	gs_replay_host_set_probe_sink(host, look, &pending);
	gs_replay_host_run(host, 0, samples, NULL, NULL);
	return pending.max;
}

static void bench_storm(const GsScript *one, unsigned int vms, const GsMachineSpec *machine,
			const GsPolicy *policy, int hz)
{
	const GsStartPattern storm = { .kind = GS_START_STORM };
	const gint64 start_us = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_fleet_script_new(one, vms, storm, &error);
	g_autoptr(GsProgram) program = script ? gs_program_new(script, &error) : NULL;

	if (!program)
		g_error("%s", error->message);

	const GsReplaySpec spec = { .script = script, .machine = machine };
	g_autofree int64_t *work_ns = gs_replay_guess_work(&spec, program);
	g_autofree GsSample *samples = g_new(GsSample, program->call_count);
	GsMachineParams params;

	gs_machine_spec_resolve(machine, hz, &params);
	const GsRunSetup setup = { program, &params, policy, work_ns, 1 };
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	const gint64 run_us = g_get_monotonic_time();

	if (!gs_replay_host_run(host, 0, samples, NULL, &error))
		g_error("%s", error->message);

	const double seconds = (double)(g_get_monotonic_time() - run_us) / 1e6;
	const double ready_seconds = (double)(run_us - start_us) / 1e6;
	const double events = (double)gs_replay_host_event_count(host);
	g_autofree int64_t *took_ns = start_times(program, samples);

	printf("%6u %-20s %6d %7.3f + %5.3f s %9.0f events %6.2f M/s %7u pending %6.0f MiB "
	       "%9.1f ms median %9.1f ms p95 %9.1f ms p99\n",
	       vms, policy->name, hz, seconds, ready_seconds, events, events / seconds / 1e6,
	       pending_max(host, samples), peak_mib(), (double)took_ns[vms / 2] / 1e6,
	       (double)took_ns[vms * 95ull / 100] / 1e6, (double)took_ns[vms * 99ull / 100] / 1e6);
}

int main(void)
{
	static const unsigned int fleets[] = { 1000, 10000 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) one = gs_vmm_model_load("firecracker", &error);
	const GsMachineRequest request = { .cpus = CPUS };
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, &error);

	if (!one || !machine)
		g_error("%s", error->message);
	printf("%d CPUs, HZ=%d, %u calls a VM\n", CPUS, HZ, one->calls->len);
	for (unsigned int i = 0; i < G_N_ELEMENTS(fleets); i++) {
		for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
			bench_storm(one, fleets[i], machine, *policy, HZ);
	}
	return 0;
}

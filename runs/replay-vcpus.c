/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-vcpus.h"

#include <stdio.h>

typedef struct {
	GsThread thread;
	GsKvmRun run;
	GsKvm *kvm; /* borrowed */
	char name[24];
} Vcpu;

struct GsReplayVcpus {
	const GsMachineParams *params; /* borrowed */
	Vcpu *vcpus;                   /* owned: as many as the script creates */
	unsigned int running;
	int *created;                  /* owned: vCPUs of each VM so far */
	unsigned int vm_count;
};

GsReplayVcpus *gs_replay_vcpus_new(const GsProgram *program, const GsMachineParams *params)
{
	GsReplayVcpus *vcpus = g_new(GsReplayVcpus, 1);
	unsigned int count = 0;

	for (unsigned int i = 0; i < program->call_count; i++)
		count += program->calls[i].creates_vcpu;
	*vcpus = (GsReplayVcpus){
		.params = params,
		.vcpus = g_new0(Vcpu, count),
		.created = g_new0(int, program->vm_count),
		.vm_count = program->vm_count,
	};
	return vcpus;
}

void gs_replay_vcpus_free(GsReplayVcpus *vcpus)
{
	g_free(vcpus->vcpus);
	g_free(vcpus->created);
	g_free(vcpus);
}

void gs_replay_vcpus_reset(GsReplayVcpus *vcpus)
{
	vcpus->running = 0;
	for (unsigned int vm = 0; vm < vcpus->vm_count; vm++)
		vcpus->created[vm] = 0;
}

static void begin(GsTask *task)
{
	Vcpu *vcpu = GS_CONTAINER_OF(gs_thread_of(task), Vcpu, thread);

	gs_kvm_run(&vcpu->run, vcpu->kvm, GS_TIME_NEVER_NS, gs_task_exit);
}

void gs_replay_vcpus_created(GsReplayVcpus *vcpus, uint32_t vm, GsKvm *kvm)
{
	const GsMachineParams *params = vcpus->params;
	GsKernel *kernel = kvm->kernel;
	const unsigned int index = vcpus->running;
	Vcpu *vcpu = &vcpus->vcpus[index];

	if (!gs_readers_run(&params->reader) || vcpus->created[vm]++ >= params->reader.vcpus)
		return;
	vcpus->running++;
	vcpu->kvm = kvm;
	snprintf(vcpu->name, sizeof(vcpu->name), "vcpu/%u", index);
	gs_thread_init(&vcpu->thread, kernel, kernel->this_cpu, vcpu->name);
	vcpu->thread.bound = params->kernel.cpu_pin >= 0;
	gs_kvm_run_init(&vcpu->run, &vcpu->thread, &params->reader, index);
	if (!vcpu->run.halted)
		gs_task_start(&vcpu->thread.task, begin);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which call of each VMM's start is the first to wait for the grace period of its
 * registrations, under call_srcu() at HZ=100.
 */
#include <glib.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "tests/lib/gs-test-replay.h"

#define RUNS 8
#define SETTINGS_MAX 3

/* More than an expedited grace period takes that nothing stands before, less than a jiffy. */
#define STALL_NS (2 * GS_TEST_MS)

static const struct {
	const char *model, *machine;
	const char *settings[SETTINGS_MAX];
	const char *call; /* NULL: none stalls */
	uint32_t occurrence;
} stalls[] = {
	/* with VMX the first vCPU swaps the memslots, right after the PIT */
	{ "firecracker", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "firecracker", "x86-svm", { NULL }, "KVM_SET_USER_MEMORY_REGION", 0 },
	{ "firecracker-restore", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "firecracker-restore", "x86-svm", { NULL }, "KVM_SET_USER_MEMORY_REGION", 0 },
	{ "firecracker-0.22", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "firecracker-0.22", "x86-svm", { NULL }, NULL, 0 },
	{ "firecracker-0.17", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "firecracker-arm64", "arm64", { NULL }, "KVM_SET_USER_MEMORY_REGION", 0 },
	/* the first removal of the trial */
	{ "qemu-q35-7.2", "x86-vmx", { "until=run" }, "KVM_IOEVENTFD", 7 },
	{ "qemu-microvm-7.2", "x86-vmx", { "until=run" }, "KVM_IOEVENTFD", 7 },
	{ "qemu-q35-10.0", "x86-vmx", { "until=run" }, "KVM_CREATE_VCPU", 0 },
	{ "qemu-microvm-10.0", "x86-vmx", { "until=run" }, NULL, 0 },
	{ "cloud-hypervisor", "x86-vmx", { NULL }, NULL, 0 },
	{ "cloud-hypervisor-30", "x86-vmx", { NULL }, "KVM_SET_USER_MEMORY_REGION", 0 },
	{ "cloud-hypervisor-0.10", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "kvmtool", "x86-vmx", { "until=run" }, "KVM_SET_USER_MEMORY_REGION", 0 },
	{ "kvmtool", "x86-svm", { "until=run" }, "KVM_SET_USER_MEMORY_REGION", 0 },
	{ "libkrun", "x86-vmx", { NULL }, "KVM_CREATE_VCPU", 0 },
	{ "libkrun", "x86-vmx", { "irqchip=split" }, NULL, 0 },
	/* the devices' processes take longer to fork than the grace period */
	{ "crosvm", "x86-vmx", { NULL }, NULL, 0 },
};

/* The first call of a run that waits for so long, @count if none does. */
static unsigned int first_stall(const GsSample *samples, unsigned int count)
{
	unsigned int i = 0;

	while (i < count && samples[i].wait_ns < STALL_NS)
		i++;
	return i;
}

static void test_stall(const void *data)
{
	/* where in its jiffy a start begins; else some waits are over before they begin */
	static const char *const phase[] = { "tick.phase=0.25", NULL };
	size_t row = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script =
		gs_vmm_model_load_with(stalls[row].model, stalls[row].settings, &error);
	g_autofree GsSample *samples = NULL;

	g_assert_no_error(error);
	samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .cpus = 2, .runs = RUNS,
		.machine = stalls[row].machine, .set = phase });
	for (unsigned int run = 0; run < RUNS; run++) {
		const unsigned int i = first_stall(samples + run * script->calls->len,
						   script->calls->len);

		if (!stalls[row].call) {
			g_assert_cmpuint(i, ==, script->calls->len);
			continue;
		}
		g_assert_cmpuint(i, <, script->calls->len);
		g_assert_cmpstr(gs_script_call(script, i)->name, ==, stalls[row].call);
		g_assert_cmpuint(gs_script_call(script, i)->occurrence, ==, stalls[row].occurrence);
	}
}

/* Every model comes to its end, whatever the policy and whether vCPUs are readers or not. */
static void test_every_model(void)
{
	static const char *const policies[] = { "sync", "sync-expedited", "call-srcu" };
	static const char *const readers[] = { "reader.vcpus=run", NULL };
	g_auto(GStrv) names = gs_vmm_list();

	for (char **name = names; *name; name++) {
		g_autofree char *architecture = gs_vmm_architecture(*name);
		const char *machine = g_str_equal(architecture, "x86") ? "x86-vmx" : "arm64";
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScript) script = gs_vmm_model_load(*name, &error);

		g_assert_no_error(error);
		for (size_t i = 0; i < 2 * G_N_ELEMENTS(policies); i++) {
			g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
				.hz = 250, .policy = policies[i / 2], .cpus = 2, .machine = machine,
				.set = i % 2 ? readers : NULL });

			g_assert_cmpint(samples[script->calls->len - 1].start_ns, >, 0);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t row = 0; row < G_N_ELEMENTS(stalls); row++) {
		g_autofree char *path = g_strdup_printf(
			"/vmm-stalls/%s/%s/%s", stalls[row].model, stalls[row].machine,
			stalls[row].settings[0] ? stalls[row].settings[0] : "defaults");

		g_test_add_data_func(path, GSIZE_TO_POINTER(row), test_stall);
	}
	g_test_add_func("/vmm-stalls/every-model", test_every_model);
	return g_test_run();
}

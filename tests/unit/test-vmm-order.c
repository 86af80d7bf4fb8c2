/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sets the VMMs' starts apart: how many registrations on the I/O buses come
 * before the calls that may wait for them.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "models/vmm/vmm-model.h"

#define SETTINGS_MAX 6
#define NEVER UINT_MAX

static const struct {
	const char *model;
	const char *settings[SETTINGS_MAX];
	unsigned int before_memory; /* registrations before the first memslot */
	unsigned int before_vcpu;   /* and before the first vCPU */
	unsigned int before_remove; /* and before the first removal; NEVER: there is none */
	unsigned int in_all;
	bool memory_first;          /* the first memslot comes before the first vCPU */
} orders[] = {
	/* interrupt controllers 4 + 2; block 1, net 2 queues */
	{ "firecracker", { "block=1", "net=1" }, 6, 6, NEVER, 9, false },
	{ "firecracker", { "transport=pci", "vsock=1" }, 6, 6, NEVER, 12, false },
	{ "firecracker-restore", { "block=1", "net=1" }, 6, 6, NEVER, 9, false },
	{ "firecracker-0.22", { "block=1", "net=1" }, 0, 6, NEVER, 9, true },
	{ "firecracker-0.17", { "block=3", "net=2" }, 0, 13, NEVER, 13, true },
	/* the GIC's: a redistributor for each vCPU and the ITS */
	{ "firecracker-arm64", { "vcpus=4" }, 5, 0, NEVER, 8, false },
	/* the trial of many ioeventfds; RTC, PCI and the like as coalesced ports; PIT */
	{ "qemu-q35-7.2", { "until=run" }, 11, 11, 11, 17, false },
	{ "qemu-q35-7.2", { "block=1", "net=1", "vcpus=1" }, 11, 11, 11, 23, false },
	{ "qemu-q35-7.2", { "block=1", "net=0", "vcpus=4", "transitional=0" }, 11, 11, 11, 21,
	  false },
	{ "qemu-q35-10.0", { "until=run" }, 4, 4, 5, 10, false },
	{ "qemu-microvm-7.2", { "until=run" }, 7, 7, 7, 7, true },
	{ "qemu-microvm-10.0", { "until=run" }, 0, 0, NEVER, 0, true },
	{ "qemu-virt-10.0", { "until=run", "vcpus=4" }, 0, 0, NEVER, 5, false },
	/* the interrupt controllers are in user space; block, net, console and rng queues */
	{ "cloud-hypervisor", { "block=1", "net=1" }, 0, 0, NEVER, 6, true },
	{ "cloud-hypervisor-30", { "block=1", "net=1" }, 6, 0, NEVER, 6, false },
	{ "cloud-hypervisor-0.10", { "block=1", "net=1" }, 0, 6, NEVER, 6, true },
	/* 4 + 1 */
	{ "crosvm", { "until=run" }, 0, 5, NEVER, 5, true },
	{ "crosvm", { "block=1", "block_queues=2", "net=1", "balloon=0", "rng=0" }, 0, 5, NEVER, 9,
	  true },
	{ "crosvm", { "irqchip=split", "until=run" }, 0, 0, NEVER, 0, true },
	{ "kvmtool", { "until=run" }, 5, 5, NEVER, 5, true },
	/* a port and an address for each queue */
	{ "kvmtool", { "block=1", "net=1" }, 5, 5, NEVER, 11, true },
	{ "kvmtool", { "block=1", "net=1", "transport=mmio" }, 5, 5, NEVER, 8, true },
	{ "libkrun", { "vsock=0", "console=0" }, 0, 6, NEVER, 14, true },
	{ "libkrun", { "irqchip=split", "vsock=0", "console=0" }, 0, 0, NEVER, 8, true },
};

static GsScript *load(const char *name, const char *const *settings)
{
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_vmm_model_load_with(name, settings, &error);

	g_assert_no_error(error);
	return script;
}

static bool removes(const GsScriptCall *call)
{
	return g_str_equal(call->name, "KVM_UNREGISTER_COALESCED_MMIO") ||
	       (g_str_equal(call->name, "KVM_IOEVENTFD") && (call->args.flags & 4));
}

/* How often @call registers something; an ioeventfd counts once, however many its buses. */
static unsigned int registrations(const GsScript *script, const GsScriptCall *call)
{
	g_autofree char *architecture = gs_vmm_architecture(script->source);
	unsigned int vcpus = 0;

	if (removes(call))
		return 0;
	if (g_str_equal(call->name, "KVM_IOEVENTFD") ||
	    g_str_equal(call->name, "KVM_REGISTER_COALESCED_MMIO"))
		return 1;
	if (g_str_equal(call->name, "KVM_CREATE_IRQCHIP"))
		return 4;
	if (g_str_equal(call->name, "KVM_CREATE_PIT2"))
		return 1 + call->args.flags;
	if (!g_str_equal(architecture, "arm64") ||
	    !g_str_equal(call->name, "KVM_SET_DEVICE_ATTR") || call->role != GS_FD_DEVICE ||
	    call->args.device_group != 0)
		return 0;
	for (unsigned int i = 0; i < script->calls->len; i++)
		vcpus += g_str_equal(gs_script_call(script, i)->name, "KVM_CREATE_VCPU");
	switch (call->args.device_attr) {
	case 3: /* KVM_VGIC_V3_ADDR_TYPE_REDIST */
	case 5: /* KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION */
		return vcpus;
	case 4: /* KVM_VGIC_ITS_ADDR_TYPE */
		return 1;
	default:
		return 0;
	}
}

static void test_order(const void *data)
{
	size_t row = GPOINTER_TO_SIZE(data);
	g_autoptr(GsScript) script = load(orders[row].model, orders[row].settings);
	unsigned int memory = NEVER, vcpu = NEVER, removal = NEVER, count = 0;
	unsigned int memory_at = NEVER, vcpu_at = NEVER;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (memory == NEVER && call->args.has_memslot) {
			memory = count;
			memory_at = i;
		}
		if (vcpu == NEVER && g_str_equal(call->name, "KVM_CREATE_VCPU")) {
			vcpu = count;
			vcpu_at = i;
		}
		if (removal == NEVER && removes(call))
			removal = count;
		count += registrations(script, call);
	}
	g_assert_cmpuint(memory, ==, orders[row].before_memory);
	g_assert_cmpuint(vcpu, ==, orders[row].before_vcpu);
	g_assert_cmpuint(removal, ==, orders[row].before_remove);
	g_assert_cmpuint(count, ==, orders[row].in_all);
	g_assert_cmpint(memory_at < vcpu_at, ==, orders[row].memory_first);
}

/* Any model, with its parameters' defaults: as many vCPUs are created as run. */
static void test_every_model(void)
{
	g_auto(GStrv) names = gs_vmm_list();

	for (char **name = names; *name; name++) {
		g_autoptr(GsScript) script = load(*name, (const char *const[]){ "vcpus=3", NULL });
		g_autofree bool *runs = g_new0(bool, script->threads->len);
		unsigned int created = 0, running = 0;

		for (unsigned int i = 0; i < script->calls->len; i++) {
			const GsScriptCall *call = gs_script_call(script, i);

			if (g_str_equal(call->name, "KVM_CREATE_VCPU"))
				g_assert_cmpuint(call->args.value, ==, created++);
			if (!g_str_equal(call->name, "KVM_RUN"))
				continue;
			g_assert_cmpuint(created, ==, 3);
			running += !runs[call->thread];
			runs[call->thread] = true;
		}
		g_assert_cmpuint(created, ==, 3);
		g_assert_cmpuint(running, ==, 3);
		g_assert_cmpuint(script->threads->len, ==, 4);
		g_assert_cmpstr(gs_script_call(script, 0)->name, ==, "KVM_GET_API_VERSION");
	}
}

/* vCPUs' own threads create them: QEMU's one after the other, crosvm's all at once. */
static void test_who_creates_vcpus(void)
{
	static const char *const settings[] = { "vcpus=2", NULL };
	g_autoptr(GsScript) qemu = load("qemu-q35-7.2", settings);
	g_autoptr(GsScript) crosvm = load("crosvm", settings);
	const GsScript *scripts[] = { qemu, crosvm };

	for (size_t k = 0; k < G_N_ELEMENTS(scripts); k++) {
		const GsScript *script = scripts[k];
		int32_t after[2] = { -1, -1 };

		for (unsigned int i = 0; i < script->calls->len; i++) {
			const GsScriptCall *call = gs_script_call(script, i);

			if (!g_str_equal(call->name, "KVM_CREATE_VCPU"))
				continue;
			g_assert_cmpuint(call->thread, ==, 1 + call->args.value);
			g_assert_cmpuint(gs_script_call(script, (unsigned int)call->after)->thread,
					 ==, 0);
			after[call->args.value] = call->after;
		}
		g_assert_cmpint(after[0], >=, 0);
		if (script == crosvm)
			g_assert_cmpint(after[1], ==, after[0]);
		else
			g_assert_cmpint(after[1], >, after[0]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t row = 0; row < G_N_ELEMENTS(orders); row++) {
		g_autofree char *settings = g_strjoinv(",", (char **)orders[row].settings);
		g_autofree char *path =
			g_strconcat("/vmm-order/", orders[row].model, "/", settings, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(row), test_order);
	}
	g_test_add_func("/vmm-order/every-model", test_every_model);
	g_test_add_func("/vmm-order/who-creates-vcpus", test_who_creates_vcpus);
	return g_test_run();
}

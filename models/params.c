/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/params.h"

#include "models/machine-spec.h"
#include "models/suggest.h"
#include "sim/engine/sim-time.h"

#include <inttypes.h>
#include <string.h>

typedef enum {
	PARAM_BOOL,   /* 0, 1, off, on, no, yes; and for nohz: off, idle */
	PARAM_INT,    /* a C int */
	PARAM_INT64,
	PARAM_NS,     /* nanoseconds, or a duration with its unit */
	PARAM_US,     /* microseconds in the kernel's interface, nanoseconds here; or with a unit */
	PARAM_PPM,    /* a decimal fraction up to 1, kept in millionths */
	PARAM_VCPUS,  /* created, run or a number of vCPUs */
	PARAM_DISTRIBUTION,
} ParamType;

struct GsParam {
	const char *name;
	ParamType type;
	size_t offset; /* of the field in GsMachineParams */
	int64_t min, max;
	const char *help;
};

#define FIELD(member) offsetof(GsMachineParams, member)
#define COST_PARAM(field, help) \
	{ "cost." #field, PARAM_NS, FIELD(kernel.costs.field), 0, GS_NSEC_PER_SEC, help },

static const GsParam table[] = {
	{ "srcutree.exp_holdoff", PARAM_NS, FIELD(srcu.exp_holdoff_ns), 0, GS_NSEC_PER_SEC,
	  "ns after a grace period without auto-expediting synchronize_srcu(); 0: none at all" },
	{ "srcutree.srcu_retry_check_delay", PARAM_US, FIELD(srcu.srcu_retry_check_delay_ns), 0,
	  GS_NSEC_PER_SEC, "us between two looks at the readers" },
	{ "srcutree.srcu_max_nodelay_phase", PARAM_INT64, FIELD(srcu.srcu_max_nodelay_phase), 0,
	  INT32_MAX, "no-delay answers per phase of an expedited grace period" },
	{ "srcutree.srcu_max_nodelay", PARAM_INT64, FIELD(srcu.srcu_max_nodelay), 0, INT32_MAX,
	  "worker passes without delay per jiffy" },
	{ "srcutree.convert_to_big", PARAM_INT, FIELD(srcu.convert_to_big), 0, 3,
	  "per-CPU callback lists: 0 never, 1 from the start, 3 from the start with many CPUs" },
	{ "srcutree.big_cpu_lim", PARAM_INT, FIELD(srcu.big_cpu_lim), 0, INT32_MAX,
	  "how many CPUs are many" },
	{ "rcupdate.rcu_normal", PARAM_BOOL, FIELD(srcu.rcu_normal), 0, 1,
	  "expedited requests become normal ones" },
	{ "rcupdate.rcu_expedited", PARAM_BOOL, FIELD(srcu.rcu_expedited), 0, 1,
	  "normal synchronizes become expedited ones" },
	{ "srcu.start_by_irq_work", PARAM_BOOL, FIELD(srcu.start_by_irq_work), 0, 1,
	  "7.0 and later: an irq_work queues the worker" },
	{ "srcu.age_grace_jiffies", PARAM_INT, FIELD(srcu.age_grace_jiffies), GS_SRCU_AGE_NEVER,
	  INT32_MAX, "age of a grace period that adds nothing to the delay; -1: none ever does" },
	{ "srcu.check_asks_each_time", PARAM_BOOL, FIELD(srcu.check_asks_each_time), 0, 1,
	  "up to 5.19-rc7: each look that fails uses up no-delay budget, not each scan" },
	{ "srcu.cbdelay_asks", PARAM_BOOL, FIELD(srcu.cbdelay_asks), 0, 1,
	  "up to 5.19-rc7: callbacks wait if the next pass would, expedited or not" },

	{ "tick.nohz", PARAM_BOOL, FIELD(kernel.nohz_idle), 0, 1,
	  "idle: idle CPUs may stop their tick; off: every CPU ticks always" },
	{ "tick.retain_count", PARAM_INT, FIELD(kernel.tick_retain_count), 0, 1000,
	  "idle ticks before an idle CPU stops its tick" },
	{ "rcu.gp_jiffies", PARAM_INT, FIELD(kernel.rcu_gp_jiffies), 0, 1000,
	  "an RCU grace period with two CPUs or more, which keeps ticks; 0: none does" },
	{ "tick.skew_tick", PARAM_BOOL, FIELD(kernel.skew_tick), 0, 1,
	  "the CPUs' ticks are spread over half a jiffy" },
	{ "tick.spread_ns", PARAM_NS, FIELD(kernel.tick_spread_ns), 0, GS_NSEC_PER_MSEC,
	  "ticks are delivered late by up to this, drawn per CPU and run" },
	{ "tick.jitter_ns", PARAM_NS, FIELD(kernel.tick_jitter_ns), 0, GS_NSEC_PER_MSEC,
	  "and by up to this more, drawn per tick" },
	{ "tick.busy_cpus", PARAM_INT, FIELD(kernel.tick_busy_cpus), -1, GS_CPUS_MAX,
	  "CPUs busy with others' work; -1: drawn per run" },
	{ "tick.timekeeper", PARAM_INT, FIELD(kernel.tick_timekeeper), -1, GS_CPUS_MAX - 1,
	  "CPU that advances jiffies at the start; -1: drawn per run" },
	{ "tick.phase", PARAM_PPM, FIELD(run.tick_phase_ppm), 0, 999999,
	  "where in a jiffy a VM starts, as a fraction; default: drawn per run and VM" },
	{ "timer.pull", PARAM_BOOL, FIELD(kernel.timer_pull), 0, 1,
	  "6.9 and later: an active CPU runs the timers of idle ones" },
	{ "cpu.pin", PARAM_INT, FIELD(kernel.cpu_pin), -1, GS_CPUS_MAX - 1,
	  "CPU all VMM threads run on; -1: where they are put" },
	{ "cpu.turns", PARAM_BOOL, FIELD(kernel.cpu_turns), 0, 1,
	  "the CPUs take turns on one thread of their host (QEMU: -accel tcg,thread=single)" },
	{ "cpu.base_slice_ns", PARAM_NS, FIELD(kernel.base_slice_ns), 0, GS_NSEC_PER_SEC,
	  "a task runs this long before a tick lets another run" },
	{ "think.busy_max_ns", PARAM_NS, FIELD(run.think_busy_max_ns), 0, INT64_MAX,
	  "a gap between calls up to this is computing, a longer one sleep" },
	{ "think.spread", PARAM_PPM, FIELD(run.think_spread_ppm), 0, 999999,
	  "by what part gaps between ioctls differ from run to run, either way" },
	{ "tracer.trivial_call_ns", PARAM_NS, FIELD(run.trivial_call_ns), 0, GS_NSEC_PER_SEC,
	  "what KVM_CHECK_EXTENSION takes untraced, for --tracer-overhead=auto" },

	{ "kvm.smm", PARAM_BOOL, FIELD(kvm.smm), 0, 1,
	  "CONFIG_KVM_SMM: two address spaces, so internal memslots are swapped twice" },
	{ "kvm.unrestricted_guest", PARAM_BOOL, FIELD(kvm.unrestricted_guest), 0, 1,
	  "VMX: no TSS and identity-map pages" },
	{ "kvm.flexpriority", PARAM_BOOL, FIELD(kvm.flexpriority), 0, 1,
	  "VMX: the first vCPU installs the APIC access page" },
	{ "kvm.avic", PARAM_BOOL, FIELD(kvm.avic), 0, 1,
	  "SVM: the first vCPU installs the APIC access page" },
	{ "kvm.create_vcpu_holds_lock", PARAM_BOOL, FIELD(kvm.create_vcpu_holds_lock), 0, 1,
	  "7.3: kvm->lock is held across KVM_CREATE_VCPU" },
	{ "kvm.split_irqchip_routes", PARAM_BOOL, FIELD(kvm.split_irqchip_routes), 0, 1,
	  "before 6.11: KVM_CAP_SPLIT_IRQCHIP sets the routing" },
	{ "kvm.destroy_srcu_barrier", PARAM_BOOL, FIELD(kvm.destroy_srcu_barrier), 0, 1,
	  "6.18 and later: a VM's end waits for its pending callbacks (srcu_barrier())" },

	{ "reader.exit_rate_hz", PARAM_INT64, FIELD(reader.exit_rate_hz), 0, GS_NSEC_PER_SEC,
	  "exits of a running vCPU per second of guest time; 0: no vCPU is a reader" },
	{ "reader.hold", PARAM_DISTRIBUTION, FIELD(reader.hold), 0, 0,
	  "how long handling an exit keeps kvm->srcu: 3us, uniform:1us,5us, exponential:3us, "
	  "lognormal:MEDIAN,SIGMA" },
	{ "reader.sleep_rate_hz", PARAM_INT64, FIELD(reader.sleep_rate_hz), 0, GS_NSEC_PER_SEC,
	  "exits that sleep as well, as in a userfaultfd fault, likewise" },
	{ "reader.sleep", PARAM_DISTRIBUTION, FIELD(reader.sleep), 0, 0,
	  "how long these sleep, as reader.hold" },
	{ "reader.halted", PARAM_PPM, FIELD(reader.halted_ppm), 0, 1000000,
	  "share of vCPUs that are halted and hold nothing" },
	{ "reader.vcpus", PARAM_VCPUS, FIELD(reader.vcpus), 0, GS_READER_VCPUS_CREATED,
	  "run: who is in KVM_RUN in the log runs; created: all, once created; N: a VM's first N" },

	GS_COST_LIST(COST_PARAM)
};

/* sysctl_sched_base_slice, scaled by the CPUs (kernel/sched/fair.c: update_sysctl(), 6.18). */
static int64_t base_slice_ns(int cpus)
{
	int log2_cpus = 0;

	while ((MIN(cpus, 8) >> (log2_cpus + 1)) > 0)
		log2_cpus++;
	return 700 * GS_NSEC_PER_USEC * (1 + log2_cpus);
}

void gs_params_init(GsMachineParams *params, int hz, int cpus, GsMachineKind machine)
{
	*params = (GsMachineParams){
		.kernel = {
			.hz = hz,
			.cpus = cpus,
			.nohz_idle = true,
			.tick_busy_cpus = -1,
			.tick_timekeeper = -1,
			.timer_pull = true,
			.rcu_gp_jiffies = 3,
			.cpu_pin = -1,
			.base_slice_ns = base_slice_ns(cpus),
		},
		.kvm = {
			.machine = machine,
			.smm = true,
			.unrestricted_guest = true,
			.flexpriority = true,
			.avic = true,
			.create_vcpu_holds_lock = true,
			.destroy_srcu_barrier = true,
		},
		.reader = {
			.hold = { .ns = 3 * GS_NSEC_PER_USEC },
			.sleep = { .ns = GS_NSEC_PER_MSEC },
			.vcpus = GS_READER_VCPUS_RUN,
		},
		.run = {
			.tick_phase_ppm = -1,
			.think_busy_max_ns = GS_NSEC_PER_MSEC,
			.trivial_call_ns = 200,
		},
	};
	gs_srcu_params_init(&params->srcu, hz);
}

void gs_params_assign(GsMachineParams *params, const GsAssignment *assignment)
{
	void *field = (char *)params + assignment->param->offset;

	switch (assignment->param->type) {
	case PARAM_BOOL:
		*(bool *)field = assignment->value.number != 0;
		break;
	case PARAM_INT:
	case PARAM_VCPUS:
		*(int *)field = (int)assignment->value.number;
		break;
	case PARAM_INT64:
	case PARAM_NS:
	case PARAM_US:
	case PARAM_PPM:
		*(int64_t *)field = assignment->value.number;
		break;
	case PARAM_DISTRIBUTION:
		*(GsDistribution *)field = assignment->value.distribution;
		break;
	}
}

const char *gs_params_name(const GsParam *param)
{
	return param->name;
}

bool gs_params_has(const GsMachineParams *params, const GsAssignment *assignment)
{
	const void *field = (const char *)params + assignment->param->offset;

	switch (assignment->param->type) {
	case PARAM_BOOL:
		return *(const bool *)field == (assignment->value.number != 0);
	case PARAM_INT:
	case PARAM_VCPUS:
		return *(const int *)field == assignment->value.number;
	case PARAM_INT64:
	case PARAM_NS:
	case PARAM_US:
	case PARAM_PPM:
		return *(const int64_t *)field == assignment->value.number;
	case PARAM_DISTRIBUTION:
		return gs_distribution_equal(field, &assignment->value.distribution);
	}
	return false;
}

static const GsParam *lookup(const char *name, GError **error)
{
	const char *names[G_N_ELEMENTS(table) + 1] = { NULL };

	for (unsigned int i = 0; i < G_N_ELEMENTS(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
		names[i] = table[i].name;
	}
	g_autofree char *hint = gs_suggest_hint(name, names);
	g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN, "unknown parameter '%s'%s",
		    name, hint);
	return NULL;
}

static bool parse_bool(const char *text, int64_t *ret_value)
{
	static const char *const words[][2] = {
		{ "0", "1" }, { "off", "on" }, { "no", "yes" }, { "n", "y" }, { "off", "idle" },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(words); i++) {
		for (int value = 0; value < 2; value++) {
			if (strcmp(text, words[i][value]) == 0) {
				*ret_value = value;
				return true;
			}
		}
	}
	return false;
}

static bool parse_integer(const char *text, int64_t *ret_value)
{
	return g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, ret_value, NULL);
}

/* A bare number is in units of @unit_ns; with a unit of its own it says itself. */
static bool parse_duration(const char *text, int64_t unit_ns, int64_t *ret_ns)
{
	int64_t number;

	if (parse_integer(text, &number)) {
		if (number < 0 || number > INT64_MAX / unit_ns)
			return false;
		*ret_ns = number * unit_ns;
		return true;
	}
	return gs_duration_parse(text, ret_ns, NULL);
}

/* "0.35" exactly, in millionths; no more digits than that. */
static bool parse_ppm(const char *text, int64_t *ret_ppm)
{
	g_autofree char *digits = g_strdup("000000");

	if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0) {
		*ret_ppm = (text[0] - '0') * 1000000;
		return true;
	}
	if (!g_str_has_prefix(text, "0.") || strlen(text) > 8 || !text[2] ||
	    text[2 + strspn(text + 2, G_CSET_DIGITS)])
		return false;
	memcpy(digits, text + 2, strlen(text + 2));
	return parse_integer(digits, ret_ppm);
}

static bool parse_vcpus(const char *text, int64_t *ret_count)
{
	if (strcmp(text, "run") == 0)
		*ret_count = GS_READER_VCPUS_RUN;
	else if (strcmp(text, "created") == 0)
		*ret_count = GS_READER_VCPUS_CREATED;
	else
		return parse_integer(text, ret_count);
	return true;
}

static bool parse_number(const GsParam *param, const char *text, int64_t *ret_value)
{
	switch (param->type) {
	case PARAM_BOOL:
		return parse_bool(text, ret_value);
	case PARAM_INT:
	case PARAM_INT64:
		return parse_integer(text, ret_value);
	case PARAM_NS:
		return parse_duration(text, 1, ret_value);
	case PARAM_US:
		return parse_duration(text, GS_NSEC_PER_USEC, ret_value);
	case PARAM_PPM:
		return parse_ppm(text, ret_value);
	case PARAM_VCPUS:
		return parse_vcpus(text, ret_value);
	case PARAM_DISTRIBUTION:
		break;
	}
	return false;
}

static bool parse_value(const GsParam *param, const char *text, GsAssignment *ret_assignment)
{
	GsAssignment assignment = { .param = param };
	bool good;

	if (param->type == PARAM_DISTRIBUTION)
		good = gs_distribution_parse(text, &assignment.value.distribution);
	else
		good = parse_number(param, text, &assignment.value.number) &&
		       assignment.value.number >= param->min &&
		       assignment.value.number <= param->max;
	if (good)
		*ret_assignment = assignment;
	return good;
}

bool gs_params_parse(const char *name, const char *value, GsAssignment *ret_assignment,
		     GError **error)
{
	const GsParam *param = lookup(name, error);

	if (!param)
		return false;
	if (!parse_value(param, value, ret_assignment)) {
		g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE,
			    "bad value '%s' for '%s' (%s)", value, name, param->help);
		return false;
	}
	return true;
}

bool gs_params_describe(unsigned int i, const char **ret_name, const char **ret_help)
{
	if (i >= G_N_ELEMENTS(table))
		return false;
	*ret_name = table[i].name;
	*ret_help = table[i].help;
	return true;
}

bool gs_params_get(const GsMachineParams *params, unsigned int i, GsAssignment *ret_assignment)
{
	const void *field;

	if (i >= G_N_ELEMENTS(table))
		return false;
	field = (const char *)params + table[i].offset;
	ret_assignment->param = &table[i];
	switch (table[i].type) {
	case PARAM_BOOL:
		ret_assignment->value.number = *(const bool *)field;
		break;
	case PARAM_INT:
	case PARAM_VCPUS:
		ret_assignment->value.number = *(const int *)field;
		break;
	case PARAM_INT64:
	case PARAM_NS:
	case PARAM_US:
	case PARAM_PPM:
		ret_assignment->value.number = *(const int64_t *)field;
		break;
	case PARAM_DISTRIBUTION:
		ret_assignment->value.distribution = *(const GsDistribution *)field;
		break;
	}
	return true;
}

char *gs_params_text(const GsAssignment *assignment)
{
	const int64_t number = assignment->value.number;

	switch (assignment->param->type) {
	case PARAM_PPM:
		/* below 0: drawn, which no text says */
		if (number < 0)
			break;
		return gs_ppm_text(number);
	case PARAM_US:
		/* the kernel's unit, where it can say it */
		if (number % GS_NSEC_PER_USEC)
			return gs_duration_text(number);
		return g_strdup_printf("%" PRId64, number / GS_NSEC_PER_USEC);
	case PARAM_VCPUS:
		if (number == GS_READER_VCPUS_RUN)
			return g_strdup("run");
		if (number == GS_READER_VCPUS_CREATED)
			return g_strdup("created");
		break;
	case PARAM_DISTRIBUTION:
		return gs_distribution_text(&assignment->value.distribution);
	case PARAM_BOOL:
	case PARAM_INT:
	case PARAM_INT64:
	case PARAM_NS:
		break;
	}
	return g_strdup_printf("%" PRId64, number);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every parameter of a simulated machine, by name.
 *
 * One table serves the kernel profiles, the host profiles and --set: each is a
 * layer of NAME=VALUE assignments over the defaults, and a later layer wins.
 * Kernel parameters carry the kernel's names and units.
 */
#ifndef GS_PARAMS_H
#define GS_PARAMS_H

#include "models/kvm/kvm-params.h"
#include "sim/kernel/kernel-params.h"
#include "sim/srcu/srcu-param.h"

#include <glib.h>

/* How a run is set up, beyond the kernel. */
typedef struct {
	int64_t tick_phase_ppm;    /* where in its jiffy a VM starts, 0 to 999999; -1: drawn */
	int64_t think_busy_max_ns; /* a gap between two calls up to this is computing, else sleep */
	int64_t think_spread_ppm;  /* by how much gaps differ from run to run, either way */
	int64_t trivial_call_ns;   /* what an ioctl that does nothing takes without a tracer */
} GsRunParams;

/* All of a machine's numbers. */
typedef struct {
	GsKernelParams kernel;
	GsSrcuParams srcu;
	GsKvmParams kvm;
	GsReaderParams reader;
	GsRunParams run;
} GsMachineParams;

typedef struct GsParam GsParam;

/* One assignment of a layer. */
typedef struct {
	const GsParam *param; /* static */
	union {
		int64_t number;
		GsDistribution distribution;
	} value;
} GsAssignment;

/* The kernel's own defaults at @hz on @cpus CPUs of a @machine. */
void gs_params_init(GsMachineParams *params, int hz, int cpus, GsMachineKind machine);

void gs_params_assign(GsMachineParams *params, const GsAssignment *assignment);

/* As in --set; static. */
const char *gs_params_name(const GsParam *param);

/* Whether @params has the value of @assignment already. */
bool gs_params_has(const GsMachineParams *params, const GsAssignment *assignment);

/*
 * Read NAME and VALUE. Fails with GS_MACHINE_ERROR_UNKNOWN and a suggestion, or
 * GS_MACHINE_ERROR_VALUE saying what would do.
 */
bool gs_params_parse(const char *name, const char *value, GsAssignment *ret_assignment,
		     GError **error);

/* Its value in its one spelling, which gs_params_parse() reads; the caller frees it. */
char *gs_params_text(const GsAssignment *assignment);

/* The I-th parameter as @params has it; false behind the last. */
bool gs_params_get(const GsMachineParams *params, unsigned int i, GsAssignment *ret_assignment);

/* The I-th parameter's name and help text, both static; false behind the last. */
bool gs_params_describe(unsigned int i, const char **ret_name, const char **ret_help);

#endif

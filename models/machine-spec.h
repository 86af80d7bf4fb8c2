/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What machine a script is replayed on: a kernel profile, a host profile, what
 * the running system says about itself if it is to be the kernel, the number of
 * CPUs, the KVM flavour and the --set overrides, resolved once into plain
 * numbers. Immutable while runs use it, so threads share it.
 */
#ifndef GS_MACHINE_SPEC_H
#define GS_MACHINE_SPEC_H

#include "models/params.h"

#include <glib.h>
#include <stdbool.h>

typedef struct GsMachineSpec GsMachineSpec;

#define GS_MACHINE_ERROR gs_machine_error_quark()
GQuark gs_machine_error_quark(void);
typedef enum {
	GS_MACHINE_ERROR_UNKNOWN, /* no such kernel, host, machine or parameter */
	GS_MACHINE_ERROR_VALUE,   /* a parameter's value does not parse or is out of range */
	GS_MACHINE_ERROR_FILE,    /* a profile file cannot be read or is malformed */
} GsMachineError;

typedef struct {
	const char *kernel;  /* --kernel: a profile, a release or "host"; NULL: v7.3 */
	const char *host;    /* --host; NULL: the machine's default profile */
	const char *machine; /* --machine: x86-vmx, x86-svm, arm64; NULL: the running system's,
	                        else x86-vmx */
	int cpus;            /* --cpus; 0: the running system's, else the host profile's */
	const char *const *set; /* --set NAME=VALUE, NULL-terminated, or NULL */
	const char *root;    /* where kernel "host" finds /proc and /sys; NULL: "/" */
	struct GsLibrary *library; /* where profiles are read once; NULL: they are read now */
	GPtrArray *notes;    /* borrowed: told what stands for the kernel (char *); or NULL */
} GsMachineRequest;

/* The caller frees the spec. Errors name the nearest word where one is unknown. */
GsMachineSpec *gs_machine_spec_new(const GsMachineRequest *request, GError **error);
GsMachineSpec *gs_machine_spec_ref(GsMachineSpec *spec);
void gs_machine_spec_free(GsMachineSpec *spec); /* once nobody has a reference */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsMachineSpec, gs_machine_spec_free)

/* Names for provenance lines and CSV columns; borrowed from the spec. */
const char *gs_machine_spec_kernel(const GsMachineSpec *spec);
const char *gs_machine_spec_host(const GsMachineSpec *spec);
const char *gs_machine_spec_machine(const GsMachineSpec *spec);
int gs_machine_spec_cpus(const GsMachineSpec *spec);
/* The tick rate of the running system, for kernel "host"; 0: not known. */
int gs_machine_spec_hz(const GsMachineSpec *spec);
/* The CPUs the host profile says its host has, whatever was asked for. */
int gs_machine_spec_host_cpus(const GsMachineSpec *spec);
/* The policy the kernel profile shipped with, e.g. "call-srcu" for v7.3. */
const char *gs_machine_spec_default_policy(const GsMachineSpec *spec);
/* What the running system and --set say, "name=value name=value", "" if nothing. */
const char *gs_machine_spec_overrides(const GsMachineSpec *spec);

/* Every number of the machine at @hz. */
void gs_machine_spec_resolve(const GsMachineSpec *spec, int hz, GsMachineParams *ret_params);

/*
 * The same for the machine a log was recorded on, which had @cpus. Nobody knows
 * its phase, so it is not pinned; nor are CPUs it did not have.
 */
void gs_machine_spec_resolve_recording(const GsMachineSpec *spec, int hz, int cpus,
				       GsMachineParams *ret_params);

/*
 * The host profile's figure for the work of ioctl @name: what it takes without
 * its grace periods. Where the profile has none, its figure for any ioctl.
 */
int64_t gs_machine_spec_work_ns(const GsMachineSpec *spec, const char *name);

/* The I-th machine's name and description, both static; false behind the last. */
bool gs_machine_describe(unsigned int i, const char **ret_name, const char **ret_summary);

/* Known names, NULL-terminated; the caller frees them with g_strfreev(). */
char **gs_machine_list_kernels(void);
char **gs_machine_list_hosts(void);
/* One line of description for a kernel or host profile; the caller frees it. */
char *gs_machine_describe_kernel(const char *name);
char *gs_machine_describe_host(const char *name);

#endif

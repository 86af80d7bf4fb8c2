/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The starts of one VMM model on one kernel under some policies, and what of
 * them doc/VMM-MATRIX.md counts.
 */
#ifndef GS_VMM_STARTS_H
#define GS_VMM_STARTS_H

#include "runs/report-view.h"

#define GS_STARTS_HZ 100
#define GS_STARTS_RUNS 400
#define GS_STARTS_SEED 1

/* A call is said to stall if more than one in this many of its samples does, as in reports. */
#define GS_STARTS_STALL_ONE_IN 20

typedef struct {
	const char *name; /* of the model; borrowed */
	GsScript *script;
	GsMachineSpec *machine;
	GsSummary *summary; /* its cells are the policies */
	GsReplaySpec spec;
	GsReportTrace trace;
	GsReportView *view;
	unsigned int first_run; /* the first KVM_RUN: index into the summary's calls */
} GsVmmStarts;

/* @kernel: NULL: the newest. @policies, a GPtrArray of GsPolicy, stays the caller's. */
GsVmmStarts *gs_vmm_starts_new(const char *name, const char *kernel, const GPtrArray *policies,
			       GError **error);
void gs_vmm_starts_free(GsVmmStarts *starts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsVmmStarts, gs_vmm_starts_free)

bool gs_vmm_starts_stalls(const GsVmmStarts *starts, unsigned int call, unsigned int policy);

/* The first call that stalls under @policy, and the one that waits longest; -1: none does. */
int gs_vmm_starts_first_stall(const GsVmmStarts *starts, unsigned int policy);
int gs_vmm_starts_worst_stall(const GsVmmStarts *starts, unsigned int policy);

/* Whether @call comes before the guest runs, in the order of the model. */
bool gs_vmm_starts_is_before_guest(const GsVmmStarts *starts, unsigned int call);

/* "`IOEVENTFD 5`": without KVM_, in a column of many. */
void gs_vmm_starts_append_call(const GsVmmStarts *starts, unsigned int call, GString *out);

#endif

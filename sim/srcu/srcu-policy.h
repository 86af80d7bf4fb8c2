/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The points at which a what-if policy may do something SRCU does not.
 *
 * SRCU asks; models/policy answers. All functions may be NULL, which is the
 * kernel as released.
 */
#ifndef GS_SRCU_POLICY_H
#define GS_SRCU_POLICY_H

typedef struct GsSrcuStruct GsSrcuStruct;

typedef struct {
	/* An expedited request was recorded while a grace period is in progress. */
	void (*exp_request)(GsSrcuStruct *ssp);
} GsSrcuPolicy;

/* For policies: run the worker now, whatever delay is pending (mod_delayed_work(..., 0)). */
void gs_srcu_retime_work(GsSrcuStruct *ssp);

#endif

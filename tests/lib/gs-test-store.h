/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of the store share: a plan without a VMM, and results nobody has simulated. */
#ifndef GS_TEST_STORE_H
#define GS_TEST_STORE_H

#include "runs/store.h"

/* The points of @axis, such as "hz=100,250", over a scenario of @runs runs. */
GsStudyPlan *gs_test_plan(const char *axis, unsigned int runs);

/* Two VMs of three calls each, one of them made twice. The caller frees it. */
GsScript *gs_test_plan_script(void);

/*
 * The result of cell @index, with samples drawn from (seed, @index) alone, which
 * the caller frees; @ret_samples NULL: nobody wants to see them.
 */
GsCellResult *gs_test_cell_result(const GsStudyPlan *plan, unsigned int index, uint32_t seed,
				  const GsCallPool *pool, GsSample **ret_samples);

/* A case without anything but the digest that the result of cell @index has. */
GsCase gs_test_case(const GsCellResult *result);

/* Create the store @path of @plan with the cells whose index is @shard modulo @shard_count. */
void gs_test_store_make(const char *path, const GsStudyPlan *plan, uint32_t seed,
			unsigned int shard, unsigned int shard_count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes cases one after another, and keeps of the latest what others can share:
 * a study goes through many that differ in little.
 */
#ifndef GS_CASE_MAKER_H
#define GS_CASE_MAKER_H

#include "runs/case.h"

typedef struct GsCaseMaker GsCaseMaker;

GsCaseMaker *gs_case_maker_new(void);
void gs_case_maker_free(GsCaseMaker *maker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsCaseMaker, gs_case_maker_free)

/* As gs_case_new(); the case may outlive the maker. For one thread at a time. */
GsCase *gs_case_maker_make(GsCaseMaker *maker, const GsScenario *scenario, GPtrArray *notes,
			   GError **error);

#endif

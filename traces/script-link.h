/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From when calls started and how long they took to what follows what.
 */
#ifndef GS_SCRIPT_LINK_H
#define GS_SCRIPT_LINK_H

#include "traces/script.h"
#include "traces/thread-history.h"

/*
 * Set GsScriptCall.after, think_ns and others of every call from start_ns,
 * recorded_ns and ordinal; a call that took an unknown time is taken to end as it
 * starts. Gaps shorter than @unsure_ns count as none, longer ones as that much
 * shorter. @history, settled, says who made which thread; NULL: nobody knows.
 */
void gs_script_link(GsScript *script, int64_t unsure_ns, const GsThreadHistory *history);

#endif

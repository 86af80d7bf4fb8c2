/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From when calls started and how long they took to what follows what.
 */
#ifndef GS_SCRIPT_LINK_H
#define GS_SCRIPT_LINK_H

#include "traces/script.h"

/*
 * Set GsScriptCall.after and think_ns of every call from start_ns and
 * recorded_ns; a call that took an unknown time is taken to end as it starts.
 * Gaps shorter than @unsure_ns count as none, longer ones as that much shorter.
 */
void gs_script_link(GsScript *script, int64_t unsure_ns);

#endif

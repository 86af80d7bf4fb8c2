/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What user space takes between two ioctls: as recorded, but no two starts of a
 * VMM are alike.
 */
#ifndef GS_REPLAY_THINK_H
#define GS_REPLAY_THINK_H

#include "models/params.h"
#include "sim/engine/rng.h"
#include "traces/script.h"

/* The gap before @call in this run, no more than twice the recorded one if there is one. */
int64_t gs_replay_draw_gap_ns(const GsScriptCall *call, const GsRunParams *params, GsRng *rng);

#endif

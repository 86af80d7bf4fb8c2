/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of a script a replay cannot take at its word, for the user to know.
 */
#ifndef GS_REPLAY_NOTES_H
#define GS_REPLAY_NOTES_H

#include "models/kvm/kvm-params.h"
#include "runs/replay-program.h"

/*
 * Add to @notes (char *, owned by it): ioctls that are not KVM's as far as we
 * know, and arguments a log prints as a pointer, with what they are taken for.
 */
void gs_replay_note_unknowns(const GsProgram *program, GsMachineKind machine, GPtrArray *notes);

#endif

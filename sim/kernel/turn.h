/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPUs that take turns: all of them are run by one thread of the host.
 *
 * That is what QEMU's instruction-counting TCG is (-icount, thread=single), and
 * so the lab of the ground truth: a CPU runs until it is idle or a timer of any
 * CPU is due; only then does a CPU that was woken meanwhile begin. On a machine
 * whose CPUs run side by side (cpu.turns=0) nothing here does anything.
 *
 * What a CPU was about to do is held while another has the turn: its events are
 * taken off the engine with what was left of their time.
 */
#ifndef GS_TURN_H
#define GS_TURN_H

#include "sim/engine/engine.h"
#include "sim/engine/list.h"

typedef struct GsCpu GsCpu;

/* One CPU's part in it. */
typedef struct {
	GsListNode queue;  /* of the CPUs that wait for their turn */
	int64_t began_ns;  /* its last turn */
	GsEvent *held;     /* what it will do; NULL: nothing is held */
	int64_t held_ns;   /* how much later than the beginning of its turn */
} GsTurn;

void gs_turn_init(GsCpu *cpu);

/* @cpu has work from now on, its event is scheduled: hold that if it is another's turn. */
void gs_turn_request(GsCpu *cpu);

/*
 * A timer of @cpu was due at @due_ns: another's turn is over, and @cpu's begins.
 * But the ticks of one edge end one turn, not each other's: what began since goes
 * on. Returns what is to be told to gs_turn_end_interrupt() behind the handler:
 * @cpu's turn is over as well.
 */
bool gs_turn_begin_interrupt(GsCpu *cpu, int64_t due_ns);
void gs_turn_end_interrupt(GsCpu *cpu, bool turn_over);

/* @cpu may have nothing left to do: if so, the turn goes to the first that waits. */
void gs_turn_release(GsCpu *cpu);

#endif

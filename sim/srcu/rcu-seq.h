/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Grace-period sequence numbers: a counter with the state in its two low bits.
 *
 * One grace period adds four. Numbers wrap; compare them only with the helpers.
 * Mirrors kernel/rcu/rcu.h (7.3).
 */
#ifndef GS_RCU_SEQ_H
#define GS_RCU_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#define GS_RCU_SEQ_STATE_MASK UINT64_C(3)
#define GS_RCU_SEQ_CTR_SHIFT 2

typedef enum {
	GS_SRCU_STATE_IDLE,
	GS_SRCU_STATE_SCAN1, /* scanning the readers of the inactive index */
	GS_SRCU_STATE_SCAN2, /* flipped; scanning those of the formerly active one */
} GsSrcuState;

static inline GsSrcuState gs_rcu_seq_state(uint64_t seq)
{
	return (GsSrcuState)(seq & GS_RCU_SEQ_STATE_MASK);
}

/* Number of the grace period that runs or ran last. */
static inline uint64_t gs_rcu_seq_ctr(uint64_t seq)
{
	return seq >> GS_RCU_SEQ_CTR_SHIFT;
}

static inline void gs_rcu_seq_start(uint64_t *seq)
{
	*seq += 1;
}

static inline void gs_rcu_seq_set_state(uint64_t *seq, GsSrcuState state)
{
	*seq = (*seq & ~GS_RCU_SEQ_STATE_MASK) | (uint64_t)state;
}

static inline void gs_rcu_seq_end(uint64_t *seq)
{
	*seq = (*seq | GS_RCU_SEQ_STATE_MASK) + 1;
}

/* The value at which a full grace period that starts now or later is over. */
static inline uint64_t gs_rcu_seq_snap(uint64_t seq)
{
	return (seq + 2 * GS_RCU_SEQ_STATE_MASK + 1) & ~GS_RCU_SEQ_STATE_MASK;
}

/* Is @a at or past @b? */
static inline bool gs_rcu_seq_done(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) >= 0;
}

/* Is @a before @b? */
static inline bool gs_rcu_seq_before(uint64_t a, uint64_t b)
{
	return !gs_rcu_seq_done(a, b);
}

#endif

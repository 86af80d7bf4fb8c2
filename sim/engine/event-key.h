/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key of a pending event: a 128-bit number whose order is (time, class,
 * sequence). The slot below the sequence number never decides: no two events
 * share a sequence number.
 */
#ifndef GS_EVENT_KEY_H
#define GS_EVENT_KEY_H

#include <stdint.h>

#include "sim/engine/event.h"

#define GS_EVENT_CLASS_BITS 4
#define GS_EVENT_SLOT_BITS 24

/* Instants run from 0 to below this: 2^59 ns, 18 years. */
#define GS_EVENT_END_NS (INT64_C(1) << 59)

/* So do sequence numbers: 10^12 of them, hours of nothing but scheduling. */
#define GS_EVENT_END_SEQ (UINT64_C(1) << (64 - GS_EVENT_SLOT_BITS))

/* The @when of no event. */
#define GS_EVENT_NEVER UINT64_MAX

typedef struct {
	uint64_t when; /* time << CLASS_BITS | class */
	uint64_t rank; /* sequence << SLOT_BITS | slot */
} GsEventKey;

static inline GsEventKey gs_event_key(int64_t at_ns, GsEventClass class, uint64_t seq)
{
	return (GsEventKey){ .when = (uint64_t)at_ns << GS_EVENT_CLASS_BITS | class,
			     .rank = seq << GS_EVENT_SLOT_BITS };
}

static inline int64_t gs_event_key_ns(uint64_t when)
{
	return (int64_t)(when >> GS_EVENT_CLASS_BITS);
}

/*
 * The earlier of @a and @b.
 *
 * Which one that is is as good as random, and a mispredicted branch costs more
 * than three levels of the tree. Compilers turn the plain comparison into such
 * a branch, hence the assembly: a 128-bit subtraction for its borrow, then
 * conditional moves. The portable version is correct, and branch-free where
 * the compiler leaves it so: half the speed or less.
 */
static inline GsEventKey gs_event_key_earlier(GsEventKey a, GsEventKey b)
{
#if defined(__x86_64__) && !defined(GS_EVENT_QUEUE_PORTABLE)
	uint64_t difference = b.when;

	__asm__("cmpq %[a_rank], %[b_rank]\n\t"
		"sbbq %[a_when], %[difference]\n\t"
		"cmovcq %[b_when], %[a_when]\n\t"
		"cmovcq %[b_rank], %[a_rank]"
		: [a_when] "+&r"(a.when), [a_rank] "+&r"(a.rank), [difference] "+&r"(difference)
		: [b_when] "r"(b.when), [b_rank] "r"(b.rank)
		: "cc");
#elif defined(__aarch64__) && !defined(GS_EVENT_QUEUE_PORTABLE)
	__asm__("cmp %[b_rank], %[a_rank]\n\t"
		"sbcs xzr, %[b_when], %[a_when]\n\t"
		"csel %[a_when], %[b_when], %[a_when], lo\n\t"
		"csel %[a_rank], %[b_rank], %[a_rank], lo"
		: [a_when] "+&r"(a.when), [a_rank] "+&r"(a.rank)
		: [b_when] "r"(b.when), [b_rank] "r"(b.rank)
		: "cc");
#else
	uint64_t b_first = (b.when < a.when) | ((b.when == a.when) & (b.rank < a.rank));
	uint64_t mask = -b_first;

	a.when ^= (a.when ^ b.when) & mask;
	a.rank ^= (a.rank ^ b.rank) & mask;
#endif
	return a;
}

#endif

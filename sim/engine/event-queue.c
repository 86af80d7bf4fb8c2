/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/event-queue.h"

#include <glib.h>
#include <string.h>

#include "sim/engine/sim-time.h"

#define FIRST_CAPACITY 16

/*
 * The key of an event is a 128-bit number whose order is (time, class,
 * sequence): the upper word is time << CLASS_BITS | class, the lower one the
 * sequence number. All ones above is the key of an empty leaf.
 */
#define CLASS_BITS 4
#define EMPTY UINT64_MAX

G_STATIC_ASSERT(GS_EVENT_OBSERVER < 1 << CLASS_BITS);
G_STATIC_ASSERT(GS_EVENT_END_NS <= UINT64_MAX >> CLASS_BITS);

/* Who wins a match: the key and the slot it belongs to. */
typedef struct {
	uint64_t at, seq;
	uint32_t slot;
} Player;

static inline uint64_t pack(int64_t at_ns, GsEventClass class)
{
	return (uint64_t)at_ns << CLASS_BITS | class;
}

static inline int64_t unpack_ns(uint64_t at)
{
	return (int64_t)(at >> CLASS_BITS);
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
static inline Player earlier(Player a, Player b)
{
#if defined(__x86_64__) && !defined(GS_EVENT_QUEUE_PORTABLE)
	uint64_t difference = b.at;

	__asm__("cmpq %[a_seq], %[b_seq]\n\t"
		"sbbq %[a_at], %[difference]\n\t"
		"cmovcq %[b_at], %[a_at]\n\t"
		"cmovcq %[b_seq], %[a_seq]\n\t"
		"cmovcl %[b_slot], %[a_slot]"
		: [a_at] "+&r"(a.at), [a_seq] "+&r"(a.seq), [a_slot] "+&r"(a.slot),
		  [difference] "+&r"(difference)
		: [b_at] "r"(b.at), [b_seq] "r"(b.seq), [b_slot] "r"(b.slot)
		: "cc");
#elif defined(__aarch64__) && !defined(GS_EVENT_QUEUE_PORTABLE)
	__asm__("cmp %[b_seq], %[a_seq]\n\t"
		"sbcs xzr, %[b_at], %[a_at]\n\t"
		"csel %[a_at], %[b_at], %[a_at], lo\n\t"
		"csel %[a_seq], %[b_seq], %[a_seq], lo\n\t"
		"csel %w[a_slot], %w[b_slot], %w[a_slot], lo"
		: [a_at] "+&r"(a.at), [a_seq] "+&r"(a.seq), [a_slot] "+&r"(a.slot)
		: [b_at] "r"(b.at), [b_seq] "r"(b.seq), [b_slot] "r"(b.slot)
		: "cc");
#else
	uint64_t b_first = (b.at < a.at) | ((b.at == a.at) & (b.seq < a.seq));
	uint64_t mask = -b_first;

	a.at ^= (a.at ^ b.at) & mask;
	a.seq ^= (a.seq ^ b.seq) & mask;
	a.slot ^= (a.slot ^ b.slot) & (uint32_t)mask;
#endif
	return a;
}

static inline Player read_node(const GsEventQueue *queue, size_t node)
{
	return (Player){ queue->ats[node], queue->seqs[node], queue->winners[node] };
}

static inline void write_node(const GsEventQueue *queue, size_t node, Player player)
{
	queue->ats[node] = player.at;
	queue->seqs[node] = player.seq;
	queue->winners[node] = player.slot;
}

/* Give the leaf of @slot to the key (@at, @seq), play its matches again up to the root. */
static void replay(GsEventQueue *queue, uint32_t slot, uint64_t at, uint64_t seq)
{
	const GsEventQueue tree = *queue; /* or it would be read again after every write */
	size_t node = (size_t)tree.capacity + slot;
	Player player = { at, seq, slot };

	write_node(&tree, node, player);
	while (node > 1) {
		player = earlier(player, read_node(&tree, node ^ 1));
		node /= 2;
		write_node(&tree, node, player);
	}
}

/* Add empty slots up to @capacity; none may be vacated. */
static void grow(GsEventQueue *queue, uint32_t capacity)
{
	uint32_t old = queue->capacity;

	queue->ats = g_renew(uint64_t, queue->ats, 2 * (size_t)capacity);
	queue->seqs = g_renew(uint64_t, queue->seqs, 2 * (size_t)capacity);
	queue->winners = g_renew(uint32_t, queue->winners, 2 * (size_t)capacity);
	queue->events = g_renew(GsEvent *, queue->events, capacity);
	queue->free_slots = g_renew(uint32_t, queue->free_slots, capacity);
	queue->capacity = capacity;

	/* The old leaves move from [old] to [capacity], at least twice as far: nothing overlaps. */
	for (uint32_t slot = capacity; slot-- > 0;) {
		Player player = { EMPTY, EMPTY, slot };

		if (slot < old)
			player = read_node(queue, (size_t)old + slot);
		else
			queue->free_slots[queue->free_count++] = slot;
		write_node(queue, (size_t)capacity + slot, player);
	}
	for (size_t node = capacity; node-- > 1;)
		write_node(queue, node, earlier(read_node(queue, 2 * node),
						read_node(queue, 2 * node + 1)));
}

/* Empty the leaf the last pop has left, before the root is looked at. */
static inline void settle(GsEventQueue *queue)
{
	uint32_t slot = queue->vacated;

	if (slot == GS_EVENT_NO_SLOT)
		return;
	queue->vacated = GS_EVENT_NO_SLOT;
	queue->free_slots[queue->free_count++] = slot;
	replay(queue, slot, EMPTY, EMPTY);
}

static inline uint32_t take_slot(GsEventQueue *queue)
{
	uint32_t slot = queue->vacated;

	if (slot != GS_EVENT_NO_SLOT) {
		queue->vacated = GS_EVENT_NO_SLOT;
		return slot;
	}
	if (G_UNLIKELY(!queue->free_count))
		grow(queue, 2 * queue->capacity);
	return queue->free_slots[--queue->free_count];
}

void gs_event_queue_init(GsEventQueue *queue)
{
	*queue = (GsEventQueue){ .vacated = GS_EVENT_NO_SLOT };
	grow(queue, FIRST_CAPACITY);
}

void gs_event_queue_clear(GsEventQueue *queue)
{
	g_free(queue->ats);
	g_free(queue->seqs);
	g_free(queue->winners);
	g_free(queue->events);
	g_free(queue->free_slots);
	*queue = (GsEventQueue){ .vacated = GS_EVENT_NO_SLOT };
}

void gs_event_queue_reset(GsEventQueue *queue)
{
	settle(queue);
	if (!gs_event_queue_length(queue))
		return;
	for (uint32_t slot = 0; slot < queue->capacity; slot++) {
		if (queue->ats[queue->capacity + slot] == EMPTY)
			continue;
		queue->events[slot]->slot = GS_EVENT_NO_SLOT;
		queue->free_slots[queue->free_count++] = slot;
	}
	/* The rest of a node may stay: nobody asks for the winner among empty leaves. */
	memset(queue->ats, 0xff, 2 * (size_t)queue->capacity * sizeof(*queue->ats));
}

void gs_event_queue_push(GsEventQueue *queue, GsEvent *event, int64_t at_ns, uint64_t seq)
{
	uint32_t slot = take_slot(queue);

	event->slot = slot;
	queue->events[slot] = event;
	replay(queue, slot, pack(at_ns, event->class), seq);
}

void gs_event_queue_cancel(GsEventQueue *queue, GsEvent *event)
{
	uint32_t slot = event->slot;

	event->slot = GS_EVENT_NO_SLOT;
	queue->free_slots[queue->free_count++] = slot;
	replay(queue, slot, EMPTY, EMPTY);
}

void gs_event_queue_move(GsEventQueue *queue, GsEvent *event, int64_t at_ns, uint64_t seq)
{
	replay(queue, event->slot, pack(at_ns, event->class), seq);
}

int64_t gs_event_queue_peek_ns(GsEventQueue *queue)
{
	settle(queue);
	return queue->ats[1] == EMPTY ? GS_TIME_NEVER_NS : unpack_ns(queue->ats[1]);
}

GsEvent *gs_event_queue_pop(GsEventQueue *queue, int64_t until_ns, int64_t *ret_at_ns)
{
	int64_t at_ns = gs_event_queue_peek_ns(queue);
	GsEvent *event;

	if (at_ns > until_ns || at_ns == GS_TIME_NEVER_NS)
		return NULL;
	queue->vacated = queue->winners[1];
	event = queue->events[queue->vacated];
	event->slot = GS_EVENT_NO_SLOT;
	*ret_at_ns = at_ns;
	return event;
}

int64_t gs_event_queue_at_ns(const GsEventQueue *queue, const GsEvent *event)
{
	return unpack_ns(queue->ats[queue->capacity + event->slot]);
}

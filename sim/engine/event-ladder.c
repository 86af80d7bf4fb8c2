/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/event-ladder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/engine/bug.h"

/*
 * A chunk is 512 bytes; the last indices of its 32 are not used. Chunk 0 is
 * none, and always full: the tail of an empty bucket points behind it.
 */
#define INDEX_BITS 5
#define CHUNK_ENTRIES 21
#define NO_TAIL CHUNK_ENTRIES
#define FIRST_CHUNKS 4096
#define MOST_CHUNKS (GS_EVENT_IN_LADDER >> INDEX_BITS)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)
#define CACHE_LINE_BYTES 64

/* How many events a fine bucket is meant to hold, and a bucket not worth cutting up may. */
#define FINE_ENTRIES 16
#define WHOLE_ENTRIES 24

/* The half of the events that is sooner gets so many coarse buckets (or half of that). */
#define MEDIAN_BUCKETS_BITS 6
#define RUNG_BITS 10u
#define SAMPLES 64

/* The end of a rung that starts before the end of time must fit into 64 bits. */
#define MOST_SHIFT (63 - RUNG_BITS - 1)

struct GsEventChunk {
	uint32_t below; /* the chunk filled before; 0: none. Of a free chunk: the next free one */
	uint32_t depth; /* how many chunks are below */
	GsEventEntry entries[CHUNK_ENTRIES];
};

G_STATIC_ASSERT(1 << RUNG_BITS == GS_EVENT_RUNG_BUCKETS);
G_STATIC_ASSERT(CHUNK_ENTRIES < 1 << INDEX_BITS);
G_STATIC_ASSERT(sizeof(GsEventChunk) <= 512);

static inline GsEventEntry *entry_at(const GsEventLadder *ladder, GsEventTail tail)
{
	return &ladder->chunks[tail >> INDEX_BITS].entries[tail % (1 << INDEX_BITS)];
}

/* Behind the chunk that is below the one of @tail. */
static inline GsEventTail tail_below(const GsEventLadder *ladder, GsEventTail tail)
{
	return ladder->chunks[tail >> INDEX_BITS].below << INDEX_BITS | CHUNK_ENTRIES;
}

static void more_chunks(GsEventLadder *ladder)
{
	const uint32_t count = ladder->chunk_count ? 2 * ladder->chunk_count : FIRST_CHUNKS;
	const size_t size = count * sizeof(GsEventChunk);
	void *chunks;

	GS_CHECK(NULL, count <= MOST_CHUNKS, "queue-full", "more than %u chunks of events",
		 MOST_CHUNKS);
	if (posix_memalign(&chunks, HUGE_PAGE_BYTES, size))
		g_error("out of memory for %u chunks of events", count);
#ifdef MADV_HUGEPAGE
	/* Random stores into small pages would miss the TLB each time. Only advice. */
	(void)madvise(chunks, size, MADV_HUGEPAGE);
#endif
	if (ladder->chunks)
		memcpy(chunks, ladder->chunks, ladder->chunk_count * sizeof(GsEventChunk));
	free(ladder->chunks);
	ladder->chunks = chunks;
	ladder->chunks[0].below = 0;
	ladder->chunk_count = count;
}

/* A new chunk on top of the full one @tail points behind. */
static GsEventTail push_chunk(GsEventLadder *ladder, GsEventTail tail)
{
	const uint32_t below = tail >> INDEX_BITS;
	uint32_t chunk = ladder->free_chunk;

	if (chunk) {
		ladder->free_chunk = ladder->chunks[chunk].below;
	} else {
		if (ladder->chunks_used >= ladder->chunk_count)
			more_chunks(ladder);
		chunk = ladder->chunks_used++;
	}
	ladder->chunks[chunk].below = below;
	ladder->chunks[chunk].depth = below ? ladder->chunks[below].depth + 1 : 0;
	return chunk << INDEX_BITS;
}

/* Free the top chunk of a bucket, whose entries were all taken. */
static GsEventTail pop_chunk(GsEventLadder *ladder, GsEventTail tail)
{
	const uint32_t chunk = tail >> INDEX_BITS;
	const GsEventTail below = tail_below(ladder, tail);
	const char *next = (const char *)&ladder->chunks[tail_below(ladder, below) >> INDEX_BITS];

	ladder->chunks[chunk].below = ladder->free_chunk;
	ladder->free_chunk = chunk;
	for (size_t i = 0; i < sizeof(GsEventChunk); i += CACHE_LINE_BYTES)
		__builtin_prefetch(next + i);
	return below;
}

/* Entries of the bucket, dead ones too. */
static uint32_t bucket_length(const GsEventLadder *ladder, GsEventTail tail)
{
	if (tail == NO_TAIL)
		return 0;
	return ladder->chunks[tail >> INDEX_BITS].depth * CHUNK_ENTRIES +
	       tail % (1 << INDEX_BITS);
}

/* Take the pending events out of a bucket, one by one; false: there are no more. */
static inline bool take_entry(GsEventLadder *ladder, GsEventTail *tail, GsEventEntry *ret_entry)
{
	while (*tail != NO_TAIL) {
		if (*tail % (1 << INDEX_BITS) == 0) {
			*tail = pop_chunk(ladder, *tail);
			continue;
		}
		*ret_entry = *entry_at(ladder, --*tail);
		if (G_LIKELY(ret_entry->event))
			return true;
		ladder->dead--;
	}
	return false;
}

static inline void put_entry(GsEventLadder *ladder, GsEventTail *tail, GsEventEntry entry)
{
	if (G_UNLIKELY(*tail % (1 << INDEX_BITS) == CHUNK_ENTRIES))
		*tail = push_chunk(ladder, *tail);
	*entry_at(ladder, *tail) = entry;
	entry.event->slot = GS_EVENT_IN_LADDER | *tail;
	++*tail;
}

static void rung_cut(GsEventRung *rung, uint64_t start, unsigned int shift, uint32_t length)
{
	rung->start = start;
	rung->end = start + ((uint64_t)length << shift);
	rung->shift = shift;
	rung->length = length;
	rung->next = 0;
	for (uint32_t i = 0; i < length; i++)
		rung->buckets[i] = NO_TAIL;
}

static inline GsEventTail *rung_bucket(GsEventRung *rung, uint64_t when)
{
	return &rung->buckets[(when - rung->start) >> rung->shift];
}

/* Open the rung's next bucket that holds anything; false: none does. */
static bool rung_open(GsEventRung *rung, GsEventTail *ret_tail, uint64_t *ret_end)
{
	while (rung->next < rung->length) {
		const uint32_t i = rung->next++;

		if (rung->buckets[i] == NO_TAIL)
			continue;
		*ret_tail = rung->buckets[i];
		*ret_end = rung->start + ((uint64_t)rung->next << rung->shift);
		rung->buckets[i] = NO_TAIL;
		return true;
	}
	return false;
}

static inline GsEventTail *bucket_for(GsEventLadder *ladder, uint64_t when)
{
	if (when < ladder->fine.end)
		return rung_bucket(&ladder->fine, when);
	if (when < ladder->coarse.end)
		return rung_bucket(&ladder->coarse, when);
	return &ladder->beyond;
}

static void make_empty(GsEventLadder *ladder)
{
	ladder->horizon = GS_EVENT_NEVER;
	ladder->count = 0;
	ladder->dead = 0;
	ladder->chunks_used = 1;
	ladder->free_chunk = 0;
	ladder->beyond = NO_TAIL;
	rung_cut(&ladder->fine, 0, 0, 0);
	rung_cut(&ladder->coarse, 0, 0, 0);
}

void gs_event_ladder_init(GsEventLadder *ladder)
{
	ladder->chunks = NULL;
	ladder->chunk_count = 0;
	make_empty(ladder);
}

void gs_event_ladder_clear(GsEventLadder *ladder)
{
	free(ladder->chunks);
	gs_event_ladder_init(ladder);
}

static void forget_bucket(GsEventLadder *ladder, GsEventTail tail)
{
	GsEventEntry entry;

	while (take_entry(ladder, &tail, &entry))
		entry.event->slot = GS_EVENT_NO_SLOT;
}

void gs_event_ladder_reset(GsEventLadder *ladder)
{
	GsEventTail tail;
	uint64_t end;

	while (rung_open(&ladder->fine, &tail, &end) || rung_open(&ladder->coarse, &tail, &end))
		forget_bucket(ladder, tail);
	forget_bucket(ladder, ladder->beyond);
	make_empty(ladder);
}

void gs_event_ladder_add(GsEventLadder *ladder, GsEvent *event, GsEventKey key)
{
	ladder->count++;
	put_entry(ladder, bucket_for(ladder, key.when), (GsEventEntry){ key, event });
}

void gs_event_ladder_remove(GsEventLadder *ladder, GsEvent *event)
{
	entry_at(ladder, event->slot & ~GS_EVENT_IN_LADDER)->event = NULL;
	event->slot = GS_EVENT_NO_SLOT;
	ladder->count--;
	ladder->dead++;
}

GsEventKey gs_event_ladder_key(const GsEventLadder *ladder, const GsEvent *event)
{
	return entry_at(ladder, event->slot & ~GS_EVENT_IN_LADDER)->key;
}

/* The bits of @number: 2^bits is above it. */
static unsigned int bit_length(uint64_t number)
{
	return number ? 64 - (unsigned int)__builtin_clzll(number) : 0;
}

static int compare_whens(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Spread what lies beyond over a new coarse rung. Half of the events, as far as
 * a sample tells, get 32 to 64 buckets, and some thousands of the rest find
 * theirs; only those far behind all others, which must not widen the buckets of
 * the many, stay where they are.
 */
static void spread(GsEventLadder *ladder)
{
	const uint32_t length = bucket_length(ladder, ladder->beyond);
	const uint32_t stride = length / SAMPLES + 1;
	GsEventTail tail = ladder->beyond, rest = NO_TAIL;
	uint64_t first = GS_EVENT_NEVER, samples[SAMPLES];
	uint32_t sample_count = 0, i = 0;
	unsigned int shift;
	GsEventEntry entry;

	/* Look at all first: nothing is taken out. */
	while (tail != NO_TAIL) {
		if (tail % (1 << INDEX_BITS) == 0) {
			tail = tail_below(ladder, tail);
			continue;
		}
		const uint64_t when = entry_at(ladder, --tail)->key.when;

		first = MIN(first, when);
		if (i++ % stride == 0)
			samples[sample_count++] = when;
	}
	qsort(samples, sample_count, sizeof(*samples), compare_whens);
	shift = bit_length((samples[sample_count / 2] - first) >> MEDIAN_BUCKETS_BITS);
	rung_cut(&ladder->fine, 0, 0, 0);
	rung_cut(&ladder->coarse, first, MIN(shift, MOST_SHIFT), GS_EVENT_RUNG_BUCKETS);
	ladder->horizon = first;
	for (tail = ladder->beyond; take_entry(ladder, &tail, &entry);)
		put_entry(ladder, entry.key.when < ladder->coarse.end ?
				  rung_bucket(&ladder->coarse, entry.key.when) : &rest, entry);
	ladder->beyond = rest;
}

/* Cut a coarse bucket, which begins at the horizon and ends at @end, into fine ones. */
static void cut_up(GsEventLadder *ladder, GsEventTail tail, uint64_t end)
{
	const unsigned int shift = ladder->coarse.shift;
	const unsigned int bits = MIN(MIN(bit_length(bucket_length(ladder, tail) / FINE_ENTRIES),
					  RUNG_BITS), shift);
	GsEventEntry entry;

	ladder->horizon = end - (UINT64_C(1) << shift);
	rung_cut(&ladder->fine, ladder->horizon, shift - bits, 1 << bits);
	while (take_entry(ladder, &tail, &entry))
		put_entry(ladder, rung_bucket(&ladder->fine, entry.key.when), entry);
}

static void into_tree(GsEventLadder *ladder, GsEventTail tail, GsEventTree *tree)
{
	GsEventEntry entry;

	gs_event_tree_reset(tree, bucket_length(ladder, tail));
	while (take_entry(ladder, &tail, &entry)) {
		gs_event_tree_put(tree, entry.event, entry.key);
		ladder->count--;
	}
	gs_event_tree_build(tree);
}

void gs_event_ladder_open(GsEventLadder *ladder, GsEventTree *tree, uint32_t few)
{
	GsEventTail tail;
	uint64_t end;

	while (!gs_event_tree_length(tree)) {
		if (rung_open(&ladder->fine, &tail, &end)) {
			ladder->horizon = end;
			into_tree(ladder, tail, tree);
		} else if (rung_open(&ladder->coarse, &tail, &end)) {
			if (bucket_length(ladder, tail) > WHOLE_ENTRIES) {
				cut_up(ladder, tail, end);
				continue;
			}
			ladder->horizon = end;
			into_tree(ladder, tail, tree);
		} else if (ladder->count > few) {
			spread(ladder);
		} else {
			into_tree(ladder, ladder->beyond, tree);
			make_empty(ladder);
			return;
		}
	}
}

static void move_beyond(GsEventLadder *ladder, GsEventTail tail)
{
	GsEventEntry entry;

	while (take_entry(ladder, &tail, &entry))
		put_entry(ladder, &ladder->beyond, entry);
}

void gs_event_ladder_take_over(GsEventLadder *ladder, GsEventTree *tree)
{
	GsEventTail tail;
	uint64_t end;

	while (rung_open(&ladder->fine, &tail, &end) || rung_open(&ladder->coarse, &tail, &end))
		move_beyond(ladder, tail);
	gs_event_tree_settle(tree);
	for (uint32_t slot = 0; slot < tree->used; slot++) {
		GsEventKey key = *gs_event_tree_leaf(tree, slot);

		if (key.when == GS_EVENT_NEVER)
			continue;
		key.rank -= slot;
		ladder->count++;
		put_entry(ladder, &ladder->beyond, (GsEventEntry){ key, tree->events[slot] });
	}
	gs_event_tree_reset(tree, 0);
	if (ladder->count)
		spread(ladder);
	else
		make_empty(ladder);
}

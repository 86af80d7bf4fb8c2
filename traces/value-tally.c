/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/value-tally.h"

/* Values that wait to be sorted in. */
#define PENDING_MAX 4096

/* 10000: what four digits stay below. */
#define ROUNDED_MAX 10000

typedef struct {
	int64_t value;
	uint64_t count;
} Entry;

struct GsValueTally {
	GArray *entries; /* owned: Entry, by value, none twice */
	GArray *pending; /* owned: Entry */
	unsigned int distinct_max;
	uint64_t count;
	bool rounded;
};

GsValueTally *gs_value_tally_new(unsigned int distinct_max)
{
	GsValueTally *tally = g_new0(GsValueTally, 1);

	tally->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	tally->pending = g_array_new(FALSE, FALSE, sizeof(Entry));
	tally->distinct_max = distinct_max;
	return tally;
}

void gs_value_tally_free(GsValueTally *tally)
{
	g_array_unref(tally->entries);
	g_array_unref(tally->pending);
	g_free(tally);
}

/* @value with four digits and zeros behind them, to the nearest. */
static int64_t round_value(int64_t value)
{
	int64_t unit = 1, rest;

	while (value / unit >= ROUNDED_MAX)
		unit *= 10;
	rest = value % unit;
	return value - rest + (2 * rest >= unit && unit > 1 ? unit : 0);
}

static gint compare_entries(gconstpointer a, gconstpointer b)
{
	int64_t first = ((const Entry *)a)->value, second = ((const Entry *)b)->value;

	return (first > second) - (first < second);
}

/* Add up entries of one value that stand side by side. */
static void unite_equals(GArray *entries)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < entries->len; i++) {
		const Entry *entry = &g_array_index(entries, Entry, i);
		Entry *last = kept ? &g_array_index(entries, Entry, kept - 1) : NULL;

		if (last && last->value == entry->value)
			last->count += entry->count;
		else
			g_array_index(entries, Entry, kept++) = *entry;
	}
	g_array_set_size(entries, kept);
}

static void sort_in(GsValueTally *tally)
{
	g_array_append_vals(tally->entries, tally->pending->data, tally->pending->len);
	g_array_set_size(tally->pending, 0);
	g_array_sort(tally->entries, compare_entries);
	unite_equals(tally->entries);
	if (tally->rounded || tally->entries->len <= tally->distinct_max)
		return;
	tally->rounded = true;
	for (unsigned int i = 0; i < tally->entries->len; i++) {
		Entry *entry = &g_array_index(tally->entries, Entry, i);

		entry->value = round_value(entry->value);
	}
	unite_equals(tally->entries);
}

void gs_value_tally_add(GsValueTally *tally, int64_t value)
{
	Entry entry = { .value = tally->rounded ? round_value(value) : value, .count = 1 };
	Entry *last = tally->pending->len
			      ? &g_array_index(tally->pending, Entry, tally->pending->len - 1)
			      : NULL;

	tally->count++;
	if (last && last->value == entry.value) {
		last->count++;
		return;
	}
	g_array_append_val(tally->pending, entry);
	if (tally->pending->len == PENDING_MAX)
		sort_in(tally);
}

uint64_t gs_value_tally_count(const GsValueTally *tally)
{
	return tally->count;
}

/* The value of that rank, from 0. */
static int64_t value_at(const GsValueTally *tally, uint64_t rank)
{
	const Entry *entry = &g_array_index(tally->entries, Entry, 0);

	for (; rank >= entry->count; entry++)
		rank -= entry->count;
	return entry->value;
}

int64_t gs_value_tally_median(GsValueTally *tally)
{
	int64_t low, high;

	if (!tally->count)
		return -1;
	sort_in(tally);
	low = value_at(tally, (tally->count - 1) / 2);
	high = value_at(tally, tally->count / 2);
	return low + (high - low + 1) / 2;
}

bool gs_value_tally_is_rounded(const GsValueTally *tally)
{
	return tally->rounded;
}

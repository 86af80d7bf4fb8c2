/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/thread-history.h"

/* A call that need not wait takes less, under a tracer too (measured: 7 to 26 us). */
#define WAITED_MIN_NS 100000

typedef struct {
	uint32_t calls;
	uint32_t first_wait; /* which of them; 0: none yet */
} Thread;

struct GsThreadHistory {
	GHashTable *threads; /* tid -> Thread, owned */
	GArray *births;      /* GsThreadBirth; settled: by tid and time */
};

GsThreadHistory *gs_thread_history_new(void)
{
	GsThreadHistory *history = g_new(GsThreadHistory, 1);

	*history = (GsThreadHistory){
		.threads = g_hash_table_new_full(NULL, NULL, NULL, g_free),
		.births = g_array_new(FALSE, FALSE, sizeof(GsThreadBirth)),
	};
	return history;
}

void gs_thread_history_free(GsThreadHistory *history)
{
	g_hash_table_unref(history->threads);
	g_array_unref(history->births);
	g_free(history);
}

static Thread *thread_of(GsThreadHistory *history, int32_t tid)
{
	Thread *thread = g_hash_table_lookup(history->threads, GINT_TO_POINTER(tid));

	if (!thread) {
		thread = g_new0(Thread, 1);
		g_hash_table_insert(history->threads, GINT_TO_POINTER(tid), thread);
	}
	return thread;
}

static bool is_one_of(GsSpan name, const char *const *names)
{
	for (; *names; names++) {
		if (gs_span_equals(name, *names))
			return true;
	}
	return false;
}

static bool has_waited(const GsTraceRecord *record)
{
	/* for what another thread does: a lock, a condition, a byte in a pipe or an eventfd */
	static const char *const waits[] = {
		"accept4",  "epoll_pwait", "epoll_pwait2",  "epoll_wait",
		"futex",    "futex_wait",  "futex_waitv",   "poll",
		"ppoll",    "pselect6",    "read",          "readv",
		"recvfrom", "recvmsg",     "rt_sigsuspend", "rt_sigtimedwait",
		"select",   NULL,
	};

	return record->duration_ns > WAITED_MIN_NS && is_one_of(record->name, waits);
}

static bool makes_thread(const GsTraceRecord *record)
{
	static const char *const makers[] = { "clone", "clone3", "fork", "vfork", NULL };

	return record->status == GS_CALL_OK && record->has_ret && record->ret > 0 &&
	       record->ret <= INT32_MAX && record->start_ns >= 0 && is_one_of(record->name, makers);
}

uint32_t gs_thread_history_take(GsThreadHistory *history, const GsTraceRecord *record)
{
	Thread *thread = thread_of(history, record->tid);

	if (thread->calls < UINT32_MAX)
		thread->calls++;
	if (!thread->first_wait && has_waited(record))
		thread->first_wait = thread->calls;
	if (makes_thread(record)) {
		const GsThreadBirth birth = {
			.tid = (int32_t)record->ret,
			.creator = record->tid,
			.at_ns = record->start_ns,
			.ordinal = thread->calls,
		};

		g_array_append_val(history->births, birth);
	}
	return thread->calls;
}

static int compare_births(const void *a, const void *b)
{
	const GsThreadBirth *left = a, *right = b;

	if (left->tid != right->tid)
		return left->tid > right->tid ? 1 : -1;
	return (left->at_ns > right->at_ns) - (left->at_ns < right->at_ns);
}

void gs_thread_history_settle(GsThreadHistory *history, int64_t epoch_ns, int32_t main_tid)
{
	for (unsigned int i = 0; i < history->births->len; i++) {
		GsThreadBirth *birth = &g_array_index(history->births, GsThreadBirth, i);

		birth->at_ns -= epoch_ns;
		if (birth->creator == 0)
			birth->creator = main_tid;
	}
	g_array_sort(history->births, compare_births);
}

const GsThreadBirth *gs_thread_history_birth(const GsThreadHistory *history, int32_t tid,
					     int64_t at_ns)
{
	const GsThreadBirth key = { .tid = tid, .at_ns = at_ns }, *birth;
	unsigned int low = 0, high = history->births->len;

	while (low < high) {
		const unsigned int middle = (low + high) / 2;

		if (compare_births(&g_array_index(history->births, GsThreadBirth, middle), &key) <=
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	birth = &g_array_index(history->births, GsThreadBirth, low - 1);
	return birth->tid == tid ? birth : NULL;
}

bool gs_thread_history_waited(const GsThreadHistory *history, int32_t tid, uint32_t ordinal)
{
	const Thread *thread = g_hash_table_lookup(history->threads, GINT_TO_POINTER(tid));

	return thread && thread->first_wait && thread->first_wait < ordinal;
}

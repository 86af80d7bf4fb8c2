/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/eventfd-watch.h"

#include "traces/fd-text.h"
#include "traces/ioeventfd-infer.h"
#include "traces/strace-text.h"

/* What a thread did since its last request to KVM that was no KVM_IOEVENTFD. */
typedef struct {
	unsigned int made; /* eventfds not used yet */
	GArray *untold;    /* owned: unsigned int, its KVM_IOEVENTFD that used none of them */
} Thread;

struct GsEventfdWatch {
	GHashTable *threads;  /* tid -> Thread */
	GHashTable *eventfds; /* set of open ones */
};

static void thread_free(gpointer data)
{
	Thread *thread = data;

	g_array_unref(thread->untold);
	g_free(thread);
}

GsEventfdWatch *gs_eventfd_watch_new(void)
{
	GsEventfdWatch *watch = g_new(GsEventfdWatch, 1);

	watch->threads = g_hash_table_new_full(NULL, NULL, NULL, thread_free);
	watch->eventfds = g_hash_table_new(NULL, NULL);
	return watch;
}

void gs_eventfd_watch_free(GsEventfdWatch *watch)
{
	g_hash_table_unref(watch->threads);
	g_hash_table_unref(watch->eventfds);
	g_free(watch);
}

static Thread *thread_of(GsEventfdWatch *watch, int32_t tid)
{
	Thread *thread = g_hash_table_lookup(watch->threads, GINT_TO_POINTER(tid));

	if (!thread) {
		thread = g_new(Thread, 1);
		*thread = (Thread){ .untold = g_array_new(FALSE, FALSE, sizeof(unsigned int)) };
		g_hash_table_insert(watch->threads, GINT_TO_POINTER(tid), thread);
	}
	return thread;
}

static void tell(GsScript *script, unsigned int index, uint32_t flags)
{
	GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, index);

	call->args.has_flags = true;
	call->args.flags = flags;
}

void gs_eventfd_watch_request(GsEventfdWatch *watch, GsScript *script, unsigned int call)
{
	const GsScriptCall *request = gs_script_call(script, call);
	Thread *thread = g_hash_table_lookup(watch->threads, GUINT_TO_POINTER(request->thread));

	if (!g_str_equal(request->name, "KVM_IOEVENTFD")) {
		if (thread)
			g_hash_table_remove(watch->threads, GUINT_TO_POINTER(request->thread));
		return;
	}
	thread = thread_of(watch, (int32_t)request->thread);
	if (thread->made > 0) {
		thread->made--;
		if (gs_ioeventfd_is_hidden(request))
			tell(script, call, 0);
	} else if (gs_ioeventfd_is_hidden(request)) {
		g_array_append_val(thread->untold, call);
	}
}

static void follow_close(GsEventfdWatch *watch, GsScript *script, const GsTraceRecord *record)
{
	Thread *thread = g_hash_table_lookup(watch->threads, GINT_TO_POINTER(record->tid));
	GsSpan list = record->args, item;
	GsFdText fd;

	if (!gs_strace_next_item(&list, &item) || !gs_fd_text_parse(item, &fd))
		return;
	if (!g_hash_table_remove(watch->eventfds, GINT_TO_POINTER(fd.number)) && !fd.is_eventfd)
		return;
	if (thread && thread->untold->len > 0) {
		const unsigned int last = thread->untold->len - 1;

		tell(script, g_array_index(thread->untold, unsigned int, last),
		     GS_IOEVENTFD_FLAG_DEASSIGN);
		g_array_set_size(thread->untold, last);
	}
}

void gs_eventfd_watch_call(GsEventfdWatch *watch, GsScript *script, const GsTraceRecord *record)
{
	if (record->status != GS_CALL_OK || !record->has_ret)
		return;
	if (gs_span_equals(record->name, "close")) {
		follow_close(watch, script, record);
	} else if (gs_span_equals(record->name, "eventfd2") ||
		   gs_span_equals(record->name, "eventfd")) {
		thread_of(watch, record->tid)->made++;
		g_hash_table_add(watch->eventfds, GINT_TO_POINTER((int32_t)record->ret));
	}
}

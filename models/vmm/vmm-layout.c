/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-layout.h"

#include <string.h>

#include "models/suggest.h"
#include "models/vmm/vmm-call.h"
#include "models/vmm/vmm-expression.h"
#include "models/vmm/vmm-keys.h"
#include "models/vmm/vmm-parameters.h"
#include "sim/engine/sim-time.h"

#define STEP_PREFIX "step "

/* after=previous: the call before, whoever makes it. */
#define PREVIOUS "previous"

/* Far more than any VM start; a typing mistake must not fill the memory. */
#define CALL_COUNT_MAX 1000000

typedef struct {
	char *name;         /* owned */
	int32_t last_call;  /* -1: none yet */
	int64_t pending_ns; /* think time since */
} Thread;

typedef struct {
	const GsIniFile *ini;   /* borrowed */
	GsScript *script;       /* borrowed */
	GHashTable *names;      /* owned: char * -> uint64_t *, what expressions may use */
	GArray *threads;        /* owned: Thread, as in script->threads */
	GHashTable *last_calls; /* owned: group of a step, borrowed -> its last call + 1; 0: none */
	int64_t think_ns;       /* of a step that does not say */
	int32_t before;         /* the last call before the current step or loop; -1: none */
	unsigned int run_count; /* runs of steps so far */
	bool repeating;         /* the loop it is in has been gone through before */
	bool dry;               /* check only: the step is repeated 0 times */
} Layout;

static void thread_clear(void *data)
{
	Thread *thread = data;

	g_free(thread->name);
}

static void layout_clear(Layout *layout)
{
	g_hash_table_unref(layout->names);
	g_array_unref(layout->threads);
	g_hash_table_unref(layout->last_calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Layout, layout_clear)

/* A duration, which must say on what it rests. */
static bool get_duration(const Layout *layout, const char *group, const char *key,
			 int64_t *duration_ns, GError **error)
{
	const char *text = gs_ini_file_get(layout->ini, group, key);
	g_autoptr(GError) failure = NULL;

	if (!text)
		return true;
	if (!gs_duration_parse(text, duration_ns, &failure)) {
		gs_ini_file_fail(layout->ini, group, key, error, "%s", failure->message);
		return false;
	}
	return gs_ini_file_require(layout->ini, group, "think_source", error);
}

static Thread *get_thread(Layout *layout, const char *name, uint32_t *index)
{
	Thread thread = { .last_call = -1 };

	for (*index = 0; *index < layout->threads->len; (*index)++) {
		Thread *known = &g_array_index(layout->threads, Thread, *index);

		if (g_str_equal(known->name, name))
			return known;
	}
	thread.name = g_strdup(name);
	g_array_append_val(layout->threads, thread);
	gs_script_thread(layout->script, (int32_t)*index + 1);
	return &g_array_index(layout->threads, Thread, *index);
}

/* How long before the call its thread does something else. */
static bool get_think(const Layout *layout, const char *group, bool again, int64_t *think_ns,
		      GError **error)
{
	int64_t between_ns;

	*think_ns = layout->think_ns;
	if (!get_duration(layout, group, "think", think_ns, error))
		return false;
	between_ns = *think_ns;
	if (!get_duration(layout, group, "think_between", &between_ns, error))
		return false;
	if (again)
		*think_ns = between_ns;
	return true;
}

static char *get_thread_name(const Layout *layout, const char *group, GError **error)
{
	const char *text = gs_ini_file_get(layout->ini, group, "thread");
	g_autofree char *problem = NULL;
	char *name = NULL;

	problem = gs_vmm_fill_in(text ? text : "main", layout->names, &name);
	if (problem)
		gs_ini_file_fail(layout->ini, group, "thread", error, "%s", problem);
	return name;
}

static bool count_run(Layout *layout, const char *group, GError **error)
{
	if (++layout->run_count <= CALL_COUNT_MAX)
		return true;
	gs_ini_file_fail(layout->ini, group, NULL, error, "more than %d calls", CALL_COUNT_MAX);
	return false;
}

static bool fail_after(const Layout *layout, const char *group, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *hint = NULL;

	for (const char *const *step = gs_ini_file_groups(layout->ini); *step; step++) {
		if (g_hash_table_contains(layout->last_calls, *step))
			g_ptr_array_add(known, (void *)(*step + strlen(STEP_PREFIX)));
	}
	g_ptr_array_add(known, NULL);
	hint = gs_suggest_hint(name, (const char *const *)known->pdata);
	gs_ini_file_fail(layout->ini, group, "after", error, "no step '%s' up to here%s", name,
			 hint);
	return false;
}

/* The call that the step @group waits for, -1: none, or it is left out. */
static bool get_after(const Layout *layout, const char *group, int32_t *after, GError **error)
{
	const char *name = gs_ini_file_get(layout->ini, group, "after");
	g_autofree char *step = NULL;
	gpointer last;

	*after = -1;
	if (!name)
		return true;
	if (g_str_equal(name, PREVIOUS)) {
		*after = (int32_t)layout->script->calls->len - 1;
		return true;
	}
	step = g_strconcat(STEP_PREFIX, name, NULL);
	if (!g_hash_table_lookup_extended(layout->last_calls, step, NULL, &last))
		return fail_after(layout, group, name, error);
	*after = GPOINTER_TO_INT(last) - 1;
	return true;
}

/* How long the guest runs until the KVM_RUN @group returns. */
static bool get_guest(const Layout *layout, const char *group, GsScriptCall *call, GError **error)
{
	if (!gs_ini_file_get(layout->ini, group, "guest"))
		return true;
	if (!g_str_equal(call->name, "KVM_RUN")) {
		gs_ini_file_fail(layout->ini, group, "guest", error,
				 "%s runs no guest; KVM_RUN does", call->name);
		return false;
	}
	return get_duration(layout, group, "guest", &call->guest_ns, error);
}

static uint32_t thread_of(const Layout *layout, int32_t call)
{
	return gs_script_call(layout->script, (unsigned int)call)->thread;
}

/*
 * A call follows its thread's last one, or one of another thread that it waits
 * for besides. A new thread starts with the step it appears in.
 */
static void add_call(Layout *layout, const char *group, Thread *thread, GsScriptCall *call)
{
	const bool waits = call->after >= 0 && thread_of(layout, call->after) != call->thread;

	if (!waits)
		call->after = thread->last_call >= 0 ? thread->last_call : layout->before;
	call->think_ns = thread->pending_ns;
	thread->pending_ns = 0;
	thread->last_call = (int32_t)layout->script->calls->len;
	g_hash_table_insert(layout->last_calls, (char *)group,
			    GINT_TO_POINTER(thread->last_call + 1));
	g_array_append_val(layout->script->calls, *call);
}

/* Run the step @group once; @again: it or its loop is repeated, and this is not the first time. */
static bool run_once(Layout *layout, const char *group, bool again, GError **error)
{
	g_autofree char *thread_name = get_thread_name(layout, group, error);
	GsScriptCall call = { .recorded_ns = -1, .start_ns = -1 };
	bool has_call = gs_ini_file_get(layout->ini, group, "call");
	int64_t think_ns;
	Thread *thread;

	if (!thread_name || !count_run(layout, group, error) ||
	    !get_think(layout, group, again, &think_ns, error) ||
	    (has_call && (!gs_vmm_call_read(layout->ini, group, layout->names, &call, error) ||
			  !get_guest(layout, group, &call, error) ||
			  !get_after(layout, group, &call.after, error))))
		return false;
	if (layout->dry)
		return true;

	thread = get_thread(layout, thread_name, &call.thread);
	if (__builtin_add_overflow(thread->pending_ns, think_ns, &thread->pending_ns)) {
		gs_ini_file_fail(layout->ini, group, "think", error,
				 "more than 292 years between two calls");
		return false;
	}
	if (has_call)
		add_call(layout, group, thread, &call);
	return true;
}

/* How often the step or loop @group is made; 0: not now, and it is only checked. */
static bool get_count(const Layout *layout, const char *group, uint64_t *count, GError **error)
{
	const char *when = gs_ini_file_get(layout->ini, group, "when");
	g_autofree char *problem = NULL;
	bool holds = true;

	*count = 1;
	if (when)
		problem = gs_vmm_test(when, layout->names, &holds);
	if (problem)
		gs_ini_file_fail(layout->ini, group, "when", error, "%s", problem);
	if (problem ||
	    !gs_vmm_get_number(layout->ini, group, "repeat", layout->names, count, error))
		return false;
	if (!holds)
		*count = 0;
	return true;
}

static bool run_step(Layout *layout, const char *group, GError **error)
{
	bool repeats = gs_ini_file_get(layout->ini, group, "repeat"), was_dry = layout->dry;
	uint64_t count;
	bool ok = get_count(layout, group, &count, error);

	if (!g_hash_table_contains(layout->last_calls, group))
		g_hash_table_insert(layout->last_calls, (char *)group, GINT_TO_POINTER(0));
	if (count == 0) {
		layout->dry = true;
		count = 1;
	}
	for (uint64_t i = 0; ok && i < count; i++) {
		if (repeats)
			gs_vmm_set_name(layout->names, "@i", i);
		ok = run_once(layout, group, i > 0 || layout->repeating, error);
	}
	g_hash_table_remove(layout->names, "@i");
	layout->dry = was_dry;
	return ok;
}

/* The steps @groups[0..@step_count) take turns. */
static bool run_loop(Layout *layout, const char *loop, const char *const *groups,
		     unsigned int step_count, GError **error)
{
	g_autofree char *loop_group = g_strconcat("loop ", loop, NULL);
	g_autofree char *index_name = g_strconcat("@", loop, NULL);
	uint64_t count;
	bool ok = get_count(layout, loop_group, &count, error);

	if (count == 0) {
		layout->dry = true;
		count = 1;
	}
	for (uint64_t i = 0; ok && i < count; i++) {
		gs_vmm_set_name(layout->names, index_name, i);
		layout->repeating = i > 0;
		for (unsigned int k = 0; ok && k < step_count; k++)
			ok = run_step(layout, groups[k], error);
	}
	g_hash_table_remove(layout->names, index_name);
	layout->repeating = false;
	layout->dry = false;
	return ok;
}

/* The loop of a step, NULL: none; false: it names one that is not there. */
static bool get_loop(const Layout *layout, const char *group, const char **loop, GError **error)
{
	g_autofree char *loop_group = NULL;

	*loop = gs_ini_file_get(layout->ini, group, "loop");
	if (!*loop)
		return true;
	loop_group = g_strconcat("loop ", *loop, NULL);
	if (gs_ini_file_get(layout->ini, loop_group, "repeat"))
		return true;
	gs_ini_file_fail(layout->ini, group, "loop", error, "no group [%s]", loop_group);
	return false;
}

static bool run_steps(Layout *layout, GError **error)
{
	const char *const *groups = gs_ini_file_groups(layout->ini);
	const char *loop, *next_loop;
	unsigned int count;

	for (unsigned int i = 0; groups[i]; i += count) {
		count = 1;
		if (!g_str_has_prefix(groups[i], STEP_PREFIX))
			continue;
		if (!get_loop(layout, groups[i], &loop, error))
			return false;
		layout->before = (int32_t)layout->script->calls->len - 1;
		if (!loop) {
			if (!run_step(layout, groups[i], error))
				return false;
			continue;
		}
		while (groups[i + count] && g_str_has_prefix(groups[i + count], STEP_PREFIX)) {
			if (!get_loop(layout, groups[i + count], &next_loop, error))
				return false;
			if (g_strcmp0(loop, next_loop))
				break;
			count++;
		}
		if (!run_loop(layout, loop, groups + i, count, error))
			return false;
	}
	return true;
}

GsScript *gs_vmm_layout(const GsIniFile *ini, const char *name, const char *const *settings,
			GError **error)
{
	g_autoptr(GsScript) script = gs_script_new(name);
	g_auto(Layout) layout = {
		.ini = ini,
		.script = script,
		.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.threads = g_array_new(FALSE, FALSE, sizeof(Thread)),
		.last_calls = g_hash_table_new(g_str_hash, g_str_equal),
	};

	g_array_set_clear_func(layout.threads, thread_clear);
	if (!gs_vmm_check_keys(ini, error) ||
	    !get_duration(&layout, "vmm", "think", &layout.think_ns, error) ||
	    !gs_vmm_read_parameters(ini, name, settings, layout.names, error) ||
	    !run_steps(&layout, error))
		return NULL;
	if (script->calls->len == 0) {
		gs_ini_file_fail(ini, "vmm", NULL, error, "the model makes no call");
		return NULL;
	}
	script->vm_count = 1;
	gs_script_number_calls(script);
	return g_steal_pointer(&script);
}

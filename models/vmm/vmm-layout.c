/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-layout.h"

#include <string.h>

#include "models/suggest.h"
#include "models/vmm/vmm-call.h"
#include "models/vmm/vmm-expression.h"
#include "models/vmm/vmm-keys.h"
#include "models/vmm/vmm-parameters.h"
#include "models/vmm/vmm-times.h"

#define STEP_PREFIX "step "

/* after=previous: the call before, whoever makes it. */
#define PREVIOUS "previous"
/* after=nothing: the thread is there when the model begins. */
#define NOTHING "nothing"

typedef struct {
	char *name;         /* owned */
	int32_t last_call;  /* -1: none yet */
	int64_t pending_ns; /* think time since */
	bool pending_unknown; /* and more that is not known */
} Thread;

/* What has become of a step so far. */
typedef struct {
	int32_t last_call;    /* -1: none yet */
	uint64_t run_count;
	uint64_t again_count; /* of them, as a repetition */
} Step;

typedef struct {
	const GsIniFile *ini;   /* borrowed */
	GsScript *script;       /* borrowed */
	GHashTable *names;      /* owned: char * -> uint64_t *, what expressions may use */
	GArray *threads;        /* owned: Thread, as in script->threads */
	GHashTable *steps;      /* owned: group of a step, borrowed -> Step, owned */
	GsVmmTimes *times;      /* owned */
	int64_t think_ns;       /* of a step that does not say; may be GS_VMM_TIME_UNKNOWN */
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
	g_hash_table_unref(layout->steps);
	gs_vmm_times_free(layout->times);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Layout, layout_clear)

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
	const uint32_t thread_index = gs_script_thread(layout->script, (int32_t)*index + 1);
	g_array_index(layout->script->threads, GsScriptThread, thread_index).name =
		g_intern_string(name);
	return &g_array_index(layout->threads, Thread, *index);
}

/*
 * How long before the call its thread does something else. @again: it or its loop
 * is repeated, and this is not the first time.
 */
static bool get_think(Layout *layout, const char *group, const Step *step, bool again,
		      int64_t *think_ns, GError **error)
{
	int64_t between_ns;

	*think_ns = layout->think_ns;
	if (!gs_vmm_times_get(layout->times, group, "think", 0, think_ns, error))
		return false;
	between_ns = *think_ns;
	if (!gs_vmm_times_get(layout->times, group, "think_between", step->again_count, &between_ns,
			      error))
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
	if (++layout->run_count <= GS_VMM_CALLS_MAX)
		return true;
	gs_ini_file_fail(layout->ini, group, NULL, error, "more than %d calls", GS_VMM_CALLS_MAX);
	return false;
}

static bool fail_after(const Layout *layout, const char *group, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *hint = NULL;

	for (const char *const *step = gs_ini_file_groups(layout->ini); *step; step++) {
		if (g_hash_table_contains(layout->steps, *step))
			g_ptr_array_add(known, (void *)(*step + strlen(STEP_PREFIX)));
	}
	g_ptr_array_add(known, NULL);
	hint = gs_suggest_hint(name, (const char *const *)known->pdata);
	gs_ini_file_fail(layout->ini, group, "after", error, "no step '%s' up to here%s", name,
			 hint);
	return false;
}

/* The call that the step @group waits for; -1: none, or it is left out. */
static bool get_after(const Layout *layout, const char *group, int32_t *after, GError **error)
{
	const char *name = gs_ini_file_get(layout->ini, group, "after");
	g_autofree char *step_group = NULL;
	const Step *step;

	*after = -1;
	if (!name || g_str_equal(name, NOTHING))
		return true;
	if (g_str_equal(name, PREVIOUS)) {
		*after = (int32_t)layout->script->calls->len - 1;
		return true;
	}
	step_group = g_strconcat(STEP_PREFIX, name, NULL);
	step = g_hash_table_lookup(layout->steps, step_group);
	if (!step)
		return fail_after(layout, group, name, error);
	*after = step->last_call;
	return true;
}

/* How long the guest runs until the KVM_RUN @group returns. */
static bool get_guest(const Layout *layout, const char *group, const Step *step, GsScriptCall *call,
		      GError **error)
{
	if (!gs_ini_file_get(layout->ini, group, "guest"))
		return true;
	if (!g_str_equal(call->name, "KVM_RUN")) {
		gs_ini_file_fail(layout->ini, group, "guest", error,
				 "%s runs no guest; KVM_RUN does", call->name);
		return false;
	}
	return gs_vmm_times_get(layout->times, group, "guest", step->run_count, &call->guest_ns,
				error);
}

/* Whether the call is one that returns an error. */
static bool get_failed(const Layout *layout, const char *group, GsScriptCall *call, GError **error)
{
	const char *fails = gs_ini_file_get(layout->ini, group, "fails");
	g_autofree char *problem = NULL;

	if (!fails)
		return true;
	problem = gs_vmm_test(fails, layout->names, &call->failed);
	if (problem)
		gs_ini_file_fail(layout->ini, group, "fails", error, "%s", problem);
	call->ret = call->failed ? -1 : 0;
	return !problem;
}

static uint32_t thread_of(const Layout *layout, int32_t call)
{
	return gs_script_call(layout->script, (unsigned int)call)->thread;
}

/* Where a thread begins that is new in the step @group. */
static int32_t beginning(const Layout *layout, const char *group)
{
	const char *after = gs_ini_file_get(layout->ini, group, "after");

	return g_strcmp0(after, NOTHING) ? layout->before : -1;
}

/*
 * A call follows its thread's last one, or one of another thread that it waits
 * for besides. A new thread starts with the step it appears in.
 */
static void add_call(Layout *layout, const char *group, Thread *thread, GsScriptCall *call)
{
	const bool waits = call->after >= 0 && thread_of(layout, call->after) != call->thread;

	if (!waits)
		call->after = thread->last_call >= 0 ? thread->last_call :
						       beginning(layout, group);
	call->think_unknown = thread->pending_unknown;
	call->think_ns = thread->pending_unknown ? 0 : thread->pending_ns;
	thread->pending_unknown = false;
	thread->pending_ns = 0;
	thread->last_call = (int32_t)layout->script->calls->len;
	g_array_append_val(layout->script->calls, *call);
}

static bool pass_time(const Layout *layout, const char *group, Thread *thread, int64_t think_ns,
		      GError **error)
{
	if (think_ns == GS_VMM_TIME_UNKNOWN) {
		thread->pending_unknown = true;
		return true;
	}
	if (!__builtin_add_overflow(thread->pending_ns, think_ns, &thread->pending_ns))
		return true;
	gs_ini_file_fail(layout->ini, group, "think", error,
			 "more than 292 years between two calls");
	return false;
}

/* All about the call of the step @group but who makes it and when. */
static bool read_call(const Layout *layout, const char *group, const Step *step, GsScriptCall *call,
		      GError **error)
{
	return gs_vmm_call_read(layout->ini, group, layout->names, call, error) &&
	       get_guest(layout, group, step, call, error) &&
	       get_failed(layout, group, call, error) &&
	       get_after(layout, group, &call->after, error);
}

/* Run the step @group once; @again: it or its loop is repeated, and this is not the first time. */
static bool run_once(Layout *layout, const char *group, bool again, GError **error)
{
	g_autofree char *thread_name = get_thread_name(layout, group, error);
	GsScriptCall call = { .recorded_ns = -1, .start_ns = -1 };
	const bool has_call = gs_vmm_call_is_in(layout->ini, group);
	Step *step = g_hash_table_lookup(layout->steps, group);
	int64_t think_ns;
	Thread *thread;

	if (!thread_name || !count_run(layout, group, error) ||
	    !get_think(layout, group, step, again, &think_ns, error) ||
	    (has_call && !read_call(layout, group, step, &call, error)))
		return false;
	if (layout->dry)
		return true;

	step->run_count++;
	step->again_count += again;
	thread = get_thread(layout, thread_name, &call.thread);
	if (!pass_time(layout, group, thread, think_ns, error))
		return false;
	if (has_call) {
		add_call(layout, group, thread, &call);
		step->last_call = thread->last_call;
	}
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

	if (!g_hash_table_contains(layout->steps, group)) {
		Step *step = g_new0(Step, 1);

		step->last_call = -1;
		g_hash_table_insert(layout->steps, (char *)group, step);
	}
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

GsScript *gs_vmm_layout_checked(const GsIniFile *ini, const char *name,
				const char *const *settings, GError **error)
{
	g_autoptr(GsScript) script = gs_script_new(name);
	g_auto(Layout) layout = {
		.ini = ini,
		.script = script,
		.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.threads = g_array_new(FALSE, FALSE, sizeof(Thread)),
		.steps = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free),
		.times = gs_vmm_times_new(ini),
	};

	g_array_set_clear_func(layout.threads, thread_clear);
	if (!gs_vmm_times_get(layout.times, "vmm", "think", 0, &layout.think_ns, error) ||
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

GsScript *gs_vmm_layout(const GsIniFile *ini, const char *name, const char *const *settings,
			GError **error)
{
	if (!gs_vmm_check_keys(ini, error))
		return NULL;
	return gs_vmm_layout_checked(ini, name, settings, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-layout.h"

#include <string.h>

#include "models/vmm/vmm-call.h"
#include "models/vmm/vmm-expression.h"
#include "models/vmm/vmm-keys.h"
#include "sim/engine/sim-time.h"

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
	int64_t think_ns;       /* of a step that does not say */
	int32_t before;         /* the last call before the current step or loop; -1: none */
	unsigned int run_count; /* runs of steps so far */
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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Layout, layout_clear)

static void set_name(Layout *layout, const char *name, uint64_t value)
{
	uint64_t *copy = g_new(uint64_t, 1);

	*copy = value;
	g_hash_table_replace(layout->names, g_strdup(name), copy);
}

/* The number @key of @group; @value is left alone if there is no such key. */
static bool get_number(const Layout *layout, const char *group, const char *key, uint64_t *value,
		       GError **error)
{
	const char *text = gs_ini_file_get(layout->ini, group, key);
	g_autofree char *problem = NULL;

	if (!text)
		return true;
	problem = gs_vmm_evaluate(text, layout->names, value);
	if (problem)
		gs_ini_file_fail(layout->ini, group, key, error, "%s", problem);
	return !problem;
}

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

/* The thread's next call follows its last; a new thread starts with the step it appears in. */
static void add_call(Layout *layout, Thread *thread, GsScriptCall *call)
{
	call->after = thread->last_call >= 0 ? thread->last_call : layout->before;
	call->think_ns = thread->pending_ns;
	thread->pending_ns = 0;
	thread->last_call = (int32_t)layout->script->calls->len;
	g_array_append_val(layout->script->calls, *call);
}

/* Run the step @group once; @again: it is repeated, and this is not the first time. */
static bool run_once(Layout *layout, const char *group, bool again, GError **error)
{
	g_autofree char *thread_name = get_thread_name(layout, group, error);
	GsScriptCall call = { .recorded_ns = -1, .start_ns = -1 };
	bool has_call = gs_ini_file_get(layout->ini, group, "call");
	int64_t think_ns;
	Thread *thread;

	if (!thread_name || !count_run(layout, group, error) ||
	    !get_think(layout, group, again, &think_ns, error) ||
	    (has_call && !gs_vmm_call_read(layout->ini, group, layout->names, &call, error)))
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
		add_call(layout, thread, &call);
	return true;
}

static bool run_step(Layout *layout, const char *group, GError **error)
{
	bool repeats = gs_ini_file_get(layout->ini, group, "repeat"), was_dry = layout->dry;
	uint64_t count = 1;
	bool ok = get_number(layout, group, "repeat", &count, error);

	if (count == 0) {
		layout->dry = true;
		count = 1;
	}
	for (uint64_t i = 0; ok && i < count; i++) {
		if (repeats)
			set_name(layout, "@i", i);
		ok = run_once(layout, group, i > 0, error);
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
	uint64_t count = 1;
	bool ok = get_number(layout, loop_group, "repeat", &count, error);

	if (count == 0) {
		layout->dry = true;
		count = 1;
	}
	for (uint64_t i = 0; ok && i < count; i++) {
		set_name(layout, index_name, i);
		for (unsigned int k = 0; ok && k < step_count; k++)
			ok = run_step(layout, groups[k], error);
	}
	g_hash_table_remove(layout->names, index_name);
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
		if (!g_str_has_prefix(groups[i], "step "))
			continue;
		if (!get_loop(layout, groups[i], &loop, error))
			return false;
		layout->before = (int32_t)layout->script->calls->len - 1;
		if (!loop) {
			if (!run_step(layout, groups[i], error))
				return false;
			continue;
		}
		while (groups[i + count] && g_str_has_prefix(groups[i + count], "step ")) {
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

static bool read_parameter(Layout *layout, const char *group, GError **error)
{
	uint64_t value = 0, min = 0, max = UINT64_MAX;

	if (!gs_ini_file_require(layout->ini, group, "summary", error) ||
	    !gs_ini_file_require(layout->ini, group, "default", error) ||
	    !get_number(layout, group, "min", &min, error) ||
	    !get_number(layout, group, "max", &max, error) ||
	    !get_number(layout, group, "default", &value, error))
		return false;
	if (value < min || value > max) {
		gs_ini_file_fail(layout->ini, group, "default", error,
				 "%" G_GUINT64_FORMAT " is not in %" G_GUINT64_FORMAT
				 " to %" G_GUINT64_FORMAT,
				 value, min, max);
		return false;
	}
	set_name(layout, group + strlen("parameter "), value);
	return true;
}

GsScript *gs_vmm_layout(const GsIniFile *ini, const char *name, GError **error)
{
	g_autoptr(GsScript) script = gs_script_new(name);
	g_auto(Layout) layout = {
		.ini = ini,
		.script = script,
		.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.threads = g_array_new(FALSE, FALSE, sizeof(Thread)),
	};
	const char *const *groups = gs_ini_file_groups(ini);

	g_array_set_clear_func(layout.threads, thread_clear);
	if (!gs_vmm_check_keys(ini, error) ||
	    !get_duration(&layout, "vmm", "think", &layout.think_ns, error))
		return NULL;
	for (unsigned int i = 0; groups[i]; i++) {
		if (g_str_has_prefix(groups[i], "parameter ") &&
		    !read_parameter(&layout, groups[i], error))
			return NULL;
	}
	if (!run_steps(&layout, error))
		return NULL;
	if (script->calls->len == 0) {
		gs_ini_file_fail(ini, "vmm", NULL, error, "the model makes no call");
		return NULL;
	}
	script->vm_count = 1;
	gs_script_number_calls(script);
	return g_steal_pointer(&script);
}

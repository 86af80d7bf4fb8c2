/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-writer.h"

#include <inttypes.h>
#include <string.h>

#include "models/vmm/vmm-call.h"
#include "models/vmm/vmm-fold.h"
#include "models/vmm/vmm-layout.h"
#include "models/vmm/vmm-model.h"
#include "models/vmm/vmm-times.h"
#include "sim/engine/sim-time.h"

/* The name of no step: what after= means by it is something else. */
static const char *const reserved[] = { "previous", "nothing" };

typedef struct {
	const GsScript *script;
	GPtrArray *names;       /* owned: char *, of the script's threads */
	GsVmmFold *fold;        /* owned */
	char *source;           /* owned: script->source as a value */
	char **steps;           /* owned: of each run its name, owned */
	int64_t think_ns;       /* of most calls; may be GS_VMM_TIME_UNKNOWN */
	unsigned int vcpu_count; /* what the parameter vcpus stands for; 0: there is none */
	GString *out;           /* owned */
} Writer;

static void writer_clear(Writer *writer)
{
	g_ptr_array_unref(writer->names);
	g_clear_pointer(&writer->fold, gs_vmm_fold_free);
	g_free(writer->source);
	g_strfreev(writer->steps);
	if (writer->out)
		g_string_free(writer->out, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writer, writer_clear)

static const GsScriptCall *call_at(const Writer *writer, unsigned int i)
{
	return gs_script_call(writer->script, i);
}

static const GsVmmRun *run_at(const Writer *writer, unsigned int i)
{
	return &g_array_index(writer->fold->runs, GsVmmRun, i);
}

/* @text as it can stand behind "key=": no escapes, no control bytes, no blanks at its ends. */
static char *value_of(const char *text)
{
	char *value = g_utf8_make_valid(text, -1);

	for (char *at = value; *at; at++) {
		if (g_ascii_iscntrl(*at) || *at == '\\')
			*at = '_';
	}
	return g_strstrip(value);
}

/* What the model says it was made of: where the file was does not matter. */
static char *source_of(const GsScript *script)
{
	g_autofree char *name = g_path_get_basename(script->source);

	return value_of(name);
}

static bool is_run(const GsScriptCall *call)
{
	return g_str_equal(call->name, "KVM_RUN");
}

static bool is_of_vcpu(const GsScriptCall *call)
{
	return call->role == GS_FD_VCPU || g_str_equal(call->name, "KVM_CREATE_VCPU");
}

/* What a thread is called that has no name: after what it does, else by its number. */
static char *name_by_role(const Writer *writer, uint32_t thread, const bool *has_vcpu)
{
	const uint32_t main_thread = call_at(writer, 0)->thread;
	unsigned int before = 0;

	if (thread == main_thread)
		return g_strdup("main");
	if (!has_vcpu[thread])
		return g_strdup_printf("%d", g_array_index(writer->script->threads, GsScriptThread,
							   thread).tid);
	for (uint32_t i = 0; i < thread; i++)
		before += has_vcpu[i] && i != main_thread;
	return g_strdup_printf("vcpu %u", before);
}

/* Threads are told apart by name, in which an '@' would be an index. */
static void name_threads(Writer *writer)
{
	const GsScript *script = writer->script;
	g_autofree bool *has_vcpu = g_new0(bool, script->threads->len);
	g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned int i = 0; i < script->calls->len; i++)
		has_vcpu[call_at(writer, i)->thread] |= is_of_vcpu(call_at(writer, i));
	for (unsigned int i = 0; i < script->threads->len; i++) {
		const GsScriptThread *thread = &g_array_index(script->threads, GsScriptThread, i);
		char *name = thread->name ? value_of(thread->name) :
					    name_by_role(writer, i, has_vcpu);

		g_strdelimit(name, "@", '_');
		for (unsigned int n = 2; !*name || g_hash_table_contains(taken, name); n++) {
			g_free(name);
			name = g_strdup_printf("%d (%u)", thread->tid, n);
		}
		g_hash_table_add(taken, name);
		g_ptr_array_add(writer->names, name);
	}
}

/* "create-vcpu", "create-vcpu-2", ... */
static void name_steps(Writer *writer)
{
	const unsigned int count = writer->fold->runs->len;
	g_autoptr(GHashTable) numbers =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++)
		g_hash_table_add(taken, (void *)reserved[i]);
	writer->steps = g_new0(char *, count + 1);
	for (unsigned int i = 0; i < count; i++) {
		GsVmmCallText text;
		g_autofree char *base = NULL;
		unsigned int number;

		gs_vmm_call_write(call_at(writer, run_at(writer, i)->first), &text);
		base = g_ascii_strdown(g_str_equal(text.key, "request") ? text.key : text.name, -1);
		g_strdelimit(base, "_", '-');
		if (g_str_has_prefix(base, "kvm-"))
			memmove(base, base + strlen("kvm-"), strlen(base) + 1 - strlen("kvm-"));
		number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, base));
		do {
			g_free(writer->steps[i]);
			writer->steps[i] = ++number == 1 ? g_strdup(base) :
							   g_strdup_printf("%s-%u", base, number);
		} while (g_hash_table_contains(taken, writer->steps[i]));
		g_hash_table_add(taken, writer->steps[i]);
		g_hash_table_insert(numbers, g_steal_pointer(&base), GUINT_TO_POINTER(number));
	}
}

static int64_t think_of(const GsScriptCall *call)
{
	return call->think_unknown ? GS_VMM_TIME_UNKNOWN : call->think_ns;
}

/* What most calls have, the least of those that as many have. */
static int64_t usual_think(const Writer *writer)
{
	g_autoptr(GHashTable) counts =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	int64_t usual_ns = 0;
	unsigned int most = 0;

	for (unsigned int i = 0; i < writer->script->calls->len; i++) {
		const int64_t think_ns = think_of(call_at(writer, i));
		const unsigned int count =
			GPOINTER_TO_UINT(g_hash_table_lookup(counts, &think_ns)) + 1;
		int64_t *key = g_new(int64_t, 1);

		*key = think_ns;
		g_hash_table_insert(counts, key, GUINT_TO_POINTER(count));
		if (count > most || (count == most && think_ns < usual_ns)) {
			most = count;
			usual_ns = think_ns;
		}
	}
	return usual_ns;
}

/* Exact: "59us", "1.234567ms". */
static void append_time(GString *out, int64_t time_ns)
{
	const bool is_long = time_ns >= GS_NSEC_PER_MSEC;
	const int64_t unit_ns = is_long ? GS_NSEC_PER_MSEC : GS_NSEC_PER_USEC;

	if (time_ns == GS_VMM_TIME_UNKNOWN) {
		g_string_append(out, GS_VMM_TIME_UNKNOWN_TEXT);
		return;
	}
	if (time_ns == 0) {
		g_string_append(out, "0s");
		return;
	}
	g_string_append_printf(out, "%" PRId64, time_ns / unit_ns);
	if (time_ns % unit_ns) {
		g_string_append_printf(out, ".%0*" PRId64, is_long ? 6 : 3, time_ns % unit_ns);
		while (out->str[out->len - 1] == '0')
			g_string_truncate(out, out->len - 1);
	}
	g_string_append(out, is_long ? "ms" : "us");
}

/* "KEY=A, B, C"; one time where all are the same. */
static void append_times(GString *out, const char *key, const int64_t *times_ns, size_t count)
{
	bool same = true;

	for (size_t i = 1; i < count; i++)
		same = same && times_ns[i] == times_ns[0];
	g_string_append_printf(out, "%s=", key);
	for (size_t i = 0; i < (same ? 1 : count); i++) {
		g_string_append(out, i ? ", " : "");
		append_time(out, times_ns[i]);
	}
	g_string_append_c(out, '\n');
}

/* Where the log has the calls from @first to @last. */
static void append_place(const Writer *writer, const char *key, const char *what,
			 unsigned int first, unsigned int last)
{
	const uint32_t first_line = call_at(writer, first)->line;
	const uint32_t last_line = call_at(writer, last)->line;

	g_string_append_printf(writer->out, "%s=%s%s", key, what, writer->source);
	if (first_line)
		g_string_append_printf(writer->out, ":%" PRIu32, first_line);
	if (first_line && last_line > first_line)
		g_string_append_printf(writer->out, " to %" PRIu32, last_line);
	g_string_append_c(writer->out, '\n');
}

static int64_t guest_of(const GsScriptCall *call)
{
	if (!is_run(call))
		return -1;
	if (call->guest_ns > 0)
		return call->guest_ns;
	/* none at all would be none that is known */
	return call->recorded_ns >= 0 ? MAX(call->recorded_ns, 1) : -1;
}

/* The times of the step @run, which takes @turns turns of @period steps. */
static void write_times(const Writer *writer, unsigned int run, const GsVmmTurns *turns)
{
	const GsVmmRun *first = run_at(writer, run);
	const size_t total = (size_t)first->count * turns->count;
	g_autofree int64_t *think_ns = g_new(int64_t, total);
	g_autofree int64_t *guest_ns = g_new(int64_t, total);
	const size_t length = writer->out->len;
	unsigned int last = first->first;
	bool between = false;
	size_t n = 0;

	for (unsigned int turn = 0; turn < turns->count; turn++) {
		const GsVmmRun *now = run_at(writer, run + turn * turns->period);

		for (unsigned int i = 0; i < now->count; i++) {
			last = now->first + i;
			think_ns[n] = think_of(call_at(writer, last));
			guest_ns[n] = guest_of(call_at(writer, last));
			between = between || think_ns[n] != think_ns[0];
			n++;
		}
	}
	if (think_ns[0] != writer->think_ns)
		append_times(writer->out, "think", think_ns, 1);
	if (between)
		append_times(writer->out, "think_between", think_ns + 1, total - 1);
	if (guest_ns[0] >= 0)
		append_times(writer->out, "guest", guest_ns, total);
	if (writer->out->len > length)
		append_place(writer, "think_source",
			     call_at(writer, last)->line ? "recorded in " : "as in ", first->first,
			     last);
}

/* Sizes in units, what looks like an address in hexadecimal. */
static void append_number(GString *out, const char *key, uint64_t number)
{
	static const struct {
		const char *name;
		unsigned int shift;
	} units[] = { { "GiB", 30 }, { "MiB", 20 }, { "KiB", 10 } };

	for (size_t i = 0; number && g_str_equal(key, "memory_size") && i < G_N_ELEMENTS(units);
	     i++) {
		if (number & ((UINT64_C(1) << units[i].shift) - 1))
			continue;
		g_string_append_printf(out, "%" PRIu64 "%s", number >> units[i].shift,
				       units[i].name);
		return;
	}
	g_string_append_printf(out, number < 4096 ? "%" PRIu64 : "0x%" PRIx64, number);
}

/* "+STEP*INDEX", without what goes without saying. */
static void append_step(GString *out, const char *key, uint64_t step, const char *index,
			size_t begin)
{
	if (!step)
		return;
	if (out->len > begin)
		g_string_append_c(out, '+');
	g_string_append(out, index);
	if (step == 1)
		return;
	g_string_append_c(out, '*');
	append_number(out, key, step);
}

static void write_fields(const Writer *writer, unsigned int run, const GsVmmTurns *turns,
			 const char *loop_index, const GsVmmCallText *zero)
{
	const GsVmmRun *first = run_at(writer, run);
	GsVmmCallText next = *zero, turn = *zero;

	if (first->count > 1)
		gs_vmm_call_write(call_at(writer, first->first + 1), &next);
	if (turns->count > 1)
		gs_vmm_call_write(call_at(writer, run_at(writer, run + turns->period)->first),
				  &turn);
	for (unsigned int i = 0; i < zero->field_count; i++) {
		const GsVmmField *field = &zero->fields[i];
		const uint64_t step = next.fields[i].value - field->value;
		const uint64_t turn_step = turn.fields[i].value - field->value;
		size_t begin;

		g_string_append_printf(writer->out, "%s=", field->key);
		begin = writer->out->len;
		if (field->value || (!step && !turn_step))
			append_number(writer->out, field->key, field->value);
		append_step(writer->out, field->key, turn_step, loop_index, begin);
		append_step(writer->out, field->key, step, "@i", begin);
		g_string_append_c(writer->out, '\n');
	}
}

static void write_thread(const Writer *writer, const GsVmmRun *run)
{
	const char *name = g_ptr_array_index(writer->names, call_at(writer, run->first)->thread);

	if (run->thread_digit >= 0)
		g_string_append_printf(writer->out, "thread=%.*s@i%s\n", run->thread_digit, name,
				       name + run->thread_digit + 1);
	else if (!g_str_equal(name, "main"))
		g_string_append_printf(writer->out, "thread=%s\n", name);
}

/* The run that call @index is in. */
static unsigned int run_of(const Writer *writer, unsigned int index)
{
	unsigned int low = 0, high = writer->fold->runs->len - 1;

	while (low < high) {
		const unsigned int middle = (low + high + 1) / 2;

		if (run_at(writer, middle)->first <= index)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* The step of run @run: that of its loop's first turn. */
static const char *step_of(const Writer *writer, unsigned int run)
{
	unsigned int low = 0, high = writer->fold->turns->len - 1;
	const GsVmmTurns *turns;

	while (low < high) {
		const unsigned int middle = (low + high + 1) / 2;

		if (g_array_index(writer->fold->turns, GsVmmTurns, middle).first <= run)
			low = middle;
		else
			high = middle - 1;
	}
	turns = &g_array_index(writer->fold->turns, GsVmmTurns, low);
	return writer->steps[turns->first + (run - turns->first) % turns->period];
}

static void write_after(const Writer *writer, unsigned int call)
{
	const char *name = NULL;

	switch (writer->fold->links[call]) {
	case GS_VMM_LINK_OWN:
	case GS_VMM_LINK_BEFORE:
		return;
	case GS_VMM_LINK_NOTHING:
		name = "nothing";
		break;
	case GS_VMM_LINK_PREVIOUS:
		name = "previous";
		break;
	case GS_VMM_LINK_OTHER:
		name = step_of(writer, run_of(writer,
					      (unsigned int)call_at(writer, call)->after));
		break;
	}
	g_string_append_printf(writer->out, "after=%s\n", name);
}

static void write_repeat(const Writer *writer, unsigned int count, bool of_vcpus)
{
	if (of_vcpus && count == writer->vcpu_count)
		g_string_append(writer->out, "repeat=vcpus\n");
	else
		g_string_append_printf(writer->out, "repeat=%u\n", count);
}

/* Whether all that takes @turns is done for vCPUs. */
static bool is_of_vcpus(const Writer *writer, const GsVmmTurns *turns)
{
	for (unsigned int i = 0; i < turns->period; i++) {
		const GsScriptCall *call =
			call_at(writer, run_at(writer, turns->first + i)->first);

		if (!is_of_vcpu(call))
			return false;
	}
	return true;
}

/* How often what takes @turns is done: a lone step's own repetitions count, too. */
static unsigned int times_done(const Writer *writer, const GsVmmTurns *turns)
{
	return turns->count > 1 ? turns->count : run_at(writer, turns->first)->count;
}

/*
 * How many vCPUs there are, if the model can say so in one place: all are made by
 * one step, numbered from 0, and each runs in a thread of its own of one step.
 */
static unsigned int count_vcpus(const Writer *writer)
{
	const GArray *all = writer->fold->turns;
	unsigned int made = 0, run = 0, calls_made = 0, calls_run = 0;

	for (unsigned int i = 0; i < writer->script->calls->len; i++) {
		const GsScriptCall *call = call_at(writer, i);

		if (call->failed)
			continue;
		calls_run += is_run(call);
		if (!g_str_equal(call->name, "KVM_CREATE_VCPU"))
			continue;
		if (!call->args.has_value || call->args.value != calls_made)
			return 0;
		calls_made++;
	}
	for (unsigned int i = 0; i < all->len; i++) {
		const GsVmmTurns *turns = &g_array_index(all, GsVmmTurns, i);

		for (unsigned int j = 0; is_of_vcpus(writer, turns) && j < turns->period; j++) {
			const GsVmmRun *step = run_at(writer, turns->first + j);
			const char *name = call_at(writer, step->first)->name;

			if (g_str_equal(name, "KVM_CREATE_VCPU"))
				made = MAX(made, times_done(writer, turns));
			if (g_str_equal(name, "KVM_RUN") && step->thread_digit >= 0)
				run = MAX(run, step->count);
		}
	}
	return calls_made > 1 && made == calls_made && run == calls_run &&
			       (run == 0 || run == made) ?
		       made :
		       0;
}

static void write_step(const Writer *writer, unsigned int run, const GsVmmTurns *turns,
		       const char *loop)
{
	const GsVmmRun *step = run_at(writer, run);
	const GsScriptCall *call = call_at(writer, step->first);
	g_autofree char *index = loop ? g_strconcat("@", loop, NULL) : NULL;
	const unsigned int last_run = run + (turns->count - 1) * turns->period;
	GsVmmCallText text;

	gs_vmm_call_write(call, &text);
	g_string_append_printf(writer->out, "\n[step %s]\n%s=%s\n", writer->steps[run], text.key,
			       text.name);
	if (text.fd)
		g_string_append_printf(writer->out, "fd=%s\n", text.fd);
	if (loop)
		g_string_append_printf(writer->out, "loop=%s\n", loop);
	if (step->count > 1)
		write_repeat(writer, step->count, !loop && is_of_vcpus(writer, turns));
	write_thread(writer, step);
	write_after(writer, step->first);
	write_fields(writer, run, turns, index, &text);
	if (call->failed)
		g_string_append(writer->out, "fails=1\n");
	write_times(writer, run, turns);
	append_place(writer, "source", "", step->first,
		     run_at(writer, last_run)->first + step->count - 1);
}

static void write_turns(const Writer *writer, const GsVmmTurns *turns, unsigned int *loop_count)
{
	g_autofree char *loop = NULL;

	if (turns->count > 1) {
		loop = g_strdup_printf("loop%u", ++*loop_count);
		g_string_append_printf(writer->out, "\n[loop %s]\n", loop);
		write_repeat(writer, turns->count, is_of_vcpus(writer, turns));
	}
	for (unsigned int i = 0; i < turns->period; i++)
		write_step(writer, turns->first + i, turns, loop);
}

static bool is_arm64(const GsScript *script)
{
	for (unsigned int i = 0; i < script->calls->len; i++) {
		if (g_str_has_prefix(gs_script_call(script, i)->name, "KVM_ARM_"))
			return true;
	}
	return false;
}

static void write_header(const Writer *writer)
{
	const GsScript *script = writer->script;
	GString *out = writer->out;

	g_string_append_printf(out,
			       "# A VMM model made of %s; the format: VMM-MODELS.md.\n"
			       "# Think times are as they stand there, the tracer's share "
			       "included.\n\n",
			       writer->source);
	g_string_append_printf(out, "[vmm]\nname=%s\nsummary=%s: %u calls of %u thread%s\n"
			       "source=%s\narchitecture=%s\nthink=",
			       writer->source, writer->source, script->calls->len,
			       script->threads->len, script->threads->len == 1 ? "" : "s",
			       writer->source, is_arm64(script) ? "arm64" : "x86");
	append_time(out, writer->think_ns);
	g_string_append_printf(out, "\nthink_source=%s %s\n",
			       call_at(writer, 0)->line ? "recorded in" : "as in", writer->source);
	if (writer->vcpu_count)
		g_string_append_printf(out,
				       "\n[parameter vcpus]\nsummary=vCPUs, and what %s does as "
				       "often for them\ndefault=%u\nmin=1\n",
				       writer->source, writer->vcpu_count);
}

char *gs_vmm_write(const GsScript *script, GError **error)
{
	g_auto(Writer) writer = {
		.script = script,
		.names = g_ptr_array_new_with_free_func(g_free),
		.source = source_of(script),
		.out = g_string_new(NULL),
	};
	unsigned int loop_count = 0;

	if (script->calls->len == 0 || script->calls->len > GS_VMM_CALLS_MAX) {
		g_set_error(error, GS_VMM_ERROR, GS_VMM_ERROR_LIMIT,
			    "%s: %u calls; a VMM model has 1 to %d", script->source,
			    script->calls->len, GS_VMM_CALLS_MAX);
		return NULL;
	}
	name_threads(&writer);
	writer.fold = gs_vmm_fold_new(script, (const char *const *)writer.names->pdata);
	name_steps(&writer);
	writer.think_ns = usual_think(&writer);
	writer.vcpu_count = count_vcpus(&writer);
	write_header(&writer);
	for (unsigned int i = 0; i < writer.fold->turns->len; i++)
		write_turns(&writer, &g_array_index(writer.fold->turns, GsVmmTurns, i),
			    &loop_count);
	return g_string_free(g_steal_pointer(&writer.out), FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-fold.h"

#include <string.h>

#include "models/vmm/vmm-call.h"

/* Longer loops are not looked for. */
#define PERIOD_MAX 64

/* A name in an expression goes on with these: vmm-expression.c. */
#define NAME_CHARS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-"

typedef struct {
	const GsScript *script;
	const char *const *names;
	GsVmmFold *fold;
	unsigned int *awaited; /* how many calls up to each are waited for by GS_VMM_LINK_OTHER */
} Folder;

static const GsScriptCall *call_at(const Folder *folder, unsigned int i)
{
	return gs_script_call(folder->script, i);
}

static GsVmmRun *run_at(const Folder *folder, unsigned int i)
{
	return &g_array_index(folder->fold->runs, GsVmmRun, i);
}

/* Whether any of the calls [@first, @end) is waited for. */
static bool any_awaited(const Folder *folder, unsigned int first, unsigned int end)
{
	return end > first && folder->awaited[end - 1] > (first ? folder->awaited[first - 1] : 0);
}

static GsVmmLink link_of(const GsScriptCall *call, unsigned int index, int32_t own)
{
	const bool follows_last = call->after == (int32_t)index - 1;

	if (own >= 0)
		return call->after == own   ? GS_VMM_LINK_OWN :
		       follows_last         ? GS_VMM_LINK_PREVIOUS :
					      GS_VMM_LINK_OTHER;
	return follows_last     ? GS_VMM_LINK_BEFORE :
	       call->after < 0 ? GS_VMM_LINK_NOTHING :
				 GS_VMM_LINK_OTHER;
}

static void find_links(Folder *folder)
{
	const unsigned int count = folder->script->calls->len;
	g_autofree int32_t *last = g_new(int32_t, folder->script->threads->len);
	unsigned int sum = 0;

	memset(last, 0xff, folder->script->threads->len * sizeof(*last));
	for (unsigned int i = 0; i < count; i++) {
		const GsScriptCall *call = call_at(folder, i);

		folder->fold->links[i] = link_of(call, i, last[call->thread]);
		last[call->thread] = (int32_t)i;
		if (folder->fold->links[i] == GS_VMM_LINK_OTHER)
			folder->awaited[call->after] = 1;
	}
	for (unsigned int i = 0; i < count; i++)
		sum = folder->awaited[i] += sum;
}

static bool has_guest(const GsScriptCall *call)
{
	return call->guest_ns > 0 || call->recorded_ns >= 0;
}

/* The same but for thread, numbers and times. */
static bool is_alike(const GsScriptCall *a, const GsScriptCall *b)
{
	return a->name == b->name && a->role == b->role && a->failed == b->failed &&
	       (strcmp(a->name, "KVM_RUN") || has_guest(a) == has_guest(b));
}

/*
 * Whether the numbers of @call are those of @first and @steps times what @second
 * has more than @first.
 */
static bool is_even(const GsScriptCall *first, const GsScriptCall *second,
		    const GsScriptCall *call, unsigned int steps)
{
	GsVmmCallText zero, one, now;

	gs_vmm_call_write(first, &zero);
	gs_vmm_call_write(second, &one);
	gs_vmm_call_write(call, &now);
	if (zero.field_count != one.field_count || zero.field_count != now.field_count)
		return false;
	for (unsigned int i = 0; i < zero.field_count; i++) {
		uint64_t value;

		if (zero.fields[i].key != one.fields[i].key ||
		    zero.fields[i].key != now.fields[i].key ||
		    one.fields[i].value < zero.fields[i].value ||
		    __builtin_mul_overflow(one.fields[i].value - zero.fields[i].value, steps,
					   &value) ||
		    __builtin_add_overflow(value, zero.fields[i].value, &value) ||
		    value != now.fields[i].value)
			return false;
	}
	return true;
}

/* Any two numbers make an even step; one that somebody meant is a power of two. */
static bool is_natural(const GsScriptCall *first, const GsScriptCall *second)
{
	GsVmmCallText zero, one;

	gs_vmm_call_write(first, &zero);
	gs_vmm_call_write(second, &one);
	for (unsigned int i = 0; i < zero.field_count; i++) {
		const uint64_t step = one.fields[i].value - zero.fields[i].value;

		if (step & (step - 1))
			return false;
	}
	return true;
}

/* Whether @name is @pattern with @number in place of the digit at @digit. */
static bool is_numbered(const char *pattern, unsigned int digit, const char *name,
			unsigned int number)
{
	g_autofree char *numbered = g_strdup_printf("%.*s%u%s", (int)digit, pattern, number,
						    pattern + digit + 1);

	return g_str_equal(numbered, name);
}

/* Where thread @name has its number, 0, as thread @next has 1; -1: nowhere. */
static int find_digit(const char *name, const char *next)
{
	for (unsigned int i = 0; name[i]; i++) {
		if (name[i] == '0' && (!name[i + 1] || !strchr(NAME_CHARS, name[i + 1])) &&
		    is_numbered(name, i, next, 1))
			return (int)i;
	}
	return -1;
}

/* Whether call @i is of a thread that begins where that of call @first does. */
static bool begins_with(const Folder *folder, unsigned int first, unsigned int i)
{
	const GsVmmLink link = folder->fold->links[i];

	return (link == GS_VMM_LINK_OTHER || link == GS_VMM_LINK_BEFORE ||
		link == GS_VMM_LINK_NOTHING) &&
	       call_at(folder, i)->after == (int32_t)first - 1;
}

/* Whether call @i can be the next repetition of @run, whose calls end before it. */
static bool continues(const Folder *folder, GsVmmRun *run, unsigned int i)
{
	const GsScriptCall *first = call_at(folder, run->first), *call = call_at(folder, i);
	const GsScriptCall *second = call_at(folder, run->first + 1);
	const char *name = folder->names[first->thread], *next = folder->names[call->thread];
	const unsigned int steps = i - run->first;

	if (!is_alike(first, call) || any_awaited(folder, i - 1, i))
		return false;
	if (steps == 1 && call->thread != first->thread)
		run->thread_digit = find_digit(name, next);
	if (run->thread_digit < 0
		    ? call->thread != first->thread || folder->fold->links[i] != GS_VMM_LINK_OWN
		    : !begins_with(folder, run->first, i) ||
			      !is_numbered(name, (unsigned int)run->thread_digit, next, steps))
		return false;
	return is_even(first, second, call, steps);
}

/* The longest run from call @first on. */
static GsVmmRun find_run(const Folder *folder, unsigned int first)
{
	GsVmmRun run = { .first = first, .count = 1, .thread_digit = -1 };
	const GsVmmLink link = folder->fold->links[first];

	if (link != GS_VMM_LINK_OWN && link != GS_VMM_LINK_BEFORE)
		return run;
	while (first + run.count < folder->script->calls->len &&
	       continues(folder, &run, first + run.count))
		run.count++;
	/* a thread that was there before would make all the calls */
	if (run.count == 1 || (run.thread_digit >= 0 && link != GS_VMM_LINK_BEFORE) ||
	    (run.count == 2 && !is_natural(call_at(folder, first), call_at(folder, first + 1))))
		return (GsVmmRun){ .first = first, .count = 1, .thread_digit = -1 };
	return run;
}

static void find_runs(const Folder *folder)
{
	for (unsigned int i = 0; i < folder->script->calls->len;) {
		GsVmmRun run = find_run(folder, i);

		g_array_append_val(folder->fold->runs, run);
		i += run.count;
	}
}

/* Whether run @i can be in a loop, at its beginning or not. */
static bool is_loopable(const Folder *folder, unsigned int i, bool begins)
{
	const GsVmmRun *run = run_at(folder, i);
	const GsVmmLink link = folder->fold->links[run->first];

	return run->thread_digit < 0 &&
	       (link == GS_VMM_LINK_OWN || (link == GS_VMM_LINK_BEFORE && begins));
}

/* Whether all calls of run @now are those of @zero moved @turns times from there to @one. */
static bool is_turn(const Folder *folder, unsigned int zero, unsigned int one, unsigned int now,
		    unsigned int turns)
{
	const GsVmmRun *a = run_at(folder, zero), *b = run_at(folder, one);
	const GsVmmRun *c = run_at(folder, now);
	const GsScriptCall *first = call_at(folder, a->first), *call = call_at(folder, c->first);

	if (a->count != c->count || first->thread != call->thread || !is_alike(first, call) ||
	    !is_loopable(folder, now, false) ||
	    !is_even(first, call_at(folder, b->first), call, turns))
		return false;
	/* and that all repetitions grow as the first one's do */
	return a->count == 1 || is_even(call_at(folder, a->first + 1),
					call_at(folder, b->first + 1),
					call_at(folder, c->first + 1), turns);
}

/* The same growth from call to call in runs @zero and @one. */
static bool is_parallel(const Folder *folder, unsigned int zero, unsigned int one)
{
	const GsVmmRun *a = run_at(folder, zero), *b = run_at(folder, one);
	GsVmmCallText texts[4];

	if (a->count == 1)
		return true;
	gs_vmm_call_write(call_at(folder, a->first), &texts[0]);
	gs_vmm_call_write(call_at(folder, a->first + 1), &texts[1]);
	gs_vmm_call_write(call_at(folder, b->first), &texts[2]);
	gs_vmm_call_write(call_at(folder, b->first + 1), &texts[3]);
	for (unsigned int i = 0; i < texts[0].field_count; i++) {
		if (texts[1].fields[i].value - texts[0].fields[i].value !=
		    texts[3].fields[i].value - texts[2].fields[i].value)
			return false;
	}
	return true;
}

/* How often the @period runs from @first on, all loopable, take turns, 1 at least. */
static unsigned int count_turns(const Folder *folder, unsigned int first, unsigned int period)
{
	const unsigned int run_count = folder->fold->runs->len;
	unsigned int turns = 1;

	for (;; turns++) {
		const unsigned int begin = first + turns * period;

		/* what is waited for must be in the last turn */
		if (begin + period > run_count ||
		    any_awaited(folder, run_at(folder, begin - period)->first,
				run_at(folder, begin)->first))
			break;
		for (unsigned int j = 0; j < period; j++) {
			if (!is_turn(folder, first + j, first + period + j, begin + j, turns) ||
			    (turns == 1 && !is_parallel(folder, first + j, begin + j)))
				return turns;
		}
	}
	return turns;
}

static bool is_natural_turn(const Folder *folder, unsigned int first, unsigned int period)
{
	for (unsigned int j = 0; j < period; j++) {
		if (!is_natural(call_at(folder, run_at(folder, first + j)->first),
				call_at(folder, run_at(folder, first + period + j)->first)))
			return false;
	}
	return true;
}

/* The loop from run @first on that covers most; the shortest of these. */
static GsVmmTurns find_turns(const Folder *folder, unsigned int first)
{
	GsVmmTurns best = { .first = first, .period = 1, .count = 1 };

	for (unsigned int period = 1; period <= PERIOD_MAX; period++) {
		unsigned int count;

		if (first + 2 * period > folder->fold->runs->len ||
		    !is_loopable(folder, first + period - 1, period == 1))
			break;
		count = count_turns(folder, first, period);
		if (count > 1 && count * period > best.count * best.period &&
		    (count > 2 || is_natural_turn(folder, first, period)))
			best = (GsVmmTurns){ first, period, count };
	}
	return best;
}

GsVmmFold *gs_vmm_fold_new(const GsScript *script, const char *const *names)
{
	const unsigned int count = script->calls->len;
	g_autofree unsigned int *awaited = g_new0(unsigned int, count);
	GsVmmFold *fold = g_new0(GsVmmFold, 1);
	Folder folder = { script, names, fold, awaited };

	fold->links = g_new(GsVmmLink, count);
	fold->runs = g_array_new(FALSE, FALSE, sizeof(GsVmmRun));
	fold->turns = g_array_new(FALSE, FALSE, sizeof(GsVmmTurns));
	find_links(&folder);
	find_runs(&folder);
	for (unsigned int i = 0; i < fold->runs->len;) {
		GsVmmTurns turns = find_turns(&folder, i);

		g_array_append_val(fold->turns, turns);
		i += turns.period * turns.count;
	}
	return fold;
}

void gs_vmm_fold_free(GsVmmFold *fold)
{
	g_free(fold->links);
	g_array_unref(fold->runs);
	g_array_unref(fold->turns);
	g_free(fold);
}

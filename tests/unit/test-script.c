/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "traces/script.h"

static void test_threads(void)
{
	g_autoptr(GsScript) script = gs_script_new("test");

	g_assert_cmpuint(gs_script_thread(script, 7), ==, 0);
	g_assert_cmpuint(gs_script_thread(script, 9), ==, 1);
	g_assert_cmpuint(gs_script_thread(script, 7), ==, 0);
	g_assert_cmpuint(script->threads->len, ==, 2);
}

/* The K-th call of its name in its VM, whichever thread issues it. */
static void test_occurrences(void)
{
	static const struct {
		const char *name;
		uint32_t vm, thread, occurrence;
	} calls[] = {
		{ "KVM_CREATE_VM", 0, 0, 0 },   { "KVM_CREATE_VM", 1, 0, 0 },
		{ "KVM_CREATE_VCPU", 0, 1, 0 }, { "KVM_CREATE_VCPU", 0, 2, 1 },
		{ "KVM_CREATE_VCPU", 1, 0, 0 }, { "KVM_CREATE_VCPU", 0, 1, 2 },
	};
	g_autoptr(GsScript) script = gs_script_new("test");

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		GsScriptCall call = { .name = g_intern_static_string(calls[i].name),
				      .vm = calls[i].vm,
				      .thread = calls[i].thread };

		g_array_append_val(script->calls, call);
	}
	gs_script_number_calls(script);
	for (unsigned int i = 0; i < script->calls->len; i++)
		g_assert_cmpuint(gs_script_call(script, i)->occurrence, ==, calls[i].occurrence);
}

static void test_notes(void)
{
	g_autoptr(GsScript) script = gs_script_new("test");

	gs_script_note(script, "%d lines", 3);
	g_assert_cmpuint(script->notes->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(script->notes, 0), ==, "3 lines");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/script/threads", test_threads);
	g_test_add_func("/script/occurrences", test_occurrences);
	g_test_add_func("/script/notes", test_notes);
	return g_test_run();
}

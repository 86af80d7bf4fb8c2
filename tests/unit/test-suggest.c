/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "models/suggest.h"

static const char *const policies[] = {
	"sync", "sync-expedited", "call-srcu", "hybrid", "call-srcu-expedited", NULL
};

static void test_nearest(void)
{
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "hybird", "hybrid" }, /* two neighbours swapped: one mistake */
		{ "hybri", "hybrid" },
		{ "hybridd", "hybrid" },
		{ "Hybrid", "hybrid" },
		{ "syn", "sync" },
		{ "call_srcu", "call-srcu" },
		{ "callsrcu", "call-srcu" },
		{ "call-srcu-exp", "call-srcu-expedited" },
		{ "expedited", "sync-expedited" }, /* part of two: the shorter */
		{ "rcu-tasks", NULL },
		{ "x", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("'%s'", cases[i].word);
		g_assert_cmpstr(gs_suggest_nearest(cases[i].word, policies), ==, cases[i].nearest);
	}
}

static void test_fragment_of_ioctl(void)
{
	static const char *const names[] = { "KVM_CREATE_VM", "KVM_CREATE_VCPU", "KVM_RUN", NULL };

	g_assert_cmpstr(gs_suggest_nearest("create_vcpu", names), ==, "KVM_CREATE_VCPU");
	g_assert_cmpstr(gs_suggest_nearest("KVM_CREATE_VCPUS", names), ==, "KVM_CREATE_VCPU");
}

static void test_equals_in_order(void)
{
	static const char *const hosts[] = { "lab-a", "lab-b", NULL };

	g_assert_cmpstr(gs_suggest_nearest("lab-c", hosts), ==, "lab-a");
}

static void test_hint(void)
{
	g_autofree char *near = gs_suggest_hint("hybird", policies);
	g_autofree char *far = gs_suggest_hint("zzzzzz", policies);

	g_assert_cmpstr(near, ==, "; did you mean 'hybrid'?");
	g_assert_cmpstr(far, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/models/suggest/nearest", test_nearest);
	g_test_add_func("/models/suggest/fragment-of-ioctl", test_fragment_of_ioctl);
	g_test_add_func("/models/suggest/equals-in-order", test_equals_in_order);
	g_test_add_func("/models/suggest/hint", test_hint);
	return g_test_run();
}

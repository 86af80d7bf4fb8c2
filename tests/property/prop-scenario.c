/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any scenario that can be set together reads back from its text as the same one,
 * and every time its text is the same.
 */
#include <glib.h>
#include <string.h>

#include "models/params.h"
#include "models/scenario/scenario.h"
#include "models/vmm/vmm-model.h"

#define SCENARIOS 300
#define CHANGES_MAX 20

static const struct {
	const char *key;
	const char *values[6];
} keys[] = {
	{ "vmm", { "firecracker", "firecracker-arm64", "kvmtool", "crosvm", "libkrun",
		   "qemu-q35-7.2" } },
	{ "kernel", { "v6.18", "6.17", "host", "v7.3", "5.19-rc1", "6.1.0-13-amd64" } },
	{ "host", { "metal-x86", "metal-arm64", "vm", "lab", "nowhere", "" } },
	{ "machine", { "x86-vmx", "x86-svm", "arm64", "riscv", "x86", "ARM64" } },
	{ "policy", { "sync", "call-srcu", "hybrid", "sync-expedited", "call-srcu-kick", "none" } },
	{ "start", { "storm", "every:10ms", "poisson:100/s", "every:7/s", "poisson:1.5s",
		     "every:3" } },
};

static char *random_number(void)
{
	const int shift = g_test_rand_int_range(0, 33);

	return g_strdup_printf(g_test_rand_bit() ? "%u" : "0x%x",
			       (unsigned int)((uint64_t)(uint32_t)g_test_rand_int() >> shift));
}

static char *random_value(void)
{
	static const char *const words[] = {
		"on", "off", "0.25", "3us", "1.5ms", "exponential:3us", "uniform:1us,0.5ms",
		"lognormal:300ns,1.2500", "created", "run", "mmio", "kernel", "2 * vcpus", "-1"
	};

	if (g_test_rand_bit())
		return random_number();
	return g_strdup(words[g_test_rand_int_range(0, G_N_ELEMENTS(words))]);
}

static const char *const *parameters_of(const GsScenario *scenario)
{
	return gs_vmm_model_parameters(gs_library_vmm(scenario->library, scenario->vmm, NULL));
}

/* What any of the kinds of keys says to a random value; it may be no. */
static void change(GsScenario *scenario)
{
	static const char *const counts[] = { "cpus", "hz", "vms", "runs", "seed" };
	unsigned int i = (unsigned int)g_test_rand_int_range(0, G_N_ELEMENTS(keys));
	const char *const *parameters;
	g_autofree char *value = NULL;
	const char *name = NULL, *help;

	switch (g_test_rand_int_range(0, 4)) {
	case 0:
		gs_scenario_set(scenario, keys[i].key, keys[i].values[g_test_rand_int_range(0, 6)],
				NULL);
		break;
	case 1:
		value = random_number();
		gs_scenario_set(scenario, counts[g_test_rand_int_range(0, G_N_ELEMENTS(counts))],
				value, NULL);
		break;
	case 2:
		if (gs_params_describe((unsigned int)g_test_rand_int_range(0, 60), &name, &help)) {
			value = random_value();
			gs_scenario_set(scenario, name, value, NULL);
		}
		break;
	default:
		parameters = parameters_of(scenario);
		i = (unsigned int)g_test_rand_int_range(0, (int)g_strv_length((char **)parameters));
		name = parameters[i];
		value = random_value();
		gs_scenario_set(scenario, name, value, NULL);
	}
}

/* A change of the model leaves settings behind that the new one does not know. */
static bool is_of_its_model(const GsScenario *scenario)
{
	const char *const *parameters = parameters_of(scenario);

	for (unsigned int i = 0; i < scenario->vmm_settings->len; i++) {
		const char *setting = g_ptr_array_index(scenario->vmm_settings, i);
		g_autofree char *name = g_strndup(setting, strcspn(setting, "="));

		if (!g_strv_contains(parameters, name))
			return false;
	}
	return true;
}

static void test_text(void)
{
	unsigned int compared = 0;

	for (int n = 0; n < SCENARIOS; n++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScenario) scenario = gs_scenario_load("firecracker", NULL, &error);
		g_autoptr(GsScenario) again = NULL;
		g_autofree char *text = NULL, *text_again = NULL;

		g_assert_no_error(error);
		for (int i = g_test_rand_int_range(0, CHANGES_MAX); i > 0; i--)
			change(scenario);
		if (!is_of_its_model(scenario))
			continue;
		text = gs_scenario_text(scenario);
		again = gs_scenario_parse("cell", text, strlen(text), NULL, &error);
		if (g_error_matches(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_SYNTAX) &&
		    scenario->vmm_settings->len) /* another model's range */
			continue;
		g_assert_no_error(error);
		text_again = gs_scenario_text(again);
		g_assert_cmpstr(text_again, ==, text);
		compared++;
	}
	g_assert_cmpuint(compared, >, SCENARIOS / 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scenario/text", test_text);
	return g_test_run();
}

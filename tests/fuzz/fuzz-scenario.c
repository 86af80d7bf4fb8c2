/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a scenario's file: an error, or a scenario whose text is that of
 * the same scenario.
 */
#include <string.h>

#include "models/scenario/scenario.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"

/* A scenario may name files; those of devices never end. */
static bool names_device(const uint8_t *data, size_t size)
{
	static const char *const folders[] = { "/dev", "/proc", "/sys" };

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		if (g_strstr_len((const char *)data, (gssize)size, folders[i]))
			return true;
	}
	return false;
}

static void check_text(const GsScenario *scenario)
{
	g_autofree char *text = gs_scenario_text(scenario);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) again =
		gs_scenario_parse("fuzz", text, strlen(text), NULL, &error);
	g_autofree char *text_again = NULL;

	FUZZ_CHECK(again != NULL && error == NULL);
	text_again = gs_scenario_text(again);
	FUZZ_CHECK(!strcmp(text, text_again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) scenario = NULL;

	if (size == 0 || names_device(data, size))
		return 0;
	scenario = gs_scenario_parse("fuzz", (const char *)data, size, axes, &error);
	FUZZ_CHECK((scenario == NULL) == (error != NULL));
	if (scenario)
		check_text(scenario);
	return 0;
}

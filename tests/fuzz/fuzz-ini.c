/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a profile and as a VMM model: either the reader's result or an
 * error, never both and never neither.
 */
#include "models/machine-spec.h"
#include "models/profile/profile.h"
#include "models/vmm/vmm-layout.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"

static void check_profile(const GsIniFile *ini)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsProfile) profile = gs_profile_read(ini, "fuzz", &error);

	FUZZ_CHECK((profile == NULL) == (error != NULL));
}

static void check_model(const GsIniFile *ini)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_vmm_layout(ini, "fuzz", NULL, &error);

	FUZZ_CHECK((script == NULL) == (error != NULL));
	for (unsigned int i = 0; script && i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		FUZZ_CHECK(call->thread < script->threads->len);
		FUZZ_CHECK(call->after < (int)i && call->think_ns >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsIniFile) ini =
		gs_ini_file_new("fuzz", size ? (const char *)data : "", size, GS_MACHINE_ERROR,
				GS_MACHINE_ERROR_FILE, &error);

	FUZZ_CHECK((ini == NULL) == (error != NULL));
	if (ini) {
		check_profile(ini);
		check_model(ini);
	}
	return 0;
}

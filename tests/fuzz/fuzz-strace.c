/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a log: the reader finds its end without tripping, and a script,
 * if one comes out, keeps what script.h says of scripts.
 */
#include <gio/gio.h>

#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "traces/script-from-strace.h"

static void check_script(const GsScript *script)
{
	int64_t last_ns = 0;

	FUZZ_CHECK(script->calls->len > 0);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		FUZZ_CHECK(call->vm < script->vm_count);
		FUZZ_CHECK(call->thread < script->threads->len);
		FUZZ_CHECK(call->start_ns >= last_ns);
		FUZZ_CHECK(call->think_ns >= 0);
		FUZZ_CHECK(call->recorded_ns >= -1);
		FUZZ_CHECK(call->after >= -1 && call->after < (int)i);
		FUZZ_CHECK(g_utf8_validate(call->name, -1, NULL));
		last_ns = call->start_ns;
	}
	for (unsigned int i = 0; i < script->notes->len; i++)
		FUZZ_CHECK(g_utf8_validate(g_ptr_array_index(script->notes, i), -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(data, (gssize)size, NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "fuzz");
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_script_from_strace_reader(reader, "fuzz", NULL, &error);

	FUZZ_CHECK((script == NULL) == (error != NULL));
	if (script)
		check_script(script);
	return 0;
}

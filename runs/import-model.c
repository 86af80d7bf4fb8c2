/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/import-model.h"

#include <inttypes.h>

#include "models/vmm/vmm-writer.h"
#include "runs/import-format.h"
#include "traces/script-vms.h"

static bool choose_vm(const GsScript *script, const GsImportModelOptions *options, uint32_t *vm,
		      GError **error)
{
	*vm = gs_script_first_vm(script);
	if (options->vm < 0)
		return true;
	*vm = (uint32_t)MIN(options->vm, UINT32_MAX);
	if (*vm < script->vm_count)
		return true;
	g_set_error(error, GS_IMPORT_ERROR, GS_IMPORT_ERROR_VM,
		    "no VM %" PRId64 " in '%s', which has %" PRIu32 ", from 0", options->vm,
		    script->label, script->vm_count);
	return false;
}

static void add_notes(const GPtrArray *scripts, const GsScript *script, uint32_t vm,
		      GPtrArray *notes)
{
	for (unsigned int i = 0; i < script->notes->len; i++)
		g_ptr_array_add(notes, g_strdup(g_ptr_array_index(script->notes, i)));
	if (scripts->len > 1)
		g_ptr_array_add(notes, g_strdup_printf("the model is of the first of %u series "
						       "(--series)", scripts->len));
	if (script->vm_count > 1)
		g_ptr_array_add(notes, g_strdup_printf("the model is of VM %" PRIu32 " of %" PRIu32
						       ", from 0 (--vm)", vm, script->vm_count));
}

char *gs_import_model(GsTraceReader *reader, const char *source,
		      const GsImportModelOptions *options, GPtrArray *notes, GError **error)
{
	g_autoptr(GPtrArray) scripts =
		gs_scripts_from_reader(reader, source, &options->script, error);
	const GsScript *script = scripts ? g_ptr_array_index(scripts, 0) : NULL;
	g_autoptr(GsScript) one = NULL;
	uint32_t vm;

	if (!script || !choose_vm(script, options, &vm, error))
		return NULL;
	add_notes(scripts, script, vm, notes);
	one = gs_script_of_vm(script, vm);
	/* in which of several files a line is, a script does not know */
	for (unsigned int i = 0; gs_trace_reader_file_count(reader) > 1 && i < one->calls->len; i++)
		g_array_index(one->calls, GsScriptCall, i).line = 0;
	return gs_vmm_write(one, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/scripts-from-files.h"

#include "traces/trace-inputs.h"

/* The scripts of the inputs from @first on that are one group; @first is set behind them. */
static GPtrArray *scripts_of_group(const GArray *inputs, unsigned int *first,
				   const GsScriptOptions *options, GError **error)
{
	const GsTraceInput *input = &g_array_index(inputs, GsTraceInput, *first);
	g_autofree char *source = gs_trace_inputs_group_name(inputs, input);
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	g_autoptr(GsTraceReader) reader = NULL;

	for (uint32_t group = input->group; *first < inputs->len; ++*first) {
		input = &g_array_index(inputs, GsTraceInput, *first);
		if (input->group != group)
			break;
		g_ptr_array_add(paths, input->path);
	}
	g_ptr_array_add(paths, NULL);
	reader = gs_trace_reader_new((const char *const *)paths->pdata, error);
	return reader ? gs_scripts_from_reader(reader, source, options, error) : NULL;
}

GPtrArray *gs_scripts_from_files(const char *const *paths, const GsScriptOptions *options,
				 GError **error)
{
	g_autoptr(GArray) inputs = gs_trace_inputs_new(paths, error);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)gs_script_free);

	for (unsigned int first = 0; inputs && first < inputs->len;) {
		GPtrArray *scripts = scripts_of_group(inputs, &first, options, error);

		if (!scripts)
			return NULL;
		g_ptr_array_extend_and_steal(all, scripts);
	}
	return inputs ? g_steal_pointer(&all) : NULL;
}

GsScript *gs_script_from_strace(const char *path, const GsScriptOptions *options, GError **error)
{
	const char *const paths[] = { path, NULL };
	g_autoptr(GPtrArray) scripts = gs_scripts_from_files(paths, options, error);

	return scripts ? g_ptr_array_steal_index(scripts, 0) : NULL;
}

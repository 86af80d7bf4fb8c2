/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/ftrace.h"

#include <gio/gio.h>
#include <string.h>

#include "sim/engine/sim-time.h"
#include "traces/script-from-strace.h"

G_DEFINE_QUARK(gs-ftrace-error-quark, gs_ftrace_error)

char *gs_ftrace_load(const char *path, GError **error)
{
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GFileInputStream) packed = g_file_read(file, NULL, error);

	if (!packed)
		return NULL;

	g_autoptr(GZlibDecompressor) gunzip =
		g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
	g_autoptr(GInputStream) plain =
		g_converter_input_stream_new(G_INPUT_STREAM(packed), G_CONVERTER(gunzip));
	g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();

	if (g_output_stream_splice(memory, plain, G_OUTPUT_STREAM_SPLICE_NONE, NULL, error) < 0 ||
	    !g_output_stream_write_all(memory, "", 1, NULL, NULL, error) ||
	    !g_output_stream_close(memory, NULL, error))
		return NULL;
	return g_memory_output_stream_steal_data(G_MEMORY_OUTPUT_STREAM(memory));
}

/*
 * "  comm-PID  [CPU] flags  SECONDS.MICROS: name: args", or "name <-caller".
 * Cuts @line where the name ends.
 */
static bool parse_event(char *line, GsFtraceEvent *event)
{
	char *bracket = strstr(line, " [");
	char *pid = bracket ? g_strrstr_len(line, bracket - line, "-") : NULL;
	char *colon = bracket ? strstr(bracket, ": ") : NULL;
	char *stamp = colon ? g_strrstr_len(bracket, colon - bracket, " ") : NULL;
	char *dot = stamp ? strchr(stamp, '.') : NULL;

	if (!pid || !dot || colon - dot != 7)
		return false;

	const int64_t seconds = g_ascii_strtoll(stamp, NULL, 10);
	const int64_t micros = g_ascii_strtoll(dot + 1, NULL, 10);
	char *name = colon + 2, *end = name + strcspn(name, ": ");

	const char *flags = strstr(bracket, "] ");

	*event = (GsFtraceEvent){
		.need_resched = flags && strcspn(flags, "NlbBL") < 8,
		.at_ns = seconds * GS_NSEC_PER_SEC + micros * GS_NSEC_PER_USEC,
		.cpu = (int)g_ascii_strtoll(bracket + 2, NULL, 10),
		.pid = (int32_t)g_ascii_strtoll(pid + 1, NULL, 10),
		.args = *end ? end + 1 : end,
	};
	*end = '\0';
	event->name = g_intern_string(name);
	return *name != '\0';
}

static GsScript *read_calls(const char *name, GString *calls, GError **error)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(calls->str, (gssize)calls->len, NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, name);
	GsScript *script = gs_script_from_strace_reader(reader, name, NULL, error);

	/* What is compared ends before the VM does. */
	for (unsigned int i = script ? script->calls->len : 0; i-- > 0;) {
		if (g_str_equal(gs_script_call(script, i)->name, GS_SCRIPT_CLOSE))
			g_array_remove_index(script->calls, i);
	}
	return script;
}

GsFtrace *gs_ftrace_new(const char *name, const char *text, GError **error)
{
	g_autoptr(GsFtrace) ftrace = g_new0(GsFtrace, 1);
	GString *calls = g_string_new(NULL);
	unsigned int line_number = 0;
	bool bad = false;

	ftrace->name = g_strdup(name);
	ftrace->text = g_strdup(text);
	ftrace->events = g_array_new(FALSE, FALSE, sizeof(GsFtraceEvent));
	for (char *line = ftrace->text, *next; line && *line && !bad; line = next) {
		GsFtraceEvent event;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line_number++;
		if (g_str_has_prefix(line, "# ")) {
			g_string_append_printf(calls, "%s\n", line + 2);
			continue;
		}
		bad = !parse_event(line, &event);
		event.line = line_number;
		g_array_append_val(ftrace->events, event);
	}
	if (bad)
		g_set_error(error, GS_FTRACE_ERROR, GS_FTRACE_ERROR_SYNTAX,
			    "%s:%u: not a line of ftrace", name, line_number);
	else
		ftrace->script = read_calls(name, calls, error);
	g_string_free(calls, TRUE);
	return ftrace->script ? g_steal_pointer(&ftrace) : NULL;
}

void gs_ftrace_free(GsFtrace *ftrace)
{
	g_clear_pointer(&ftrace->script, gs_script_free);
	g_array_unref(ftrace->events);
	g_free(ftrace->text);
	g_free(ftrace->name);
	g_free(ftrace);
}

bool gs_ftrace_is(const GsFtraceEvent *event, const char *name)
{
	return strcmp(event->name, name) == 0;
}

bool gs_ftrace_is_called(const GsFtraceEvent *event, const char *name, const char *caller)
{
	return gs_ftrace_is(event, name) && g_str_has_prefix(event->args, "<-") &&
	       strcmp(event->args + 2, caller) == 0;
}

const char *gs_ftrace_word(const GsFtraceEvent *event, const char *key, size_t *ret_length)
{
	const char *word = strstr(event->args, key);

	if (!word)
		return NULL;
	word += strlen(key);
	*ret_length = strcspn(word, " :");
	return word;
}

int64_t gs_ftrace_number(const GsFtraceEvent *event, const char *key)
{
	size_t length;
	const char *word = gs_ftrace_word(event, key, &length);

	return word ? g_ascii_strtoll(word, NULL, 10) : -1;
}

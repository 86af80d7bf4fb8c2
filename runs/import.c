/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/import.h"

#include "traces/import-order.h"

#define FLUSH_AT ((size_t)64 * 1024)

void gs_import_free(GsImport *import)
{
	if (import->state)
		import->spec.format->close(import->state);
	gs_import_meaning_clear(&import->meaning);
	g_clear_pointer(&import->summary, gs_import_summary_free);
	g_clear_pointer(&import->sorter, gs_row_sorter_free);
	g_clear_pointer(&import->reader, gs_trace_reader_free);
	g_free(import);
}

static bool take_row(GsImport *import, GsImportOrder *order, GByteArray *bytes, GsImportRow *row,
		     GError **error)
{
	const GsImportFormat *format = import->spec.format;
	int32_t main_tid = gs_trace_reader_main_tid(import->reader, row->file);
	GsRowKey key = gs_import_order_place(order, row, main_tid);

	/* not in order yet, but near enough to measure and to sum up */
	if (import->summary || (format && format->look))
		gs_import_meaning_explain(&import->meaning, row);
	if (import->summary)
		gs_import_summary_add(import->summary, row, key.clock, main_tid);
	if (!format)
		return true;
	if (format->look && !format->look(import->state, row, key.clock, error))
		return false;
	g_byte_array_set_size(bytes, 0);
	gs_import_row_encode(row, bytes);
	return gs_row_sorter_add(import->sorter, &key, bytes->data, bytes->len, error);
}

static bool read_rows(GsImport *import, GError **error)
{
	const GsImportSpec *spec = &import->spec;
	g_autoptr(GsImportOrder) order = gs_import_order_new(spec->format && spec->format->by_line);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GError) failure = NULL;
	GsTraceRecord record;

	while (gs_trace_reader_next(import->reader, &record, &failure)) {
		GsImportRow row;

		if (spec->series && record.series != spec->series - 1)
			continue;
		gs_import_row_init(&row, &record);
		if (!take_row(import, order, bytes, &row, error))
			return false;
	}
	if (!failure)
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

GsImport *gs_import_read(const GsImportSpec *spec, GError **error)
{
	g_autoptr(GsImport) import = g_new0(GsImport, 1);

	import->spec = *spec;
	gs_import_meaning_init(&import->meaning);
	import->reader = gs_trace_reader_new(spec->paths, error);
	if (!import->reader)
		return NULL;
	if (spec->format) {
		import->sorter = gs_row_sorter_new(g_get_tmp_dir(), spec->budget_bytes);
		import->state = spec->format->open(import->reader);
	}
	if (spec->summarise)
		import->summary = gs_import_summary_new();
	if (!read_rows(import, error))
		return NULL;
	return g_steal_pointer(&import);
}

static void flush(GString *out, FILE *stream)
{
	fwrite(out->str, 1, out->len, stream);
	g_string_truncate(out, 0);
}

bool gs_import_write(GsImport *import, FILE *stream, GError **error)
{
	const GsImportFormat *format = import->spec.format;
	g_autoptr(GString) out = g_string_sized_new(FLUSH_AT + FLUSH_AT / 4);
	g_autoptr(GError) failure = NULL;
	const void *bytes;
	size_t size;

	/* now that all are in order, from the beginning */
	gs_import_meaning_clear(&import->meaning);
	gs_import_meaning_init(&import->meaning);
	if (format->begin)
		format->begin(import->state, out);
	while (gs_row_sorter_next(import->sorter, &bytes, &size, &failure) && !ferror(stream)) {
		GsImportRow row;

		gs_import_row_decode(&row, bytes);
		if (!row.tid)
			row.tid = gs_trace_reader_main_tid(import->reader, row.file);
		gs_import_meaning_explain(&import->meaning, &row);
		format->row(import->state, &row, out);
		if (out->len >= FLUSH_AT)
			flush(out, stream);
	}
	if (failure) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (format->end)
		format->end(import->state, out);
	flush(out, stream);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/import-row.h"

/* The texts of a row, in the order in which they are stored. */
#define TEXTS 5

/* What is stored of a row before its texts. */
typedef struct {
	int64_t start_ns, end_ns, resolution_ns, latency_ns;
	uint64_t line;
	int32_t tid;
	uint32_t series, file, group;
	uint32_t lengths[TEXTS];
	uint8_t status, stamp;
} Packed;

void gs_import_row_init(GsImportRow *row, const GsTraceRecord *record)
{
	*row = (GsImportRow){
		.tid = record->tid,
		.status = record->status,
		.stamp = record->stamp,
		.start_ns = record->start_ns,
		.end_ns = record->end_ns,
		.resolution_ns = record->resolution_ns,
		.latency_ns = record->duration_ns,
		.series = record->series,
		.file = record->file,
		.group = record->group,
		.line = record->line,
		.call = record->name,
		.args = record->args,
		.result = record->result,
		.error = record->error,
		.outcome = record->outcome,
		.request = gs_span_string(""),
		.fd = -1,
		.vm = GS_VM_NONE,
	};
}

bool gs_import_row_lost_head(const GsImportRow *row)
{
	return gs_span_has_prefix(row->args, GS_IMPORT_LOST);
}

static void list_texts(GsImportRow *row, GsSpan *texts[TEXTS])
{
	texts[0] = &row->call;
	texts[1] = &row->args;
	texts[2] = &row->result;
	texts[3] = &row->error;
	texts[4] = &row->outcome;
}

void gs_import_row_encode(const GsImportRow *row, GByteArray *bytes)
{
	GsImportRow copy = *row;
	GsSpan *texts[TEXTS];
	Packed packed;

	memset(&packed, 0, sizeof(packed)); /* padding is stored, too */
	packed.start_ns = row->start_ns;
	packed.end_ns = row->end_ns;
	packed.resolution_ns = row->resolution_ns;
	packed.latency_ns = row->latency_ns;
	packed.line = row->line;
	packed.tid = row->tid;
	packed.series = row->series;
	packed.file = row->file;
	packed.group = row->group;
	packed.status = (uint8_t)row->status;
	packed.stamp = (uint8_t)row->stamp;
	list_texts(&copy, texts);
	for (int i = 0; i < TEXTS; i++)
		packed.lengths[i] = (uint32_t)texts[i]->length;
	g_byte_array_append(bytes, (const guint8 *)&packed, sizeof(packed));
	for (int i = 0; i < TEXTS; i++)
		g_byte_array_append(bytes, (const guint8 *)texts[i]->text, (guint)texts[i]->length);
}

void gs_import_row_decode(GsImportRow *row, const void *bytes)
{
	const char *text = (const char *)bytes + sizeof(Packed);
	GsSpan *texts[TEXTS];
	Packed packed;

	memcpy(&packed, bytes, sizeof(packed));
	*row = (GsImportRow){
		.tid = packed.tid,
		.status = (GsCallStatus)packed.status,
		.stamp = (GsStampKind)packed.stamp,
		.start_ns = packed.start_ns,
		.end_ns = packed.end_ns,
		.resolution_ns = packed.resolution_ns,
		.latency_ns = packed.latency_ns,
		.series = packed.series,
		.file = packed.file,
		.group = packed.group,
		.line = packed.line,
		.request = gs_span_string(""),
		.fd = -1,
		.vm = GS_VM_NONE,
	};
	list_texts(row, texts);
	for (int i = 0; i < TEXTS; i++) {
		*texts[i] = gs_span(text, text + packed.lengths[i]);
		text += packed.lengths[i];
	}
}

const char *gs_import_status_name(GsCallStatus status)
{
	switch (status) {
	case GS_CALL_ERROR:
		return "error";
	case GS_CALL_UNFINISHED:
		return "unfinished";
	case GS_CALL_RESTARTED:
		return "restarted";
	default:
		return "ok";
	}
}

const char *gs_import_role_name(GsFdRole role)
{
	switch (role) {
	case GS_FD_KVM:
		return "kvm";
	case GS_FD_VM:
		return "vm";
	case GS_FD_VCPU:
		return "vcpu";
	case GS_FD_DEVICE:
		return "device";
	default:
		return "";
	}
}

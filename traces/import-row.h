/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record as a row that can be stored as bytes and read back: rows wait for each
 * other until they can be put in order.
 */
#ifndef GS_IMPORT_ROW_H
#define GS_IMPORT_ROW_H

#include "traces/kvm-follow.h"
#include "traces/trace-record.h"

/* What stands for arguments whose beginning is not in the log. */
#define GS_IMPORT_LOST "???"

typedef struct {
	int32_t tid; /* 0: the log has not said so far */
	GsCallStatus status;
	GsStampKind stamp;     /* what start_ns counts from; NONE with one: gaps */
	int64_t start_ns;      /* -1: no stamp */
	int64_t end_ns;        /* of the line that ends it, if it is another; -1: none */
	int64_t resolution_ns; /* of the stamps; 0: no stamps */
	int64_t latency_ns;    /* -1: none */
	uint32_t series;       /* from 0 */
	uint32_t file, group;
	uint64_t line;
	GsSpan call;
	GsSpan args;    /* as printed; GS_IMPORT_LOST in front of what is left of them */
	GsSpan result;  /* as printed; empty: unfinished */
	GsSpan error;   /* empty: none */
	GsSpan outcome; /* all between "= " and the duration; empty: unfinished */

	/* what gs_import_meaning_explain() finds */
	GsSpan request; /* KVM's name, else as printed; empty: no ioctl, or lost */
	int32_t fd;     /* -1: none */
	int32_t vm;     /* GS_VM_NONE: not known */
	GsFdRole role;
} GsImportRow;

/* Spans of @row are those of @record. */
void gs_import_row_init(GsImportRow *row, const GsTraceRecord *record);

/* Whether the line only resumes a call: its beginning is not in the log. */
bool gs_import_row_lost_head(const GsImportRow *row);

/* Append @row to @bytes, but for its meaning. */
void gs_import_row_encode(const GsImportRow *row, GByteArray *bytes);

/* The row that was encoded at @bytes, where its spans point. */
void gs_import_row_decode(GsImportRow *row, const void *bytes);

/* "ok", "error", "unfinished", "restarted" */
const char *gs_import_status_name(GsCallStatus status);

/* "kvm", "vm", "vcpu", "device", "" */
const char *gs_import_role_name(GsFdRole role);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What rows mean to KVM, found once they are in order: a descriptor is what it
 * was when the call began.
 */
#ifndef GS_IMPORT_MEANING_H
#define GS_IMPORT_MEANING_H

#include "traces/import-row.h"
#include "traces/line-count.h"

typedef struct {
	GsKvmFollow *follow; /* owned */
	GArray *vm_numbers;  /* owned: int32_t, by number of @follow; GS_VM_NONE: no row so far */
	GArray *vm_counts;   /* owned: int32_t, by series */

	/* KVM_IOEVENTFD whose argument is but a pointer, the first in that file */
	GsLineCount hidden_ioeventfds;
	uint32_t hidden_file;
} GsImportMeaning;

void gs_import_meaning_init(GsImportMeaning *meaning);
void gs_import_meaning_clear(GsImportMeaning *meaning);

/* Fill in what the next @row means. VMs are numbered as they appear in each series. */
void gs_import_meaning_explain(GsImportMeaning *meaning, GsImportRow *row);

#endif

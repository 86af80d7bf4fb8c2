/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/import-meaning.h"

#include "traces/strace-text.h"

void gs_import_meaning_init(GsImportMeaning *meaning)
{
	*meaning = (GsImportMeaning){
		.follow = gs_kvm_follow_new(),
		.vm_numbers = g_array_new(FALSE, FALSE, sizeof(int32_t)),
		.vm_counts = g_array_new(FALSE, TRUE, sizeof(int32_t)),
	};
}

void gs_import_meaning_clear(GsImportMeaning *meaning)
{
	g_clear_pointer(&meaning->follow, gs_kvm_follow_free);
	g_clear_pointer(&meaning->vm_numbers, g_array_unref);
	g_clear_pointer(&meaning->vm_counts, g_array_unref);
}

static GsTraceRecord to_record(const GsImportRow *row)
{
	GsTraceRecord record = {
		.tid = row->tid,
		.status = row->status,
		.stamp = row->stamp,
		.start_ns = row->start_ns,
		.end_ns = row->end_ns,
		.resolution_ns = row->resolution_ns,
		.duration_ns = row->latency_ns,
		.series = row->series,
		.file = row->file,
		.group = row->group,
		.line = row->line,
		.name = row->call,
		.args = row->args,
		.result = row->result,
		.error = row->error,
		.outcome = row->outcome,
	};

	record.has_ret = gs_strace_number(row->result, &record.ret);
	return record;
}

/* Which of its series' VMs that is. */
static int32_t number_vm(GsImportMeaning *meaning, uint32_t series, int32_t vm)
{
	const int32_t none = GS_VM_NONE;
	int32_t *number;

	if (vm == GS_VM_NONE)
		return GS_VM_NONE;
	while ((uint32_t)vm >= meaning->vm_numbers->len)
		g_array_append_val(meaning->vm_numbers, none);
	number = &g_array_index(meaning->vm_numbers, int32_t, vm);
	if (*number == GS_VM_NONE) {
		if (series >= meaning->vm_counts->len)
			g_array_set_size(meaning->vm_counts, series + 1);
		*number = g_array_index(meaning->vm_counts, int32_t, series)++;
	}
	return *number;
}

/* A log may show only a pointer to what is asked of KVM_IOEVENTFD. */
static void count_hidden(GsImportMeaning *meaning, const GsImportRow *row, const GsKvmCall *call)
{
	if (!call->name || !g_str_equal(call->name, "KVM_IOEVENTFD") || !call->argument.length ||
	    *call->argument.text == '{')
		return;
	if (!meaning->hidden_ioeventfds.count)
		meaning->hidden_file = row->file;
	/* of another file, a line with a lower number comes no earlier */
	if (row->file == meaning->hidden_file)
		gs_line_count_add(&meaning->hidden_ioeventfds, row->line);
	else
		meaning->hidden_ioeventfds.count++;
}

void gs_import_meaning_explain(GsImportMeaning *meaning, GsImportRow *row)
{
	GsTraceRecord record = to_record(row);
	GsKvmCall call;

	gs_kvm_follow_record(meaning->follow, &record, &call);
	row->fd = call.fd;
	row->role = call.role;
	row->vm = number_vm(meaning, row->series, call.vm);
	if (!gs_import_row_lost_head(row))
		row->request = gs_kvm_call_request(&call);
	count_hidden(meaning, row, &call);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/fd-calls.h"

#include "traces/fd-text.h"
#include "traces/strace-text.h"

/* include/uapi/linux: what -X raw prints in place of the names */
#define RAW_CLONE_FILES 0x400
#define RAW_O_CLOEXEC 02000000
#define RAW_FD_CLOEXEC 1
#define RAW_CLOSE_RANGE_UNSHARE 2
#define RAW_CLOSE_RANGE_CLOEXEC 4

/* The @index-th argument of @record, from 0, without a name; empty if there are fewer. */
static GsSpan argument(const GsTraceRecord *record, unsigned int index)
{
	GsSpan list = record->args, item, name, value;

	for (unsigned int i = 0; gs_strace_next_item(&list, &item); i++) {
		if (i == index)
			return gs_strace_split_member(item, &name, &value) ? value : item;
	}
	return gs_span_string("");
}

static bool descriptor_argument(const GsTraceRecord *record, unsigned int index, GsFdText *fd)
{
	return gs_fd_text_parse(argument(record, index), fd);
}

static bool number_argument(const GsTraceRecord *record, unsigned int index, int64_t *number)
{
	GsSpan comment, text = argument(record, index);

	return gs_strace_number(gs_strace_strip_comment(text, &comment), number);
}

/* The member @wanted of a list or struct; empty if there is none. */
static GsSpan member(GsSpan list, const char *wanted)
{
	GsSpan item, name, value;

	while (gs_strace_next_item(&list, &item)) {
		if (gs_strace_split_member(item, &name, &value) && gs_span_equals(name, wanted))
			return value;
	}
	return gs_span_string("");
}

/* Whether "A|B|0x400" has the flag of that name or value. */
static bool has_flag(GsSpan flags, const char *flag, int64_t raw)
{
	const char *end = flags.text + flags.length;

	while (flags.length) {
		const char *bar = memchr(flags.text, '|', flags.length);
		GsSpan comment, term = gs_span(flags.text, bar ? bar : end);
		int64_t number;

		term = gs_strace_strip_comment(term, &comment);
		if (gs_span_equals(term, flag) ||
		    (gs_strace_number(term, &number) && (number & raw)))
			return true;
		flags = gs_span(bar ? bar + 1 : end, end);
	}
	return false;
}

/*
 * What @fd is, as an argument of @record: the decoration is right, what was
 * followed may be old.
 */
static const GsDescriptor *believe(GsFdTables *tables, const GsTraceRecord *record,
				   const GsFdText *fd)
{
	const GsDescriptor *known = gs_fd_tables_find(tables, record->tid, fd->number);

	return known && fd->decorated && known->role != fd->role ? NULL : known;
}

static bool succeeded(const GsTraceRecord *record)
{
	return record->status != GS_CALL_ERROR && record->has_ret && record->ret >= 0 &&
	       record->ret <= INT32_MAX;
}

/* The descriptor @record returned, whose number meant something else before. */
static void make(GsFdTables *tables, const GsTraceRecord *record, const GsDescriptor *made)
{
	const int32_t fd = (int32_t)record->ret;
	GsDescriptor descriptor = made ? *made : (GsDescriptor){ .vm = GS_VM_NONE };
	GsFdText printed;

	if (!succeeded(record))
		return;
	if (gs_fd_text_parse(record->outcome, &printed) && printed.decorated) {
		if (printed.role == GS_FD_UNKNOWN || printed.role != descriptor.role)
			descriptor = (GsDescriptor){
				.role = printed.role == GS_FD_KVM ? GS_FD_KVM : GS_FD_UNKNOWN,
				.vm = GS_VM_NONE,
				.survives_exec = descriptor.survives_exec,
				.process = descriptor.process,
			};
		if (printed.process)
			descriptor.process = printed.process;
	}
	gs_fd_tables_forget(tables, record->tid, fd);
	if (descriptor.role != GS_FD_UNKNOWN || descriptor.process)
		gs_fd_tables_set(tables, record->tid, fd, &descriptor);
}

static void follow_open(GsFdTables *tables, const GsTraceRecord *record)
{
	const bool at = !gs_span_equals(record->name, "open");
	GsSpan path = argument(record, at ? 1 : 0), flags = argument(record, at ? 2 : 1), inside;
	GsDescriptor opened = { .vm = GS_VM_NONE };

	/* openat2() */
	if (gs_strace_inside(flags, '{', &inside))
		flags = member(inside, "flags");
	if (gs_span_equals(path, "\"/dev/kvm\""))
		opened.role = GS_FD_KVM;
	opened.survives_exec = !has_flag(flags, "O_CLOEXEC", RAW_O_CLOEXEC);
	make(tables, record, &opened);
}

static void copy_to(GsFdTables *tables, const GsTraceRecord *record, bool survives_exec)
{
	const GsDescriptor *from;
	GsDescriptor copy;
	GsFdText fd;

	if (!succeeded(record) || !descriptor_argument(record, 0, &fd) || fd.number == record->ret)
		return;
	from = believe(tables, record, &fd);
	if (!from) {
		make(tables, record, NULL);
		return;
	}
	copy = *from;
	copy.survives_exec = survives_exec;
	make(tables, record, &copy);
}

static void follow_dup(GsFdTables *tables, const GsTraceRecord *record)
{
	copy_to(tables, record, !has_flag(argument(record, 2), "O_CLOEXEC", RAW_O_CLOEXEC));
}

static void set_survives_exec(GsFdTables *tables, const GsTraceRecord *record, bool survives_exec)
{
	GsDescriptor *descriptor;
	GsFdText fd;

	if (!succeeded(record) || !descriptor_argument(record, 0, &fd))
		return;
	descriptor = gs_fd_tables_find(tables, record->tid, fd.number);
	if (descriptor)
		descriptor->survives_exec = survives_exec;
}

static void follow_fcntl(GsFdTables *tables, const GsTraceRecord *record)
{
	GsSpan comment, command = gs_strace_strip_comment(argument(record, 1), &comment);

	if (gs_span_has_prefix(command, "F_DUPFD"))
		copy_to(tables, record, !gs_span_equals(command, "F_DUPFD_CLOEXEC"));
	else if (gs_span_equals(command, "F_SETFD"))
		set_survives_exec(tables, record,
				  !has_flag(argument(record, 2), "FD_CLOEXEC", RAW_FD_CLOEXEC));
}

/* F_SETFD by other names */
static void follow_ioctl(GsFdTables *tables, const GsTraceRecord *record)
{
	GsSpan comment, request = gs_strace_strip_comment(argument(record, 1), &comment);

	if (gs_span_equals(request, "FIOCLEX") || gs_span_equals(request, "0x5451"))
		set_survives_exec(tables, record, false);
	else if (gs_span_equals(request, "FIONCLEX") || gs_span_equals(request, "0x5450"))
		set_survives_exec(tables, record, true);
}

static void follow_close(GsFdTables *tables, const GsTraceRecord *record)
{
	GsFdText fd;

	/* closed even if that fails */
	if (record->has_ret && descriptor_argument(record, 0, &fd))
		gs_fd_tables_forget(tables, record->tid, fd.number);
}

static void follow_unshare(GsFdTables *tables, const GsTraceRecord *record)
{
	if (succeeded(record) && has_flag(argument(record, 0), "CLONE_FILES", RAW_CLONE_FILES))
		gs_fd_tables_unshare(tables, record->tid);
}

static void follow_close_range(GsFdTables *tables, const GsTraceRecord *record)
{
	const GsSpan flags = argument(record, 2);
	const bool marks = has_flag(flags, "CLOSE_RANGE_CLOEXEC", RAW_CLOSE_RANGE_CLOEXEC);
	g_autoptr(GArray) range = NULL;
	int64_t first, last;

	if (!succeeded(record) || !number_argument(record, 0, &first))
		return;
	/* "~0U", UINT_MAX: all the others */
	if (!number_argument(record, 1, &last) || last < 0)
		last = INT64_MAX;
	if (has_flag(flags, "CLOSE_RANGE_UNSHARE", RAW_CLOSE_RANGE_UNSHARE))
		gs_fd_tables_unshare(tables, record->tid);
	range = gs_fd_tables_range(tables, record->tid, first, last);
	for (unsigned int i = 0; i < range->len; i++) {
		const int32_t fd = g_array_index(range, int32_t, i);

		if (marks)
			gs_fd_tables_find(tables, record->tid, fd)->survives_exec = false;
		else
			gs_fd_tables_forget(tables, record->tid, fd);
	}
}

static void follow_pidfd_open(GsFdTables *tables, const GsTraceRecord *record)
{
	int64_t process;

	if (number_argument(record, 0, &process) && process > 0 && process <= INT32_MAX)
		make(tables, record,
		     &(GsDescriptor){ .vm = GS_VM_NONE, .process = (int32_t)process });
	else
		make(tables, record, NULL);
}

/* A copy of another process's descriptor. */
static void follow_pidfd_getfd(GsFdTables *tables, const GsTraceRecord *record)
{
	const GsDescriptor *pidfd, *from = NULL;
	GsFdText process, target;
	GsDescriptor copy;

	if (descriptor_argument(record, 0, &process) && descriptor_argument(record, 1, &target)) {
		pidfd = gs_fd_tables_find(tables, record->tid, process.number);
		if (!process.process && pidfd)
			process.process = pidfd->process;
		if (process.process)
			from = gs_fd_tables_lookup(tables, process.process, target.number);
	}
	if (!from) {
		make(tables, record, NULL);
		return;
	}
	copy = *from;
	copy.survives_exec = false;
	copy.inherited = true;
	make(tables, record, &copy);
}

/* pipe() and socketpair() write the two they make. */
static void follow_pair(GsFdTables *tables, const GsTraceRecord *record)
{
	const bool sockets = gs_span_equals(record->name, "socketpair");
	GsSpan pair, item;
	GsFdText fd;

	if (!succeeded(record) ||
	    !gs_strace_inside(argument(record, sockets ? 3 : 0), '[', &pair))
		return;
	while (gs_strace_next_item(&pair, &item)) {
		if (gs_fd_text_parse(item, &fd))
			gs_fd_tables_forget(tables, record->tid, fd.number);
	}
}

/* The child's number where it is traced, if another PID namespace calls it otherwise. */
static int32_t child_of(const GsTraceRecord *record)
{
	GsSpan comment, number;
	int64_t tid;

	gs_strace_strip_comment(record->outcome, &comment);
	number = comment = gs_span_trim(comment);
	number.length = 0;
	while (number.length < comment.length && g_ascii_isdigit(comment.text[number.length]))
		number.length++;
	if (gs_span_has_prefix(gs_span_drop(comment, number.length), " in strace's PID NS") &&
	    gs_strace_number(number, &tid) && tid > 0 && tid <= INT32_MAX)
		return (int32_t)tid;
	return (int32_t)record->ret;
}

static void follow_fork(GsFdTables *tables, const GsTraceRecord *record)
{
	GsSpan list = record->args;
	const char *stop;

	if (!succeeded(record) || record->ret == 0)
		return;
	/* clone3({flags=...} => {parent_tid=...}, 88) */
	if (gs_span_equals(record->name, "clone3")) {
		list = argument(record, 0);
		if (!gs_span_has_prefix(list, "{"))
			return;
		gs_strace_walk_list(list.text + 1, list.text + list.length, false, &stop);
		list = gs_span(list.text + 1, stop);
	}
	gs_fd_tables_fork(tables, record->tid, child_of(record),
			  has_flag(member(list, "flags"), "CLONE_FILES", RAW_CLONE_FILES));
}

static void follow_exec(GsFdTables *tables, const GsTraceRecord *record)
{
	if (succeeded(record))
		gs_fd_tables_exec(tables, record->tid);
}

static void follow_exit(GsFdTables *tables, const GsTraceRecord *record)
{
	gs_fd_tables_exit(tables, record->tid, gs_span_equals(record->name, "exit_group"));
}

static void follow_maker(GsFdTables *tables, const GsTraceRecord *record)
{
	make(tables, record, NULL);
}

/* Every call that has a say in what a descriptor is. */
static const struct {
	const char *name;
	void (*follow)(GsFdTables *tables, const GsTraceRecord *record);
} calls[] = {
	/* sorted by name */
	{ "accept", follow_maker },
	{ "accept4", follow_maker },
	{ "clone", follow_fork },
	{ "clone3", follow_fork },
	{ "close", follow_close },
	{ "close_range", follow_close_range },
	{ "creat", follow_maker },
	{ "dup", follow_dup },
	{ "dup2", follow_dup },
	{ "dup3", follow_dup },
	{ "epoll_create", follow_maker },
	{ "epoll_create1", follow_maker },
	{ "eventfd", follow_maker },
	{ "eventfd2", follow_maker },
	{ "execve", follow_exec },
	{ "execveat", follow_exec },
	{ "exit", follow_exit },
	{ "exit_group", follow_exit },
	{ "fanotify_init", follow_maker },
	{ "fcntl", follow_fcntl },
	{ "fcntl64", follow_fcntl },
	{ "fork", follow_fork },
	{ "inotify_init", follow_maker },
	{ "inotify_init1", follow_maker },
	{ "io_uring_setup", follow_maker },
	{ "ioctl", follow_ioctl },
	{ "landlock_create_ruleset", follow_maker },
	{ "memfd_create", follow_maker },
	{ "memfd_secret", follow_maker },
	{ "mq_open", follow_maker },
	{ "open", follow_open },
	{ "open_by_handle_at", follow_maker },
	{ "open_tree", follow_maker },
	{ "openat", follow_open },
	{ "openat2", follow_open },
	{ "perf_event_open", follow_maker },
	{ "pidfd_getfd", follow_pidfd_getfd },
	{ "pidfd_open", follow_pidfd_open },
	{ "pipe", follow_pair },
	{ "pipe2", follow_pair },
	{ "signalfd", follow_maker },
	{ "signalfd4", follow_maker },
	{ "socket", follow_maker },
	{ "socketpair", follow_pair },
	{ "timerfd_create", follow_maker },
	{ "unshare", follow_unshare },
	{ "userfaultfd", follow_maker },
	{ "vfork", follow_fork },
};

void gs_fd_calls_follow(GsFdTables *tables, const GsTraceRecord *record)
{
	size_t low = 0, high = G_N_ELEMENTS(calls);

	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = gs_span_compare(record->name, calls[middle].name);

		if (order == 0) {
			calls[middle].follow(tables, record);
			return;
		}
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
}

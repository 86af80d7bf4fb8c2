/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/fd-text.h"

#include <glib.h>

#include "traces/strace-text.h"

/* Inodes of KVM's that are neither a VM, a vCPU nor a device. */
static const char *const other_inodes[] = {
	"kvm-gmem", "kvm-htab", "kvm-spapr-tce", "kvm-vcpu-stats", "kvm-vm-stats",
};

static bool has_suffix(GsSpan span, const char *suffix)
{
	const size_t length = strlen(suffix);

	return span.length >= length &&
	       memcmp(span.text + span.length - length, suffix, length) == 0;
}

static GsFdRole role_of_inode(GsSpan name)
{
	const char *colon = memchr(name.text, ':', name.length);

	/* kvm-vcpu:0, kvm-vcpu-stats:0; older kernels do not say which vCPU */
	if (colon)
		name = gs_span(name.text, colon);
	if (gs_span_equals(name, "kvm-vm"))
		return GS_FD_VM;
	if (gs_span_equals(name, "kvm-vcpu"))
		return GS_FD_VCPU;
	for (size_t i = 0; i < G_N_ELEMENTS(other_inodes); i++) {
		if (gs_span_equals(name, other_inodes[i]))
			return GS_FD_UNKNOWN;
	}
	return gs_span_has_prefix(name, "kvm-") ? GS_FD_DEVICE : GS_FD_UNKNOWN;
}

/* Seen from outside a chroot the path is longer; the device's number is the same. */
static bool is_dev_kvm(GsSpan path)
{
	const char *angle = memchr(path.text, '<', path.length);

	if (angle) {
		const GsSpan device = gs_span(angle, path.text + path.length);

		if (gs_span_equals(device, "<char 10:232>"))
			return true;
		path = gs_span(path.text, angle);
	}
	/* inside the brackets before strace 5.19 */
	if (has_suffix(path, " (deleted)"))
		path.length -= strlen(" (deleted)");
	else if (has_suffix(path, "(deleted)"))
		path.length -= strlen("(deleted)");
	return has_suffix(path, "/dev/kvm");
}

/* @inside: what stands between the angle brackets. */
static void parse_decoration(GsSpan inside, GsFdText *fd)
{
	int64_t process;

	if (gs_span_has_prefix(inside, "anon_inode:")) {
		GsSpan name = gs_span_drop(inside, strlen("anon_inode:"));

		/* later kernels put the name in square brackets */
		if (gs_span_has_prefix(name, "[") && has_suffix(name, "]")) {
			name = gs_span_drop(name, 1);
			name.length--;
		}
		fd->role = role_of_inode(name);
		fd->is_eventfd = gs_span_equals(name, "eventfd");
	} else if (gs_span_has_prefix(inside, "pid:")) {
		GsSpan digits = gs_span_drop(inside, strlen("pid:"));
		size_t length = 0;

		while (length < digits.length && g_ascii_isdigit(digits.text[length]))
			length++;
		digits.length = length;
		if (gs_strace_number(digits, &process) && process > 0 && process <= INT32_MAX)
			fd->process = (int32_t)process;
	} else if (gs_span_has_prefix(inside, "{eventfd-")) {
		fd->is_eventfd = true;
	} else if (is_dev_kvm(inside)) {
		fd->role = GS_FD_KVM;
	}
}

bool gs_fd_text_parse(GsSpan text, GsFdText *fd)
{
	const char *end, *behind;
	GsSpan name, value;
	size_t length = 0;
	int64_t number;

	/* strace -N: "fd=25" */
	if (gs_strace_split_member(text, &name, &value))
		text = value;
	end = text.text + text.length;
	while (length < text.length && g_ascii_isalnum(text.text[length]))
		length++;
	*fd = (GsFdText){ .number = -1 };
	if (!gs_strace_number(gs_span(text.text, text.text + length), &number) || number < 0 ||
	    number > INT32_MAX)
		return false;
	fd->number = (int32_t)number;
	behind = gs_strace_skip_decoration(text.text + length, end);
	if (behind) {
		fd->decorated = true;
		parse_decoration(gs_span(text.text + length + 1, behind - 1), fd);
	}
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/kernel-value.h"

#include <inttypes.h>

#include "traces/span-take.h"

/* Errors are the last page of addresses, which is nobody's. */
#define ERRNO_MAX 4095

/* The common ones, which all architectures that run KVM number alike. */
static const char *const errno_names[] = {
	[1] = "EPERM",
	[2] = "ENOENT",
	[3] = "ESRCH",
	[4] = "EINTR",
	[5] = "EIO",
	[6] = "ENXIO",
	[7] = "E2BIG",
	[8] = "ENOEXEC",
	[9] = "EBADF",
	[10] = "ECHILD",
	[11] = "EAGAIN",
	[12] = "ENOMEM",
	[13] = "EACCES",
	[14] = "EFAULT",
	[15] = "ENOTBLK",
	[16] = "EBUSY",
	[17] = "EEXIST",
	[18] = "EXDEV",
	[19] = "ENODEV",
	[20] = "ENOTDIR",
	[21] = "EISDIR",
	[22] = "EINVAL",
	[23] = "ENFILE",
	[24] = "EMFILE",
	[25] = "ENOTTY",
	[26] = "ETXTBSY",
	[27] = "EFBIG",
	[28] = "ENOSPC",
	[29] = "ESPIPE",
	[30] = "EROFS",
	[31] = "EMLINK",
	[32] = "EPIPE",
	[33] = "EDOM",
	[34] = "ERANGE",
	[35] = "EDEADLK",
	[36] = "ENAMETOOLONG",
	[38] = "ENOSYS",
	[39] = "ENOTEMPTY",
	[40] = "ELOOP",
	[61] = "ENODATA",
	[62] = "ETIME",
	[71] = "EPROTO",
	[74] = "EBADMSG",
	[75] = "EOVERFLOW",
	[84] = "EILSEQ",
	[88] = "ENOTSOCK",
	[90] = "EMSGSIZE",
	[95] = "EOPNOTSUPP",
	[98] = "EADDRINUSE",
	[99] = "EADDRNOTAVAIL",
	[103] = "ECONNABORTED",
	[104] = "ECONNRESET",
	[105] = "ENOBUFS",
	[106] = "EISCONN",
	[107] = "ENOTCONN",
	[110] = "ETIMEDOUT",
	[111] = "ECONNREFUSED",
	[114] = "EALREADY",
	[115] = "EINPROGRESS",
	[125] = "ECANCELED",
	[133] = "EHWPOISON",
};

bool gs_kernel_value_read(GsSpan text, uint64_t *value)
{
	uint64_t sum = 0;

	gs_span_take_word(&text, "0x");
	if (text.length == 0 || text.length > 16)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		int digit = g_ascii_xdigit_value(text.text[i]);

		if (digit < 0)
			return false;
		sum = sum << 4 | (unsigned int)digit;
	}
	*value = sum;
	return true;
}

/* The kernel's own, which make it issue the call again: user space never sees them. */
static const char *restart_name(int number)
{
	switch (number) {
	case 512:
		return "ERESTARTSYS";
	case 513:
		return "ERESTARTNOINTR";
	case 514:
		return "ERESTARTNOHAND";
	case 516:
		return "ERESTART_RESTARTBLOCK";
	default:
		return NULL;
	}
}

static void append_error(GString *out, int number)
{
	const char *restart = restart_name(number);

	if (restart)
		g_string_append_printf(out, "? %s", restart);
	else if (number < (int)G_N_ELEMENTS(errno_names) && errno_names[number])
		g_string_append_printf(out, "-1 %s", errno_names[number]);
	else
		g_string_append_printf(out, "-1 (errno %d)", number);
}

void gs_kernel_value_append_return(GString *out, int64_t value)
{
	/* a 32-bit kernel's, printed without its sign */
	if (value > INT32_MAX && value <= UINT32_MAX && (int32_t)value >= -ERRNO_MAX)
		value = (int32_t)value;
	if (value < 0 && value >= -ERRNO_MAX)
		append_error(out, (int)-value);
	else if (value >= 0 && value <= INT32_MAX)
		g_string_append_printf(out, "%d", (int)value);
	else
		g_string_append_printf(out, "0x%" PRIx64, (uint64_t)value);
}

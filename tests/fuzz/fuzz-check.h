/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold whatever the input: else the fuzzer has found something. */
#ifndef GS_FUZZ_CHECK_H
#define GS_FUZZ_CHECK_H

#include <glib.h>

#define FUZZ_CHECK(condition) \
	do { \
		if (!(condition)) \
			g_error("%s:%d: %s", __FILE__, __LINE__, #condition); \
	} while (0)

#endif

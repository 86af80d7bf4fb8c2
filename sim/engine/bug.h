/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own broken invariants. A bug is reported loudly and at once: its id, the
 * simulated time, the last events and the seed that repeats it; then abort().
 * Mistakes of the user are GErrors, never this.
 */
#ifndef GS_BUG_H
#define GS_BUG_H

#include "sim/engine/engine.h"

/* Report invariant @id of @engine (NULL: none at hand) and abort. */
_Noreturn void gs_bug(const GsEngine *engine, const char *id, const char *format, ...)
	G_GNUC_PRINTF(3, 4) __attribute__((cold));

/* Checks stay on in release builds. */
#define GS_CHECK(engine, condition, id, ...) \
	do { \
		if (G_UNLIKELY(!(condition))) \
			gs_bug((engine), (id), __VA_ARGS__); \
	} while (0)

#endif

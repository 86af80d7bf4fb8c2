/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/interrupt.h"

#include <glib.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

/* Signals that come this soon after the first are the same wish. */
#define SAME_WISH_MS 500

/* A signal handler can be handed nothing, so the process shares these. */
static int caught;
static int64_t caught_ms;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Blocked while it runs: a signal it raises comes when it has returned. */
static void note_signal(int signum)
{
	if (!g_atomic_int_get(&caught)) {
		caught_ms = now_ms();
		g_atomic_int_set(&caught, signum);
	} else if (now_ms() - caught_ms > SAME_WISH_MS) {
		signal(signum, SIG_DFL);
		raise(signum);
	}
}

const int *gs_interrupt_catch(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction action;

		sigaction(signals[i], NULL, &action);
		if (action.sa_handler == SIG_IGN) /* nohup */
			continue;
		action = (struct sigaction){ .sa_handler = note_signal };
		sigfillset(&action.sa_mask);
		sigaction(signals[i], &action, NULL);
	}
	return &caught;
}

void gs_interrupt_die(void)
{
	const int signum = g_atomic_int_get(&caught);

	if (!signum)
		return;
	signal(signum, SIG_DFL);
	raise(signum);
}

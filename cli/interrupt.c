/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/interrupt.h"

#include <glib.h>
#include <signal.h>

/* A signal handler can be handed nothing, so the process shares this. */
static int caught;

static void note_signal(int signum)
{
	g_atomic_int_set(&caught, signum);
}

const int *gs_interrupt_catch(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction action;

		sigaction(signals[i], NULL, &action);
		if (action.sa_handler == SIG_IGN) /* nohup */
			continue;
		action = (struct sigaction){ .sa_handler = note_signal, .sa_flags = SA_RESETHAND };
		sigemptyset(&action.sa_mask);
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

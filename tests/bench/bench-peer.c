/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other simulators, each a program of its own beside this one:
 *
 *   PEER [VARIANT] LOAD PENDING
 *
 * It sets itself up and writes "ready"; then for each line with a number of
 * events it reads, it runs about so many and writes what one took, in
 * nanoseconds of CPU time. It ends with its input, or at once if it is not up
 * to that load.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench-subject.h"

typedef struct {
	FILE *to, *from; /* owned */
	GPid pid;
} Peer;

static const char *const load_names[] = { "hold", "bimodal", "timer", "rearm", "churn" };

static char *file_of(const char *name)
{
	const bool script = g_str_has_suffix(name, ".py");
	const char *folder = g_getenv(script ? "srcdir" : "builddir");

	return g_build_filename(folder ? folder : ".", "tests", "bench", name, NULL);
}

static void stop_peer(Peer *peer)
{
	fclose(peer->to);
	fclose(peer->from);
	g_spawn_close_pid(peer->pid);
	g_free(peer);
}

static Peer *spawn(char **argv)
{
	Peer *peer = g_new0(Peer, 1);
	char line[64];
	int to, from;

	/* Not waited for: it goes when its input ends, and this program soon after. */
	if (!g_spawn_async_with_pipes(NULL, argv, NULL,
				      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
				      &peer->pid, &to, &from, NULL, NULL)) {
		g_free(peer);
		return NULL;
	}
	peer->to = fdopen(to, "w");
	peer->from = fdopen(from, "r");
	if (fgets(line, sizeof(line), peer->from) && strcmp(line, "ready\n") == 0)
		return peer;
	stop_peer(peer);
	return NULL;
}

static void *bench_start(const char *argument, GsLoad load, size_t pending)
{
	/* The one configure has found need not be the one the packages are for. */
	const char *const pythons[] = { g_getenv("PYTHON"), "python3", "/usr/bin/python3" };
	g_auto(GStrv) words = g_strsplit(argument, " ", 2);
	g_autofree char *file = file_of(words[0]);
	g_autofree char *count = g_strdup_printf("%zu", pending);
	char *argv[] = { NULL, file, words[1], (char *)load_names[load], count, NULL };
	Peer *peer = NULL;

	if (!g_file_test(file, G_FILE_TEST_EXISTS))
		return NULL;
	if (!words[1]) {
		argv[2] = argv[3];
		argv[3] = argv[4];
		argv[4] = NULL;
	}
	if (!g_str_has_suffix(file, ".py"))
		return spawn(&argv[1]);
	for (size_t i = 0; !peer && i < G_N_ELEMENTS(pythons); i++) {
		argv[0] = (char *)pythons[i];
		if (argv[0] && *argv[0])
			peer = spawn(argv);
	}
	return peer;
}

static double bench_round_ns(void *state, uint64_t events)
{
	Peer *peer = state;
	char line[64];

	fprintf(peer->to, "%" G_GUINT64_FORMAT "\n", events);
	fflush(peer->to);
	if (!fgets(line, sizeof(line), peer->from))
		g_error("a peer ended before it was told to");
	return g_ascii_strtod(line, NULL);
}

static void bench_stop(void *state)
{
	stop_peer(state);
}

const GsBenchKind gs_bench_peer = { bench_start, bench_round_ns, bench_stop };

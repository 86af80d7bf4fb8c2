/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"

/* Output files open at once: the report and the samples, with room. */
#define PENDING_MAX 4

struct GsOutput {
	char *path;      /* owned: as the user wrote it, for messages */
	char *target;    /* owned: what to rename to, links resolved; NULL: written directly */
	char *temporary; /* owned: NULL with target */
	FILE *stream;    /* owned, unless it is stdout; NULL once closed */
	int slot;        /* in pending[] */
};

/*
 * Temporary files to remove if a signal ends the program. A signal handler can
 * be handed nothing, so this is the one table the process shares.
 */
static const char *volatile pending[PENDING_MAX];

static const int fatal_signals[] = { SIGHUP, SIGINT, SIGTERM };

static void clean_up_and_die(int signum)
{
	for (int i = 0; i < PENDING_MAX; i++)
		if (pending[i])
			unlink(pending[i]);
	signal(signum, SIG_DFL);
	raise(signum); /* blocked until the handler returns: the status says what ended us */
}

static void block_fatal_signals(sigset_t *ret_before)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < G_N_ELEMENTS(fatal_signals); i++)
		sigaddset(&blocked, fatal_signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, ret_before);
}

static void unblock_fatal_signals(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void catch_fatal_signals(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fatal_signals); i++) {
		struct sigaction action;

		sigaction(fatal_signals[i], NULL, &action);
		if (action.sa_handler == SIG_IGN) /* nohup */
			continue;
		action = (struct sigaction){ .sa_handler = clean_up_and_die };
		sigemptyset(&action.sa_mask);
		sigaction(fatal_signals[i], &action, NULL);
	}
}

static void set_error(GError **error, const char *path, int errnum)
{
	if (strcmp(path, "-"))
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_OUTPUT, "cannot write '%s': %s", path,
			    g_strerror(errnum));
	else
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_OUTPUT,
			    "cannot write standard output: %s", g_strerror(errnum));
}

/* Create the temporary file beside the target and note it for the signal handler. */
static int create_temporary(GsOutput *output)
{
	g_autofree char *folder = g_path_get_dirname(output->target);
	g_autofree char *name = g_path_get_basename(output->target);
	sigset_t before;
	int fd;

	while (pending[output->slot])
		if (++output->slot == PENDING_MAX) {
			errno = EMFILE;
			return -1;
		}
	output->temporary = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
	catch_fatal_signals();
	block_fatal_signals(&before);
	fd = g_mkstemp_full(output->temporary, O_WRONLY | O_CLOEXEC, 0666);
	if (fd >= 0)
		pending[output->slot] = output->temporary;
	else
		g_clear_pointer(&output->temporary, g_free);
	unblock_fatal_signals(&before);
	return fd;
}

static int open_path(GsOutput *output)
{
	struct stat status;

	if (!stat(output->path, &status)) {
		if (S_ISDIR(status.st_mode)) {
			errno = EISDIR;
			return -1;
		}
		if (!S_ISREG(status.st_mode))
			return open(output->path, O_WRONLY | O_CLOEXEC);
		/* Through a link the file it names is replaced, not the link. */
		output->target = realpath(output->path, NULL);
		if (!output->target)
			return -1;
	} else if (errno == ENOENT && *output->path && !g_str_has_suffix(output->path, "/")) {
		output->target = g_strdup(output->path);
	} else {
		return -1;
	}
	return create_temporary(output);
}

GsOutput *gs_output_open(const char *path, GError **error)
{
	g_autoptr(GsOutput) output = g_new0(GsOutput, 1);
	int fd;

	output->path = g_strdup(path);
	if (!strcmp(path, "-")) {
		output->stream = stdout;
		return g_steal_pointer(&output);
	}
	fd = open_path(output);
	if (fd >= 0)
		output->stream = fdopen(fd, "w");
	if (!output->stream) {
		set_error(error, path, errno);
		return NULL;
	}
	return g_steal_pointer(&output);
}

bool gs_output_is_same(const char *a, const char *b)
{
	g_autofree char *a_folder = g_path_get_dirname(a), *b_folder = g_path_get_dirname(b);
	g_autofree char *a_name = g_path_get_basename(a), *b_name = g_path_get_basename(b);
	struct stat a_status, b_status;
	bool a_exists, b_exists;

	if (!strcmp(a, "-") || !strcmp(b, "-"))
		return !strcmp(a, b);
	a_exists = !stat(a, &a_status);
	b_exists = !stat(b, &b_status);
	if (a_exists != b_exists || (a_exists && !S_ISREG(a_status.st_mode)))
		return false;
	if (!a_exists && (strcmp(a_name, b_name) || stat(a_folder, &a_status) ||
			  stat(b_folder, &b_status)))
		return !strcmp(a, b);
	return a_status.st_dev == b_status.st_dev && a_status.st_ino == b_status.st_ino;
}

FILE *gs_output_stream(GsOutput *output)
{
	return output->stream;
}

const char *gs_output_temporary(const GsOutput *output)
{
	return output->temporary;
}

bool gs_output_check(GsOutput *output, GError **error)
{
	int errnum = errno;

	if (!ferror(output->stream))
		return true;
	set_error(error, output->path, errnum);
	return false;
}

static bool close_stream(GsOutput *output)
{
	FILE *stream = g_steal_pointer(&output->stream);
	bool failed = ferror(stream) || fflush(stream);
	int errnum = errno;

	/* stdout stays open: main() closes it. */
	if (stream != stdout && fclose(stream) && !failed) {
		failed = true;
		errnum = errno;
	}
	errno = errnum;
	return !failed;
}

bool gs_output_commit(GsOutput *output, GError **error)
{
	sigset_t before;
	bool renamed;

	if (!close_stream(output)) {
		set_error(error, output->path, errno);
		return false;
	}
	if (!output->temporary)
		return true;
	block_fatal_signals(&before);
	renamed = !rename(output->temporary, output->target);
	if (renamed) {
		pending[output->slot] = NULL;
		g_clear_pointer(&output->temporary, g_free);
	}
	unblock_fatal_signals(&before);
	if (!renamed)
		set_error(error, output->path, errno);
	return renamed;
}

void gs_output_free(GsOutput *output)
{
	if (output->stream)
		close_stream(output);
	if (output->temporary) {
		unlink(output->temporary);
		pending[output->slot] = NULL;
	}
	g_free(output->temporary);
	free(output->target);
	g_free(output->path);
	g_free(output);
}

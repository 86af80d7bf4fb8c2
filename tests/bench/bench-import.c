/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a log is read, and in how much memory: "strace -f -ttt -T -o" of three
 * threads, a good part of whose calls is printed in halves. wc and grep on the
 * same file say what the machine can do. Time is that of the CPU, so that others
 * on the machine count for less, and a second core for nothing.
 *
 * BENCH_MB=N: a log of N MB, not 1024; it lies in $TMPDIR or else in the current
 * folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/trace-reader.h"

#define DEFAULT_MB 1024
#define MB 1000000
#define RUNS 3
#define THREADS 3
#define FIRST_TID 21933

typedef struct {
	char *path; /* owned; its file has no other name: it is gone when we are */
	uint64_t bytes, lines, ioctl_lines, calls;
} Log;

typedef struct {
	const char *head;
	const char *tail;
} BenchCall;

static const BenchCall calls[] = {
	{ "ioctl(25, KVM_IOEVENTFD, 0x7ffda75452d0", ") = 0" },
	{ "ioctl(27<anon_inode:kvm-vcpu:0>, KVM_RUN, 0", ") = 0" },
	{ "ioctl(25<anon_inode:kvm-vm>, KVM_SET_USER_MEMORY_REGION, {slot=0, flags=0, "
	  "guest_phys_addr=0, memory_size=65536, userspace_addr=0x7ff818a9c000}",
	  ") = 0" },
	{ "ioctl(24, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS", ") = 32764" },
	{ "ioctl(27, KVM_RUN, 0", ") = -1 EINTR (Interrupted system call)" },
	{ "write(5, \"boot: x) = 28 <0.000137>\\n\", 26", ") = 26" },
};

static FILE *open_log(Log *log)
{
	const char *folder = g_getenv("TMPDIR");
	g_autofree char *name =
		g_build_filename(folder ? folder : ".", "bench-import-XXXXXX", NULL);
	const int fd = mkstemp(name);

	if (fd < 0)
		g_error("cannot create '%s': %s", name, g_strerror(errno));
	unlink(name);
	/* for us and for those we start */
	log->path = g_strdup_printf("/proc/self/fd/%d", fd);
	return fdopen(fd, "w");
}

static void generate(Log *log, uint64_t size)
{
	FILE *stream = open_log(log);
	const BenchCall *inside[THREADS] = { NULL };
	uint64_t state = 1, time_us = UINT64_C(1795365489527497);

	while (log->bytes < size) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

		const unsigned int pick = (unsigned int)(state >> 40);
		const unsigned int thread = pick % THREADS;
		const BenchCall *resumed = inside[thread];
		const BenchCall *call =
			resumed ? resumed : &calls[pick / THREADS % G_N_ELEMENTS(calls)];
		const unsigned int took_us = 3 + pick / 64 % 500;
		int length;

		time_us += took_us;
		length = fprintf(stream, "%u %" G_GUINT64_FORMAT ".%06u ", FIRST_TID + thread,
				 time_us / 1000000, (unsigned int)(time_us % 1000000));
		inside[thread] = NULL;
		if (resumed) {
			length += fprintf(stream, "<... %.*s resumed>%s <0.%06u>\n",
					  (int)strcspn(call->head, "("), call->head, call->tail,
					  took_us);
		} else if (pick / 1024 % 4 == 0) {
			length += fprintf(stream, "%s <unfinished ...>\n", call->head);
			inside[thread] = call;
		} else {
			length += fprintf(stream, "%s%s <0.%06u>\n", call->head, call->tail,
					  took_us);
		}
		log->bytes += (uint64_t)length;
		log->lines++;
		log->calls += !resumed;
		log->ioctl_lines += g_str_has_prefix(call->head, "ioctl");
	}
	/* written back now, not while others are measured; it stays open, or it were gone */
	if (fflush(stream) != 0 || fsync(fileno(stream)) != 0)
		g_error("cannot write the log: %s", g_strerror(errno));
}

/* What "bench-import FILE" does: tell how many records there are. */
static int count_records(const char *path)
{
	const char *const paths[] = { path, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new(paths, &error);
	GsTraceRecord record;
	uint64_t count = 0;

	while (reader && gs_trace_reader_next(reader, &record, &error))
		count++;
	if (error)
		g_error("%s", error->message);
	printf("%" G_GUINT64_FORMAT "\n", count);
	return EXIT_SUCCESS;
}

typedef struct {
	const char *label;
	const char *const *argv; /* what tells @count first, or, 0, has more to say */
	uint64_t count;
	uint64_t items; /* lines or records */
} Measure;

typedef struct {
	double seconds;
	double peak_mb; /* of resident memory */
} Cost;

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static Cost run(const Measure *measure)
{
	const char *program = measure->argv[0];
	char output[64] = "";
	struct rusage usage;
	int pipe_fds[2], status;
	pid_t pid;

	if (pipe(pipe_fds) != 0 || (pid = fork()) < 0)
		g_error("cannot start '%s': %s", program, g_strerror(errno));
	if (pid == 0) {
		/* grep does not count if it writes to /dev/null: that is for what is long */
		if (measure->count == 0 && !freopen("/dev/null", "w", stdout))
			_exit(126);
		if (measure->count > 0)
			dup2(pipe_fds[1], STDOUT_FILENO);
		execvp(program, (char *const *)measure->argv);
		_exit(127);
	}
	close(pipe_fds[1]);
	if (measure->count > 0 && read(pipe_fds[0], output, sizeof(output) - 1) < 0)
		g_error("cannot read what '%s' says: %s", program, g_strerror(errno));
	if (wait4(pid, &status, 0, &usage) != pid || status != 0)
		g_error("'%s' failed", program);
	close(pipe_fds[0]);
	if (measure->count > 0 && g_ascii_strtoull(output, NULL, 10) != measure->count)
		g_error("'%s' says %s, not %" G_GUINT64_FORMAT, program, output, measure->count);
	return (Cost){
		.seconds = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime),
		.peak_mb = (double)usage.ru_maxrss * 1024 / MB,
	};
}

/* The shortest of some runs and the most memory. */
static Cost run_often(const Measure *measure)
{
	Cost best = run(measure);

	for (unsigned int i = 1; i < RUNS; i++) {
		const Cost cost = run(measure);

		best.seconds = MIN(best.seconds, cost.seconds);
		best.peak_mb = MAX(best.peak_mb, cost.peak_mb);
	}
	return best;
}

static void compare(const Log *log, const char *self, const char *gracesim)
{
	const char *path = log->path;
	const Measure measures[] = {
		/* grep comes first: the others are compared with it */
		{ "grep -c ioctl", (const char *[]){ "grep", "-c", "ioctl", path, NULL },
		  log->ioctl_lines, log->lines },
		{ "grep -c ioctl, LC_ALL=C",
		  (const char *[]){ "env", "LC_ALL=C", "grep", "-c", "ioctl", path, NULL },
		  log->ioctl_lines, log->lines },
		{ "wc -l", (const char *[]){ "wc", "-l", path, NULL }, log->lines, log->lines },
		{ "wc -l, LC_ALL=C", (const char *[]){ "env", "LC_ALL=C", "wc", "-l", path, NULL },
		  log->lines, log->lines },
		{ "records, by the library", (const char *[]){ self, path, NULL }, log->calls,
		  log->calls },
		{ "import --check", (const char *[]){ gracesim, "import", "--check", path, NULL },
		  0, log->calls },
		{ "import --format=csv",
		  (const char *[]){ gracesim, "import", "-q", "--format=csv", path, NULL }, 0,
		  log->calls },
	};
	double grep_s = 0;

	printf("%.2f million lines, %.2f million calls, %.0f MB\n", (double)log->lines / 1e6,
	       (double)log->calls / 1e6, (double)log->bytes / MB);
	printf("%-24s %8s %10s %10s %10s\n", "", "MB/s", "M items/s", "peak MB", "grep -c");
	for (size_t i = 0; i < G_N_ELEMENTS(measures); i++) {
		const Cost cost = run_often(&measures[i]);

		if (i == 0)
			grep_s = cost.seconds;
		printf("%-24s %8.0f %10.2f %10.1f %9.2fx\n", measures[i].label,
		       (double)log->bytes / MB / cost.seconds,
		       (double)measures[i].items / 1e6 / cost.seconds, cost.peak_mb,
		       grep_s / cost.seconds);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	const char *size_mb = g_getenv("BENCH_MB"), *gracesim = g_getenv("GRACESIM");
	Log log = { 0 };

	if (argc > 1)
		return count_records(argv[1]);
	generate(&log, (size_mb ? g_ascii_strtoull(size_mb, NULL, 10) : DEFAULT_MB) * MB);
	compare(&log, argv[0], gracesim ? gracesim : "./gracesim");
	g_free(log.path);
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logs drawn at random, with all that logs lack: imported, written as strace text
 * and imported again, they are the same rows. Repeat a failure with --seed.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "runs/import.h"

#define ROUNDS 300
#define LINES_MAX 60
#define THREADS 3

typedef enum {
	STAMP_NONE,
	STAMP_CLOCK,
	STAMP_EPOCH,
	STAMP_GAP,
	STAMP_STYLES
} StampStyle;

typedef struct {
	bool tids, durations;
	StampStyle stamp;
	int digits; /* 0, 3, 6, 9 */
	int lost;   /* a line in so many is missing; 0: none */
	int from;   /* the lines before are missing: strace attached later */
	bool cut;   /* the file ends inside its last line */
} Style;

typedef struct {
	int call;         /* that it is inside of; -1: none */
	int64_t begun_ns; /* when that began */
	int64_t free_ns;  /* when its last call ended */
} Thread;

typedef struct {
	GString *log;
	Style style;
	int64_t now_ns, last_ns;
	Thread threads[THREADS];
} Log;

static Style draw_style(GRand *rand)
{
	return (Style){
		.tids = g_rand_boolean(rand),
		.durations = g_rand_boolean(rand),
		.stamp = (StampStyle)g_rand_int_range(rand, 0, STAMP_STYLES),
		.digits = 3 * g_rand_int_range(rand, 0, 4),
		.lost = g_rand_boolean(rand) ? 0 : g_rand_int_range(rand, 2, 8),
		.from = g_rand_int_range(rand, 0, LINES_MAX / 4),
		.cut = g_rand_boolean(rand),
	};
}

static int64_t unit_ns(const Style *style)
{
	int64_t unit = 1000000000;

	for (int i = 0; i < style->digits; i++)
		unit /= 10;
	return unit;
}

static void print_seconds(Log *log, const char *whole, int64_t ns)
{
	char fraction[16];

	g_string_append(log->log, whole);
	g_snprintf(fraction, sizeof(fraction), "%09d", (int)(ns % 1000000000));
	if (log->style.digits)
		g_string_append_printf(log->log, ".%.*s", log->style.digits, fraction);
}

static void print_prefix(Log *log, int thread)
{
	/* shortly before midnight, so that it passes */
	int64_t seconds = log->now_ns / 1000000000, of_day = (86398 + seconds) % 86400;
	int64_t gap_ns = log->now_ns - log->last_ns;
	g_autofree char *whole = NULL;

	if (log->style.tids)
		g_string_append_printf(log->log, "%-5d ", 100 + thread);
	if (log->style.stamp == STAMP_NONE)
		return;
	if (log->style.stamp == STAMP_CLOCK)
		whole = g_strdup_printf("%02d:%02d:%02d", (int)(of_day / 3600),
					(int)(of_day / 60 % 60), (int)(of_day % 60));
	else if (log->style.stamp == STAMP_EPOCH)
		whole = g_strdup_printf("%" G_GINT64_FORMAT, 1795365489 + seconds);
	else
		whole = g_strdup_printf("%6d", (int)(gap_ns / 1000000000));
	print_seconds(log, whole, log->style.stamp == STAMP_GAP ? gap_ns : log->now_ns);
	g_string_append_c(log->log, ' ');
	log->last_ns = log->now_ns;
}

static void print_result(Log *log, GRand *rand, int64_t duration_ns)
{
	static const char *const results[] = {
		"0",
		"28<anon_inode:kvm-vcpu:0>",
		"0x7f60198d4000",
		"-1 EINTR (Interrupted system call)",
		"-1 EINVAL (Invalid argument) (INJECTED)",
		"? ERESTARTSYS (To be restarted if SA_RESTART is set)",
		"?",
	};
	g_autofree char *whole = g_strdup_printf("%d", (int)(duration_ns / 1000000000));

	g_string_append_printf(log->log, ") = %s",
			       results[g_rand_int_range(rand, 0, G_N_ELEMENTS(results))]);
	if (log->style.durations) {
		g_string_append(log->log, " <");
		print_seconds(log, whole, duration_ns);
		g_string_append_c(log->log, '>');
	}
	g_string_append_c(log->log, '\n');
}

/* Calls whose arguments may be parted anywhere before their last. */
static const struct {
	const char *name, *head, *tail;
} calls[] = {
	{ "ioctl", "4, KVM_CREATE_VCPU", ", 0" },
	{ "ioctl", "4<anon_inode:kvm-vm>, KVM_SET_USER_MEMORY_REGION", ", {slot=0, flags=0}" },
	{ "ioctl", "3, 0xae03 /* KVM_CHECK_EXTENSION */, 0", "" },
	{ "openat", "AT_FDCWD, \"/dev/kvm\", O_RDWR", "" },
	{ "read", "5, ", "\"x) = 28 <0.000137>, \\\"q\\\"\", 25" },
	{ "clone3", "{flags=CLONE_VM}", " => {parent_tid=[101]}, 88" },
};

static void draw_line(Log *log, GRand *rand)
{
	int number = log->style.tids ? g_rand_int_range(rand, 0, THREADS) : 0;
	Thread *thread = &log->threads[number];
	int call = g_rand_int_range(rand, 0, G_N_ELEMENTS(calls));
	int64_t unit = unit_ns(&log->style), duration_ns;

	log->now_ns = MAX(log->now_ns, thread->free_ns) + g_rand_int_range(rand, 0, 500) * unit;
	print_prefix(log, number);
	if (thread->call >= 0) {
		g_string_append_printf(log->log, "<... %s resumed>%s", calls[thread->call].name,
				       calls[thread->call].tail);
		print_result(log, rand, log->now_ns - thread->begun_ns);
		thread->call = -1;
	} else if (g_rand_int_range(rand, 0, 3) == 0) {
		g_string_append_printf(log->log, "%s(%s <unfinished ...>\n", calls[call].name,
				       calls[call].head);
		thread->call = call;
		thread->begun_ns = log->now_ns;
	} else {
		duration_ns = g_rand_int_range(rand, 0, 3000) * unit;
		thread->free_ns = log->now_ns + duration_ns;
		g_string_append_printf(log->log, "%s(%s%s", calls[call].name, calls[call].head,
				       calls[call].tail);
		print_result(log, rand, duration_ns);
	}
}

static char *draw_log(GRand *rand, const Style *style)
{
	Log log = { .log = g_string_new(NULL), .style = *style };
	int count = g_rand_int_range(rand, 1, LINES_MAX);

	for (int i = 0; i < THREADS; i++)
		log.threads[i].call = -1;
	for (int i = 0; i < count; i++) {
		size_t begin = log.log->len;
		/* a gap that is missing moves all that follows */
		bool may_lack = style->stamp != STAMP_GAP && style->lost;

		draw_line(&log, rand);
		if (i < style->from || (may_lack && g_rand_int_range(rand, 0, style->lost) == 0))
			g_string_truncate(log.log, begin);
	}
	if (style->cut && log.log->len > 2)
		g_string_truncate(log.log, log.log->len - MIN((gsize)g_rand_int_range(rand, 2, 20),
							      log.log->len - 1));
	return g_string_free(log.log, FALSE);
}

/* @path in that form; a budget of a few rows has them sorted in files. */
static char *import(const char *path, const GsImportFormat *format)
{
	const char *const paths[] = { path, NULL };
	const GsImportSpec spec = { .paths = paths, .format = format, .budget_bytes = 2000 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsImport) imported = gs_import_read(&spec, &error);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	g_assert_no_error(error);
	g_assert_true(gs_import_write(imported, stream, &error));
	g_assert_no_error(error);
	fclose(stream);
	return text;
}

/* The rows without the columns that say where in which file they come from. */
static char **split_rows(const char *csv)
{
	char **rows = g_strsplit(csv, "\n", -1);

	for (char **row = rows; *row; row++)
		for (int i = 0; i < 2; i++) {
			char *comma = strrchr(*row, ',');

			if (comma)
				*comma = '\0';
		}
	return rows;
}

static void check_log(const char *folder, const char *log)
{
	g_autofree char *path = g_build_filename(folder, "log", NULL);
	g_autofree char *again_path = g_build_filename(folder, "again", NULL);
	g_autofree char *csv = NULL, *text = NULL, *csv_again = NULL;
	g_auto(GStrv) wanted = NULL, got = NULL;

	g_assert_true(g_file_set_contents(path, log, -1, NULL));
	csv = import(path, &gs_import_csv);
	text = import(path, &gs_import_strace);
	g_assert_true(g_file_set_contents(again_path, text, -1, NULL));
	csv_again = import(again_path, &gs_import_csv);
	wanted = split_rows(csv);
	got = split_rows(csv_again);
	if (!g_strv_equal((const char *const *)wanted, (const char *const *)got))
		g_test_message("log:\n%s\nas strace text:\n%s", log, text);
	for (unsigned int i = 0; wanted[i] || got[i]; i++)
		g_assert_cmpstr(got[i], ==, wanted[i]);
	g_unlink(path);
	g_unlink(again_path);
}

static void test_round_trip(void)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);

	for (int i = 0; i < ROUNDS; i++) {
		g_autoptr(GRand) rand =
			g_rand_new_with_seed((guint32)g_test_rand_int_range(0, G_MAXINT32));
		Style style = draw_style(rand);
		g_autofree char *log = draw_log(rand, &style);

		check_log(folder, log);
	}
	g_rmdir(folder);
}

/* What no draw makes: calls that never return, a clock set back, names that are lost. */
static void test_oddities(void)
{
	static const char *const logs[] = {
		"1 exit_group(0) = ?\n",
		"1 exit_group(0 <unfinished ...>\n",
		"1 exit(0 <unfinished ...>) = ?\n",
		"1 ioctl(5, KVM_RUN, 0 <unfinished ...>) = ?\n",
		"1 <... ??? resumed>) = ?\n",
		"1 1795365489.500000 <... ioctl resumed>}, 5) = 0 <0.250000001>\n",
		"1 00:00:00.100000 <... ioctl resumed>, 5) = 0 <0.250000>\n",
		"1      0.000000 <... ioctl resumed>, 5) = 0 <0.250000>\n"
		"1      0.000100 close(3) = 0 <0.000001>\n",
		"1 10:00:00.000000 close(3) = 0 <0.000001>\n"
		"1 09:00:00.000000 close(4) = 0 <0.000001>\n"
		"2 09:00:00.500000 close(5) = 0 <0.000001>\n",
		"close(3) = 0\n1 close(4) = 0\n",
		"[pid 7] close(3) = 0\nclose(4) = 0\n[pid 8] close(5) = 0\n",
		"1 restart_syscall(<... resuming interrupted nanosleep ...>) = 0\n",
		"1 write(1, \"abc",
		"1 1234567.5 close(3) = 0\n1 0.25 close(4) = 0\n",
	};
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(logs); i++)
		check_log(folder, logs[i]);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/import/round-trip", test_round_trip);
	g_test_add_func("/import/oddities", test_oddities);
	return g_test_run();
}

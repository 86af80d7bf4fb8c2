/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls drawn at random, printed as strace prints them in a style drawn at
 * random, and read back: the same calls. Repeat a failure with --seed.
 */
#include <glib.h>

#include "traces/trace-reader.h"

#define ROUNDS 400
#define CALLS_MAX 40
#define THREADS 4
#define EPOCH_NS INT64_C(1795365489000000000)

typedef struct {
	int32_t tid;
	int64_t start_ns, end_ns, duration_ns;
	char *args;
	int64_t ret;
	const char *error; /* NULL: none */
	bool halved;
} Call;

typedef enum {
	TID_NONE,
	TID_FILE,
	TID_COMM,
	TID_BRACKET,
	TID_STYLES
} TidStyle;
typedef enum {
	STAMP_NONE,
	STAMP_CLOCK,
	STAMP_EPOCH,
	STAMP_GAP,
	STAMP_STYLES
} StampStyle;

typedef struct {
	TidStyle tid;
	StampStyle stamp;
	int digits; /* of fractions: 3, 6, 9 */
	bool durations;
	bool carriage_returns;
	bool old_resumed; /* strace before 5.0 */
} Style;

static int64_t unit_ns(const Style *style)
{
	return style->digits == 9 ? 1 : style->digits == 6 ? 1000 : 1000000;
}

/* A value that holds whatever a scanner could trip over. */
static void draw_value(GRand *rand, GString *text, int depth)
{
	static const char *const plain[] = {
		"0",
		"-1",
		"0x7ffd1000",
		"NULL",
		"KVM_RUN",
		"O_RDWR|O_CLOEXEC",
		"1<<3",
		"~[]",
		"25</dev/kvm<char 10:232>>",
		"4<anon_inode:kvm-vm>",
		"3</tmp/a\\76b\\74c>(deleted)",
		"5<TCP:[127.0.0.1:80->10.0.0.1:5555]>",
		"0xae41 /* KVM_CREATE_VCPU, ) = 0 */",
		"_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)",
		"\"\"",
		"\"a\\\"b\"...",
		"\"x) = 28 <0.000137>\"",
		"\"<unfinished ...>\"",
		"\"\\\\\"",
		"\"\\377{[(\"",
		"...",
	};

	switch (depth < 4 ? g_rand_int_range(rand, 0, 6) : 5) {
	case 0:
		g_string_append(text, "{a=");
		draw_value(rand, text, depth + 1);
		g_string_append(text, ", b=");
		draw_value(rand, text, depth + 1);
		g_string_append_c(text, '}');
		break;
	case 1:
		g_string_append_c(text, '[');
		draw_value(rand, text, depth + 1);
		g_string_append(text, ", ...]");
		break;
	case 2:
		g_string_append(text, "makedev(");
		draw_value(rand, text, depth + 1);
		g_string_append_c(text, ')');
		break;
	default:
		g_string_append(text, plain[g_rand_int_range(rand, 0, G_N_ELEMENTS(plain))]);
	}
}

static char *draw_args(GRand *rand)
{
	int count = g_rand_int_range(rand, 0, 4);
	GString *text = g_string_new(NULL);

	for (int i = 0; i < count; i++) {
		if (i)
			g_string_append(text, ", ");
		draw_value(rand, text, 0);
	}
	return g_string_free(text, FALSE);
}

static void print_fraction(GString *log, int64_t ns, int digits)
{
	char text[16];

	g_snprintf(text, sizeof(text), "%09d", (int)(ns % 1000000000));
	g_string_append_printf(log, ".%.*s", digits, text);
}

/* @now_ns: since EPOCH_NS; @last_ns: of the line before. */
static void print_prefix(GString *log, const Style *style, int32_t tid, int64_t now_ns,
			 int64_t last_ns)
{
	int64_t seconds = now_ns / 1000000000;

	switch (style->tid) {
	case TID_FILE:
		g_string_append_printf(log, "%-5d ", tid);
		break;
	case TID_COMM:
		g_string_append_printf(log, "%d<a) = b> ", tid);
		break;
	case TID_BRACKET:
		g_string_append_printf(log, "[pid %5d] ", tid);
		break;
	default:
		break;
	}
	switch (style->stamp) {
	case STAMP_CLOCK:
		g_string_append_printf(log, "%02d:%02d:%02d", (int)(seconds / 3600 % 24),
				       (int)(seconds / 60 % 60), (int)(seconds % 60));
		break;
	case STAMP_EPOCH:
		g_string_append_printf(log, "%" G_GINT64_FORMAT, EPOCH_NS / 1000000000 + seconds);
		break;
	case STAMP_GAP:
		now_ns -= last_ns;
		g_string_append_printf(log, "%6d", (int)(now_ns / 1000000000));
		break;
	default:
		return;
	}
	print_fraction(log, now_ns, style->digits);
	g_string_append_c(log, ' ');
}

static void print_result(GString *log, const Style *style, const Call *call)
{
	g_string_append_printf(log, ")   = %" G_GINT64_FORMAT, call->ret);
	if (call->error)
		g_string_append_printf(log, " %s (Some (nested) text)", call->error);
	if (style->durations) {
		g_string_append_printf(log, " <%d", (int)(call->duration_ns / 1000000000));
		print_fraction(log, call->duration_ns, style->digits);
		g_string_append_c(log, '>');
	}
	g_string_append(log, style->carriage_returns ? "\r\n" : "\n");
}

/* Where a call's arguments may be cut: behind a comma of its own, or at their end. */
static size_t draw_cut(GRand *rand, const char *args)
{
	const char *comma = g_rand_boolean(rand) ? strstr(args, ", ") : NULL;

	/* a string or comment would go on in the second half: only cut before one can begin */
	for (const char *at = args; comma && at < comma; at++) {
		if (strchr("\"/<", *at))
			comma = NULL;
	}
	return comma ? (size_t)(comma - args) : strlen(args);
}

static Style draw_style(GRand *rand)
{
	return (Style){
		.tid = (TidStyle)g_rand_int_range(rand, 0, TID_STYLES),
		.stamp = (StampStyle)g_rand_int_range(rand, 0, STAMP_STYLES),
		.digits = 3 * g_rand_int_range(rand, 1, 4),
		.durations = g_rand_boolean(rand),
		.carriage_returns = g_rand_boolean(rand),
		.old_resumed = g_rand_boolean(rand),
	};
}

static void call_clear(void *data)
{
	g_free(((Call *)data)->args);
}

/* A log of calls; @calls in the order in which they end. */
static GString *draw_log(GRand *rand, const Style *style, GArray *calls)
{
	GString *log = g_string_new(NULL);
	Call open[THREADS] = { 0 };
	size_t rest[THREADS] = { 0 };
	int64_t now_ns = 0, last_ns = 0, unit = unit_ns(style);
	int count = g_rand_int_range(rand, 1, CALLS_MAX);

	while (count > 0) {
		int thread = style->tid == TID_NONE ? 0 : g_rand_int_range(rand, 0, THREADS);
		Call *call = &open[thread];

		/* gaps count from the first call, whatever its own says */
		if (log->len > 0 || style->stamp != STAMP_GAP)
			now_ns += g_rand_int_range(rand, 0, 5000) * unit;
		if (call->halved) {
			call->end_ns = now_ns;
			print_prefix(log, style, call->tid, now_ns, last_ns);
			g_string_append_printf(log, "<... ioctl resumed>%s%s",
					       style->old_resumed ? " " : "",
					       call->args + rest[thread]);
			print_result(log, style, call);
			g_array_append_val(calls, *call);
			call->halved = false;
			count--;
			last_ns = now_ns;
			continue;
		}
		*call = (Call){
			.tid = style->tid == TID_NONE ? 0 : 100 + 50000 * thread,
			.start_ns = now_ns,
			.end_ns = -1,
			.duration_ns = g_rand_int_range(rand, 0, 3000) * unit,
			.args = draw_args(rand),
			.ret = g_rand_int_range(rand, 0, 100000),
			.halved = g_rand_int_range(rand, 0, 4) == 0,
		};
		if (g_rand_int_range(rand, 0, 5) == 0) {
			call->ret = -1;
			call->error = "EINTR";
		}
		print_prefix(log, style, call->tid, now_ns, last_ns);
		last_ns = now_ns;
		if (call->halved) {
			rest[thread] = draw_cut(rand, call->args);
			g_string_append_printf(log, "ioctl(%.*s <unfinished ...>\n",
					       (int)rest[thread], call->args);
			continue;
		}
		g_string_append_printf(log, "ioctl(%s", call->args);
		print_result(log, style, call);
		g_array_append_val(calls, *call);
		count--;
	}
	/* what is still open has no end in the log */
	for (int thread = 0; thread < THREADS; thread++) {
		if (open[thread].halved)
			g_free(open[thread].args);
	}
	return log;
}

static void check_call(const GsTraceRecord *record, const Call *call, const Style *style)
{
	int64_t base_ns = style->stamp == STAMP_EPOCH ? EPOCH_NS : 0;
	bool stamped = style->stamp != STAMP_NONE;
	g_autofree char *args = g_strndup(record->args.text, record->args.length);
	g_autofree char *error = g_strndup(record->error.text, record->error.length);

	g_assert_cmpstr(args, ==, call->args);
	g_assert_cmpint(record->tid, ==, call->tid);
	g_assert_true(record->has_ret);
	g_assert_cmpint(record->ret, ==, call->ret);
	g_assert_cmpstr(error, ==, call->error ? call->error : "");
	g_assert_cmpint(record->status, ==, call->error ? GS_CALL_ERROR : GS_CALL_OK);
	g_assert_cmpint(record->start_ns, ==, stamped ? base_ns + call->start_ns : -1);
	g_assert_cmpint(record->end_ns, ==,
			stamped && call->end_ns >= 0 ? base_ns + call->end_ns : -1);
	g_assert_cmpint(record->duration_ns, ==, style->durations ? call->duration_ns : -1);
}

static void check_log(const GString *log, const GArray *calls, const Style *style)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(log->str, (gssize)log->len, NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "log");
	GsTraceRecord record;
	unsigned int count = 0;

	while (gs_trace_reader_next(reader, &record, NULL)) {
		if (record.status == GS_CALL_UNFINISHED)
			continue;
		g_assert_cmpuint(count, <, calls->len);
		check_call(&record, &g_array_index(calls, Call, count), style);
		count++;
	}
	g_assert_cmpuint(count, ==, calls->len);
	g_assert_cmpuint(gs_trace_reader_stats(reader).skipped.count, ==, 0);
}

static void test_round_trip(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		guint32 seed = g_test_rand_int_range(0, G_MAXINT32);
		g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
		g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(Call));
		Style style = draw_style(rand);
		GString *log;

		g_array_set_clear_func(calls, call_clear);
		log = draw_log(rand, &style, calls);
		check_log(log, calls, &style);
		g_string_free(log, TRUE);
	}
}

/* However a log is cut short, what was whole before stays as it was. */
static void test_cut(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		guint32 seed = g_test_rand_int_range(0, G_MAXINT32);
		g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
		g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(Call));
		Style style = draw_style(rand);
		GString *log;
		char *last_line;

		g_array_set_clear_func(calls, call_clear);
		log = draw_log(rand, &style, calls);
		g_string_truncate(log, (gsize)g_rand_int_range(rand, 0, (gint32)log->len));
		last_line = strrchr(log->str, '\n');
		g_string_truncate(log, last_line ? (gsize)(last_line + 1 - log->str) : 0);
		{
			g_autoptr(GInputStream) stream =
				g_memory_input_stream_new_from_data(log->str, (gssize)log->len,
								    NULL);
			g_autoptr(GsTraceReader) reader =
				gs_trace_reader_new_for_stream(stream, "log");
			GsTraceRecord record;
			unsigned int count = 0;

			while (gs_trace_reader_next(reader, &record, NULL)) {
				if (record.status != GS_CALL_UNFINISHED)
					check_call(&record, &g_array_index(calls, Call, count++),
						   &style);
			}
			g_assert_cmpuint(count, <=, calls->len);
			g_assert_cmpuint(gs_trace_reader_stats(reader).skipped.count, ==, 0);
		}
		g_string_free(log, TRUE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/strace/round-trip", test_round_trip);
	g_test_add_func("/strace/cut", test_cut);
	return g_test_run();
}

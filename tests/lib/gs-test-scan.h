/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scanner makes of a line, and the reader of a log, in one line of text
 * each, to be compared with what a test expects.
 */
#ifndef GS_TEST_SCAN_H
#define GS_TEST_SCAN_H

#include "traces/trace-scanner.h"

/*
 * "complete tid=4711 up=5075958079000 ioctl(25, 0xae41, 0) = 28 <137000>": the kind,
 * what the prefix says, and the call as far as the line tells it.
 */
char *gs_test_scan(const GsTraceScanner *scanner, const char *line);

/*
 * "4711 5075958079000 ioctl(25, 0xae41, 0) = 28 <137000> ok\n" for each call of the log,
 * in the order of their ends; "-" where there is no stamp.
 */
char *gs_test_read_log(const char *log);

typedef struct {
	const char *line;
	const char *expected; /* what gs_test_scan() should say */
} GsTestScan;

void gs_test_assert_scans(const GsTraceScanner *scanner, const GsTestScan *cases, size_t count);

/* That @scanner knows none of @lines. */
void gs_test_assert_unknown(const GsTraceScanner *scanner, const char *const *lines, size_t count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes for tests of what reads logs: made up, compressed, and handed out in
 * small pieces.
 */
#ifndef GS_TEST_BYTES_H
#define GS_TEST_BYTES_H

#include "traces/byte-source.h"

#define GS_TEST_LINE "7 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000188>\n"

/* @count lines of a log, no two alike. */
GBytes *gs_test_log(unsigned int count);

/* What no method can make smaller. */
GBytes *gs_test_noise(size_t size);

GBytes *gs_test_gzip(GBytes *bytes);

/* A source of @bytes that come @step at a time, as from a pipe. */
GsByteSource *gs_test_source(GBytes *bytes, const char *name, size_t step);

/* All that @source has, asked for @size bytes at a time, and how it ended. */
GBytes *gs_test_read_all(GsByteSource *source, size_t size, GError **error);

void gs_test_assert_bytes(GBytes *got, GBytes *expected);

/* However @bytes arrive and however they are asked for, they read as @expected. */
void gs_test_check_reading(GBytes *bytes, GBytes *expected, const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An ftrace of one VM start: the calls, and what the kernel did inside them.
 *
 * The calls are comment lines in strace's format ("# TID STAMP ioctl(...) = 0
 * <...>"), on a clock of their own; the rest is the text of
 * /sys/kernel/tracing/trace, function tracer and events, in microseconds.
 */
#ifndef GS_FTRACE_H
#define GS_FTRACE_H

#include "traces/script.h"

#define GS_FTRACE_ERROR gs_ftrace_error_quark()
GQuark gs_ftrace_error_quark(void);
typedef enum {
	GS_FTRACE_ERROR_SYNTAX,
} GsFtraceError;

typedef struct {
	int64_t at_ns;
	int cpu;
	int32_t pid;
	bool need_resched; /* at once, or when it returns to user space */
	const char *name; /* interned: function, or event */
	const char *args; /* borrowed: "<-caller", or "key=value ..." */
	unsigned int line;
} GsFtraceEvent;

typedef struct {
	char *name;       /* owned */
	char *text;       /* owned */
	GArray *events;   /* owned: GsFtraceEvent, in order */
	GsScript *script; /* owned: the calls; start_ns is on their own clock */
} GsFtrace;

/* The text of the gzipped file at @path; the caller frees it. */
char *gs_ftrace_load(const char *path, GError **error);

/* Read @text; @name is for messages. Fails with NAME:LINE at the first line not understood. */
GsFtrace *gs_ftrace_new(const char *name, const char *text, GError **error);
void gs_ftrace_free(GsFtrace *ftrace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsFtrace, gs_ftrace_free)

static inline const GsFtraceEvent *gs_ftrace_event(const GsFtrace *ftrace, unsigned int index)
{
	return &g_array_index(ftrace->events, GsFtraceEvent, index);
}

bool gs_ftrace_is(const GsFtraceEvent *event, const char *name);

/* Is it the entry of function @name, called by @caller? */
bool gs_ftrace_is_called(const GsFtraceEvent *event, const char *name, const char *caller);

/*
 * The word that follows @key ("expires=", "work struct=", "function ") among the
 * arguments: where it begins, NULL if there is none, and how long it is.
 */
const char *gs_ftrace_word(const GsFtraceEvent *event, const char *key, size_t *ret_length);

/* The number that follows @key; -1 if there is none. */
int64_t gs_ftrace_number(const GsFtraceEvent *event, const char *key);

#endif

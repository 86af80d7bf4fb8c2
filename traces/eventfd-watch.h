/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which KVM_IOEVENTFD of a log assign and which deassign, by the eventfds around
 * them: one made just before is for it, one closed right after was.
 *
 * Needs a log with eventfd2() and close() in it; with others it sees nothing.
 */
#ifndef GS_EVENTFD_WATCH_H
#define GS_EVENTFD_WATCH_H

#include "traces/script.h"
#include "traces/trace-record.h"

typedef struct GsEventfdWatch GsEventfdWatch;

GsEventfdWatch *gs_eventfd_watch_new(void);
void gs_eventfd_watch_free(GsEventfdWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsEventfdWatch, gs_eventfd_watch_free)

/* @script grew by call @call, an ioctl of KVM's, whose thread is still a tid. */
void gs_eventfd_watch_request(GsEventfdWatch *watch, GsScript *script, unsigned int call);

/* Any other system call. */
void gs_eventfd_watch_call(GsEventfdWatch *watch, GsScript *script, const GsTraceRecord *record);

#endif

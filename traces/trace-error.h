/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may go wrong while a log is read.
 */
#ifndef GS_TRACE_ERROR_H
#define GS_TRACE_ERROR_H

#include <glib.h>

#define GS_TRACE_ERROR gs_trace_error_quark()
GQuark gs_trace_error_quark(void);
typedef enum {
	GS_TRACE_ERROR_OPEN,   /* no such file, not allowed, given twice */
	GS_TRACE_ERROR_READ,   /* also: compressed data that are damaged */
	GS_TRACE_ERROR_CUT,    /* compressed data that end early; all before was read */
	GS_TRACE_ERROR_EMPTY,  /* nothing in it */
	GS_TRACE_ERROR_SYNTAX,    /* no line of it is a tracer's */
	GS_TRACE_ERROR_NO_SERIES, /* a pasted text has no series of that number */
	GS_TRACE_ERROR_NO_KVM,    /* no KVM ioctl in it */
} GsTraceError;

#endif

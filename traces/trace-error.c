/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-error.h"

G_DEFINE_QUARK(gs - trace - error - quark, gs_trace_error)

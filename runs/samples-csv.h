/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every simulated ioctl of every run as a CSV file: the interchange with other
 * programs. One row each, in the order cell, run, call of the script; also for
 * calls that failed in the log or are not simulated, at their recorded time.
 *
 *     trace,vm,hz,policy,kernel,tid,thread,call,occurrence,run,start_ns,latency_ns,wait_ns
 */
#ifndef GS_SAMPLES_CSV_H
#define GS_SAMPLES_CSV_H

#include <glib.h>
#include <stdio.h>

#include "runs/replay.h"

typedef struct GsSamplesCsv GsSamplesCsv;

/*
 * Write to @stream (borrowed), beginning with the header line. Errors stay with
 * the stream: whoever closes it must look. Cells of several scripts may follow
 * each other.
 */
GsSamplesCsv *gs_samples_csv_new(FILE *stream);
void gs_samples_csv_free(GsSamplesCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsSamplesCsv, gs_samples_csv_free)

/* Write the samples of @cell; see GsReplayCellFunc. */
void gs_samples_csv_add_cell(GsSamplesCsv *csv, const GsReplaySpec *spec, unsigned int cell,
			     const GsSample *samples);

#endif

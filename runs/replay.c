/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay.h"

#include "runs/replay-notes.h"
#include "runs/replay-run.h"
#include "runs/replay-work.h"

/* Runs a worker does at a time: enough to make fetching work negligible. */
#define RUNS_PER_CHUNK 16

/* One cell being run by several workers; each run writes its own samples. */
typedef struct {
	const GsReplaySpec *spec;
	GsRunSetup setup;
	GsSample *samples;        /* runs x calls */
	unsigned int next_run;    /* of all workers; under lock */
	unsigned int runs_done;
	GError *error;            /* of the lowest run that failed; under lock */
	unsigned int failed_run;
	GMutex lock;
	GCond progressed;
} Cell;

static void report_failure(Cell *cell, unsigned int run, GError *error)
{
	g_mutex_lock(&cell->lock);
	if (!cell->error || run < cell->failed_run) {
		g_clear_error(&cell->error);
		cell->error = error;
		cell->failed_run = run;
	} else {
		g_error_free(error);
	}
	g_mutex_unlock(&cell->lock);
}

/* The first run of the next chunk; spec->runs when there is nothing left. */
static unsigned int take_chunk(Cell *cell, unsigned int done)
{
	g_mutex_lock(&cell->lock);
	cell->runs_done += done;
	const unsigned int first = cell->next_run;
	cell->next_run = MIN(first + RUNS_PER_CHUNK, cell->spec->runs);
	g_cond_signal(&cell->progressed);
	g_mutex_unlock(&cell->lock);
	return first;
}

static gpointer worker(gpointer data)
{
	Cell *cell = data;
	const unsigned int calls = cell->setup.program->call_count;
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&cell->setup);
	unsigned int done = 0, run;

	while ((run = take_chunk(cell, done)) < cell->spec->runs) {
		const unsigned int end = MIN(run + RUNS_PER_CHUNK, cell->spec->runs);

		done = end - run;
		for (; run < end; run++) {
			GError *error = NULL;

			GsSample *samples = cell->samples + (size_t)run * calls;

			if (!gs_replay_host_run(host, run, samples, NULL, &error))
				report_failure(cell, run, error);
		}
	}
	return NULL;
}

static void show_progress(Cell *cell, unsigned int cell_index)
{
	const GsReplaySpec *spec = cell->spec;
	unsigned int shown = 0;

	g_mutex_lock(&cell->lock);
	while (shown < spec->runs) {
		while (cell->runs_done == shown)
			g_cond_wait(&cell->progressed, &cell->lock);
		shown = cell->runs_done;
		g_mutex_unlock(&cell->lock);
		if (spec->progress)
			spec->progress(cell_index * spec->runs + shown,
				       spec->cell_count * spec->runs, spec->progress_data);
		g_mutex_lock(&cell->lock);
	}
	g_mutex_unlock(&cell->lock);
}

static bool run_cell(Cell *cell, unsigned int cell_index, GError **error)
{
	const unsigned int jobs = CLAMP(cell->spec->jobs, 1, MAX(cell->spec->runs, 1));
	g_autofree GThread **threads = g_new(GThread *, jobs);

	cell->next_run = cell->runs_done = 0;
	for (unsigned int i = 0; i < jobs; i++)
		threads[i] = g_thread_new("replay", worker, cell);
	show_progress(cell, cell_index);
	for (unsigned int i = 0; i < jobs; i++)
		g_thread_join(threads[i]);
	if (!cell->error)
		return true;
	g_propagate_error(error, g_steal_pointer(&cell->error));
	return false;
}

bool gs_replay(const GsReplaySpec *spec, GPtrArray *notes, GsReplayCellFunc func, void *user_data,
	       GError **error)
{
	g_autoptr(GsProgram) program = gs_program_new(spec->script, error);
	g_autofree int64_t *work_ns = NULL;
	g_autofree GsSample *samples = NULL;
	GsMachineParams machine;
	bool ok = true;

	if (!program)
		return false;
	samples = g_try_new0(GsSample, (size_t)program->call_count * MAX(spec->runs, 1));
	if (!samples) {
		g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_MEMORY,
			    "no memory for the samples of %u runs of %u calls", spec->runs,
			    program->call_count);
		return false;
	}
	work_ns = gs_replay_estimate_work(spec, program, notes, error);
	if (!work_ns)
		return false;

	gs_machine_spec_resolve(spec->machine, spec->from_hz, &machine);
	gs_replay_note_unknowns(program, machine.kvm.machine, notes);
	for (unsigned int i = 0; ok && i < spec->cell_count; i++) {
		GsMachineParams params;
		Cell cell = {
			.spec = spec,
			.setup = {
				.program = program,
				.params = &params,
				.policy = spec->cells[i].policy,
				.work_ns = work_ns,
				.seed = spec->seed,
			},
			.samples = samples,
		};

		gs_machine_spec_resolve(spec->machine, spec->cells[i].hz, &params);
		g_mutex_init(&cell.lock);
		g_cond_init(&cell.progressed);
		ok = run_cell(&cell, i, error) && func(spec, i, samples, user_data, error);
		g_mutex_clear(&cell.lock);
		g_cond_clear(&cell.progressed);
	}
	return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study.h"

#include <string.h>

#include "runs/replay-run.h"
#include "runs/tally-precision.h"
#include "sim/engine/bug.h"

G_DEFINE_QUARK(gs-study-error-quark, gs_study_error)

/*
 * Runs a worker takes at a time: enough to make taking them negligible, few
 * enough that all workers end a cell together.
 */
#define CHUNK_RUNS_MAX 16
#define CHUNKS_PER_JOB 4

/* Precision is looked at after this many runs, then after twice as many, ... */
#define FIRST_ROUND_RUNS 64

/* Cells begun beyond one per worker, so that none waits for the next to be made ready. */
#define CELLS_AHEAD 2

/* How often the collector looks whether it is to stop, and shows progress. */
#define LOOK_EVERY_US (G_USEC_PER_SEC / 20)

/* A cell that is begun. What is not constant is under the study's lock. */
typedef struct {
	unsigned int point;
	GsCase *ready;
	GsCellResult *result;    /* with the tallies that workers have handed in; it has none while
				    somebody works with that */
	GsSample *samples;       /* [run * calls + call]; each run its own. NULL: not kept */
	unsigned int chunk_runs;
	unsigned int limit;      /* runs that may be taken */
	unsigned int next_run;   /* to be taken */
	unsigned int handed_in;
	GError *error;           /* of the lowest run that failed */
	unsigned int failed_run;
	bool done;
} Cell;

typedef struct {
	const GsStudySpec *spec;
	GsCaseMaker *maker;
	GMutex lock;
	GCond work_came;     /* or the end of it */
	GCond cell_done;
	GQueue cells;        /* Cell *: begun and not delivered, in the order of the plan */
	bool ended;          /* nothing is left to do, or nobody wants it done */
	uint64_t runs_done, run_count; /* of those to be done: some turn out not to be */
	unsigned int next_point;
} Study;

/* A thread, and what it has in hand. */
typedef struct {
	Study *study;
	GThread *thread;
	Cell *cell;          /* NULL: none */
	GsReplayHost *host;  /* of the cell */
	GsTally *tally;      /* of the runs since the last that were handed in */
	unsigned int runs;   /* their number */
	unsigned int chunk_runs; /* of them, those of the last chunk */
} Worker;

/* Runs [first, end) of a worker's cell. */
typedef struct {
	unsigned int first, end;
} Chunk;

static bool is_stopped(const Study *study)
{
	return study->spec->stop && g_atomic_int_get(study->spec->stop);
}

/* All runs up to the limit are handed in: the cell is done, or goes into the next round. */
static void end_round(Study *study, Cell *cell)
{
	const unsigned int runs = cell->result->runs;

	if (!cell->error && cell->limit < runs &&
	    !gs_tally_is_precise(cell->result->tally, study->spec->precision_ppm)) {
		cell->limit = cell->limit > runs / 2 ? runs : 2 * cell->limit;
		g_cond_broadcast(&study->work_came);
		return;
	}
	study->run_count -= runs - cell->handed_in;
	cell->done = true;
	g_cond_signal(&study->cell_done);
}

static void hand_in(Worker *worker)
{
	Study *study = worker->study;
	Cell *cell = worker->cell;
	GsCellResult *result = cell->result;

	if (!result->tally) {
		result->tally = g_steal_pointer(&worker->tally);
	} else {
		const bool merged = gs_tally_merge(result->tally, worker->tally);

		GS_CHECK(NULL, merged, "study-merge", "tallies of one cell do not add up");
		g_clear_pointer(&worker->tally, gs_tally_free);
	}
	cell->handed_in += worker->runs;
	worker->runs = 0;
	if (cell->handed_in == cell->limit)
		end_round(study, cell);
}

/* Let go of the cell, which whoever delivers it may then free. */
static void put_down(Worker *worker)
{
	g_clear_pointer(&worker->host, gs_replay_host_free);
	g_clear_pointer(&worker->tally, gs_tally_free);
	worker->cell = NULL;
}

static bool has_runs(const Cell *cell)
{
	return cell->next_run < cell->limit;
}

static Cell *first_with_runs(const Study *study)
{
	for (const GList *link = study->cells.head; link; link = link->next)
		if (has_runs(link->data))
			return link->data;
	return NULL;
}

/* Get the next chunk, waiting for one if need be; false at the end. */
static bool take_chunk(Worker *worker, Chunk *ret_chunk)
{
	Study *study = worker->study;
	bool ended;

	g_mutex_lock(&study->lock);
	study->runs_done += worker->chunk_runs;
	worker->chunk_runs = 0;
	if (worker->cell && !has_runs(worker->cell)) {
		hand_in(worker);
		if (!has_runs(worker->cell)) /* nor does another round begin */
			put_down(worker);
	}
	while (!study->ended && !worker->cell) {
		worker->cell = first_with_runs(study);
		if (!worker->cell)
			g_cond_wait(&study->work_came, &study->lock);
	}
	ended = study->ended;
	if (!ended) {
		Cell *cell = worker->cell;

		ret_chunk->first = cell->next_run;
		ret_chunk->end = MIN(cell->next_run + cell->chunk_runs, cell->limit);
		cell->next_run = ret_chunk->end;
		worker->chunk_runs = ret_chunk->end - ret_chunk->first;
		worker->runs += worker->chunk_runs;
		/* one who comes alone needs no other */
		if (!worker->tally)
			worker->tally = g_steal_pointer(&cell->result->tally);
	}
	g_mutex_unlock(&study->lock);
	return !ended;
}

/* Nothing behind a run that fails matters, and all before it have been taken. */
static void report_failure(Worker *worker, unsigned int run, GError *error)
{
	Cell *cell = worker->cell;

	g_mutex_lock(&worker->study->lock);
	if (!cell->error || run < cell->failed_run) {
		g_clear_error(&cell->error);
		cell->error = error;
		cell->failed_run = run;
	} else {
		g_error_free(error);
	}
	cell->limit = cell->next_run;
	g_mutex_unlock(&worker->study->lock);
}

/* False if stopped before its end. */
static bool run_chunk(Worker *worker, const Chunk *chunk)
{
	const Cell *cell = worker->cell;
	const GsCase *ready = cell->ready;
	const unsigned int calls = ready->program->call_count;
	g_autofree GsSample *own = cell->samples ? NULL : g_new0(GsSample, MAX(calls, 1));

	if (!worker->host) {
		const GsRunSetup setup = gs_case_setup(ready);

		worker->host = gs_replay_host_new(&setup);
	}
	if (!worker->tally)
		worker->tally = gs_tally_new(ready->pool);
	for (unsigned int run = chunk->first; run < chunk->end; run++) {
		GsSample *samples = own ? own : cell->samples + (size_t)run * calls;
		GError *error = NULL;

		if (is_stopped(worker->study))
			return false;
		if (!gs_replay_host_run(worker->host, run, samples, NULL, &error)) {
			report_failure(worker, run, error);
			break;
		}
		gs_tally_add_run(worker->tally, ready->pool, samples,
				 gs_replay_host_arrivals_ns(worker->host), ready->scenario->hz);
	}
	return true;
}

static gpointer work(gpointer data)
{
	Worker *worker = data;
	Chunk chunk;

	while (take_chunk(worker, &chunk) && run_chunk(worker, &chunk))
		;
	put_down(worker);
	return NULL;
}

static void free_cell(Cell *cell)
{
	g_clear_pointer(&cell->result, gs_cell_result_free);
	g_clear_pointer(&cell->ready, gs_case_free);
	g_clear_error(&cell->error);
	g_free(cell->samples);
	g_free(cell);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cell, free_cell)

static bool make_room(Cell *cell, GError **error)
{
	const size_t count = (size_t)cell->result->runs * cell->ready->program->call_count;

	cell->samples = g_try_new0(GsSample, MAX(count, 1));
	if (cell->samples)
		return true;
	g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_MEMORY,
		    "no memory for the samples of %u runs of %u calls", cell->result->runs,
		    cell->ready->program->call_count);
	return false;
}

/* Say which point @error is of. */
static void prefix_point(const GsStudyPlan *plan, unsigned int point, GError **error)
{
	g_auto(GStrv) values = gs_study_plan_values(plan, point);
	g_autofree char *label = gs_study_plan_label(plan, values);

	if (*label)
		g_prefix_error(error, "%s: ", label);
}

GsCase *gs_study_case_new(const GsStudyPlan *plan, unsigned int i, GsCaseMaker *maker,
			  GPtrArray *notes, GError **error)
{
	g_autoptr(GsScenario) scenario = gs_study_plan_scenario(plan, i, error);
	GsCase *ready = scenario ? gs_case_maker_make(maker, scenario, notes, error) : NULL;

	if (!ready)
		prefix_point(plan, i, error);
	return ready;
}

static bool is_known(Study *study, unsigned int point, const GsCase *ready, bool *ret_known,
		     void *user_data, GError **error)
{
	const GsStudySpec *spec = study->spec;

	*ret_known = false;
	if (!spec->skip)
		return true;
	if (!spec->skip(gs_study_plan_point(spec->plan, point)->index, ready, ret_known, user_data,
			error))
		return false;
	if (*ret_known) {
		g_mutex_lock(&study->lock);
		study->run_count -= ready->scenario->runs;
		g_mutex_unlock(&study->lock);
	}
	return true;
}

/* Make a cell ready for the workers; NULL without @error set: it is known already. */
static Cell *prepare_cell(Study *study, unsigned int point, GPtrArray *notes, void *user_data,
			  GError **error)
{
	const GsStudySpec *spec = study->spec;
	g_autoptr(Cell) cell = g_new0(Cell, 1);
	unsigned int runs;
	bool known;

	cell->point = point;
	cell->ready = gs_study_case_new(spec->plan, point, study->maker, notes, error);
	if (!cell->ready || !is_known(study, point, cell->ready, &known, user_data, error) || known)
		return NULL;
	cell->result = gs_cell_result_new(spec->plan, point, cell->ready);
	runs = cell->result->runs;
	cell->chunk_runs = CLAMP(runs / spec->jobs / CHUNKS_PER_JOB, 1, CHUNK_RUNS_MAX);
	cell->limit = spec->precision_ppm ? MIN(runs, FIRST_ROUND_RUNS) : runs;
	if (spec->keep_samples && !make_room(cell, error))
		return NULL;
	return g_steal_pointer(&cell);
}

/* Add what of @from is not in @notes yet. */
static void add_notes(GPtrArray *notes, GPtrArray *from)
{
	for (unsigned int i = 0; notes && i < from->len; i++) {
		const char *note = g_ptr_array_index(from, i);

		if (!g_ptr_array_find_with_equal_func(notes, note, g_str_equal, NULL))
			g_ptr_array_add(notes, g_strdup(note));
	}
}

/* Begin cells until as many are as may be. */
static bool begin_cells(Study *study, GPtrArray *notes, void *user_data, GError **error)
{
	const GsStudySpec *spec = study->spec;
	const unsigned int cells_max = spec->keep_samples ? 1 : spec->jobs + CELLS_AHEAD;

	while (study->cells.length < cells_max && study->next_point < spec->plan->points->len) {
		const unsigned int point = study->next_point++;
		g_autoptr(GPtrArray) its_notes = g_ptr_array_new_with_free_func(g_free);
		GError *failure = NULL;
		Cell *cell = prepare_cell(study, point, its_notes, user_data, &failure);

		if (failure) {
			g_propagate_error(error, failure);
			study->next_point = spec->plan->points->len;
			return false;
		}
		add_notes(notes, its_notes);
		if (!cell)
			continue;
		g_mutex_lock(&study->lock);
		g_queue_push_tail(&study->cells, cell);
		g_cond_broadcast(&study->work_came);
		g_mutex_unlock(&study->lock);
	}
	return true;
}

/* The first cell once it is done, taken from the queue; NULL: stopped before that. */
static Cell *wait_for_cell(Study *study, void *user_data)
{
	const GsStudySpec *spec = study->spec;
	Cell *cell = g_queue_peek_head(&study->cells);

	g_mutex_lock(&study->lock);
	while (!cell->done && !is_stopped(study)) {
		const uint64_t done = study->runs_done, total = study->run_count;

		if (spec->progress) {
			g_mutex_unlock(&study->lock);
			spec->progress(done, total, user_data);
			g_mutex_lock(&study->lock);
		}
		if (!cell->done)
			g_cond_wait_until(&study->cell_done, &study->lock,
					  g_get_monotonic_time() + LOOK_EVERY_US);
	}
	if (cell->done)
		g_queue_pop_head(&study->cells);
	else
		cell = NULL;
	g_mutex_unlock(&study->lock);
	return cell;
}

static bool deliver(const Study *study, Cell *cell, GsStudyCellFunc func, void *user_data,
		    GError **error)
{
	if (!cell->error)
		return func(cell->ready, cell->result, cell->samples, user_data, error);
	prefix_point(study->spec->plan, cell->point, &cell->error);
	g_propagate_error(error, g_steal_pointer(&cell->error));
	return false;
}

/* Begin and deliver cells until none is left. */
static bool collect(Study *study, GPtrArray *notes, GsStudyCellFunc func, void *user_data,
		    GError **error)
{
	g_autoptr(GError) failure = NULL;

	while (true) {
		g_autoptr(Cell) cell = NULL;

		/* what came before the cell that cannot begin is still delivered */
		if (!failure)
			begin_cells(study, notes, user_data, &failure);
		if (g_queue_is_empty(&study->cells))
			break;
		cell = wait_for_cell(study, user_data);
		if (!cell) {
			g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_STOPPED, "interrupted");
			return false;
		}
		if (!deliver(study, cell, func, user_data, error))
			return false;
	}
	if (!failure)
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

bool gs_study_run(const GsStudySpec *spec, GPtrArray *notes, GsStudyCellFunc func, void *user_data,
		  GError **error)
{
	Study study = {
		.spec = spec,
		.cells = G_QUEUE_INIT,
		.run_count = spec->plan->run_count,
	};
	g_autoptr(GsCaseMaker) maker = gs_case_maker_new();
	g_autofree Worker *workers = g_new0(Worker, spec->jobs);
	bool ok;

	study.maker = maker;
	g_mutex_init(&study.lock);
	g_cond_init(&study.work_came);
	g_cond_init(&study.cell_done);
	for (unsigned int i = 0; i < spec->jobs; i++) {
		workers[i].study = &study;
		workers[i].thread = g_thread_new("study", work, &workers[i]);
	}
	ok = collect(&study, notes, func, user_data, error);
	g_mutex_lock(&study.lock);
	study.ended = true;
	g_cond_broadcast(&study.work_came);
	g_mutex_unlock(&study.lock);
	for (unsigned int i = 0; i < spec->jobs; i++)
		g_thread_join(workers[i].thread);
	for (Cell *cell = g_queue_pop_head(&study.cells); cell;
	     cell = g_queue_pop_head(&study.cells))
		free_cell(cell);
	g_mutex_clear(&study.lock);
	g_cond_clear(&study.work_came);
	g_cond_clear(&study.cell_done);
	return ok;
}

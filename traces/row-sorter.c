/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/row-sorter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * This many sorted runs of one size are merged into one of the next, so that
 * neither the runs of a merge nor how often a row is written grow with the log.
 */
#define FAN_IN 64

/* At least what is read of a run at once. */
#define READ_BYTES_MIN 4096

/* In front of each row, in memory and in files. */
typedef struct {
	GsRowKey key;
	uint64_t sequence;
	uint64_t size; /* of the row, without padding */
} Header;

typedef struct {
	off_t begin, end;
} Run;

/* The runs of one size. */
typedef struct {
	FILE *file;   /* owned */
	GArray *runs; /* owned: Run */
	off_t size;
} Level;

/* Reads a run from its begin to its end. */
typedef struct {
	int fd; /* borrowed */
	off_t at, end;
	char *buffer; /* borrowed, or what follows */
	char *larger; /* owned: for rows that do not fit; NULL: none so far */
	size_t begin, filled, capacity;
	const Header *head; /* in the buffer; NULL: at the end */
} Cursor;

/* Merges runs: a heap of cursors, the least row on top. */
typedef struct {
	GPtrArray *cursors; /* owned: Cursor */
	bool started;
} Merge;

struct GsRowSorter {
	char *folder;
	size_t budget, used;
	char *arena;       /* owned: rows behind their headers; then buffers of a merge */
	size_t capacity;   /* of the arena */
	GArray *offsets;   /* owned: size_t, of the headers */
	GPtrArray *levels; /* owned: Level */
	uint64_t sequence;
	bool in_order; /* rows came in order so far */
	unsigned int spill_count;

	bool reading;
	unsigned int next; /* index into offsets */
	Merge *merge;      /* owned; NULL: all rows are in memory */
};

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

static int compare(const Header *a, const Header *b)
{
	if (a->key.series != b->key.series)
		return a->key.series < b->key.series ? -1 : 1;
	if (a->key.clock != b->key.clock)
		return a->key.clock < b->key.clock ? -1 : 1;
	if (a->key.time_ns != b->key.time_ns)
		return a->key.time_ns < b->key.time_ns ? -1 : 1;
	if (a->key.file != b->key.file)
		return a->key.file < b->key.file ? -1 : 1;
	if (a->key.line != b->key.line)
		return a->key.line < b->key.line ? -1 : 1;
	return a->sequence < b->sequence ? -1 : 1;
}

static bool fail(const GsRowSorter *sorter, int errnum, GError **error)
{
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errnum),
		    "cannot sort the calls with a temporary file in '%s': %s", sorter->folder,
		    g_strerror(errnum));
	return false;
}

static void level_free(gpointer pointer)
{
	Level *level = pointer;

	g_array_unref(level->runs);
	fclose(level->file);
	g_free(level);
}

static void cursor_free(gpointer pointer)
{
	Cursor *cursor = pointer;

	g_free(cursor->larger);
	g_free(cursor);
}

static void merge_free(Merge *merge)
{
	g_ptr_array_unref(merge->cursors);
	g_free(merge);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Merge, merge_free)

GsRowSorter *gs_row_sorter_new(const char *folder, size_t budget_bytes)
{
	GsRowSorter *sorter = g_new0(GsRowSorter, 1);

	sorter->folder = g_strdup(folder);
	sorter->budget = budget_bytes;
	sorter->offsets = g_array_new(FALSE, FALSE, sizeof(size_t));
	sorter->levels = g_ptr_array_new_with_free_func(level_free);
	sorter->in_order = true;
	return sorter;
}

void gs_row_sorter_free(GsRowSorter *sorter)
{
	g_clear_pointer(&sorter->merge, merge_free);
	g_ptr_array_unref(sorter->levels);
	g_array_unref(sorter->offsets);
	g_free(sorter->arena);
	g_free(sorter->folder);
	g_free(sorter);
}

unsigned int gs_row_sorter_spill_count(const GsRowSorter *sorter)
{
	return sorter->spill_count;
}

static const Header *header_at(const GsRowSorter *sorter, size_t offset)
{
	return (const void *)(sorter->arena + offset);
}

static const Header *nth(const GsRowSorter *sorter, unsigned int index)
{
	return header_at(sorter, g_array_index(sorter->offsets, size_t, index));
}

static gint compare_offsets(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const GsRowSorter *sorter = user_data;

	return compare(header_at(sorter, *(const size_t *)a),
		       header_at(sorter, *(const size_t *)b));
}

static void sort_in_memory(GsRowSorter *sorter)
{
	if (!sorter->in_order)
		g_array_sort_with_data(sorter->offsets, compare_offsets, sorter);
}

/* A file that nothing can leave behind: it never has a name, or loses it at once. */
static FILE *open_temporary(const char *folder)
{
	int fd = -1, errnum;
	FILE *file;

#ifdef O_TMPFILE
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
	if (fd < 0) {
		g_autofree char *name = g_build_filename(folder, "gracesim.XXXXXX", NULL);

		fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
		if (fd < 0)
			return NULL;
		unlink(name);
	}
	file = fdopen(fd, "w");
	if (!file) {
		errnum = errno;
		close(fd);
		errno = errnum;
	}
	return file;
}

/* The level of that index, the highest so far or one more; NULL with errno set. */
static Level *get_level(GsRowSorter *sorter, unsigned int index)
{
	Level *level;
	FILE *file;

	if (index < sorter->levels->len)
		return g_ptr_array_index(sorter->levels, index);
	file = open_temporary(sorter->folder);
	if (!file)
		return NULL;
	level = g_new0(Level, 1);
	level->file = file;
	level->runs = g_array_new(FALSE, FALSE, sizeof(Run));
	g_ptr_array_add(sorter->levels, level);
	return level;
}

static void put_row(Level *level, const Header *header)
{
	size_t size = sizeof(*header) + padded((size_t)header->size);

	fwrite(header, 1, size, level->file);
	level->size += (off_t)size;
}

/* What was put since @begin is a run. */
static bool end_run(Level *level, off_t begin)
{
	Run run = { begin, level->size };

	g_array_append_val(level->runs, run);
	return !fflush(level->file) && !ferror(level->file);
}

/* Read on until there are @want bytes; false at an error, with errno set. */
static bool cursor_fill(Cursor *cursor, size_t want)
{
	char *larger = want > cursor->capacity ? g_malloc(want) : NULL;

	cursor->filled -= cursor->begin;
	memmove(larger ? larger : cursor->buffer, cursor->buffer + cursor->begin, cursor->filled);
	cursor->begin = 0;
	if (larger) {
		g_free(cursor->larger);
		cursor->buffer = cursor->larger = larger;
		cursor->capacity = want;
	}
	while (cursor->filled < want) {
		size_t room =
			MIN(cursor->capacity - cursor->filled, (size_t)(cursor->end - cursor->at));
		ssize_t count =
			pread(cursor->fd, cursor->buffer + cursor->filled, room, cursor->at);

		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0)
			errno = EIO; /* somebody has shortened the file */
		if (count <= 0)
			return false;
		cursor->filled += (size_t)count;
		cursor->at += count;
	}
	return true;
}

/* Have a whole row at the cursor's head, or none at the end. */
static bool cursor_load(Cursor *cursor)
{
	size_t want = sizeof(Header);

	cursor->head = NULL;
	if (cursor->begin == cursor->filled && cursor->at == cursor->end)
		return true;
	if (cursor->filled - cursor->begin < want && !cursor_fill(cursor, want))
		return false;
	cursor->head = (const void *)(cursor->buffer + cursor->begin);
	want += padded((size_t)cursor->head->size);
	if (cursor->filled - cursor->begin < want && !cursor_fill(cursor, want))
		return false;
	cursor->head = (const void *)(cursor->buffer + cursor->begin);
	return true;
}

static bool cursor_advance(Cursor *cursor)
{
	cursor->begin += sizeof(Header) + padded((size_t)cursor->head->size);
	return cursor_load(cursor);
}

static bool comes_before(const Merge *merge, unsigned int a, unsigned int b)
{
	const Cursor *first = g_ptr_array_index(merge->cursors, a);
	const Cursor *second = g_ptr_array_index(merge->cursors, b);

	return compare(first->head, second->head) < 0;
}

static void sift_down(Merge *merge, unsigned int at)
{
	gpointer *heap = merge->cursors->pdata;

	for (;;) {
		unsigned int least = at;
		gpointer moved = heap[at];

		for (unsigned int child = 2 * at + 1;
		     child <= 2 * at + 2 && child < merge->cursors->len; child++)
			if (comes_before(merge, child, least))
				least = child;
		if (least == at)
			return;
		heap[at] = heap[least];
		heap[least] = moved;
		at = least;
	}
}

static bool add_cursors(GsRowSorter *sorter, Merge *merge, const Level *level, size_t buffer_bytes)
{
	for (unsigned int i = 0; i < level->runs->len; i++) {
		const Run *run = &g_array_index(level->runs, Run, i);
		Cursor *cursor = g_new0(Cursor, 1);

		cursor->fd = fileno(level->file);
		cursor->at = run->begin;
		cursor->end = run->end;
		cursor->buffer = sorter->arena + merge->cursors->len * buffer_bytes;
		cursor->capacity = buffer_bytes;
		g_ptr_array_add(merge->cursors, cursor);
		if (!cursor_load(cursor))
			return false;
	}
	return true;
}

/* Make the arena, in which no row is left, hold @count buffers; returns their size. */
static size_t share_arena(GsRowSorter *sorter, unsigned int count)
{
	size_t buffer_bytes = MAX(sorter->budget / MAX(count, 1) / 8 * 8, READ_BYTES_MIN);

	if (count * buffer_bytes > sorter->capacity) {
		g_free(sorter->arena);
		sorter->capacity = count * buffer_bytes;
		sorter->arena = g_malloc(sorter->capacity);
	}
	return buffer_bytes;
}

/* Merge the runs of levels from @first up to before @end; NULL with errno set. */
static Merge *merge_new(GsRowSorter *sorter, unsigned int first, unsigned int end)
{
	g_autoptr(Merge) merge = g_new0(Merge, 1);
	unsigned int run_count = 0;
	size_t buffer_bytes;

	merge->cursors = g_ptr_array_new_with_free_func(cursor_free);
	for (unsigned int i = first; i < end; i++)
		run_count += ((Level *)g_ptr_array_index(sorter->levels, i))->runs->len;
	buffer_bytes = share_arena(sorter, run_count);
	for (unsigned int i = first; i < end; i++)
		if (!add_cursors(sorter, merge, g_ptr_array_index(sorter->levels, i), buffer_bytes))
			return NULL;
	for (unsigned int i = merge->cursors->len / 2; i-- > 0;)
		sift_down(merge, i);
	return g_steal_pointer(&merge);
}

/* The next row, NULL at the end; false if reading fails, with errno set. */
static bool merge_next(Merge *merge, const Header **header)
{
	*header = NULL;
	if (merge->started) {
		Cursor *top = g_ptr_array_index(merge->cursors, 0);

		if (!cursor_advance(top))
			return false;
		if (!top->head)
			g_ptr_array_remove_index_fast(merge->cursors, 0);
		sift_down(merge, 0);
	}
	merge->started = merge->cursors->len > 0;
	if (merge->started)
		*header = ((const Cursor *)g_ptr_array_index(merge->cursors, 0))->head;
	return true;
}

/* Make one run of the next level of all runs of @index. */
static bool merge_level(GsRowSorter *sorter, unsigned int index)
{
	Level *to = get_level(sorter, index + 1), *from = g_ptr_array_index(sorter->levels, index);
	g_autoptr(Merge) merge = to ? merge_new(sorter, index, index + 1) : NULL;
	const Header *header;
	off_t begin;

	if (!merge)
		return false;
	for (begin = to->size;;) {
		if (!merge_next(merge, &header))
			return false;
		if (!header)
			break;
		put_row(to, header);
	}
	if (!end_run(to, begin) || ftruncate(fileno(from->file), 0))
		return false;
	rewind(from->file);
	from->size = 0;
	g_array_set_size(from->runs, 0);
	g_clear_pointer(&merge, merge_free);
	return to->runs->len < FAN_IN || merge_level(sorter, index + 1);
}

/* Write what is in memory out as a run. */
static bool spill(GsRowSorter *sorter)
{
	Level *level = get_level(sorter, 0);
	off_t begin;

	if (!level)
		return false;
	sort_in_memory(sorter);
	begin = level->size;
	for (unsigned int i = 0; i < sorter->offsets->len; i++)
		put_row(level, nth(sorter, i));
	g_array_set_size(sorter->offsets, 0);
	sorter->used = 0;
	sorter->in_order = true;
	sorter->spill_count++;
	return end_run(level, begin) && (level->runs->len < FAN_IN || merge_level(sorter, 0));
}

bool gs_row_sorter_add(GsRowSorter *sorter, const GsRowKey *key, const void *row, size_t size,
		       GError **error)
{
	size_t wanted = sizeof(Header) + padded(size);
	Header *header;

	if (sorter->used + wanted > sorter->budget && sorter->offsets->len && !spill(sorter))
		return fail(sorter, errno, error);
	if (sorter->used + wanted > sorter->capacity) {
		/* untouched pages cost nothing, so all of it at once */
		sorter->capacity = MAX(sorter->budget, sorter->used + wanted);
		sorter->arena = g_realloc(sorter->arena, sorter->capacity);
	}
	header = (void *)(sorter->arena + sorter->used);
	memset(header, 0, wanted);
	header->key = *key;
	header->sequence = sorter->sequence++;
	header->size = size;
	memcpy(header + 1, row, size);
	if (sorter->offsets->len && compare(nth(sorter, sorter->offsets->len - 1), header) > 0)
		sorter->in_order = false;
	g_array_append_val(sorter->offsets, sorter->used);
	sorter->used += wanted;
	return true;
}

/* All rows are there. */
static bool begin_reading(GsRowSorter *sorter)
{
	sorter->reading = true;
	if (!sorter->levels->len) {
		sort_in_memory(sorter);
		return true;
	}
	if (sorter->offsets->len && !spill(sorter))
		return false;
	sorter->merge = merge_new(sorter, 0, sorter->levels->len);
	return sorter->merge != NULL;
}

bool gs_row_sorter_next(GsRowSorter *sorter, const void **row, size_t *size, GError **error)
{
	const Header *header = NULL;

	if (!sorter->reading && !begin_reading(sorter))
		return fail(sorter, errno, error);
	if (sorter->merge) {
		if (!merge_next(sorter->merge, &header))
			return fail(sorter, errno, error);
	} else if (sorter->next < sorter->offsets->len) {
		header = nth(sorter, sorter->next++);
	}
	if (!header)
		return false;
	*row = header + 1;
	*size = (size_t)header->size;
	return true;
}

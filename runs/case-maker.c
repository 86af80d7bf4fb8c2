/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/case-maker.h"

#include <string.h>

/* Calls of starts that are kept, about 400 bytes each, and machines. */
#define CALLS_MAX (1u << 17)
#define MACHINES_MAX 64

typedef struct {
	char *key;     /* owned */
	void *value;   /* owned */
	GPtrArray *notes; /* owned, char *: what the user should know of it; or NULL */
	unsigned int weight;
} Item;

/* What was used last, as far as it fits; the last one is always kept. */
typedef struct {
	GQueue items; /* Item *, the last used first */
	unsigned int weight, weight_max;
	void (*free_value)(void *value);
} Shelf;

struct GsCaseMaker {
	Shelf machines; /* GsMachineSpec */
	Shelf starts;   /* GsCaseStarts */
};

static void free_item(const Shelf *shelf, Item *item)
{
	shelf->free_value(item->value);
	g_clear_pointer(&item->notes, g_ptr_array_unref);
	g_free(item->key);
	g_free(item);
}

static const Item *find(Shelf *shelf, const char *key)
{
	for (GList *link = shelf->items.head; link; link = link->next) {
		const Item *item = link->data;

		if (strcmp(item->key, key))
			continue;
		g_queue_unlink(&shelf->items, link);
		g_queue_push_head_link(&shelf->items, link);
		return item;
	}
	return NULL;
}

/* Takes all it is given. */
static const Item *keep(Shelf *shelf, char *key, void *value, GPtrArray *notes, unsigned int weight)
{
	Item *item = g_new(Item, 1);

	*item = (Item){ key, value, notes, weight };
	g_queue_push_head(&shelf->items, item);
	shelf->weight += weight;
	while (shelf->weight > shelf->weight_max && shelf->items.length > 1) {
		Item *oldest = g_queue_pop_tail(&shelf->items);

		shelf->weight -= oldest->weight;
		free_item(shelf, oldest);
	}
	return item;
}

static void clear_shelf(Shelf *shelf)
{
	for (Item *item = g_queue_pop_head(&shelf->items); item;
	     item = g_queue_pop_head(&shelf->items))
		free_item(shelf, item);
}

static void free_machine(void *machine)
{
	gs_machine_spec_free(machine);
}

static void free_starts(void *starts)
{
	gs_case_starts_unref(starts);
}

GsCaseMaker *gs_case_maker_new(void)
{
	GsCaseMaker *maker = g_new(GsCaseMaker, 1);

	*maker = (GsCaseMaker){
		.machines = { .weight_max = MACHINES_MAX, .free_value = free_machine },
		.starts = { .weight_max = CALLS_MAX, .free_value = free_starts },
	};
	return maker;
}

void gs_case_maker_free(GsCaseMaker *maker)
{
	clear_shelf(&maker->machines);
	clear_shelf(&maker->starts);
	g_free(maker);
}

static void add_notes(GPtrArray *notes, const GPtrArray *added)
{
	for (unsigned int i = 0; notes && i < added->len; i++)
		g_ptr_array_add(notes, g_strdup(g_ptr_array_index(added, i)));
}

/* What the model's hosts are, where neither the scenario nor the running kernel says. */
static const char *default_machine(const GsScenario *scenario)
{
	const GsVmmModel *model = gs_library_vmm(scenario->library, scenario->vmm, NULL);

	return model && !strcmp(gs_vmm_model_architecture(model), "arm64") ? "arm64" : NULL;
}

static GsMachineSpec *new_machine(const GsScenario *scenario, GPtrArray *notes, GError **error)
{
	g_autoptr(GPtrArray) set = g_ptr_array_new();
	GsMachineRequest request = {
		.kernel = scenario->kernel,
		.host = scenario->host,
		.machine = scenario->machine ? scenario->machine : default_machine(scenario),
		.cpus = scenario->cpus,
		.library = scenario->library,
		.notes = notes,
	};

	g_ptr_array_extend(set, scenario->set, NULL, NULL);
	g_ptr_array_add(set, NULL);
	request.set = (const char *const *)set->pdata;
	return gs_machine_spec_new(&request, error);
}

/* No value has a line end. */
static char *machine_key(const GsScenario *scenario)
{
	const char *machine = scenario->machine ? scenario->machine : default_machine(scenario);
	GString *key = g_string_new(NULL);

	g_string_append_printf(key, "%s\n%s\n%s\n%d", scenario->kernel ? scenario->kernel : "",
			       scenario->host ? scenario->host : "", machine ? machine : "",
			       scenario->cpus);
	for (unsigned int i = 0; i < scenario->set->len; i++)
		g_string_append_printf(key, "\n%s",
				       (const char *)g_ptr_array_index(scenario->set, i));
	return g_string_free(key, FALSE);
}

static GsMachineSpec *get_machine(GsCaseMaker *maker, const GsScenario *scenario, GPtrArray *notes,
				  GError **error)
{
	g_autofree char *key = machine_key(scenario);
	const Item *item = find(&maker->machines, key);

	if (!item) {
		g_autoptr(GPtrArray) its_notes = g_ptr_array_new_with_free_func(g_free);
		GsMachineSpec *machine = new_machine(scenario, its_notes, error);

		if (!machine)
			return NULL;
		item = keep(&maker->machines, g_steal_pointer(&key), machine,
			    g_steal_pointer(&its_notes), 1);
	}
	add_notes(notes, item->notes);
	return item->value;
}

static GsCaseStarts *get_starts(GsCaseMaker *maker, const GsScenario *scenario,
				const GsMachineSpec *machine, GError **error)
{
	g_autofree char *key = gs_case_starts_key(scenario, machine);
	const Item *item = find(&maker->starts, key);
	GsCaseStarts *starts;

	if (item)
		return item->value;
	starts = gs_case_starts_new(scenario, machine, error);
	if (!starts)
		return NULL;
	return keep(&maker->starts, g_steal_pointer(&key), starts, NULL,
		    starts->program->call_count)->value;
}

GsCase *gs_case_maker_make(GsCaseMaker *maker, const GsScenario *scenario, GPtrArray *notes,
			   GError **error)
{
	GsMachineSpec *machine = get_machine(maker, scenario, notes, error);
	GsCaseStarts *starts;

	if (!machine)
		return NULL;
	starts = get_starts(maker, scenario, machine, error);
	if (!starts)
		return NULL;
	add_notes(notes, starts->notes);
	return gs_case_new_from(scenario, machine, starts, error);
}

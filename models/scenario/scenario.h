/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario: which VMM starts how many VMs, on which host and kernel.
 *
 * A scenario is one point; lists of values are axes, and what they span is made
 * of points (runs/study-plan.h). It has a canonical text, an INI file that reads
 * back as the same scenario: gracesim-scenario(5).
 */
#ifndef GS_SCENARIO_H
#define GS_SCENARIO_H

#include "models/library.h"
#include "models/policy/policy.h"
#include "traces/script.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define GS_SCENARIO_ERROR gs_scenario_error_quark()
GQuark gs_scenario_error_quark(void);
typedef enum {
	GS_SCENARIO_ERROR_UNKNOWN, /* no such scenario or model, key or word */
	GS_SCENARIO_ERROR_VALUE,   /* not a value for its key */
	GS_SCENARIO_ERROR_SYNTAX,  /* malformed file, with file:line */
} GsScenarioError;

#define GS_SCENARIO_VMS_MAX 100000
#define GS_SCENARIO_RUNS_MAX 10000000

/* Everything is owned by it but the policy. */
typedef struct {
	GsLibrary *library;        /* a reference: what its words have been looked up in */
	char *source;              /* for messages: the file, or the model's name */
	char *title, *question;    /* for people; NULL: none */
	bool is_model;             /* nothing was given but a VMM model's name */

	char *vmm;                 /* the model: its name or path */
	GPtrArray *vmm_settings;   /* char *, "vcpus=4", by name, each once */
	char *kernel, *host, *machine; /* as in GsMachineRequest; NULL: its defaults */
	int cpus;                  /* 0: the host profile's */
	int hz;
	const GsPolicy *policy;    /* NULL: what the kernel shipped with */
	GPtrArray *set;            /* char *, "srcutree.exp_holdoff=0", by name, each once */
	unsigned int vms;
	GsStartPattern start;
	unsigned int runs;
	uint64_t seed;
} GsScenario;

/* An axis or a constraint, as a [sweep] group has it. */
typedef struct {
	char *text;         /* "hz=100,250"; constraint: "vcpus<=cpus" */
	char *place;        /* for messages: "FILE:LINE" */
	bool is_constraint;
} GsScenarioAxis;

/* An array for gs_scenario_load() to add GsScenarioAxis * to, which it owns. */
GPtrArray *gs_scenario_axes_new(void);

/* Add a copy of @text, which stands at @place. */
void gs_scenario_axes_add(GPtrArray *axes, const char *place, const char *text,
			  bool is_constraint);

/*
 * Load @name: a scenario that comes with the program, a scenario's file, or a
 * VMM model's name or file, with the default of everything else. A path has a
 * '/' or ends in ".ini". Adds to @axes what its [sweep] group says; NULL: that is
 * checked and not kept. The caller frees the scenario.
 */
GsScenario *gs_scenario_load(const char *name, GPtrArray *axes, GError **error);

/* The same from @text; @source is its name for messages. */
GsScenario *gs_scenario_parse(const char *source, const char *text, gsize length, GPtrArray *axes,
			      GError **error);

/* The copy shares the library: copies are for the same thread. */
GsScenario *gs_scenario_copy(const GsScenario *scenario);
void gs_scenario_free(GsScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsScenario, gs_scenario_free)

/*
 * Set what @key names: one of the keys of [scenario] (vmm kernel host machine cpus
 * hz policy vms start runs seed), a parameter of the machine, which has a dot in
 * its name, else one of the VMM model. On failure nothing has changed; errors
 * suggest the nearest word.
 */
bool gs_scenario_set(GsScenario *scenario, const char *key, const char *value, GError **error);

/* The value of @key in its one spelling, to be freed; NULL: it is not set. */
char *gs_scenario_get(const GsScenario *scenario, const char *key);

/* Whether @key is one gs_scenario_set() knows. */
bool gs_scenario_check_key(const GsScenario *scenario, const char *key, GError **error);

/*
 * All of it but what is for people: fixed order, one spelling of each value. Equal
 * texts are equal scenarios. The caller frees it.
 */
char *gs_scenario_text(const GsScenario *scenario);

/* Names of the scenarios that come with the program; free with g_strfreev(). */
char **gs_scenario_list(void);

/* The title of one of these, and its file as it is; the caller frees them. */
char *gs_scenario_describe(const char *name);
char *gs_scenario_read_shipped(const char *name, GError **error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of a scenario's [scenario] group that decide what is simulated: how
 * each is read, and the one way in which it is written.
 */
#ifndef GS_SCENARIO_KEYS_H
#define GS_SCENARIO_KEYS_H

#include "models/scenario/scenario.h"

typedef struct {
	const char *name;
	bool (*set)(GsScenario *scenario, const char *value, GError **error);
	char *(*get)(const GsScenario *scenario); /* NULL: not set; else to be freed */
} GsScenarioKey;

/* In the order of the canonical text; ended by a row without name. Static. */
extern const GsScenarioKey gs_scenario_keys[];

/* gs_scenario_set() for a parameter of the machine, and for one of the VMM model. */
bool gs_scenario_set_machine_parameter(GsScenario *scenario, const char *key, const char *value,
				       GError **error);
bool gs_scenario_set_vmm_parameter(GsScenario *scenario, const char *key, const char *value,
				   GError **error);

/* NULL: there is none called @name. */
const GsScenarioKey *gs_scenario_key_lookup(const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/simulation-options.h"

void gs_simulation_words_clear(GsSimulationWords *words)
{
	char *texts[] = { words->hz,   words->policy, words->kernel, words->machine, words->host,
			  words->cpus, words->runs,   words->seed,   words->jobs };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(words->set);
}

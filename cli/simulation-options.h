/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of gracesim run and gracesim replay: what is simulated, on which
 * machine and how often. Each command has its own way to read them, and its own
 * defaults: those are arguments of the rows.
 */
#ifndef GS_SIMULATION_OPTIONS_H
#define GS_SIMULATION_OPTIONS_H

#include <glib.h>

#include "cli/options.h"

/* As they stand on the command line; owned. */
typedef struct {
	char *hz, *policy;
	char *kernel, *machine, *host, *cpus;
	char **set;
	char *runs, *seed, *jobs;
} GsSimulationWords;

void gs_simulation_words_clear(GsSimulationWords *words);

#define GS_MACHINE_ENTRIES(words, hz_summary, policy_summary, usual_machine) \
	{ "hz", 0, 0, G_OPTION_ARG_STRING, &(words)->hz, hz_summary, "LIST" }, \
	{ "policy", 0, 0, G_OPTION_ARG_STRING, &(words)->policy, policy_summary, "LIST|all" }, \
	{ "kernel", 0, 0, G_OPTION_ARG_STRING, &(words)->kernel, \
	  "kernel release, or host for the running one (v7.3)", "NAME" }, \
	{ "machine", 0, 0, G_OPTION_ARG_STRING, &(words)->machine, \
	  "x86-vmx, x86-svm or arm64 (" usual_machine ")", "NAME" }, \
	{ "host", 0, 0, G_OPTION_ARG_STRING, &(words)->host, \
	  "cost profile of the host (the machine's)", "NAME" }, \
	{ "cpus", 0, 0, G_OPTION_ARG_STRING, &(words)->cpus, \
	  "CPUs of the host (the profile's; --kernel=host: its own)", "N" }

#define GS_SET_ENTRY(words, syntax) \
	{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(words)->set, \
	  "set a parameter, as often as wanted", syntax }

#define GS_RUNS_ENTRIES(words) \
	{ "runs", 0, 0, G_OPTION_ARG_STRING, &(words)->runs, \
	  "runs per policy and tick rate (400)", "N" }, \
	{ "seed", 0, 0, G_OPTION_ARG_STRING, &(words)->seed, \
	  "what the random draws derive from (1)", "N" }, \
	GS_JOBS_ENTRY(&(words)->jobs)

#endif

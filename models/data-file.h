/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The INI files models are made of: those that come with the program, by name,
 * and a user's own, by path. Shipped ones are compiled in as resources below
 * /org/gracesim/ (models/gracesim.gresource.xml).
 */
#ifndef GS_DATA_FILE_H
#define GS_DATA_FILE_H

#include "models/ini-file.h"

#include <stdbool.h>

/* A kind of data file, e.g. the kernel profiles. Static. */
typedef struct {
	const char *folder; /* of the resources, with a slash at its end */
	const char *what;   /* for messages: "kernel profile" */
	const char *source; /* what to put before a name for messages: "models/vmm/" */
	GQuark (*domain)(void);
	int unknown_code, syntax_code; /* of that error domain */
} GsDataKind;

/* Names of the shipped ones, sorted, NULL-terminated; free with g_strfreev(). */
char **gs_data_list(const GsDataKind *kind);

/* Whether @name is that of a user's file: it has a '/' or ends in ".ini". */
bool gs_data_is_path(const char *name);

/* The text of shipped file @name; an unknown one is an error with a suggestion. */
GBytes *gs_data_read_shipped(const GsDataKind *kind, const char *name, GError **error);

/*
 * Open shipped file @name or, if that is a path, the user's. The caller frees
 * it. An unknown name is an error with a suggestion.
 */
GsIniFile *gs_data_open(const GsDataKind *kind, const char *name, GError **error);

#endif

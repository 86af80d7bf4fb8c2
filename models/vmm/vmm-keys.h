/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which groups and keys a VMM model may have.
 */
#ifndef GS_VMM_KEYS_H
#define GS_VMM_KEYS_H

#include "models/ini-file.h"

/*
 * Whether each group of @ini is of a kind there is, is named as it must be, and
 * has the keys it needs and no others. Values are not looked at.
 */
bool gs_vmm_check_keys(const GsIniFile *ini, GError **error);

#endif

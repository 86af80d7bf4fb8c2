/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of a VMM model: 2, 0x50, 128MiB, vcpus, @i, 0xd0000000+@i*0x1000.
 *
 * Sums of products of numbers and names, unsigned 64 bits, '*' before '+'. Names
 * are the model's parameters, the choices of those that have some, and, with an
 * '@', the indices of its repetitions. A condition compares two of them:
 * transport == pci.
 */
#ifndef GS_VMM_EXPRESSION_H
#define GS_VMM_EXPRESSION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Evaluate @text; @names maps char * to uint64_t *. Returns what is wrong with
 * it, which the caller frees, or NULL if nothing is.
 */
char *gs_vmm_evaluate(const char *text, GHashTable *names, uint64_t *value);

/* Whether the condition @text holds; without a comparison: whether it is not 0. As above. */
char *gs_vmm_test(const char *text, GHashTable *names, bool *holds);

/* Replace each @NAME in @text ("fc_vcpu @i") by its value; as above. */
char *gs_vmm_fill_in(const char *text, GHashTable *names, char **filled);

#endif

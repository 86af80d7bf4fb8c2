/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a fuzz target defines: libFuzzer calls it with inputs of its own making,
 * driver.c with the files it is given.
 */
#ifndef GS_FUZZ_H
#define GS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called once, before. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of VMM models share: models given as text.
 */
#ifndef GS_TEST_VMM_H
#define GS_TEST_VMM_H

#include "traces/script.h"

/* A model's header, whose think time is 5 us, and how many lines it has. */
#define GS_TEST_VMM "[vmm]\nname=Test\nsummary=a test\nsource=none\nthink=5us\nthink_source=none\n"
#define GS_TEST_VMM_LINES 6

/* Load the model @text, a file "test.ini", with @settings. The caller frees it. */
GsScript *gs_test_vmm_text(const char *text, const char *const *settings, GError **error);

/* The same with a part, the file "part.ini" beside it. */
GsScript *gs_test_vmm_text_and_part(const char *text, const char *part, GError **error);

/* Load what is below a header; it must be right. */
GsScript *gs_test_vmm_steps(const char *steps);
GsScript *gs_test_vmm_steps_with(const char *steps, const char *const *settings);

/* What is wrong below a header, on which line of that (0: the file's first), and what is said. */
typedef struct {
	const char *text;
	unsigned int line;
	const char *message;
} GsTestVmmMistake;

/* Each of @mistakes is an error that says just that, at that line. */
void gs_test_vmm_mistakes(const GsTestVmmMistake *mistakes, size_t count);

/* "NAME NAME*3 ...": equal names in a row are counted. The caller frees it. */
char *gs_test_call_names(const GsScript *script);

/*
 * What the call @a of one script and @b of another, a model's, do not have in
 * common that a model says; NULL: nothing. Of an ioctl on a descriptor that does
 * not take it a model names another.
 */
const char *gs_test_call_difference(const GsScriptCall *a, const GsScriptCall *b);

/* Whether the model made of @script has the same calls; @text is set to it, to be freed. */
void gs_test_vmm_round_trip(const GsScript *script, char **text);

#endif

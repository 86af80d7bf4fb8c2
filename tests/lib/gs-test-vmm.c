/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test-vmm.h"

#include <glib/gstdio.h>
#include <string.h>

#include "models/vmm/vmm-call.h"
#include "models/vmm/vmm-layout.h"
#include "models/vmm/vmm-model.h"
#include "models/vmm/vmm-writer.h"

/* Load @name of @folder; the path is removed from the message. */
static GsScript *load_file(const char *folder, const char *name, const char *const *settings,
			   GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *prefix = g_strconcat(folder, "/", NULL);
	g_autoptr(GError) failure = NULL;
	GsScript *script = gs_vmm_model_load_with(path, settings, &failure);

	if (failure) {
		g_auto(GStrv) parts = g_strsplit(failure->message, prefix, -1);
		g_autofree char *message = g_strjoinv("", parts);

		g_set_error_literal(error, failure->domain, failure->code, message);
	}
	return script;
}

static GsScript *load(const char *text, const char *part, const char *const *settings,
		      GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "test.ini", NULL);
	g_autofree char *part_path = g_build_filename(folder, "part.ini", NULL);
	GsScript *script;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	if (part)
		g_assert_true(g_file_set_contents(part_path, part, -1, NULL));
	script = load_file(folder, "test.ini", settings, error);
	g_remove(path);
	if (part)
		g_remove(part_path);
	g_rmdir(folder);
	return script;
}

GsScript *gs_test_vmm_text(const char *text, const char *const *settings, GError **error)
{
	return load(text, NULL, settings, error);
}

GsScript *gs_test_vmm_text_and_part(const char *text, const char *part, GError **error)
{
	return load(text, part, NULL, error);
}

GsScript *gs_test_vmm_steps_with(const char *steps, const char *const *settings)
{
	g_autofree char *text = g_strconcat(GS_TEST_VMM, steps, NULL);
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_test_vmm_text(text, settings, &error);

	g_assert_no_error(error);
	return script;
}

GsScript *gs_test_vmm_steps(const char *steps)
{
	return gs_test_vmm_steps_with(steps, NULL);
}

void gs_test_vmm_mistakes(const GsTestVmmMistake *mistakes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned int line = mistakes[i].line ? GS_TEST_VMM_LINES + mistakes[i].line : 1;
		g_autofree char *text = g_strconcat(GS_TEST_VMM, mistakes[i].text, NULL);
		g_autofree char *expected =
			g_strdup_printf("test.ini:%u: %s", line, mistakes[i].message);
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_test_vmm_text(text, NULL, &error));
		g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SYNTAX);
		g_assert_cmpstr(error->message, ==, expected);
	}
}

char *gs_test_call_names(const GsScript *script)
{
	GString *names = g_string_new(NULL);

	for (unsigned int i = 0, count; i < script->calls->len; i += count) {
		const char *name = gs_script_call(script, i)->name;

		for (count = 1; i + count < script->calls->len; count++) {
			if (!g_str_equal(gs_script_call(script, i + count)->name, name))
				break;
		}
		g_string_append_printf(names, "%s%s", i ? " " : "", name + strlen("KVM_"));
		if (count > 1)
			g_string_append_printf(names, "*%u", count);
	}
	return g_string_free(names, FALSE);
}

static bool are_fields_equal(const GsVmmCallText *a, const GsVmmCallText *b)
{
	if (a->field_count != b->field_count)
		return false;
	for (unsigned int i = 0; i < a->field_count; i++) {
		if (!g_str_equal(a->fields[i].key, b->fields[i].key) ||
		    a->fields[i].value != b->fields[i].value)
			return false;
	}
	return true;
}

const char *gs_test_call_difference(const GsScriptCall *a, const GsScriptCall *b)
{
	const bool runs = g_str_equal(a->name, "KVM_RUN");
	GsVmmCallText left, right;

	gs_vmm_call_write(a, &left);
	gs_vmm_call_write(b, &right);
	if (!g_str_equal(left.key, right.key) || !g_str_equal(left.name, right.name))
		return "name";
	if (g_strcmp0(left.fd, right.fd))
		return "fd";
	if (!are_fields_equal(&left, &right))
		return "arguments";
	if (a->thread != b->thread)
		return "thread";
	if (a->after != b->after)
		return "after";
	if (a->failed != b->failed)
		return "failed";
	if (a->think_unknown != b->think_unknown)
		return "think_unknown";
	if (!a->think_unknown && a->think_ns != b->think_ns)
		return "think_ns";
	if (runs && a->guest_ns == 0 && a->recorded_ns >= 0)
		return b->guest_ns == MAX(a->recorded_ns, 1) ? NULL : "guest";
	return a->guest_ns == b->guest_ns ? NULL : "guest";
}

void gs_test_vmm_round_trip(const GsScript *script, char **text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsIniFile) ini = NULL;
	g_autoptr(GsScript) model = NULL;

	*text = gs_vmm_write(script, &error);
	g_assert_no_error(error);
	ini = gs_ini_file_new("model.ini", *text, strlen(*text), GS_VMM_ERROR, GS_VMM_ERROR_SYNTAX,
			      &error);
	g_assert_no_error(error);
	model = gs_vmm_layout(ini, "model", NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(model->threads->len, ==, script->threads->len);
	for (unsigned int i = 0; i < MIN(script->calls->len, model->calls->len); i++) {
		const char *difference = gs_test_call_difference(gs_script_call(script, i),
								 gs_script_call(model, i));

		if (difference)
			g_error("%s: call %u (%s, line %u): %s", script->label, i,
				gs_script_call(script, i)->name, gs_script_call(script, i)->line,
				difference);
	}
	g_assert_cmpuint(model->calls->len, ==, script->calls->len);
}

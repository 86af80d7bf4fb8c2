/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/case-starts.h"

#include <string.h>

#include "runs/fleet.h"
#include "runs/replay-notes.h"
#include "runs/replay-work.h"

/* The model and what is set of it: "firecracker vcpus=4". */
static char *label(const GsScenario *scenario)
{
	GString *text = g_string_new(scenario->vmm);

	for (unsigned int i = 0; i < scenario->vmm_settings->len; i++)
		g_string_append_printf(text, " %s",
				       (const char *)g_ptr_array_index(scenario->vmm_settings, i));
	return g_string_free(text, FALSE);
}

char *gs_case_starts_key(const GsScenario *scenario, const GsMachineSpec *machine)
{
	g_autofree char *settings = label(scenario);

	return g_strdup_printf("%s\n%u %d %" G_GINT64_FORMAT "\n%s\n%s", settings, scenario->vms,
			       (int)scenario->start.kind, scenario->start.interval_ns,
			       gs_machine_spec_host(machine), gs_machine_spec_machine(machine));
}

static GsScript *make_script(const GsScenario *scenario, GError **error)
{
	const GsVmmModel *model = gs_library_vmm(scenario->library, scenario->vmm, error);
	g_autoptr(GPtrArray) settings = g_ptr_array_new();
	g_autoptr(GsScript) one = NULL;
	GsScript *fleet;

	if (!model)
		return NULL;
	g_ptr_array_extend(settings, scenario->vmm_settings, NULL, NULL);
	g_ptr_array_add(settings, NULL);
	one = gs_vmm_model_script(model, (const char *const *)settings->pdata, error);
	if (!one)
		return NULL;
	fleet = gs_fleet_script_new(one, scenario->vms, scenario->start, error);
	if (fleet) {
		g_free(fleet->label);
		fleet->label = label(scenario);
	}
	return fleet;
}

static GsMachineKind machine_kind(const GsMachineSpec *machine)
{
	GsMachineParams params;

	gs_machine_spec_resolve(machine, GS_HZ_MIN, &params);
	return params.kvm.machine;
}

/* The VMs are copies of the first, so its calls are enough. */
static char *compute_digest(const GsCaseStarts *starts, const GsVmmModel *model)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	const char *model_digest = gs_vmm_model_digest(model);
	const unsigned int calls = starts->program->call_count / starts->program->vm_count;

	g_checksum_update(checksum, (const guchar *)model_digest, -1);
	for (unsigned int i = 0; i < calls; i++) {
		const int64_t work_ns = GINT64_TO_LE(starts->work_ns[i]);

		g_checksum_update(checksum, (const guchar *)&work_ns, sizeof(work_ns));
	}
	return g_strdup(g_checksum_get_string(checksum));
}

GsCaseStarts *gs_case_starts_new(const GsScenario *scenario, const GsMachineSpec *machine,
				 GError **error)
{
	g_autoptr(GsCaseStarts) starts = g_new0(GsCaseStarts, 1);

	g_atomic_ref_count_init(&starts->references);
	starts->notes = g_ptr_array_new_with_free_func(g_free);
	starts->script = make_script(scenario, error);
	if (!starts->script)
		return NULL;
	starts->program = gs_program_new(starts->script, error);
	if (!starts->program)
		return NULL;
	gs_replay_note_unknowns(starts->program, machine_kind(machine), starts->notes);
	starts->work_ns = gs_replay_guess_work(
		&(GsReplaySpec){ .machine = (GsMachineSpec *)machine }, starts->program);
	starts->pool = gs_call_pool_new(starts->script);
	starts->digest = compute_digest(
		starts, gs_library_vmm(scenario->library, scenario->vmm, NULL));
	return g_steal_pointer(&starts);
}

GsCaseStarts *gs_case_starts_ref(GsCaseStarts *starts)
{
	g_atomic_ref_count_inc(&starts->references);
	return starts;
}

void gs_case_starts_unref(GsCaseStarts *starts)
{
	if (!g_atomic_ref_count_dec(&starts->references))
		return;
	g_clear_pointer(&starts->program, gs_program_free);
	g_clear_pointer(&starts->script, gs_script_free);
	g_clear_pointer(&starts->pool, gs_call_pool_free);
	g_free(starts->work_ns);
	g_ptr_array_unref(starts->notes);
	g_free(starts->digest);
	g_free(starts);
}

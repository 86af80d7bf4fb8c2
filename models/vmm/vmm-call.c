/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-call.h"

#include <stddef.h>
#include <string.h>

#include "models/suggest.h"
#include "models/vmm/vmm-expression.h"
#include "traces/kvm-args.h"
#include "traces/kvm-request.h"

/* KVM_A, KVM_A|KVM_B */
#define SYMBOL_CHARS G_CSET_A_2_Z G_CSET_DIGITS "_|"

#define HAS(field) offsetof(GsCallArgs, has_##field)

/* Each key, and what is known of the call once it has been understood. */
static const struct {
	const char *key;
	size_t has;
	const char *needs; /* what it takes besides the key; NULL: nothing */
} fields[] = {
	{ "value", HAS(value), NULL },
	{ "cap", HAS(value), NULL },
	{ "slot", HAS(memslot), "slot, guest_phys_addr and memory_size" },
	{ "guest_phys_addr", HAS(memslot), "slot, guest_phys_addr and memory_size" },
	{ "memory_size", HAS(memslot), "slot, guest_phys_addr and memory_size" },
	{ "userspace_addr", HAS(memslot), "slot, guest_phys_addr and memory_size" },
	{ "flags", HAS(flags), NULL },
	{ "len", HAS(len), NULL },
	{ "addr", HAS(addr), NULL },
	{ "group", HAS(device_attr), "group and attr" },
	{ "attr", HAS(device_attr), "group and attr" },
	{ "type", HAS(device_type), NULL },
};

const char *const *gs_vmm_call_keys(void)
{
	static const char *const keys[] = {
		"fd",		  "value", "cap", "slot", "guest_phys_addr", "memory_size",
		"userspace_addr", "flags", "len", "addr", "group",	     "attr",
		"type",		  NULL,
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(keys) == G_N_ELEMENTS(fields) + 2);
	return keys;
}

bool gs_vmm_call_is_in(const GsIniFile *ini, const char *group)
{
	return gs_ini_file_get(ini, group, "call") || gs_ini_file_get(ini, group, "request");
}

static const struct {
	const char *name;
	GsFdRole role;
} roles[] = {
	{ "kvm", GS_FD_KVM },
	{ "vm", GS_FD_VM },
	{ "vcpu", GS_FD_VCPU },
	{ "device", GS_FD_DEVICE },
};

static GsFdRole role_of(const char *fd)
{
	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (g_str_equal(roles[i].name, fd))
			return roles[i].role;
	}
	return GS_FD_UNKNOWN;
}

static const GsKvmRequest *get_request(const GsIniFile *ini, const char *group, GError **error)
{
	const char *name = gs_ini_file_get(ini, group, "call");
	const GsKvmRequest *request = gs_kvm_request_by_name(gs_span_string(name)), *table;
	g_autofree const char **names = NULL;
	g_autofree char *hint = NULL;
	size_t count;

	if (request)
		return request;
	table = gs_kvm_request_table(&count);
	names = g_new0(const char *, count + 1);
	for (size_t i = 0; i < count; i++)
		names[i] = table[i].name;
	hint = gs_suggest_hint(name, names);
	gs_ini_file_fail(ini, group, "call", error, "unknown ioctl '%s'%s", name, hint);
	return NULL;
}

/* The descriptor the call goes to: what fd= says, else the only one that takes it. */
static bool get_role(const GsIniFile *ini, const char *group, const GsKvmRequest *request,
		     GsFdRole *role, GError **error)
{
	const char *fd = gs_ini_file_get(ini, group, "fd");
	g_autoptr(GString) takers = g_string_new(NULL);
	unsigned int taker_count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (!(request->roles & GS_ROLE_BIT(roles[i].role)))
			continue;
		g_string_append_printf(takers, "%s%s", taker_count++ ? ", " : "",
				       roles[i].name);
		if (fd && !g_str_equal(fd, roles[i].name))
			continue;
		*role = roles[i].role;
		if (fd)
			return true;
	}
	if (!fd && taker_count == 1)
		return true;
	if (fd)
		gs_ini_file_fail(ini, group, "fd", error, "%s goes to %s, not to '%s'",
				 request->name, takers->str, fd);
	else
		gs_ini_file_fail(ini, group, "call", error,
				 "%s goes to one of %s: which is to be said with fd=",
				 request->name, takers->str);
	return false;
}

/* @text as strace would print it: symbols as they are, all else as a number. */
static char *print_value(const char *text, GHashTable *names, char **problem)
{
	uint64_t value;

	if (g_str_has_prefix(text, "KVM_") && !text[strspn(text, SYMBOL_CHARS)])
		return g_strdup(text);
	*problem = gs_vmm_evaluate(text, names, &value);
	return *problem ? NULL : g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value);
}

static bool check_kind(const GsIniFile *ini, const char *group, const char *key,
		       const GsKvmRequest *request, GError **error)
{
	bool is_number = g_str_equal(key, "value");

	if (gs_kvm_request_takes_number(request) == is_number)
		return true;
	gs_ini_file_fail(ini, group, key, error, "%s takes a %s, not '%s'", request->name,
			 is_number ? "struct" : "number (value=)", key);
	return false;
}

/* Whether each key given has become known. */
static bool check_known(const GsIniFile *ini, const char *group, const GsCallArgs *args,
			GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const char *key = fields[i].key, *text = gs_ini_file_get(ini, group, key);

		if (!text || *(const bool *)((const char *)args + fields[i].has))
			continue;
		if (fields[i].needs)
			gs_ini_file_fail(ini, group, key, error,
					 "a valid number for each of %s is needed",
					 fields[i].needs);
		else
			gs_ini_file_fail(ini, group, key, error,
					 "'%s' is not a known symbol, or is out of range", text);
		return false;
	}
	return true;
}

/*
 * The reader of strace logs knows KVM's symbols and which members make up which
 * argument, so the step's keys are put to it as strace would have printed them.
 */
static bool get_args(const GsIniFile *ini, const char *group, const GsKvmRequest *request,
		     GHashTable *names, GsCallArgs *args, GError **error)
{
	g_autoptr(GString) printed = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const char *key = fields[i].key, *text = gs_ini_file_get(ini, group, key);
		g_autofree char *problem = NULL, *value = NULL;

		if (!text)
			continue;
		if (!check_kind(ini, group, key, request, error))
			return false;
		value = print_value(text, names, &problem);
		if (!value) {
			gs_ini_file_fail(ini, group, key, error, "%s", problem);
			return false;
		}
		if (g_str_equal(key, "value"))
			g_string_append(printed, value);
		else
			g_string_append_printf(printed, "%s%s=%s", printed->len ? ", " : "{", key,
					       value);
	}
	if (printed->str[0] == '{')
		g_string_append_c(printed, '}');
	gs_kvm_args_parse(request, gs_span_string(printed->str), args);
	return check_known(ini, group, args, error);
}

/* None of the keys of a call's argument; nor fd=, unless @may_have_fd. */
static bool check_no_args(const GsIniFile *ini, const char *group, bool may_have_fd,
			  GError **error)
{
	for (const char *const *key = gs_vmm_call_keys(); *key; key++) {
		if (!gs_ini_file_get(ini, group, *key) || (may_have_fd && g_str_equal(*key, "fd")))
			continue;
		gs_ini_file_fail(ini, group, *key, error, "'%s' of a call that has no such thing",
				 *key);
		return false;
	}
	return true;
}

/* The name to know a request by that the table does not have; NULL: it has it, or it is none. */
static const char *other_name(const char *text, GsFdRole role, const GsKvmRequest **known)
{
	g_autoptr(GHashTable) others = g_hash_table_new(g_str_hash, g_str_equal);
	const char *name;

	*known = NULL;
	/* logs of so many different ones that they are not told apart */
	if (g_str_equal(text, GS_KVM_REQUEST_OTHER))
		return g_intern_static_string(GS_KVM_REQUEST_OTHER);
	name = gs_kvm_request_parse(gs_span_string(text), role, others, known);
	/* known, but on a descriptor of none of these kinds */
	if (*known && (*known)->roles == GS_ROLE_BIT(GS_FD_UNKNOWN))
		*known = NULL;
	return *known ? NULL : name;
}

/* A request the table does not have: who knows what it does, and with what. */
static bool read_other(const GsIniFile *ini, const char *group, GsScriptCall *call, GError **error)
{
	const char *text = gs_ini_file_get(ini, group, "request");
	const char *fd = gs_ini_file_get(ini, group, "fd");
	const GsKvmRequest *known;

	call->role = fd ? role_of(fd) : GS_FD_UNKNOWN;
	if (call->role == GS_FD_UNKNOWN) {
		gs_ini_file_fail(ini, group, fd ? "fd" : "request", error,
				 "fd=kvm, vm, vcpu or device is needed");
		return false;
	}
	call->name = other_name(text, call->role, &known);
	if (gs_ini_file_get(ini, group, "call"))
		gs_ini_file_fail(ini, group, "request", error, "'request' and 'call'");
	else if (known)
		gs_ini_file_fail(ini, group, "request", error, "%s is known: 'call' is its key",
				 known->name);
	else if (!call->name)
		gs_ini_file_fail(ini, group, "request", error, "'%s' is no request of KVM", text);
	else
		return check_no_args(ini, group, true, error);
	return false;
}

bool gs_vmm_call_read(const GsIniFile *ini, const char *group, GHashTable *names,
		      GsScriptCall *call, GError **error)
{
	const GsKvmRequest *request;

	if (gs_ini_file_get(ini, group, "request"))
		return read_other(ini, group, call, error);
	if (g_str_equal(gs_ini_file_get(ini, group, "call"), GS_SCRIPT_CLOSE)) {
		call->name = g_intern_static_string(GS_SCRIPT_CLOSE);
		call->role = GS_FD_VM;
		return check_no_args(ini, group, false, error);
	}
	request = get_request(ini, group, error);
	if (!request || !get_role(ini, group, request, &call->role, error) ||
	    !get_args(ini, group, request, names, &call->args, error))
		return false;
	call->name = g_intern_string(request->name);
	return true;
}

static const char *fd_of(GsFdRole role)
{
	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (roles[i].role == role)
			return roles[i].name;
	}
	return NULL;
}

/* The kind of descriptor @request goes to, @role if it can: logs may be mistaken. */
static GsFdRole plausible_role(const GsKvmRequest *request, GsFdRole role)
{
	if (request->roles & GS_ROLE_BIT(role))
		return role;
	for (size_t i = G_N_ELEMENTS(roles); i-- > 0;) {
		if (request->roles & GS_ROLE_BIT(roles[i].role))
			return roles[i].role;
	}
	return GS_FD_UNKNOWN;
}

static void add_field(GsVmmCallText *text, const char *key, bool known, uint64_t value)
{
	if (known)
		text->fields[text->field_count++] = (GsVmmField){ key, value };
}

static void add_fields(GsVmmCallText *text, const GsCallArgs *args)
{
	add_field(text, "cap", args->has_value, args->value);
	add_field(text, "slot", args->has_memslot, args->slot);
	add_field(text, "guest_phys_addr", args->has_memslot, args->guest_phys_addr);
	add_field(text, "memory_size", args->has_memslot, args->memory_size_bytes);
	add_field(text, "userspace_addr", args->has_memslot && args->userspace_addr,
		  args->userspace_addr);
	add_field(text, "flags", args->has_flags, args->flags);
	add_field(text, "len", args->has_len, args->len);
	add_field(text, "addr", args->has_addr, args->addr);
	add_field(text, "group", args->has_device_attr, args->device_group);
	add_field(text, "attr", args->has_device_attr, args->device_attr);
	add_field(text, "type", args->has_device_type, args->device_type);
}

void gs_vmm_call_write(const GsScriptCall *call, GsVmmCallText *text)
{
	const GsKvmRequest *request = gs_kvm_request_by_name(gs_span_string(call->name)), *known;
	GsFdRole role = call->role == GS_FD_UNKNOWN ? GS_FD_VM : call->role;

	*text = (GsVmmCallText){ .key = "call", .name = call->name };
	if (g_str_equal(call->name, GS_SCRIPT_CLOSE))
		return;
	if (!request || request->roles == GS_ROLE_BIT(GS_FD_UNKNOWN)) {
		text->key = "request";
		text->fd = fd_of(role);
		if (!other_name(call->name, role, &known))
			text->name = GS_KVM_REQUEST_OTHER;
		return;
	}
	role = plausible_role(request, call->role);
	if (request->roles != GS_ROLE_BIT(role))
		text->fd = fd_of(role);
	if (gs_kvm_request_takes_number(request))
		add_field(text, "value", call->args.has_value, call->args.value);
	else
		add_fields(text, &call->args);
}

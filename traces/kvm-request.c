/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/kvm-request.h"

#include <glib.h>

#include "traces/strace-text.h"

/* The parts of a request number, as asm-generic/ioctl.h lays them out. */
#define IOC_TYPE_KVM 0xae
#define IOC_NONE 0u
#define IOC_WRITE 1u
#define IOC_READ 2u
#define IOC_SIZE_MAX 0x3fff
#define IOC_SIZE_MASK 0x3fff0000u
#define IOC(direction, size, type, number) \
	((direction) << 30 | (uint32_t)(size) << 16 | (uint32_t)(type) << 8 | (uint32_t)(number))
#define IOC_DIRECTION(number) ((number) >> 30)
#define IOC_TYPE(number) (((number) >> 8) & 0xff)
#define IOC_NUMBER(number) ((number)&0xff)

/* Nitro Enclaves shares the type with KVM and uses these; KVM does not. */
#define NITRO_FIRST 0x20
#define NITRO_LAST 0x24

/* Longer names are not KVM's. */
#define NAME_MAX_BYTES 64

static bool takes(const GsKvmRequest *request, GsFdRole role)
{
	return role == GS_FD_UNKNOWN || (request->roles & GS_ROLE_BIT(role));
}

const GsKvmRequest *gs_kvm_request_by_name(GsSpan name)
{
	size_t low = 0, high;
	const GsKvmRequest *requests = gs_kvm_request_table(&high);

	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = gs_span_compare(name, requests[middle].name);

		if (order == 0)
			return &requests[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * Look for @number where @mask has bits: on @role, else, if the number is whole,
 * on any, for a descriptor may be mistaken and a number may not. Returns how many
 * fit; @request is set to the last of them.
 */
static unsigned int find_number(uint32_t number, uint32_t mask, GsFdRole role,
				const GsKvmRequest **request)
{
	const GsKvmRequest *other = NULL;
	unsigned int count = 0, other_count = 0;
	size_t total;
	const GsKvmRequest *requests = gs_kvm_request_table(&total);

	for (size_t i = 0; i < total; i++) {
		if ((requests[i].number ^ number) & mask)
			continue;
		if (takes(&requests[i], role)) {
			*request = &requests[i];
			count++;
		} else {
			other = &requests[i];
			other_count++;
		}
	}
	if (count > 0 || mask != UINT32_MAX)
		return count;
	*request = other;
	return other_count;
}

/*
 * powerpc and mips: three bits of direction, of which one says none, and 13 of
 * size. Returns the number the others give the request; false: it is not laid
 * out this way.
 */
static bool from_powerpc(uint32_t number, uint32_t *generic)
{
	const uint32_t size = number >> 16 & 0x1fff;
	uint32_t direction;

	switch (number >> 29) {
	case 1:
		direction = IOC_NONE;
		break;
	case 2:
		direction = IOC_READ;
		break;
	case 4:
		direction = IOC_WRITE;
		break;
	case 6:
		direction = IOC_READ | IOC_WRITE;
		break;
	default:
		return false;
	}
	*generic = IOC(direction, size, IOC_TYPE(number), IOC_NUMBER(number));
	return true;
}

const GsKvmRequest *gs_kvm_request_by_number(uint32_t number, GsFdRole role)
{
	/* a struct may have another size on another architecture */
	static const uint32_t masks[] = { UINT32_MAX, ~IOC_SIZE_MASK };
	uint32_t numbers[2] = { number };
	const unsigned int layouts = from_powerpc(number, &numbers[1]) ? 2 : 1;

	for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
		for (unsigned int j = 0; j < layouts; j++) {
			const GsKvmRequest *request = NULL;
			const unsigned int count =
				find_number(numbers[j], masks[i], role, &request);

			if (count > 0)
				return count == 1 ? request : NULL;
		}
	}
	return NULL;
}

bool gs_kvm_request_takes_number(const GsKvmRequest *request)
{
	return IOC_DIRECTION(request->number) == IOC_NONE;
}

/* "_IOC_READ|_IOC_WRITE", and without "_IOC_" from perf trace */
static bool parse_direction(GsSpan flags, uint32_t *direction)
{
	const char *end = flags.text + flags.length;

	*direction = IOC_NONE;
	while (flags.length) {
		const char *bar = memchr(flags.text, '|', flags.length);
		GsSpan name = gs_span(flags.text, bar ? bar : end);

		if (gs_span_has_prefix(name, "_IOC_"))
			name = gs_span_drop(name, strlen("_IOC_"));
		if (gs_span_equals(name, "WRITE"))
			*direction |= IOC_WRITE;
		else if (gs_span_equals(name, "READ"))
			*direction |= IOC_READ;
		else if (!gs_span_equals(name, "NONE") && !gs_span_equals(name, "0"))
			return false;
		flags = gs_span(bar ? bar + 1 : end, end);
	}
	return true;
}

/* "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)"; perf trace: "(READ|WRITE, 0xae, 0xf1, 0x8)" */
static bool parse_ioc(GsSpan text, uint32_t *number)
{
	GsSpan item, parts[4];
	int64_t type, nr, size;
	uint32_t direction;
	unsigned int count = 0;

	if (gs_span_has_prefix(text, "_IOC"))
		text = gs_span_drop(text, strlen("_IOC"));
	if (!gs_strace_inside(text, '(', &text))
		return false;
	while (gs_strace_next_item(&text, &item)) {
		if (count == G_N_ELEMENTS(parts))
			return false;
		parts[count++] = item;
	}
	if (count != G_N_ELEMENTS(parts) || !parse_direction(parts[0], &direction) ||
	    !gs_strace_number(parts[1], &type) || !gs_strace_number(parts[2], &nr) ||
	    !gs_strace_number(parts[3], &size) || type < 0 || type > 0xff || nr < 0 || nr > 0xff ||
	    size < 0 || size > IOC_SIZE_MAX)
		return false;
	*number = IOC(direction, size, type, nr);
	return true;
}

static const char *intern(GsSpan text, GHashTable *others)
{
	g_autofree char *copy = g_strndup(text.text, text.length);

	if (!g_hash_table_contains(others, copy)) {
		if (g_hash_table_size(others) >= GS_KVM_REQUEST_OTHERS_MAX)
			return g_intern_static_string(GS_KVM_REQUEST_OTHER);
		g_hash_table_add(others, (void *)g_intern_string(copy));
	}
	return g_intern_string(copy);
}

static bool is_kvm_name(GsSpan name)
{
	if (!gs_span_has_prefix(name, "KVM_") || name.length > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < name.length; i++) {
		if (!g_ascii_isalnum(name.text[i]) && name.text[i] != '_')
			return false;
	}
	return true;
}

/* "A or B": the one of KVM's that @role takes; the text, if it is not told which. */
static const char *parse_names(GsSpan text, GsFdRole role, GHashTable *others,
			       const GsKvmRequest **request)
{
	const char *end = text.text + text.length, *unknown = NULL;
	const GsKvmRequest *fits = NULL, *other = NULL;
	unsigned int fit_count = 0, other_count = 0;
	GsSpan rest = text;

	while (rest.length) {
		const char *separator = g_strstr_len(rest.text, (gssize)rest.length, " or ");
		GsSpan name = gs_span(rest.text, separator ? separator : end);
		const GsKvmRequest *candidate = gs_kvm_request_by_name(name);

		rest = gs_span(separator ? separator + strlen(" or ") : end, end);
		if (!candidate) {
			if (!unknown && is_kvm_name(name))
				unknown = intern(name, others);
		} else if (takes(candidate, role)) {
			fits = candidate;
			fit_count++;
		} else {
			other = candidate;
			other_count++;
		}
	}
	if (fit_count > 1 || (fit_count == 0 && other_count > 1))
		return intern(text, others);
	*request = fits ? fits : other;
	return *request ? g_intern_static_string((*request)->name) : unknown;
}

const char *gs_kvm_request_parse(GsSpan text, GsFdRole role, GHashTable *others,
				 const GsKvmRequest **request)
{
	GsSpan comment, plain = gs_strace_strip_comment(text, &comment);
	uint32_t number;
	int64_t value;

	*request = NULL;
	if (gs_strace_number(plain, &value)) {
		/* 32-bit tracers print the top bit as a sign */
		if (value < INT32_MIN || value > UINT32_MAX)
			return NULL;
		number = (uint32_t)value;
	} else if (!parse_ioc(plain, &number)) {
		return parse_names(plain, role, others, request);
	}
	if (IOC_TYPE(number) != IOC_TYPE_KVM)
		return NULL;
	*request = gs_kvm_request_by_number(number, role);
	if (*request)
		return g_intern_static_string((*request)->name);
	if (role == GS_FD_UNKNOWN && IOC_NUMBER(number) >= NITRO_FIRST &&
	    IOC_NUMBER(number) <= NITRO_LAST)
		return NULL;
	/* strace may know what this table does not */
	return intern(is_kvm_name(comment) ? comment : plain, others);
}

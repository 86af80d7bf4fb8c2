/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/probe-event.h"

#include "traces/kernel-value.h"
#include "traces/span-take.h"
#include "traces/strace-text.h"
#include "traces/trace-line.h"

/* The functions whose stalls the ioctls' are. */
static const char *const probed_functions[] = {
	"kvm_io_bus_register_dev",
	"kvm_vm_ioctl_create_vcpu",
};
G_STATIC_ASSERT(G_N_ELEMENTS(probed_functions) < GS_TRACE_LAYERS);

unsigned int gs_probe_event_layer(GsSpan function)
{
	for (unsigned int i = 0; i < G_N_ELEMENTS(probed_functions); i++) {
		if (gs_span_equals(function, probed_functions[i]))
			return i + 1;
	}
	return 0;
}

static const char *find_function(GsSpan text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(probed_functions); i++) {
		if (g_strstr_len(text.text, (gssize)text.length, probed_functions[i]))
			return probed_functions[i];
	}
	return NULL;
}

/*
 * Which function a probe @name at "FUNCTION+0x4/0x120", or an address alone, is on;
 * NULL: none of ours, or a place inside it.
 */
static const char *probed_function(GsSpan name, GsSpan place)
{
	const char *end = place.text + place.length, *plus = memchr(place.text, '+', place.length);
	const char *slash = plus ? memchr(plus, '/', (size_t)(end - plus)) : NULL;
	uint64_t address, offset;

	if (gs_kernel_value_read(place, &address)) {
		const char *function = find_function(name), *at;

		if (!function)
			return NULL;
		/* perf calls a probe on the 12th line of a function FUNCTION_L12 */
		at = g_strstr_len(name.text, (gssize)name.length, function) + strlen(function);
		place = gs_span(at, name.text + name.length);
		return gs_span_has_prefix(place, "_L") ? NULL : function;
	}
	/* a function begins with what catches forged jumps, and the probe is behind that */
	if (plus &&
	    (!gs_kernel_value_read(gs_span(plus + 1, slash ? slash : end), &offset) || offset > 8))
		return NULL;
	return find_function(gs_span(place.text, plus ? plus : end));
}

/* "bus_idx=1 addr=0xd0000050", in strace's words with commas */
static void append_fetched(GString *out, GsSpan text)
{
	bool quoted = false;

	for (size_t i = 0; i < text.length; i++) {
		char byte = text.text[i];

		if (byte == '"')
			quoted = !quoted;
		if (byte == ' ' && !quoted)
			g_string_append_c(out, ',');
		g_string_append_c(out, byte);
	}
}

/* What the function returned is the first thing a return probe fetches, if any. */
static void append_return(GString *out, GsSpan fetched)
{
	const char *end = fetched.text + fetched.length;
	const char *blank = memchr(fetched.text, ' ', fetched.length);
	GsSpan name, value;
	int64_t number;

	if (gs_strace_split_member(gs_span(fetched.text, blank ? blank : end), &name, &value) &&
	    gs_strace_number(value, &number))
		gs_kernel_value_append_return(out, number);
	else
		g_string_append_c(out, '?');
}

/*
 * "(FUNCTION+0x0/0x120) args" on entry, "(CALLER+0x12/0x80 <- FUNCTION) args" on
 * return; perf prints addresses for both.
 */
bool gs_probe_event_translate(GsSpan name, GsSpan text, GString *out)
{
	static const char arrow[] = " <- ";
	const char *end = text.text + text.length, *stop, *left;
	const char *function;
	GsSpan place, fetched;

	if (!gs_span_take_byte(&text, '('))
		return false;
	stop = memchr(text.text, ')', text.length);
	if (!stop)
		return false;
	place = gs_span(text.text, stop);
	fetched = gs_span_trim(gs_span(stop + 1, end));
	left = g_strstr_len(place.text, (gssize)place.length, arrow);
	if (left)
		place = gs_span(left + strlen(arrow), stop);
	function = probed_function(name, place);
	if (!function)
		return false;
	if (left) {
		g_string_append_printf(out, "<... %s resumed>) = ", function);
		append_return(out, fetched);
	} else {
		g_string_append_printf(out, "%s(", function);
		append_fetched(out, fetched);
	}
	return true;
}

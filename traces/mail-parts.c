/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/mail-parts.h"

#include "traces/mail-headers.h"

void gs_mail_parts_init(GsMailParts *parts)
{
	*parts = (GsMailParts){ .field = g_string_new(NULL), .blank_before = true };
}

static void pop_levels(GsMailParts *parts, unsigned int count)
{
	while (parts->level_count > count)
		g_clear_pointer(&parts->levels[--parts->level_count].boundary, g_free);
}

void gs_mail_parts_clear(GsMailParts *parts)
{
	pop_levels(parts, 0);
	g_string_free(parts->field, TRUE);
	g_clear_pointer(&parts->boundary, g_free);
}

/* The header of a part or of a mail follows. */
static void begin_header(GsMailParts *parts)
{
	parts->in_header = true;
	parts->transfer = GS_MAIL_TRANSFER_PLAIN;
	parts->html = false;
	parts->alternative = false;
	parts->message = false;
	g_string_truncate(parts->field, 0);
	g_clear_pointer(&parts->boundary, g_free);
}

static void begin_mail(GsMailParts *parts)
{
	if (parts->any_mail || parts->any_text)
		parts->mail++;
	parts->any_mail = true;
	begin_header(parts);
}

void gs_mail_parts_begin(GsMailParts *parts)
{
	pop_levels(parts, 0);
	parts->repeats = false;
	begin_mail(parts);
}

bool gs_mail_parts_may_begin(const GsMailParts *parts)
{
	return parts->any_mail && parts->blank_before && !parts->in_header;
}

static void end_field(GsMailParts *parts)
{
	GsSpan name, value;

	if (gs_mail_split_field(gs_span(parts->field->str, parts->field->str + parts->field->len),
				&name, &value)) {
		if (gs_mail_is_word(name, "Content-Transfer-Encoding")) {
			parts->transfer = gs_mail_is_word(value, "quoted-printable")
						  ? GS_MAIL_TRANSFER_QUOTED_PRINTABLE
					  : gs_mail_is_word(value, "base64")
						  ? GS_MAIL_TRANSFER_BASE64
						  : GS_MAIL_TRANSFER_PLAIN;
		} else if (gs_mail_is_word(name, "Content-Type")) {
			GsMailContentType type = gs_mail_content_type(value);

			parts->html = type.html;
			parts->message = type.message;
			parts->alternative = type.alternative;
			g_free(parts->boundary);
			parts->boundary = type.boundary.length ? g_strndup(type.boundary.text,
									   type.boundary.length)
							       : NULL;
		}
	}
	g_string_truncate(parts->field, 0);
}

static void end_header(GsMailParts *parts)
{
	const GsMailLevel *parent =
		parts->level_count ? &parts->levels[parts->level_count - 1] : NULL;

	end_field(parts);
	parts->in_header = false;
	parts->repeats = parent && (parent->repeats || (parent->alternative && parent->said));
	if (parts->boundary && parts->level_count < GS_MAIL_NESTING_MAX) {
		parts->levels[parts->level_count++] = (GsMailLevel){
			.boundary = g_steal_pointer(&parts->boundary),
			.alternative = parts->alternative,
			.repeats = parts->repeats,
		};
		parts->transfer = GS_MAIL_TRANSFER_PLAIN;
	}
	/* a mail in the mail has a header of its own */
	if (parts->message)
		begin_mail(parts);
}

/* False: the line ends the header without being part of it. */
static bool take_header(GsMailParts *parts, GsSpan line)
{
	GsSpan name, value;

	if (line.length == 0) {
		end_header(parts);
		return true;
	}
	if ((*line.text == ' ' || *line.text == '\t') && parts->field->len) {
		if (parts->field->len + line.length < GS_MAIL_FIELD_MAX_BYTES)
			g_string_append_len(parts->field, line.text, (gssize)line.length);
		return true;
	}
	end_field(parts);
	if (!gs_mail_split_field(line, &name, &value)) {
		end_header(parts);
		return false;
	}
	g_string_append_len(parts->field, line.text,
			    (gssize)MIN(line.length, GS_MAIL_FIELD_MAX_BYTES));
	return true;
}

/* "--boundary" begins a part of its multipart, "--boundary--" ends that. */
static bool take_boundary(GsMailParts *parts, GsSpan line)
{
	line = gs_span_trim(gs_span_drop(line, 2));
	for (unsigned int i = parts->level_count; i-- > 0;) {
		const char *boundary = parts->levels[i].boundary;
		size_t length = strlen(boundary);
		GsSpan rest = gs_span_drop(line, length);

		if (!gs_span_has_prefix(line, boundary) ||
		    (rest.length && !gs_span_equals(rest, "--")))
			continue;
		pop_levels(parts, rest.length ? i : i + 1);
		begin_header(parts);
		if (rest.length)
			end_header(parts);
		parts->blank_before = true;
		return true;
	}
	return false;
}

/* Text with a call in it makes the alternatives behind it repeats. */
static void note_text(GsMailParts *parts, GsSpan line)
{
	if (!parts->level_count ||
	    (parts->transfer != GS_MAIL_TRANSFER_BASE64 && !memchr(line.text, '(', line.length)))
		return;
	for (unsigned int i = 0; i < parts->level_count; i++)
		parts->levels[i].said = true;
}

static GsSpan unescape(GsSpan line)
{
	size_t marks = 0;

	while (marks < line.length && line.text[marks] == '>')
		marks++;
	if (marks && gs_span_has_prefix(gs_span_drop(line, marks), "From "))
		return gs_span_drop(line, 1);
	return line;
}

bool gs_mail_parts_take(GsMailParts *parts, GsSpan *line)
{
	bool after_blank = parts->blank_before;

	parts->blank_before = line->length == 0;
	if (after_blank && gs_mail_is_from_line(*line)) {
		gs_mail_parts_begin(parts);
		parts->mailbox = true;
		return true;
	}
	/* at most twice: a mail in a mail that has no header */
	while (parts->in_header) {
		if (take_header(parts, *line))
			return true;
	}
	if (gs_span_has_prefix(*line, "--") && take_boundary(parts, *line))
		return true;
	if (parts->repeats)
		return true;
	parts->any_text = true;
	note_text(parts, *line);
	if (parts->mailbox)
		*line = unescape(*line);
	return false;
}

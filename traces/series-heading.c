/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/series-heading.h"

#include <glib.h>

/* A heading is a few words; in a program's output, fewer. */
#define HEADING_BYTES_MAX 300
#define PROGRAM_HEADING_BYTES_MAX 80
#define COLONLESS_WORDS_MAX 8

/* Words that name a side of a comparison, wherever they stand. */
static const char *const telling_words[] = {
	"baseline", "mainline", "patch", "patched", "patches", "unpatched", "upstream", "vanilla",
};

/* Words that do so at the beginning. */
static const char *const leading_words[] = {
	"after",
	"before",
	"with",
	"without",
};

static bool is_word_byte(char byte)
{
	return g_ascii_isalnum(byte) || (unsigned char)byte >= 0x80 || byte == '_' || byte == '=' ||
	       byte == '.';
}

static bool is_one_of(GsSpan word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == word.length &&
		    g_ascii_strncasecmp(words[i], word.text, word.length) == 0)
			return true;
	}
	return false;
}

/* "HZ=1000", "CONFIG_HZ=100" */
static bool is_hz(GsSpan word)
{
	const char *equals = g_strstr_len(word.text, (gssize)word.length, "HZ=");

	if (!equals || (equals > word.text && equals[-1] != '_'))
		return false;
	word = gs_span(equals + 3, word.text + word.length);
	for (size_t i = 0; i < word.length; i++) {
		if (!g_ascii_isdigit(word.text[i]))
			return false;
	}
	return word.length > 0;
}

/* "v6.12", "6.18.44", "v7.0-rc3" up to the '-'; with a 'v' or two dots, as times have none */
static bool is_kernel_version(GsSpan word)
{
	bool v = word.length && *word.text == 'v';
	unsigned int dots = 0;

	if (v)
		word = gs_span_drop(word, 1);
	if (word.length < 3 || !g_ascii_isdigit(*word.text) ||
	    !g_ascii_isdigit(word.text[word.length - 1]))
		return false;
	for (size_t i = 0; i < word.length; i++) {
		if (word.text[i] == '.')
			dots++;
		else if (!g_ascii_isdigit(word.text[i]))
			return false;
	}
	return dots == 1 ? v : dots == 2;
}

static GsSpan take_word(GsSpan *text)
{
	size_t begin = 0, end;

	while (begin < text->length && !is_word_byte(text->text[begin]))
		begin++;
	for (end = begin; end < text->length && is_word_byte(text->text[end]);)
		end++;
	{
		GsSpan word = gs_span(text->text + begin, text->text + end);

		*text = gs_span_drop(*text, end);
		while (word.length && word.text[word.length - 1] == '.')
			word.length--;
		return word;
	}
}

typedef struct {
	unsigned int words;
	bool telling;  /* names a side of a comparison */
	bool hz_alone; /* is nothing but HZ=N */
} Words;

static Words read_words(GsSpan text)
{
	Words found = { 0 };
	bool hz = false;

	while (text.length) {
		GsSpan word = take_word(&text);

		if (!word.length)
			continue;
		found.words++;
		hz = is_hz(word);
		if (hz || is_kernel_version(word) ||
		    is_one_of(word, telling_words, G_N_ELEMENTS(telling_words)) ||
		    (found.words == 1 &&
		     is_one_of(word, leading_words, G_N_ELEMENTS(leading_words))))
			found.telling = true;
	}
	found.hz_alone = hz && found.words == 1;
	return found;
}

static bool is_ornament(char byte)
{
	return memchr("=-*#_~+ \t", byte, 9) != NULL;
}

/* "=== HZ=1000 ===", "* Before:", "## After" */
static GsSpan strip_ornament(GsSpan line)
{
	while (line.length && is_ornament(*line.text))
		line = gs_span_drop(line, 1);
	while (line.length && is_ornament(line.text[line.length - 1]))
		line.length--;
	return line;
}

GsHeadingKind gs_series_heading(GsSpan line, bool pasted, GsSpan *title)
{
	GsSpan text = strip_ornament(line);
	bool ornament =
		text.length && text.text > line.text && *line.text != ' ' && *line.text != '\t';
	bool colon = text.length && text.text[text.length - 1] == ':';
	Words words;

	if (colon)
		text.length--;
	text = strip_ornament(text);
	*title = text;
	if (!text.length || text.length > HEADING_BYTES_MAX)
		return GS_HEADING_NONE;
	/* "[    0.123] ...", "(...", "$ command" */
	if (!pasted && (!g_ascii_isalnum(*text.text) || text.length > PROGRAM_HEADING_BYTES_MAX))
		return GS_HEADING_NONE;
	words = read_words(text);
	if (words.words == 0)
		return GS_HEADING_NONE;
	if (words.hz_alone || (colon && words.telling))
		return GS_HEADING_PLAIN;
	if (!pasted)
		return GS_HEADING_NONE;
	if (colon)
		return GS_HEADING_NEAR;
	if (words.telling && words.words <= COLONLESS_WORDS_MAX && g_ascii_isalnum(*text.text) &&
	    (ornament || !memchr(".,;?!", text.text[text.length - 1], 5)))
		return GS_HEADING_NEAR;
	return GS_HEADING_NONE;
}

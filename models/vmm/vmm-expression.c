/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-expression.h"

#include <errno.h>
#include <string.h>

#include "models/suggest.h"

#define NAME_CHARS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-"

typedef struct {
	const char *at;    /* what is still to be read */
	GHashTable *names; /* borrowed */
	char *problem;     /* owned; NULL: none so far */
} Parser;

static const struct {
	const char *suffix;
	uint64_t factor;
} units[] = {
	{ "KiB", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GiB", UINT64_C(1) << 30 },
};

static void skip_spaces(Parser *parser)
{
	while (*parser->at == ' ')
		parser->at++;
}

static bool overflow(Parser *parser)
{
	parser->problem = g_strdup("number beyond 64 bits");
	return false;
}

static bool parse_number(Parser *parser, uint64_t *value)
{
	/* never octal: 010 is ten */
	bool hexadecimal = parser->at[0] == '0' && (parser->at[1] | 0x20) == 'x' &&
			   g_ascii_isxdigit(parser->at[2]);
	char *end;
	size_t length;

	errno = 0;
	*value = g_ascii_strtoull(parser->at, &end, hexadecimal ? 16 : 10);
	if (errno)
		return overflow(parser);
	length = strspn(end, NAME_CHARS);
	parser->at = end + length;
	if (length == 0)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (length == strlen(units[i].suffix) && !memcmp(end, units[i].suffix, length))
			return !__builtin_mul_overflow(*value, units[i].factor, value) ||
			       overflow(parser);
	}
	parser->problem = g_strdup_printf("unknown unit '%.*s'; known are KiB, MiB and GiB",
					  (int)length, end);
	return false;
}

static bool parse_name(Parser *parser, uint64_t *value)
{
	bool is_index = *parser->at == '@';
	size_t length = is_index + strspn(parser->at + is_index, NAME_CHARS);
	g_autofree char *name = g_strndup(parser->at, length);
	const uint64_t *known = g_hash_table_lookup(parser->names, name);

	parser->at += length;
	if (!known) {
		g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(parser->names),
						     (GCompareFunc)strcmp);
		g_autoptr(GPtrArray) candidates = g_ptr_array_new();
		g_autofree char *hint = NULL;

		for (GList *node = names; node; node = node->next)
			g_ptr_array_add(candidates, node->data);
		g_ptr_array_add(candidates, NULL);
		hint = gs_suggest_hint(name, (const char *const *)candidates->pdata);
		parser->problem = g_strdup_printf("unknown name '%s'%s", name, hint);
		return false;
	}
	*value = *known;
	return true;
}

static bool parse_factor(Parser *parser, uint64_t *value)
{
	skip_spaces(parser);
	if (g_ascii_isdigit(*parser->at))
		return parse_number(parser, value);
	if (g_ascii_isalpha(*parser->at) || *parser->at == '@')
		return parse_name(parser, value);
	if (*parser->at)
		parser->problem = g_strdup_printf("number or name expected at '%s'", parser->at);
	else
		parser->problem = g_strdup("number or name expected at the end");
	return false;
}

/* Whether another operand follows after @operator; if so, step over it. */
static bool take_operator(Parser *parser, char operator)
{
	skip_spaces(parser);
	if (*parser->at != operator)
		return false;
	parser->at++;
	return true;
}

static bool parse_product(Parser *parser, uint64_t *value)
{
	uint64_t factor;

	if (!parse_factor(parser, value))
		return false;
	while (take_operator(parser, '*')) {
		if (!parse_factor(parser, &factor))
			return false;
		if (__builtin_mul_overflow(*value, factor, value))
			return overflow(parser);
	}
	return true;
}

static bool parse_sum(Parser *parser, uint64_t *value)
{
	uint64_t term;

	if (!parse_product(parser, value))
		return false;
	while (take_operator(parser, '+')) {
		if (!parse_product(parser, &term))
			return false;
		if (__builtin_add_overflow(*value, term, value))
			return overflow(parser);
	}
	return true;
}

/* Longer ones first: "<=" also begins like "<". */
static const char *const comparisons[] = { "==", "!=", "<=", ">=", "<", ">" };

static bool compare(size_t comparison, uint64_t left, uint64_t right)
{
	const bool results[G_N_ELEMENTS(comparisons)] = {
		left == right, left != right, left <= right,
		left >= right, left < right,  left > right,
	};

	return results[comparison];
}

/* A sum that is not 0, or two compared. */
static bool parse_condition(Parser *parser, bool *holds)
{
	uint64_t left, right;

	if (!parse_sum(parser, &left))
		return false;
	*holds = left != 0;
	for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++) {
		if (!g_str_has_prefix(parser->at, comparisons[i]))
			continue;
		parser->at += strlen(comparisons[i]);
		if (!parse_sum(parser, &right))
			return false;
		*holds = compare(i, left, right);
		break;
	}
	return true;
}

char *gs_vmm_test(const char *text, GHashTable *names, bool *holds)
{
	Parser parser = { .at = text, .names = names };

	if (parse_condition(&parser, holds) && *parser.at)
		parser.problem = g_strdup_printf("not understood from '%s' on", parser.at);
	return parser.problem;
}

char *gs_vmm_evaluate(const char *text, GHashTable *names, uint64_t *value)
{
	Parser parser = { .at = text, .names = names };

	if (parse_sum(&parser, value) && *parser.at)
		parser.problem = g_strdup_printf("not understood from '%s' on", parser.at);
	return parser.problem;
}

char *gs_vmm_fill_in(const char *text, GHashTable *names, char **filled)
{
	Parser parser = { .at = text, .names = names };
	g_autoptr(GString) result = g_string_new(NULL);
	uint64_t value;

	while (*parser.at) {
		if (*parser.at != '@') {
			g_string_append_c(result, *parser.at++);
			continue;
		}
		if (!parse_name(&parser, &value))
			return parser.problem;
		g_string_append_printf(result, "%" G_GUINT64_FORMAT, value);
	}
	*filled = g_string_free(g_steal_pointer(&result), FALSE);
	return NULL;
}

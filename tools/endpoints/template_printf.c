// SPDX-License-Identifier: ISC
/*
 * template_printf -- Go's fmt.Sprintf for texts, numbers and truth values.
 *
 * Verbs %v %s %q %x %X %d %c %t %%, flags - + 0, width and precision
 * in digits. Where Go writes %!d(string=x) into the output, which is never a
 * name, this is an error instead.
 */
#include <ctype.h>
#include <string.h>

#include "template_printf.h"
#include "template_value.h"
#include "text.h"

#define WIDTH_MAX 1000

struct verb {
	char letter;
	bool left;
	bool zero;
	bool plus;
	int width;
	int precision; /* -1: none */
};

/* Digits at *at; false when larger than WIDTH_MAX. */
static bool
read_number(const char **at, int *number)
{
	*number = 0;
	for (; isdigit((unsigned char)**at); *at += 1) {
		*number = *number * 10 + (**at - '0');
		if (*number > WIDTH_MAX)
			return false;
	}
	return true;
}

static bool
read_verb(struct run *run, const char **at, struct verb *verb)
{
	*verb = (struct verb){ .precision = -1 };
	for (; **at != '\0' && strchr("-+0", **at) != NULL; *at += 1) {
		verb->left |= **at == '-';
		verb->zero |= **at == '0';
		verb->plus |= **at == '+';
	}
	if (!read_number(at, &verb->width))
		return template_value_fail(run, "printf: width too large");
	if (**at == '.') {
		*at += 1;
		if (!read_number(at, &verb->precision))
			return template_value_fail(
			    run, "printf: precision too large");
	}
	verb->letter = **at;
	if (verb->letter == '\0')
		return template_value_fail(run, "printf: %% without a verb");
	*at += 1;
	return true;
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Bytes of the first n characters of text, all of it if n is -1. */
static size_t
bytes_of(const char *text, int n)
{
	size_t i = 0;

	if (n < 0)
		return strlen(text);
	while (text[i] != '\0' && (is_continuation(text[i]) || n-- > 0))
		i++;
	return i;
}

/* Zeros go between the sign and the digits, blanks outside. */
static void
add_padded(struct text *out, const struct verb *verb, const char *field)
{
	int missing = verb->width;
	bool zeros = verb->zero && !verb->left;

	for (const char *c = field; *c != '\0'; c++)
		missing -= !is_continuation(*c);
	if (zeros && (*field == '-' || *field == '+'))
		text_add_char(out, *field++);
	for (int i = 0; !verb->left && i < missing; i++)
		text_add_char(out, zeros ? '0' : ' ');
	text_add(out, field);
	for (int i = 0; verb->left && i < missing; i++)
		text_add_char(out, ' ');
}

static bool
add_text(struct text *field, const struct verb *verb, const char *text)
{
	size_t n = bytes_of(text, verb->precision);

	if (verb->letter == 's' || verb->letter == 'v') {
		text_add_n(field, text, n);
		return true;
	}
	if (verb->letter == 'q')
		text_add_char(field, '"');
	else if (verb->letter != 'x' && verb->letter != 'X')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (verb->letter != 'q') {
			text_format(field,
			    verb->letter == 'x' ? "%02x" : "%02X",
			    (unsigned char)text[i]);
			continue;
		}
		if (text[i] == '"' || text[i] == '\\')
			text_add_char(field, '\\');
		text_add_char(field, text[i]);
	}
	text_add(field, verb->letter == 'q' ? "\"" : "");
	return true;
}

static bool
add_integer(struct text *field, const struct verb *verb, int64_t number)
{
	unsigned long long size = number < 0 ? 0 - (unsigned long long)number
					     : (unsigned long long)number;

	if (number < 0)
		text_add_char(field, '-');
	else if (verb->plus)
		text_add_char(field, '+');
	if (verb->letter == 'd' || verb->letter == 'v')
		text_format(field, "%llu", size);
	else if (verb->letter == 'x')
		text_format(field, "%llx", size);
	else if (verb->letter == 'X')
		text_format(field, "%llX", size);
	else if (verb->letter == 'c' && number > 0 && number < 0x80)
		text_add_char(field, (char)number);
	else
		return false;
	return true;
}

/* The field of one verb, without padding; false: they do not fit. */
static bool
add_field(struct run *run, const struct verb *verb, const struct value *value,
    struct text *field)
{
	if (value->kind == VALUE_TEXT)
		return add_text(field, verb, value->text);
	if (value->kind == VALUE_INT)
		return add_integer(field, verb, value->number);
	if (value->kind == VALUE_BOOL && verb->letter != 't' &&
	    verb->letter != 'v')
		return false;
	if (value->kind != VALUE_BOOL && verb->letter != 'v' &&
	    verb->letter != 's')
		return false;
	return template_value_print(run, value, field);
}

static bool
print_verb(struct run *run, const struct verb *verb, const struct value *value,
    struct text *out)
{
	struct text field = { 0 };
	bool fits = add_field(run, verb, value, &field);
	bool ok = template_value_spend(run, field.n + (size_t)verb->width + 1);

	if (ok && fits)
		add_padded(out, verb, text_str(&field));
	else if (ok)
		template_value_fail(run, "printf: %%%c does not print %s",
		    verb->letter, template_value_kind_name(value));
	text_done(&field);
	return ok && fits;
}

bool
template_printf(
    struct run *run, const struct value *args, size_t n_args, struct text *out)
{
	struct verb verb;
	size_t used = 1;
	const char *at;

	if (args[0].kind == VALUE_TEXT &&
	    !template_value_spend(run, strlen(args[0].text)))
		return false;
	if (args[0].kind != VALUE_TEXT)
		return template_value_fail(run, "printf: the format is %s",
		    template_value_kind_name(&args[0]));
	for (at = args[0].text; *at != '\0';) {
		if (*at != '%') {
			text_add_char(out, *at++);
			continue;
		}
		at++;
		if (!read_verb(run, &at, &verb))
			return false;
		if (verb.letter == '%') {
			text_add_char(out, '%');
			continue;
		}
		if (used >= n_args)
			return template_value_fail(
			    run, "printf: more verbs than values");
		if (!print_verb(run, &verb, &args[used++], out))
			return false;
	}
	if (used < n_args)
		return template_value_fail(
		    run, "printf: more values than verbs");
	return true;
}

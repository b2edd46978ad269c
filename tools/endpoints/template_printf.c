// SPDX-License-Identifier: ISC
/*
 * template_printf -- Go's fmt.Sprintf for texts, numbers and truth values.
 *
 * Verbs %v %s %q %x %X %d %c %t %%, flags - + 0, width and precision
 * in digits. Where Go writes %!d(string=x) into the output, which is never a
 * name, this is an error instead.
 */
#include <stdlib.h>
#include <string.h>

#include "template_printf.h"
#include "template_value.h"
#include "text.h"

#define WIDTH_MAX 1000

struct verb {
	char letter;
	bool zero;
	bool plus;
	int width;     /* below 0: blanks on the right */
	int precision; /* -1: none */
};

/* From behind the percent sign to behind the letter. */
static bool
read_verb(struct run *run, const char **at, struct verb *verb)
{
	size_t n = strspn(*at, "-+0");
	bool is_left = memchr(*at, '-', n) != NULL;
	char *end;
	long width;
	long precision = -1;

	*verb = (struct verb){ .zero = !is_left && memchr(*at, '0', n) != NULL,
		.plus = memchr(*at, '+', n) != NULL };
	*at += n;
	width = strtol(*at, &end, 10);
	if (*end == '.')
		precision = strtol(end + 1, &end, 10);
	if (width > WIDTH_MAX || precision > WIDTH_MAX)
		return template_value_fail(run, "printf: width too large");
	verb->width = is_left ? -(int)width : (int)width;
	verb->precision = (int)precision;
	verb->letter = *end;
	if (verb->letter == '\0')
		return template_value_fail(run, "printf: %% without a verb");
	*at = end + 1;
	return true;
}

static bool
add_text(struct text *out, const struct verb *verb, const char *text)
{
	struct text hex = { 0 };

	switch (verb->letter) {
	case 's':
	case 'v':
		text_format(out, "%*.*s", verb->width, verb->precision, text);
		return true;
	case 'q':
		text_format(out, "\"%.*s\"", verb->precision, text);
		return true;
	case 'x':
	case 'X':
		for (; *text != '\0'; text++)
			text_format(&hex, verb->letter == 'x' ? "%02x" : "%02X",
			    (unsigned char)*text);
		text_format(out, "%*s", verb->width, text_str(&hex));
		text_done(&hex);
		return true;
	default:
		return false;
	}
}

static bool
add_integer(struct text *out, const struct verb *verb, long long number)
{
	int width = verb->width;

	switch (verb->letter) {
	case 'd':
	case 'v':
		if (verb->plus)
			text_format(out, verb->zero ? "%+0*lld" : "%+*lld",
			    width, number);
		else
			text_format(out, verb->zero ? "%0*lld" : "%*lld", width,
			    number);
		return true;
	case 'x':
		text_format(out, verb->zero ? "%0*llx" : "%*llx", width,
		    (unsigned long long)number);
		return number >= 0;
	case 'X':
		text_format(out, verb->zero ? "%0*llX" : "%*llX", width,
		    (unsigned long long)number);
		return number >= 0;
	case 'c':
		text_format(out, "%*c", width, (int)number);
		return number > 0 && number < 0x80;
	default:
		return false;
	}
}

/* Lists, maps and what is not there print by %s, too; truth values by %t. */
static bool
add_other(struct run *run, const struct verb *verb, const struct value *value,
    struct text *out)
{
	struct verb as_text = *verb;
	struct text field = { 0 };
	bool is_bool = value->kind == VALUE_BOOL;
	bool fits =
	    (verb->letter == 'v' || verb->letter == (is_bool ? 't' : 's')) &&
	    template_value_print(run, value, &field);

	as_text.letter = 's';
	if (fits)
		add_text(out, &as_text, text_str(&field));
	text_done(&field);
	return fits;
}

static bool
print_verb(struct run *run, const struct verb *verb, const struct value *value,
    struct text *out)
{
	size_t before = out->n;
	bool fits;

	if (value->kind == VALUE_TEXT)
		fits = add_text(out, verb, value->text);
	else if (value->kind == VALUE_INT)
		fits = add_integer(out, verb, value->number);
	else
		fits = add_other(run, verb, value, out);
	if (!fits && !run->failed)
		return template_value_fail(run,
		    "printf: %%%c does not print %s", verb->letter,
		    template_value_kind_name(value));
	return fits && template_value_spend(run, out->n - before + 1);
}

bool
template_printf(
    struct run *run, const struct value *args, size_t n_args, struct text *out)
{
	size_t used = 1;
	struct verb verb;

	for (const char *at = args[0].text; *at != '\0';) {
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
	return used >= n_args ||
	       template_value_fail(run, "printf: more values than verbs");
}

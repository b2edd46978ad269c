// SPDX-License-Identifier: ISC
/* value -- see value.h. */
#include <string.h>

#include "value.h"

jv
value_without(jv object, const char *key)
{
	jv out = json_new_object();
	const char *name;
	jv member;

	for (int i = 0; json_member(object, &i, &name, &member);)
		if (strcmp(name, key) != 0)
			json_set(&out, name, json_share(member));
	return out;
}

jv
value_object(jv value)
{
	return json_is_object(value) ? json_share(value) : json_new_object();
}

jv
value_with(jv object, const char *key, jv member)
{
	jv out = value_object(object);

	json_set(&out, key, member);
	return out;
}

jv
value_with_at(jv object, const char *key, const char *inner, jv member)
{
	return value_with(
	    object, key, value_with(json_at(object, key), inner, member));
}

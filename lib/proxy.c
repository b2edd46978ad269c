// SPDX-License-Identifier: ISC
/*
 * proxy -- the rules of Go's golang.org/x/net/http/httpproxy.
 *
 * localhost and loopback addresses are never proxied. An item of NO_PROXY is
 * `*` (everything), a network in CIDR form, an address, `name` (it and what is
 * below it), `.name` or `*.name` (only what is below it); all but the first
 * two may end in `:port`.
 */
#include <stdlib.h>
#include <string.h>

#include "ip.h"
#include "proxy.h"

#define ITEM_BYTES_MAX 256 /* a name of 253 bytes and a port would not fit */

static const char *
environment(const char *upper, const char *lower)
{
	const char *value = getenv(upper);

	if (value == NULL || *value == '\0')
		value = getenv(lower);
	return value != NULL && *value != '\0' ? value : NULL;
}

static bool
is_loopback(const char *host)
{
	static const uint8_t six[16] = { [15] = 1 };
	struct ip ip;

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (!ip_parse(host, &ip))
		return false;
	return ip.version == 4 ? ip.bytes[0] == 127
			       : memcmp(ip.bytes, six, sizeof(six)) == 0;
}

static bool
covers_address(const char *item, const struct ip *ip)
{
	struct ip single;
	struct ip_net net;

	if (ip_parse(item, &single))
		return single.version == ip->version &&
		       memcmp(single.bytes, ip->bytes,
			   ip->version == 4 ? 4 : 16) == 0;
	return ip_parse_net(item, &net) && ip_is_within(ip, &net);
}

static bool
covers_name(const char *item, const char *host)
{
	size_t n_host = strlen(host);
	bool below_only = *item == '*' || *item == '.';
	size_t n;

	if (*item == '*')
		item++;
	if (*item == '.')
		item++;
	n = strlen(item);
	if (n == 0 || n > n_host || strcasecmp(host + n_host - n, item) != 0)
		return false;
	return n == n_host ? !below_only : host[n_host - n - 1] == '.';
}

/* Cut `:port` off an item and the brackets off an IPv6 address; false if the
 * port is another one. */
static bool
fits_port(char **item, const char *port)
{
	char *colon = strrchr(*item, ':');
	char *bracket = strchr(*item, ']');
	bool bare_six = bracket == NULL && strchr(*item, ':') != colon;

	if (colon != NULL && !bare_six &&
	    (bracket == NULL || colon > bracket)) {
		if (strcmp(colon + 1, port) != 0)
			return false;
		*colon = '\0';
	}
	if (**item == '[' && bracket != NULL) {
		*bracket = '\0';
		(*item)++;
	}
	return true;
}

static bool
covers(char *item, const char *host, const char *port)
{
	struct ip ip;

	if (strcmp(item, "*") == 0)
		return true;
	if (!fits_port(&item, port))
		return false;
	return ip_parse(host, &ip) ? covers_address(item, &ip)
				   : covers_name(item, host);
}

bool
proxy_is_excluded(const char *list, const char *host, const char *port)
{
	char item[ITEM_BYTES_MAX];

	while (*list != '\0') {
		size_t n;

		list += strspn(list, ", \t");
		n = strcspn(list, ", \t");
		if (n > 0 && n < sizeof(item)) {
			memcpy(item, list, n);
			item[n] = '\0';
			if (covers(item, host, port))
				return true;
		}
		list += n;
	}
	return false;
}

const char *
proxy_find(const char *scheme, const char *host, const char *port)
{
	const char *none = environment("NO_PROXY", "no_proxy");

	if (is_loopback(host))
		return NULL;
	if (none != NULL && proxy_is_excluded(none, host, port))
		return NULL;
	if (strcmp(scheme, "https") == 0)
		return environment("HTTPS_PROXY", "https_proxy");
	return environment("HTTP_PROXY", "http_proxy");
}

// SPDX-License-Identifier: ISC
/*
 * healthz -- answers the probes of a deployment written for external-dns.
 *
 *	healthz [--metrics-address=HOST:PORT] [--check]
 *
 * GET /healthz is answered with 200 as long as the supervisor runs, whatever
 * the ring does: a probe must not end a slow start or a wait. Ends with the
 * process that started it. See healthz(1).
 */
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "count.h"
#include "log.h"
#include "opt.h"

static const char *address = ":7979";
static bool only_checks;
static struct opt_log log_options = { .level = LOG_INFO };

/* clang-format off */
static const struct opt opts[] = {
	{ "metrics-address", OPT_STRING, &address, "HOST:PORT", "where to listen; empty: nowhere", NULL },
	{ "check", OPT_FLAG, &only_checks, NULL, "only see whether that is an address", NULL },
	OPT_LOG(log_options),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "healthz",
	.summary = "answer GET /healthz while the supervisor runs",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &log_options,
};

/*
 * The socket of `HOST:PORT` or `[HOST]:PORT`; without a host all addresses.
 * With --check the program ends here.
 */
static int
listen_on(const char *where)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[256] = "";
	const char *colon = strrchr(where, ':');
	int fd, on = 1, off = 0;

	if (colon == NULL || (size_t)(colon - where) >= sizeof(host) ||
	    colon[1] == '\0' || strtol(colon + 1, NULL, 10) > UINT16_MAX)
		log_die(STATUS_CONFIG, "--metrics-address=%s: not HOST:PORT",
		    where);
	memcpy(host, where, (size_t)(colon - where));
	host[strcspn(host, "]")] = '\0';
	/* One socket for IPv6 and IPv4. */
	if (host[0] == '\0' && access("/proc/net/if_inet6", F_OK) == 0)
		hints.ai_family = AF_INET6;
	if (getaddrinfo(host[0] == '\0' ? NULL : host + (host[0] == '['),
		colon + 1, &hints, &found) != 0)
		log_die(STATUS_CONFIG, "--metrics-address=%s: no such address",
		    where);
	if (only_checks)
		exit(STATUS_DONE);
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (found->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, 16) != 0)
		log_die(STATUS_UNMET,
		    "--metrics-address=%s: cannot listen there; "
		    "probes are not answered",
		    where);
	return fd;
}

/* One request, of which the first line is enough; a silent client has 1 s. */
static void
answer(int client)
{
	static const char good[] =
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 2\r\nConnection: close\r\n\r\nOK";
	static const char none[] =
	    "HTTP/1.1 404 Not Found\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n";
	static const struct timeval limit = { .tv_sec = 1 };
	char request[1024] = "";
	const char *reply = none;

	(void)setsockopt(
	    client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (recv(client, request, sizeof(request) - 1, 0) > 0 &&
	    strncmp(request, "GET /healthz ", 13) == 0)
		reply = good;
	(void)send(client, reply, strlen(reply), MSG_NOSIGNAL);
	(void)shutdown(client, SHUT_WR);
	while (recv(client, request, sizeof(request), 0) > 0)
		continue; /* closing with unread bytes would reset the answer */
	(void)close(client);
}

int
main(int argc, char **argv)
{
	int fd, client;

	(void)opt_parse(&program, argc, argv);
	if (address[0] == '\0')
		return STATUS_DONE;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	fd = listen_on(address);
	for (;;) {
		client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0)
			answer(client);
	}
}

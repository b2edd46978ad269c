// SPDX-License-Identifier: ISC
/* sandbox_test -- inside, files, sockets and processes are refused; what was
 * open stays usable. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int n_done, n_bad;

static void
check(bool good, const char *what)
{
	n_done++;
	n_bad += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", n_done, what);
}

int
main(void)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	char byte = 1;
	void *memory;

	sandbox_enter();
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0) {
		printf("1..0 # SKIP not entered under a sanitizer\n");
		return 0;
	}
	check(read(zero, &byte, 1) == 1 && byte == 0, "open files are read");
	memory = malloc((size_t)1 << 24);
	check(memory != NULL, "memory is there");
	free(memory);
	check(open("/dev/zero", O_RDONLY | O_CLOEXEC) < 0 && errno == EPERM,
	    "no file is opened");
	check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 &&
		  errno == EPERM,
	    "no socket is made");
	check(fork() < 0 && errno == EPERM, "no process is made");
	printf("1..%d\n", n_done);
	return n_bad != 0;
}

// SPDX-License-Identifier: ISC
/*
 * sandbox -- a seccomp filter that allows a short list and answers the rest
 * with EPERM, so that a library that tries something dispensable goes on.
 *
 * Clocks read through the vDSO make no system call and are beyond its reach;
 * the programs that must not know the time simply do not link clock.
 */
#include "sandbox.h"

#include "count.h"
#include "log.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
void
sandbox_enter(void)
{
}
#else

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fcntl),
	SCMP_SYS(lseek),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(brk),
	SCMP_SYS(mmap),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getrandom),
	SCMP_SYS(tgkill),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Valgrind writes its findings from within the process, at its end. */
static bool
is_examined(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "/vgpreload_") != NULL;
}

void
sandbox_enter(void)
{
	scmp_filter_ctx filter;
	int rc = 0;

	if (is_examined())
		return;
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		log_warning("sandbox: this kernel has no seccomp: "
			    "going on without");
		return;
	}
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		log_die(STATUS_CONFIG, "sandbox: no filter can be made");
	for (size_t i = 0; rc == 0 && i < COUNT(allowed); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	if (rc != 0)
		log_die(STATUS_CONFIG, "sandbox: the kernel refuses: %s",
		    strerror(-rc));
}
#endif

// SPDX-License-Identifier: ISC
/*
 * fuzz -- what libFuzzer and LeakSanitizer look for in every harness.
 *
 * To be included by a harness alone, for it defines.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

// NOLINTBEGIN(readability-identifier-naming): names that the tools look for
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}

/* libjq 1.6 loses a token of some texts that are not JSON; all other leaks
 * are findings. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libjq.so";
}
// NOLINTEND(readability-identifier-naming)

#endif

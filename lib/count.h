// SPDX-License-Identifier: ISC
/* count -- how many items an array has, not a pointer to one. */
#ifndef COUNT_H
#define COUNT_H

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

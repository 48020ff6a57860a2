/* SPDX-License-Identifier: Apache-2.0 */
/* See tapped_programs.h. */
#include "tapped_programs.h"

char const *const tapped_programs[TAPPED_PROGRAMS] = {
#define PROGRAM(name, folder) #name,
#include "programs.def"
#undef PROGRAM
};

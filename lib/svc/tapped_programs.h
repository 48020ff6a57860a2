/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the programs whose taps are read: "proxy". The rows are in programs.def. */
#pragma once

enum tapped_program {
#define PROGRAM(name, folder) TAPPED_##name,
#include "programs.def"
#undef PROGRAM
    TAPPED_PROGRAMS
};

extern char const *const tapped_programs[TAPPED_PROGRAMS];

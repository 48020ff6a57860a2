/* SPDX-License-Identifier: Apache-2.0 */
/* The programs of a node, in the order in which `crosspoint run` starts them. The name is the name
 * of the configuration group, of the control socket and of the process in logs. */
#pragma once
#include "tapped_programs.h"
#include <stddef.h>

struct buf;

struct program {
    char const *name;   /* "cti" */
    char const *binary; /* "crosspoint-cti" */
    char const *folder; /* where a build tree keeps the binary: "cti-gw" */
};

/* Those of programs.def, and the one that reads their taps. */
enum { PROGRAMS = TAPPED_PROGRAMS + 1 };
extern struct program const program_table[PROGRAMS];

/** By name, NULL if there is none. */
struct program const *program_find(char const *name);

/** Appends the path of the program's binary: from the folders of $CROSSPOINT_BIN_PATH (separated
 *  by colons), else @p bin_dir unless that is "", else beside the running binary, else from a build
 *  tree around it. Returns 0, or -ENOENT when it is nowhere. */
int program_locate(struct program const *program, char const *bin_dir, struct buf *out);

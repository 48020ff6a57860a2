/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: configuration files with faults, loaded as svc_main() does it, in a folder of their
 * own, which is the working directory meanwhile. The file is called "a.conf". */
#pragma once
#include "cfg.h"

struct conf_rig {
    struct cfg_schema const *schema;
    void (*check)(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
    char folder[64];
};

struct conf_rig_vector {
    char const *what, *text, *faults;
};

/** For cmocka: makes the folder and goes there, with a file "cti.secret"; @p rig becomes the @p
 * state of a group of tests. */
int conf_rig_begin(void **state, struct conf_rig *rig);

/** Removes the folder with what is in it: a teardown function of cmocka. */
int conf_rig_end(void **state);

void conf_rig_write(char const *name, char const *text);

/** Loads and checks @p text; its faults and warnings as text, which is the caller's, and so is what
 *  is returned. */
struct cfg *conf_rig_load(struct conf_rig const *rig, char const *text, char **ret_said);

/** Loads each of @p vectors, and fails at the first that says something else. */
void conf_rig_play(struct conf_rig const *rig, struct conf_rig_vector const *vectors, size_t n);

/** Faults and warnings as text, which is the caller's. Frees @p pfaults. */
char *conf_rig_said(struct cfg_faults **pfaults);

/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a whole program around a small descriptor, "demo", which svc_main() runs in a child
 * process, in a folder of its own, and what its control socket answers. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

enum {
    SVC_RIG_PATIENCE_MS = 30000,
    SVC_RIG_RECORDS = 600, /* in the program's tap */
    SVC_RIG_ARGS = 8
};

struct svc_rig {
    char folder[64], conf[96], run_dir[96], socket[128], ring[128], out[96], err[96], notify[96];
    char const *levels; /* further keys of the node */
    int notify_fd;
    bool leaks; /* libuv keeps memory while a handle is open: no report of leaks at exit */
    pid_t pid;
};

/** For cmocka: a rig as the state of one test. */
int svc_rig_setup(void **state);
int svc_rig_teardown(void **state);

/** Writes the configuration; @p web is the program's group, or "". */
void svc_rig_write_conf(struct svc_rig *rig, char const *web);

/** Starts svc_main() with @p args ("FILE" stands for the configuration), ended by NULL. */
pid_t svc_rig_spawn(struct svc_rig *rig, char const *const *args);

/** Waits for its end; 1000 and more for a signal. */
int svc_rig_exit_code(pid_t pid);

/** Starts the program and waits until it is ready; @p option may be NULL. */
void svc_rig_start(struct svc_rig *rig, char const *option);

/** Ends it by SIGTERM, cleanly. */
void svc_rig_stop(struct svc_rig *rig);

/** Answer to @p command; @p args is stolen. The caller owns it. */
json_t *svc_rig_ask(struct svc_rig *rig, char const *command, json_t *args);

/** The answer is the error @p code; @p args is stolen. */
void svc_rig_expect_error(struct svc_rig *rig, char const *command, json_t *args, char const *code);

/** Column @p column of the row that begins with @p first, in a table answer; NULL if none does. */
json_t *svc_rig_cell(json_t *answer, char const *first, size_t column);

/** The file holds the text @p wanted. */
void svc_rig_expect_file(char const *path, char const *wanted);

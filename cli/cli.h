/* SPDX-License-Identifier: Apache-2.0 */
/* What every command of `crosspoint` shares: the options in front of the command, the part of the
 * configuration that the CLI itself needs, and the way to complain. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sysexits.h>

struct buf;
struct cfg;
struct program;

/* Exit codes beside those of <sysexits.h> (64 usage, 69 not running, 70 internal, 78 config). */
enum { CLI_OK = 0, CLI_FAILED = 1 };

struct cli {
    char const *self;      /* how we were called, for hints */
    char const *conf_path; /* -c, $CROSSPOINT_CONF or the default */
    bool json;             /* --json */
    int patience_ms;       /* for the answer of a program; 0: CONTROL_TIMEOUT_MS */
    struct cfg *cfg;       /* NULL until cli_load() */
};

extern char const cli_default_conf[];

/** Loads the configuration file once. Returns CLI_OK, or the exit code after printing every fault
 *  that concerns the CLI (groups of the programs are checked by the programs). */
int cli_load(struct cli *cli);
/** As cli_load(), without a word. */
int cli_try_load(struct cli *cli);
void cli_fini(struct cli *cli);

/** Is the group of @p program in the file? After cli_load(). */
bool cli_is_enabled(struct cli const *cli, struct program const *program);

/** Appends the path of the control socket of @p program. After cli_load(). */
void cli_socket_path(struct cli const *cli, struct program const *program, struct buf *out);

/** node.bin_dir of the file, "" if it says nothing or was not loaded. */
char const *cli_bin_dir(struct cli const *cli);

/** One line on stderr, "crosspoint: " in front. */
void cli_complain(char const *format, ...) __attribute__((format(printf, 1, 2)));

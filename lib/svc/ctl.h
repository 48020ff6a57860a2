/* SPDX-License-Identifier: Apache-2.0 */
/* Control socket: one JSON object per line over a Unix socket, peer credentials checked.
 *
 *   -> {"command": "show sessions", "args": {"line": "2001"}}
 *   <- {"ok": true, "result": {...}}      or {"ok": false, "error": "no such line", "code":
 * "not-found"}
 *
 * A table result is {"columns": ["a", "b"], "rows": [["1", 2], ...]}; the CLI prints any table that
 * way without knowing the command. Admitted peers: root, the process's own user, and members of the
 * socket's group for commands of CTL_READ. A bad line is answered with an error, counted, and
 * closes that link only. Every program also answers the built-in commands "help", "status", "show
 * counters", "show config" and, when started with --test-clock, "clock advance". */
#pragma once
#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

struct ctl_call;
struct svc;

enum ctl_priv { CTL_READ, CTL_WRITE };

/** Answers @p call with exactly one of the ctl_ calls below, now or later from the loop thread.
 *  @p args is borrowed for the time of this function. */
typedef void ctl_command_fn(struct svc *svc, struct ctl_call *call, json_t const *args);

struct ctl_command {
    char const *name; /* "show sessions" */
    enum ctl_priv priv;
    ctl_command_fn *fn;
    char const *args; /* positional arguments as the CLI shows them: "LINE VERB [NUMBER]"; each
                         becomes a string member of args named in lower case. "NAME <PASSWORD>": the
                         CLI reads the last from the terminal or stdin. NULL: none */
    char const *help; /* one sentence */
};

/** Ends @p call with a result; steals the reference. */
void ctl_reply(struct ctl_call *call, json_t *result);

/** Ends @p call with an error: @p code is stable ("not-found", "bad-argument", "wrong-state",
 *  "unavailable"), the text is for people. */
void ctl_fail(struct ctl_call *call, char const *code, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/** New {"columns", "rows"} object with these columns (ended by NULL); rows are added with
 *  ctl_table_row(table, json_pack("[s,i]", ...)), which steals the row. */
json_t *ctl_table(char const *column, ...) __attribute__((sentinel));
void ctl_table_row(json_t *table, json_t *row);

/** String member @p name of @p args, or NULL. */
char const *ctl_arg(json_t const *args, char const *name);

/* --- server, used by svc.c ------------------------------------------------------------------- */
struct ctl_server;

/** Listens on @p path (mode 0660, replaced if stale). @p tables: command tables, ended by NULL.
 *  Returns NULL after logging why. */
struct ctl_server *ctl_server_new(uv_loop_t *loop, struct svc *svc, char const *path,
                                  struct ctl_command const *const *tables);
/** Closes every link; calls not yet answered are dropped. */
void ctl_server_free(struct ctl_server **pserver);

/* --- client, used by the CLI ------------------------------------------------------------------ */

/** Sends one command to the socket at @p path and waits for its answer (blocking, at most
 *  @p timeout_ms). Returns the whole answer object (caller owns), or NULL with *@p ret_error, a
 *  static text: ctl_client_absent if nobody listens there. */
json_t *ctl_client_call(char const *path, char const *command, json_t const *args, int timeout_ms,
                        char const **ret_error);
extern char const ctl_client_absent[];

/* SPDX-License-Identifier: Apache-2.0 */
/* Reload of the whole configuration at once: by the command `reload` or by SIGHUP. A file with
 * faults changes nothing. Inner part of lib/svc. */
#pragma once
#include <jansson.h>

struct buf;
struct svc;

/** Reads the file again and puts it in force. Returns the changed keys as a table (caller owns),
 *  or NULL with the faults appended to @p why; all is logged and counted. */
json_t *svc_reload(struct svc *svc, struct buf *why);

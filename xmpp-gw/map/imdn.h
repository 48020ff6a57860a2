/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications about instant messages (RFC 5438): delivered, failed, displayed. Pure. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct buf;

#define IMDN_TYPE "message/imdn+xml"

enum { IMDN_ID_BYTES = 256, IMDN_URI_BYTES = 1024 };

enum imdn_status {
#define IMDN_STATUS(id, kind, name) IMDN_##id,
#include "imdn_status.def"
#undef IMDN_STATUS
    IMDN_STATUSES
};

struct imdn {
    char message_id[IMDN_ID_BYTES]; /* of the message that it is about */
    int64_t time_ms;                /* when that was written (CPIM DateTime) */
    char recipient[IMDN_URI_BYTES]; /* who got it; "": not told */
    enum imdn_status status;
};

/** Returns 0, -EINVAL or -ENOMEM. */
int imdn_read(char const *body, size_t len, struct imdn *ret);

/** Appends the document. Returns 0 or -ENOMEM. */
int imdn_write(struct imdn const *imdn, struct buf *out);

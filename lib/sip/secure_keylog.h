/* SPDX-License-Identifier: Apache-2.0 */
/* The secrets of the connections of a context, written to a file for Wireshark and the like (the
 * format of SSLKEYLOGFILE): whoever has them and a capture reads everything.
 *
 * Nothing is written before secure_keylog_open(); its caller tells people. Any thread. */
#pragma once
#include "secure_context.h"
#include "secure_fault.h"
#include <openssl/types.h>
#include <pthread.h>

struct secure_keylog {
    char *path;           /* NULL: there is none */
    pthread_mutex_t lock; /* of what follows */
    int fd;               /* negative: closed */
    bool has_failed;      /* which is said once */
};

/** Makes @p ctx give its secrets to @p keylog if @p settings name a file. Does not touch the file,
 *  but refuses one that others could read. 0, or -1 with @p fault; either way
 *  secure_keylog_fini(). */
int secure_keylog_init(struct secure_keylog *keylog, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault);
void secure_keylog_fini(struct secure_keylog *keylog);

/** Opens the file, with mode 0600 if it is new, and appends from now on. 0 or a negative errno:
 *  -EACCES also for one that others could read or own, or that is no file. */
int secure_keylog_open(struct secure_keylog *keylog);
void secure_keylog_close(struct secure_keylog *keylog);

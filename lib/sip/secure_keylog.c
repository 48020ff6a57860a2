/* SPDX-License-Identifier: Apache-2.0 */
/* Writing secrets: see secure_keylog.h. */
#define LOG_SUBSYSTEM LOG_TLS
#include "secure_keylog.h"
#include "log.h"
#include "secure_internal.h"
#include "secure_link.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MODE_OURS = 0600, MODE_OTHERS = 077 };

/* One write, so that the lines of all workers, and of contexts with the same file, stay whole. */
static void write_line(struct secure_keylog *keylog, char const *line)
{
    struct iovec parts[] = { { (void *)line, strlen(line) }, { "\n", 1 } };

    pthread_mutex_lock(&keylog->lock);
    if (keylog->fd >= 0 && writev(keylog->fd, parts, 2) < 0 && !keylog->has_failed) {
        keylog->has_failed = true;
        log_error(NULL, "TLS key log cannot be written path=\"%s\" error=\"%s\"", keylog->path,
                  strerror(errno));
    }
    pthread_mutex_unlock(&keylog->lock);
}

/* SSL_CTX_set_keylog_callback */
static void on_line(SSL const *ssl, char const *line)
{
    write_line(&secure_link_context(SSL_get_app_data(ssl))->keylog, line);
}

int secure_keylog_init(struct secure_keylog *keylog, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault)
{
    struct stat status;

    pthread_mutex_init(&keylog->lock, NULL);
    keylog->fd = -1;
    if (!settings->key_log || !*settings->key_log)
        return 0;
    if (lstat(settings->key_log, &status) == 0 &&
        (!S_ISREG(status.st_mode) || (status.st_mode & MODE_OTHERS)))
        return secure_fault_set(fault, "key_log",
                                "\"%s\" is there and is no file that its owner alone can read: "
                                "take it away",
                                settings->key_log);
    keylog->path = strdup(settings->key_log);
    if (!keylog->path)
        return secure_fault_set(fault, "key_log", "out of memory");
    SSL_CTX_set_keylog_callback(ctx, on_line);
    return 0;
}

void secure_keylog_fini(struct secure_keylog *keylog)
{
    if (keylog->path)
        secure_keylog_close(keylog);
    free(keylog->path);
    pthread_mutex_destroy(&keylog->lock);
}

static int open_file(char const *path)
{
    int fd =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, MODE_OURS);
    struct stat status;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        !(status.st_mode & MODE_OTHERS))
        return fd;
    close(fd);
    return -EACCES;
}

int secure_keylog_open(struct secure_keylog *keylog)
{
    int fd = open_file(keylog->path);

    if (fd < 0)
        return fd;
    secure_keylog_close(keylog);
    pthread_mutex_lock(&keylog->lock);
    keylog->fd = fd;
    keylog->has_failed = false;
    pthread_mutex_unlock(&keylog->lock);
    return 0;
}

void secure_keylog_close(struct secure_keylog *keylog)
{
    pthread_mutex_lock(&keylog->lock);
    if (keylog->fd >= 0)
        close(keylog->fd);
    keylog->fd = -1;
    pthread_mutex_unlock(&keylog->lock);
}

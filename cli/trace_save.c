/* SPDX-License-Identifier: Apache-2.0 */
/* A file is written as a whole, or not at all. */
#include "trace_save.h"
#include "buf.h"
#include "capture_save.h"
#include "config.h"
#include "trace_print.h"
#include "trace_store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_MAX = 32 << 20 };

struct writing {
    FILE *file;
    struct capture_save *save; /* NULL: as text */
    struct buf block;
    uint64_t first_us, last_us;
    size_t n, left_out;
};

static void flush(struct writing *w)
{
    if (w->block.len)
        (void)fwrite(w->block.data, 1, w->block.len, w->file);
    buf_reset(&w->block);
}

static int print(struct capture_message const *message, struct buf *out)
{
    trace_print_line(message, out);
    trace_print_facts(message, out);
    buf_puts(out, "\n");
    buf_add(out, message->bytes, message->len);
    buf_puts(out, "\n\n");
    return buf_ok(out) ? 0 : -ENOMEM;
}

static void write_one(struct writing *w, struct capture_message const *message)
{
    int error =
        w->save ? capture_save_message(w->save, message, &w->block) : print(message, &w->block);

    w->n += !error;
    w->left_out += error != 0;
    w->first_us = w->first_us ? w->first_us : message->time_us;
    w->last_us = message->time_us;
    flush(w);
}

static void write_all(struct writing *w, struct trace_store const *store, uint64_t dialog)
{
    struct trace_message const *message;

    if (w->save)
        capture_save_begin(w->save, "crosspoint trace " PACKAGE_VERSION, &w->block);
    flush(w);
    TAILQ_FOREACH(message, &store->messages, link)
    if (!dialog || message->dialog->serial == dialog)
        write_one(w, &message->message);
    if (w->save)
        capture_save_end(w->save, w->first_us, w->last_us, w->left_out, &w->block);
    flush(w);
}

static int open_new(char const *path, FILE **ret)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    *ret = fdopen(fd, "w");
    if (*ret)
        return 0;
    close(fd);
    unlink(path);
    return -ENOMEM;
}

int trace_save(struct trace_store const *store, uint64_t dialog, char const *path, size_t *ret_n)
{
    size_t len = strlen(path);
    bool is_text = len > 4 && strcmp(path + len - 4, ".txt") == 0;
    struct writing w = { 0 };
    int error = open_new(path, &w.file);

    *ret_n = 0;
    if (error)
        return error;
    buf_init(&w.block, BLOCK_MAX);
    w.save = is_text ? NULL : capture_save_new(CAPTURE_PCAPNG, 0);
    if (is_text || w.save)
        write_all(&w, store, dialog);
    else
        error = -ENOMEM;
    if ((ferror(w.file) | fclose(w.file)) != 0 && !error)
        error = errno ? -errno : -EIO;
    if (error)
        unlink(path);
    capture_save_free(&w.save);
    buf_fini(&w.block);
    *ret_n = w.n;
    return error;
}

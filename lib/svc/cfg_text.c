/* SPDX-License-Identifier: Apache-2.0 */
/* Text of one configuration file on its way to libconfig.
 *
 * libconfig 1.5 cuts a number above 32 bits without an L behind it to its low bits, and one above
 * 64 bits to -1, both in silence: 4294967796 would count as 500. So the text is scanned first: big
 * numbers get their L, bigger ones are a fault. Line numbers stay as they are. @include is refused,
 * because an included file would not pass through here, and conf.d does the same. */
#include "cfg_text.h"
#include "buf.h"
#include "cfg.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 64 << 20 };

struct scan {
    char const *p;
    struct buf *out;
    struct cfg_faults *faults;
    struct cfg_where where;
    int error;
};

static void copy(struct scan *scan, size_t n)
{
    for (size_t i = 0; i < n; i++)
        scan->where.line += scan->p[i] == '\n';
    buf_add(scan->out, scan->p, n);
    scan->p += n;
}

/* Length of the string or comment that begins at @p p, 0 if none does. */
static size_t opaque_length(char const *p)
{
    char const *end = p;

    if (*p == '"') {
        for (end++; *end && *end != '"'; end++)
            end += *end == '\\' && end[1];
        return (size_t)(end - p) + (*end == '"');
    }
    if (*p == '#' || (p[0] == '/' && p[1] == '/'))
        return strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        end = strstr(p + 2, "*/");
        return end ? (size_t)(end + 2 - p) : strlen(p);
    }
    return 0;
}

static void copy_number(struct scan *scan)
{
    bool hex = scan->p[0] == '0' && (scan->p[1] == 'x' || scan->p[1] == 'X');
    char *end;

    errno = 0;
    unsigned long long value = strtoull(scan->p, &end, hex ? 16 : 10);
    bool too_big = errno == ERANGE || value > INT64_MAX;
    if (!hex && (*end == '.' || *end == 'e' || *end == 'E')) {
        copy(scan, strspn(scan->p, "0123456789.eE+-"));
        return;
    }
    if (too_big) {
        cfg_fault(scan->faults, scan->where, "number %.*s is too big", (int)(end - scan->p),
                  scan->p);
        scan->p = end;
        buf_printf(scan->out, "%lld", (long long)INT64_MAX);
    } else {
        copy(scan, (size_t)(end - scan->p));
    }
    if (value > INT32_MAX && *end != 'L')
        buf_puts(scan->out, "L");
}

static int scan_text(struct scan *scan)
{
    while (*scan->p) {
        size_t opaque = opaque_length(scan->p);
        unsigned char c = (unsigned char)*scan->p;
        if (opaque) {
            copy(scan, opaque);
        } else if (isalpha(c) || c == '*') {
            do
                copy(scan, 1);
            while (isalnum((unsigned char)*scan->p) || (*scan->p && strchr("-_*", *scan->p)));
        } else if (isdigit(c) || c == '.') {
            copy_number(scan);
        } else {
            if (c == '@') {
                cfg_fault(scan->faults, scan->where,
                          "@include is not supported; put the file into conf.d");
                scan->error = -EINVAL;
            }
            copy(scan, 1);
        }
    }
    return scan->error;
}

static int read_all(struct buf *raw, int fd)
{
    char block[16384];
    ssize_t n;

    while ((n = read(fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        buf_add(raw, block, (size_t)n);
        if (!buf_ok(raw))
            return -EFBIG;
    }
    return 0;
}

int cfg_text_read(struct buf *text, char const *path, struct cfg_faults *faults)
{
    struct cfg_where whole = { path, 0 };
    struct scan scan = { .out = text, .faults = faults, .where = { path, 1 } };
    struct buf raw;

    buf_init(&raw, FILE_MAX_BYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = fd < 0 ? -errno : read_all(&raw, fd);
    if (fd >= 0)
        close(fd);
    if (error < 0) {
        cfg_fault(faults, whole, "cannot be read: %s", strerror(-error));
        goto out;
    }
    if (strlen(buf_text(&raw)) != raw.len) {
        cfg_fault(faults, whole, "has a zero byte: this is not a configuration file");
        error = -EINVAL;
        goto out;
    }
    scan.p = buf_text(&raw);
    error = scan_text(&scan);
    if (error == 0 && !buf_ok(text)) {
        cfg_fault(faults, whole, "cannot be read: %s", strerror(EFBIG));
        error = -EFBIG;
    }
out:
    buf_fini(&raw);
    return error;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Entries for journald: lines KEY=value, a datagram each, many by one call. */
#include "log_journal.h"
#include "text.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BATCH = 32, KEY_BYTES = 24 };

static char const own_place[] = "/run/systemd/journal/socket";
static char const message_key[] = "MESSAGE=";

/* Keys of our lines that are fields of their entries. */
static struct {
    char const *key, *field;
} const fields[] = {
    { "call_id", "CALL_ID" },     { "method", "METHOD" }, { "status", "STATUS" },
    { "source", "PEER" },         { "peer", "PEER" },     { "next_hop", "NEXT_HOP" },
    { "reason", "REASON" },       { "error", "ERROR" },   { "line", "LINE" },
    { "device", "DEVICE" },       { "user", "SIP_USER" }, { "aor", "AOR" },
    { "from", "FROM" },           { "to", "TO" },         { "transport", "TRANSPORT" },
    { "context", "TLS_CONTEXT" },
};

/* Is stderr what systemd said that it made for us? Else it was redirected. */
static bool is_stderr_the_journal(void)
{
    char const *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    char text[64];

    if (!stream || fstat(STDERR_FILENO, &st) < 0)
        return false;
    snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(stream, text) == 0;
}

int log_journal_open(char const *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    path = path ? path : own_place;
    if (strlen(path) >= sizeof addr.sun_path)
        return -ENAMETOOLONG;
    if (!is_stderr_the_journal())
        return -ENOTSUP;
    memcpy(addr.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

/* A field that does not fit as a whole is left out. */
static void add_field(struct text *entry, char const *key, char const *value, size_t len)
{
    size_t key_len = strlen(key);

    if ((size_t)(entry->end - entry->at) < key_len + len + 2)
        return;
    text_add(entry, key, key_len);
    text_add(entry, "=", 1);
    text_add(entry, value, len);
    text_add(entry, "\n", 1);
}

/* The value that begins at @p at, its quotes left out; *@p ret_next is behind it. Inner quotes are
 * part of it: one that ends a value has a blank behind it, or nothing. */
static size_t value_len(char const **at, char const **ret_next)
{
    char const *p = *at;

    if (*p != '"') {
        *ret_next = p + strcspn(p, " ");
        return (size_t)(*ret_next - p);
    }
    for (p = ++*at; *p && !(*p == '"' && (p[1] == ' ' || !p[1])); p++)
        ;
    *ret_next = *p ? p + 1 : p;
    return (size_t)(p - *at);
}

static void add_pair(struct text *entry, char const *key, size_t key_len, char const *value,
                     size_t len)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].key) == key_len && memcmp(fields[i].key, key, key_len) == 0)
            add_field(entry, fields[i].field, value, len);
}

static void add_pairs(struct text *entry, char const *message)
{
    char const *word = message, *next, *value;

    for (; *word; word = *next ? next + 1 : next) {
        next = word + strcspn(word, " =");
        if (*next != '=')
            continue;
        value = next + 1;
        size_t key_len = (size_t)(next - word), len = value_len(&value, &next);
        if (key_len < KEY_BYTES)
            add_pair(entry, word, key_len, value, len);
        next += strcspn(next, " ");
    }
}

size_t log_journal_entry(char *memory, struct log_journal_line const *line)
{
    /* syslog(3): err, warning, info, debug */
    static char const *const priorities[LOG_LEVELS] = { "3", "4", "6", "7", "7" };
    struct text entry;

    text_begin(&entry, memory, LOG_JOURNAL_ENTRY_BYTES);
    text_puts(&entry, message_key);
    if (*line->object_id) {
        text_puts(&entry, line->object_id);
        text_puts(&entry, ": ");
    }
    text_puts(&entry, line->message);
    text_puts(&entry, "\nPRIORITY=");
    text_puts(&entry, priorities[line->level]);
    text_puts(&entry, "\nSYSLOG_IDENTIFIER=crosspoint-");
    text_add(&entry, line->process, strnlen(line->process, 32));
    text_puts(&entry, "\n");
    add_field(&entry, "CROSSPOINT_PROGRAM", line->process, strnlen(line->process, 32));
    add_field(&entry, "SUBSYSTEM", line->subsystem, strlen(line->subsystem));
    if (*line->object_id)
        add_field(&entry, "OBJECT_ID", line->object_id, strlen(line->object_id));
    add_pairs(&entry, line->message);
    return text_len(&entry);
}

/* The message of an entry as a line. */
static void write_plain(char const *entry, size_t len)
{
    char const *text = entry + sizeof message_key - 1;
    char const *end = memchr(text, '\n', len - (sizeof message_key - 1));

    if (end && write(STDERR_FILENO, text, (size_t)(end + 1 - text)) < 0)
        return;
}

void log_journal_send(int fd, char const *entries, uint16_t const *len, size_t n)
{
    struct mmsghdr messages[BATCH];
    struct iovec pieces[BATCH];

    while (n) {
        unsigned some = n < BATCH ? (unsigned)n : BATCH;
        char const *at = entries;
        for (unsigned i = 0; i < some; at += len[i++]) {
            pieces[i] = (struct iovec){ (void *)(uintptr_t)at, len[i] };
            messages[i].msg_hdr = (struct msghdr){ .msg_iov = &pieces[i], .msg_iovlen = 1 };
        }
        int sent = sendmmsg(fd, messages, some, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0) {
            write_plain(entries, *len);
            sent = 1;
        }
        for (int i = 0; i < sent; i++)
            entries += *len++;
        n -= (size_t)sent;
    }
}

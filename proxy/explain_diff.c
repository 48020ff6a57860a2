/* SPDX-License-Identifier: Apache-2.0 */
/* Header lines as two sets: see explain_diff.h. */
#include "explain_diff.h"
#include "buf.h"
#include "message.h"
#include "transaction_via.h"
#include <stdbool.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 20 };

struct head {
    struct buf text; /* the message as it goes on the wire */
    size_t len;      /* of its start line and header fields */
};

static void print(struct head *head, msg_t *msg)
{
    buf_init(&head->text, MESSAGE_MAX);
    (void)message_print(msg, &head->text);
    char const *end = strstr(buf_text(&head->text), "\r\n\r\n");
    head->len = end ? (size_t)(end - buf_text(&head->text)) : head->text.len;
}

/* The line that starts at @p at: its length. */
static size_t line_at(struct head const *head, size_t at)
{
    char const *text = buf_text(&head->text) + at;
    char const *end = memchr(text, '\r', head->len - at);
    return end ? (size_t)(end - text) : head->len - at;
}

/* How often the line stands in the first @p limit bytes of the head. */
static unsigned count(struct head const *head, size_t limit, char const *line, size_t len)
{
    unsigned n = 0;
    for (size_t at = 0; at < limit; at += line_at(head, at) + 2)
        n += line_at(head, at) == len && memcmp(buf_text(&head->text) + at, line, len) == 0;
    return n;
}

/* Lines of @p a that stand more often in it than in @p b. */
static void add_missing(json_t *lines, struct head const *a, struct head const *b,
                        char const *change)
{
    for (size_t at = 0; at < a->len; at += line_at(a, at) + 2) {
        char const *line = buf_text(&a->text) + at;
        size_t len = line_at(a, at);
        if (count(a, at, line, len) < count(b, b->len, line, len))
            continue;
        json_t *text = json_stringn(line, len);
        json_array_append_new(lines, json_pack("{s:s,s:o}", "change", change, "line",
                                               text ? text : json_string("(not UTF-8)")));
    }
}

json_t *explain_diff(msg_t *before, msg_t *after)
{
    struct head a, b;
    json_t *lines = json_array();
    print(&a, before);
    print(&b, after);
    add_missing(lines, &a, &b, "-");
    add_missing(lines, &b, &a, "+");
    buf_fini(&a.text);
    buf_fini(&b.text);
    return lines;
}

void explain_diff_via(json_t *lines, struct transport const *transport, uint16_t listener)
{
    char line[TRANSACTION_VIA_SIZE];
    if (transaction_via_print(transport, listener, "z9hG4bK...", line) == 0)
        json_array_append_new(lines, json_pack("{s:s,s:s}", "change", "+", "line", line));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of plain mode, and of saved texts. */
#include "trace_print.h"
#include "buf.h"
#include "capture_look.h"
#include "time_text.h"
#include "trace_text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

static void add(struct buf *out, char const *text)
{
    trace_text_add(out, text, strlen(text));
}

/* Its address, and which of our programs that is. */
static void add_end(struct buf *out, struct net_addr const *addr, char const *name)
{
    char text[NET_ADDR_TEXT];

    buf_puts(out, net_addr_print(addr, text));
    if (!*name)
        return;
    buf_puts(out, " (");
    add(out, name);
    buf_puts(out, ")");
}

static void add_ends(struct buf *out, struct capture_message const *message)
{
    add_end(out, &message->source, message->sent ? message->program : message->peer);
    buf_puts(out, " -> ");
    add_end(out, &message->destination, message->sent ? message->peer : message->program);
}

static void add_id(struct buf *out, struct capture_message const *message,
                   struct capture_look const *look)
{
    if (*message->id)
        add(out, message->id);
    else
        trace_text_add(out, look->call_id.at, look->call_id.len);
    if (!*message->id && !look->call_id.len)
        buf_puts(out, "-");
}

void trace_print_line(struct capture_message const *message, struct buf *out)
{
    char time[TIME_TEXT], label[CAPTURE_LABEL];
    struct capture_look look;

    capture_look(message, &look);
    /* Of the day, to the microsecond. */
    time_text_full(message->time_us, time);
    buf_printf(out, "%.15s  ", time + strlen("2026-11-21T"));
    add_ends(out, message);
    buf_printf(out, "  %s  %s%s  ", message->transport, capture_look_print(&look, label),
               message->cut ? " (cut)" : "");
    add_id(out, message, &look);
    if (*message->note) {
        buf_puts(out, "  ");
        add(out, message->note);
    }
    buf_puts(out, "\n");
}

static void set(json_t *object, char const *key, char const *bytes, size_t len)
{
    json_t *text = json_stringn(bytes, len);

    /* What is no UTF-8 is no text of JSON. */
    if (!text) {
        struct buf printable;

        buf_init(&printable, TEXT_MAX);
        trace_text_add(&printable, bytes, len);
        text = json_stringn(buf_text(&printable), printable.len);
        buf_fini(&printable);
    }
    if (text)
        json_object_set_new(object, key, text);
}

static void set_text(json_t *object, char const *key, char const *text)
{
    if (*text)
        set(object, key, text, strlen(text));
}

/* JSON lets DEL stand as it is. */
static void add_escaped(struct buf *out, char const *text)
{
    for (size_t len; *text; text += len) {
        len = strcspn(text, "\x7f");
        buf_add(out, text, len);
        if (text[len]) {
            buf_puts(out, "\\u007f");
            len++;
        }
    }
}

void trace_print_json(struct capture_message const *message, struct buf *out)
{
    static char const *const protocols[] = { "sip", "csta", "xmpp" };
    char time[TIME_TEXT], label[CAPTURE_LABEL], source[NET_ADDR_TEXT], destination[NET_ADDR_TEXT];
    struct capture_look look;
    struct buf id;
    char *text;

    capture_look(message, &look);
    json_t *object = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s}", "time", time_text_full(message->time_us, time), "source",
        net_addr_print(&message->source, source), "destination",
        net_addr_print(&message->destination, destination), "transport", message->transport,
        "protocol", protocols[message->protocol], "message", capture_look_print(&look, label));
    buf_init(&id, TEXT_MAX);
    if (*message->id || look.call_id.len)
        add_id(&id, message, &look);
    set_text(object, "id", buf_text(&id));
    buf_fini(&id);
    set_text(object, "program", message->program);
    if (*message->program)
        json_object_set_new(object, "sent", json_boolean(message->sent));
    set_text(object, "peer", message->peer);
    set_text(object, "interface", message->interface);
    set_text(object, "subject", message->subject);
    set_text(object, "note", message->note);
    if (message->cut)
        json_object_set_new(object, "cut", json_true());
    set(object, "text", message->bytes, message->len);
    text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    add_escaped(out, text ? text : "{}");
    buf_puts(out, "\n");
    free(text);
    json_decref(object);
}

static void add_fact(struct buf *out, char const *name, char const *value)
{
    if (!*value)
        return;
    buf_puts(out, name);
    add(out, value);
    buf_puts(out, "\n");
}

void trace_print_facts(struct capture_message const *message, struct buf *out)
{
    char time[TIME_TEXT];
    struct capture_look look;

    capture_look(message, &look);
    buf_printf(out, "time         %s\nfrom, to     ", time_text_full(message->time_us, time));
    add_ends(out, message);
    buf_printf(out, " by %s\n", message->transport);
    add_fact(out, "interface    ", message->interface);
    add_fact(out, "TLS subject  ", message->subject);
    buf_puts(out, "belongs to   ");
    add_id(out, message, &look);
    buf_puts(out, "\n");
    add_fact(out, "decided      ", message->note);
    if (message->cut)
        buf_puts(out, "cut          the capture has not all of it\n");
}

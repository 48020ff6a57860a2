/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists and a table by correlation id. */
#include "trace_store.h"
#include "trace_state.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTION = 2 * NET_ADDR_TEXT + 16 };
_Static_assert(TAP_ID >= (int)CONNECTION, "both are ids of a dialog");

struct key {
    char const *id;
};

void trace_store_init(struct trace_store *store, size_t max_messages, size_t max_bytes)
{
    *store = (struct trace_store){ .max_messages = max_messages, .max_bytes = max_bytes };
    TAILQ_INIT(&store->messages);
    TAILQ_INIT(&store->held);
    TAILQ_INIT(&store->dialogs);
    htab_init(&store->by_id);
}

static void free_dialog(struct trace_store *store, struct trace_dialog *dialog)
{
    htab_remove(&store->by_id, &dialog->by_id);
    TAILQ_REMOVE(&store->dialogs, dialog, link);
    store->n_dialogs--;
    store->bytes -= dialog->size;
    free(dialog);
}

static void free_oldest(struct trace_store *store)
{
    struct trace_message *message = TAILQ_FIRST(&store->messages);
    struct trace_dialog *dialog = message->dialog;

    TAILQ_REMOVE(&store->messages, message, link);
    TAILQ_REMOVE(&dialog->messages, message, in_dialog);
    store->n--;
    store->bytes -= message->size;
    store->changes++;
    free(message);
    if (--dialog->n == 0)
        free_dialog(store, dialog);
}

static void free_held(struct trace_store *store)
{
    struct trace_message *message;

    while ((message = TAILQ_FIRST(&store->held))) {
        TAILQ_REMOVE(&store->held, message, link);
        store->bytes -= message->size;
        free(message);
    }
    store->n_held = 0;
}

void trace_store_clear(struct trace_store *store)
{
    free_held(store);
    while (!TAILQ_EMPTY(&store->messages))
        free_oldest(store);
    store->gone = store->dropped = 0;
}

void trace_store_fini(struct trace_store *store)
{
    trace_store_clear(store);
    htab_fini(&store->by_id);
}

static bool is_full(struct trace_store const *store)
{
    return store->n + store->n_held > store->max_messages || store->bytes > store->max_bytes;
}

/* --- dialogs --- */

/* What belongs to nothing else belongs to its connection, in either direction. */
static void print_connection(struct capture_message const *message, char text[static CONNECTION])
{
    static char const *const names[] = { "SIP", "CSTA", "XMPP" };
    char source[NET_ADDR_TEXT], destination[NET_ADDR_TEXT];

    net_addr_print(&message->source, source);
    net_addr_print(&message->destination, destination);
    bool swap = strcmp(source, destination) > 0;
    (void)snprintf(text, CONNECTION, "%s %s %s", names[message->protocol],
                   swap ? destination : source, swap ? source : destination);
}

static bool has_id(struct htab_entry const *entry, void const *arg)
{
    struct trace_dialog const *dialog =
        (void const *)((char const *)entry - offsetof(struct trace_dialog, by_id));
    struct key const *key = arg;

    return strcmp(dialog->id, key->id) == 0;
}

static void name_dialog(struct trace_dialog *dialog, struct capture_look const *look)
{
    char label[CAPTURE_LABEL];
    struct capture_span name = look->method;

    if (!name.len)
        name = (struct capture_span){ label, strlen(capture_look_print(look, label)) };
    capture_look_print_span(name, dialog->method, sizeof dialog->method);
    capture_look_print_party(&look->from, dialog->from);
    capture_look_print_party(&look->to, dialog->to);
}

static struct trace_dialog *new_dialog(struct trace_store *store, char const *id, uint64_t hash)
{
    size_t size = sizeof(struct trace_dialog) + strlen(id) + 1;
    struct trace_dialog *dialog = calloc(1, size);

    if (!dialog)
        return NULL;
    memcpy(dialog->id, id, strlen(id));
    dialog->size = size;
    dialog->state = TRACE_STATE_NONE;
    TAILQ_INIT(&dialog->messages);
    if (htab_insert(&store->by_id, &dialog->by_id, hash) < 0) {
        free(dialog);
        return NULL;
    }
    dialog->serial = ++store->last_dialog;
    TAILQ_INSERT_TAIL(&store->dialogs, dialog, link);
    store->n_dialogs++;
    store->bytes += size;
    return dialog;
}

static struct trace_dialog *dialog_of(struct trace_store *store,
                                      struct capture_message const *message,
                                      struct capture_look const *look)
{
    char id[TAP_ID + 1];
    struct key key = { message->id };
    struct htab_entry *found;
    uint64_t hash;

    if (!*message->id && message->protocol == TAP_SIP && look->call_id.len)
        key.id = capture_look_print_span(look->call_id, id, sizeof id);
    else if (!*message->id) {
        print_connection(message, id);
        key.id = id;
    }
    hash = htab_hash(key.id, strlen(key.id), 0);
    found = htab_find(&store->by_id, hash, has_id, &key);
    if (found)
        return (void *)((char *)found - offsetof(struct trace_dialog, by_id));
    return new_dialog(store, key.id, hash);
}

/* The event that a message is for the dialog's state; -1: none. */
static int event_of(struct trace_dialog const *dialog, struct capture_look const *look)
{
    bool own = capture_header_is(look->method, dialog->method);
    bool invites = strcmp(dialog->method, "INVITE") == 0;

    if (look->kind == CAPTURE_REQUEST && capture_header_is(look->method, "BYE"))
        return TRACE_STATE_EV_BYE;
    if (!own)
        return -1;
    if (look->kind == CAPTURE_REQUEST)
        return invites ? TRACE_STATE_EV_INVITE : TRACE_STATE_EV_REQUEST;
    if (look->status < 200)
        return look->status > 100 ? TRACE_STATE_EV_RING : TRACE_STATE_EV_TRY;
    return look->status < 300 ? TRACE_STATE_EV_ACCEPT : TRACE_STATE_EV_REFUSE;
}

static void step(struct trace_dialog *dialog, struct capture_look const *look)
{
    int event = look->method.len ? event_of(dialog, look) : -1;
    uint8_t old = dialog->state;

    if (event < 0)
        return;
    (void)fsm_step(&trace_state_fsm, &dialog->state, dialog, event, NULL, dialog->method);
    if (event == TRACE_STATE_EV_REFUSE && (old != dialog->state || old == TRACE_STATE_FAILED))
        dialog->status = look->status;
    else if (dialog->state != TRACE_STATE_FAILED)
        dialog->status = 0;
}

/* Shows @p message, which is in no list. */
static int show(struct trace_store *store, struct trace_message *message)
{
    struct capture_look look;
    struct trace_dialog *dialog;

    capture_look(&message->message, &look);
    dialog = dialog_of(store, &message->message, &look);
    if (!dialog)
        return -ENOMEM;
    if (TAILQ_EMPTY(&dialog->messages)) {
        name_dialog(dialog, &look);
        dialog->first_us = dialog->last_us = message->message.time_us;
    }
    step(dialog, &look);
    /* Of a file that is out of order. */
    if (message->message.time_us < dialog->first_us)
        dialog->first_us = message->message.time_us;
    if (message->message.time_us > dialog->last_us)
        dialog->last_us = message->message.time_us;
    message->serial = ++store->last_serial;
    message->dialog = dialog;
    dialog->n++;
    TAILQ_INSERT_TAIL(&dialog->messages, message, in_dialog);
    TAILQ_INSERT_TAIL(&store->messages, message, link);
    store->n++;
    store->changes++;
    while (is_full(store) && store->n > 1) {
        free_oldest(store);
        store->gone++;
    }
    return 0;
}

/* --- messages --- */

static char const *keep(char **at, char const *text)
{
    char const *ret = *at;
    size_t size = strlen(text) + 1;

    memcpy(*at, text, size);
    *at += size;
    return ret;
}

static struct trace_message *copy(struct capture_message const *from)
{
    size_t texts = strlen(from->transport) + strlen(from->program) + strlen(from->peer) +
                   strlen(from->interface) + strlen(from->subject) + strlen(from->id) +
                   strlen(from->note) + 7;
    size_t size = sizeof(struct trace_message) + texts + from->len;
    struct trace_message *ret = malloc(size);
    char *at = ret ? ret->memory : NULL;

    if (!ret)
        return NULL;
    *ret = (struct trace_message){ .size = size, .message = *from };
    ret->message.transport = keep(&at, from->transport);
    ret->message.program = keep(&at, from->program);
    ret->message.peer = keep(&at, from->peer);
    ret->message.interface = keep(&at, from->interface);
    ret->message.subject = keep(&at, from->subject);
    ret->message.id = keep(&at, from->id);
    ret->message.note = keep(&at, from->note);
    ret->message.bytes = at;
    if (from->len)
        memcpy(at, from->bytes, from->len);
    return ret;
}

int trace_store_add(struct trace_store *store, struct capture_message const *message)
{
    struct trace_message *copied = copy(message);

    if (!copied)
        return -ENOMEM;
    store->bytes += copied->size;
    if (!store->is_held) {
        int result = show(store, copied);

        if (result < 0) {
            store->bytes -= copied->size;
            free(copied);
        }
        return result;
    }
    TAILQ_INSERT_TAIL(&store->held, copied, link);
    store->n_held++;
    if (is_full(store)) {
        TAILQ_REMOVE(&store->held, copied, link);
        store->n_held--;
        store->bytes -= copied->size;
        store->dropped++;
        free(copied);
    }
    return 0;
}

void trace_store_hold(struct trace_store *store, bool held)
{
    struct trace_message *message;

    store->is_held = held;
    while (!held && (message = TAILQ_FIRST(&store->held))) {
        TAILQ_REMOVE(&store->held, message, link);
        store->n_held--;
        if (show(store, message) < 0) {
            store->bytes -= message->size;
            store->dropped++;
            free(message);
        }
    }
}

struct trace_dialog *trace_store_dialog(struct trace_store const *store, uint64_t serial)
{
    struct trace_dialog *dialog;

    TAILQ_FOREACH(dialog, &store->dialogs, link)
    if (dialog->serial == serial)
        return dialog;
    return NULL;
}

struct trace_message *trace_store_message(struct trace_store const *store, uint64_t serial)
{
    struct trace_message *message;

    TAILQ_FOREACH(message, &store->messages, link)
    if (message->serial == serial)
        return message;
    return NULL;
}

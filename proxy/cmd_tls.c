/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of TLS contexts: see cmd_tls.h. */
#include "cmd_tls.h"
#include "buf.h"
#include "proxy.h"
#include "secure_certificate.h"
#include "secure_counts.h"
#include "secure_identity.h"
#include "svc.h"
#include <limits.h>

enum { CELL_BYTES = 4096 };

static struct secure_set const *contexts_of(struct svc *svc)
{
    struct proxy const *proxy = svc_state(svc);
    return &proxy->generation->contexts;
}

static void add_word(struct buf *text, char const *word)
{
    buf_printf(text, "%s%s", text->len ? " " : "", word);
}

static void print_listeners(struct proxy const *proxy, char const *context, struct buf *text)
{
    struct transport const *transport = stack_transport(proxy->worker.stack);
    char addr[NET_ADDR_TEXT];
    for (uint16_t i = 0; i < transport_listeners(transport); i++)
        if (strcmp(transport_listener_context(transport, i), context) == 0)
            add_word(text, net_addr_print(transport_listener_addr(transport, i), addr));
}

static void print_names(struct secure_certificate const *certificate, struct buf *text)
{
    char const *name;
    for (size_t i = 0; (name = secure_identity_name(certificate->identity, i)); i++)
        add_word(text, name);
}

/* The first name of each certificate, and the days of that which ends first. */
static json_t *print_certificates(struct secure_context const *context, struct buf *text)
{
    struct secure_certificate const *certificate;
    int least = INT_MAX;
    for (size_t i = 0; (certificate = secure_context_certificate(context, i)); i++) {
        char const *name = secure_identity_name(certificate->identity, 0);
        int days = secure_certificate_days_left(certificate);
        add_word(text, name ? name : "?");
        least = days < least ? days : least;
    }
    return least < INT_MAX ? json_integer(least) : json_null();
}

static json_int_t count_of(struct secure_context const *context, enum secure_count row)
{
    return (json_int_t)secure_counts_get(secure_context_counts(context), row);
}

/* What 0 stands for is said. */
static json_t *number_or(size_t n, char const *none)
{
    return n ? json_integer((json_int_t)n) : json_string(none);
}

static void add_context(json_t *table, struct proxy const *proxy,
                        struct secure_context const *context)
{
    char const *name = secure_context_name(context);
    struct buf certificates, listeners;
    buf_init(&certificates, CELL_BYTES);
    buf_init(&listeners, CELL_BYTES);
    json_t *days = print_certificates(context, &certificates);
    print_listeners(proxy, name, &listeners);
    ctl_table_row(
        table,
        json_pack("[s,s,o,o,o,I,s,I,I,I,I,I,I,I,I]", name, buf_text(&certificates), days,
                  number_or(secure_context_trusted(context), "system"),
                  number_or(secure_context_subjects(context), "all"),
                  (json_int_t)secure_context_ciphers(context), buf_text(&listeners),
                  count_of(context, SECURE_COUNT_ACCEPTED), count_of(context, SECURE_COUNT_OPENED),
                  count_of(context, SECURE_COUNT_RESUMED), count_of(context, SECURE_COUNT_OPEN),
                  (json_int_t)secure_counts_failures(secure_context_counts(context)),
                  count_of(context, SECURE_COUNT_TLS_1_3), count_of(context, SECURE_COUNT_TLS_1_2),
                  count_of(context, SECURE_COUNT_OLD)));
    buf_fini(&certificates);
    buf_fini(&listeners);
}

void cmd_tls_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct secure_set const *set = contexts_of(svc);
    json_t *table = ctl_table("context", "certificates", "days_left", "trusted", "subjects",
                              "ciphers", "listeners", "accepted", "opened", "resumed", "open",
                              "failed", "tls_1_3", "tls_1_2", "older", NULL);
    (void)args;
    for (int i = 0; i < set->n; i++)
        add_context(table, svc_state(svc), secure_set_at(set, i));
    ctl_reply(call, table);
}

static void add_certificates(json_t *table, struct secure_context const *context)
{
    struct secure_certificate const *certificate;
    for (size_t i = 0; (certificate = secure_context_certificate(context, i)); i++) {
        struct buf names;
        buf_init(&names, CELL_BYTES);
        print_names(certificate, &names);
        ctl_table_row(table,
                      json_pack("[s,s,s,i,s]", secure_context_name(context), buf_text(&names),
                                secure_certificate_kind(certificate),
                                secure_certificate_days_left(certificate), certificate->file));
        buf_fini(&names);
    }
}

void cmd_tls_show_certificates(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct secure_set const *set = contexts_of(svc);
    json_t *table = ctl_table("context", "names", "key", "days_left", "file", NULL);
    (void)args;
    for (int i = 0; i < set->n; i++)
        add_certificates(table, secure_set_at(set, i));
    ctl_reply(call, table);
}

void cmd_tls_show_failures(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct secure_set const *set = contexts_of(svc);
    json_t *table = ctl_table("context", "cause", "count", "meaning", NULL);
    (void)args;
    for (int i = 0; i < set->n; i++) {
        struct secure_context const *context = secure_set_at(set, i);
        for (enum secure_cause cause = SECURE_FINE + 1; cause < SECURE_CAUSES; cause++) {
            int64_t n = secure_counts_failed(secure_context_counts(context), cause);
            if (n)
                ctl_table_row(table, json_pack("[s,s,I,s]", secure_context_name(context),
                                               secure_cause_name(cause), (json_int_t)n,
                                               secure_cause_text(cause)));
        }
    }
    ctl_reply(call, table);
}

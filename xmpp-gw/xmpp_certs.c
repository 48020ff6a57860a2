/* SPDX-License-Identifier: Apache-2.0 */
/* See xmpp_certs.h. */
#define LOG_SUBSYSTEM LOG_TLS
#include "xmpp_certs.h"
#include "log.h"
#include "secure_context.h"
#include "streams.h"
#include "xmpp_alarms.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include "xmpp_own_conf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void gauge(enum xmpp_metric row, int64_t value)
{
    met_add(&xmpp_metrics, row, value - met_get(&xmpp_metrics, row));
}

static void on_counts(struct secure_watch_counts const *counts)
{
    gauge(M_certificates, counts->n);
    gauge(M_certificates_due, counts->due);
    gauge(M_certificates_expired, counts->expired);
    gauge(M_certificate_days_left, counts->days_left);
    gauge(M_trusted_certificates_expired, counts->trust_expired);
}

struct secure_watch *xmpp_certs_new(struct wheel *wheel, struct alarm_board *alarms)
{
    static struct secure_watch_handlers const handlers = { alarm_raise, alarm_clear,
                                                           XMPP_ALARM_certificate_due_warning,
                                                           on_counts };

    return secure_watch_new(wheel, &handlers, alarms);
}

void xmpp_certs_watch(struct secure_watch *watch, struct streams_settings const *settings,
                      struct xmpp_conf const *conf)
{
    struct secure_context **contexts = calloc(settings->n_own + 1, sizeof *contexts);
    int err = contexts ? 0 : -ENOMEM;

    for (size_t i = 0; contexts && i < settings->n_own; i++)
        contexts[i] = settings->own[i].context;
    if (err == 0)
        err = secure_watch_set(watch, contexts, settings->n_own, &conf->expiry);
    if (err < 0)
        log_error(NULL, "certificates not watched error=\"%s\"", strerror(-err));
    free(contexts);
}

static struct xmpp_own_conf const *find_entry(struct xmpp_conf const *conf, char const *name)
{
    struct xmpp_own_conf const *entries = conf->own.v;

    for (size_t i = 0; i < conf->own.n; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static struct secure_context *renewed(struct secure_context *context, struct secure_context *former,
                                      char const *name, struct secure_fault const *fault,
                                      int *ret_err)
{
    if (context) {
        secure_context_inherit(context, former);
        return context;
    }
    log_error(name, "certificates not read setting=%s error=\"%s\"", fault->setting, fault->text);
    *ret_err = -EINVAL;
    return NULL;
}

/* NULL with @p ret_err 0: this domain goes on with what it has. */
static struct secure_context *read_context(struct streams_own const *own,
                                           struct xmpp_conf const *conf, int *ret_err)
{
    struct xmpp_own_conf const *entry = own->context ? find_entry(conf, own->name) : NULL;
    struct secure_fault fault;

    return entry && entry->certificates.n ? renewed(xmpp_conf_context(conf, entry, &fault),
                                                    own->context, own->name, &fault, ret_err)
                                          : NULL;
}

/* The one in force becomes the one that is dropped, and the other way round. */
static void exchange(struct secure_context **pcontext, struct secure_context **pnext)
{
    struct secure_context *former = *pcontext;

    if (!*pnext)
        return;
    *pcontext = *pnext;
    *pnext = former;
}

int xmpp_certs_renew(struct streams_settings *settings, struct xmpp_conf const *conf)
{
    struct secure_context **next = calloc(settings->n_own + 1, sizeof *next);
    struct streams_own *own = (void *)settings->own;
    struct secure_context *common = NULL;
    struct secure_fault fault;
    int err = next ? 0 : -ENOMEM;

    if (err == 0 && settings->context)
        common = renewed(xmpp_conf_common_context(conf, &fault), settings->context, "direct-tls",
                         &fault, &err);
    for (size_t i = 0; err == 0 && i < settings->n_own; i++)
        next[i] = read_context(&own[i], conf, &err);
    for (size_t i = 0; err == 0 && i < settings->n_own; i++)
        exchange(&own[i].context, &next[i]);
    if (err == 0)
        exchange(&settings->context, &common);
    secure_context_unref(&common);
    for (size_t i = 0; next && i < settings->n_own; i++)
        secure_context_unref(&next[i]);
    free(next);
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of RFC 3261 §10.3, and the wait for the store. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "clock.h"
#include "decision_note.h"
#include "digest.h"
#include "location.h"
#include "log.h"
#include "message.h"
#include "proxy_metrics.h"
#include "refusal.h"
#include "registrar.h"
#include "registrar_answer.h"
#include "registrar_policy.h"
#include "registrar_read.h"
#include "store_bindings.h"
#include "transaction.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX = 512 };

/* A REGISTER while it is judged. */
struct registration {
    struct registrar_worker *worker;
    struct registrar_policy const *policy;
    struct server_transaction *st;
    sip_t const *sip;
    struct digest_policy digest;
    char aor[CONTACT_URI_AOR];
    char const *domain; /* of the address of record */
    uint64_t started_us;
    /* why it is refused */
    char const *phrase; /* NULL: the refusal's own */
    char header[HEADER_MAX];
    bool challenge, stale;
};

/* And while it waits for the disk. */
struct registrar_pending {
    LIST_ENTRY(registrar_pending) link;
    struct registrar_worker *worker;
    struct server_transaction *st; /* NULL once it is gone */
    msg_t *answer;                 /* the 200 that will be sent; owned */
    struct location_ticket *ticket;
    uint64_t started_us;
    char aor[CONTACT_URI_AOR];
};

/* --- answers --- */

static void tell(struct server_transaction *st, char const *aor, int status, char const *reason,
                 uint64_t started_us)
{
    char from[NET_ADDR_TEXT];
    sip_t const *sip = sip_object(server_transaction_request(st));
    url_t const *contact = sip->sip_contact ? sip->sip_contact->m_url : NULL;
    bool more = sip->sip_contact && sip->sip_contact->m_next;
    log_info(NULL,
             "register done aor=\"%s\" contact=\"%s:%s%s\" call_id=\"%s\" from=%s status=%d "
             "reason=\"%s\" ms=%llu",
             aor, contact && contact->url_host ? contact->url_host : "",
             contact && contact->url_port ? contact->url_port : "", more ? " ..." : "",
             sip->sip_call_id->i_id, net_addr_print(&server_transaction_origin(st)->peer, from),
             status, reason, (unsigned long long)((clock_now_us() - started_us) / 1000));
}

/* Counts, logs, answers. */
static void refuse(struct registration *reg, enum refusal refusal)
{
    struct refusal_row const *row = refusal_row(refusal);
    char const *phrase = reg->phrase ? reg->phrase : row->phrase;
    met_inc(&proxy_metrics, row->metric);
    tell(reg->st, reg->aor, row->status, reg->phrase ? reg->phrase : row->reason, reg->started_us);
    msg_t *msg = registrar_answer_refusal(reg->st, row->status, phrase, reg->header);
    if (msg && reg->challenge &&
        digest_challenge(reg->worker->shared->nonces, &reg->digest, reg->stale, msg) < 0) {
        msg_destroy(msg);
        msg = NULL;
    }
    (void)server_transaction_respond(reg->st, msg);
}

static void refuse_plainly(struct server_transaction *st, char const *aor, enum refusal refusal,
                           uint64_t started_us)
{
    struct refusal_row const *row = refusal_row(refusal);
    met_inc(&proxy_metrics, row->metric);
    tell(st, aor, row->status, row->reason, started_us);
    decision_note_refusal(st, row);
    (void)server_transaction_refuse(st, row->status, row->phrase, NULL);
}

static void grant(struct server_transaction *st, char const *aor, msg_t *answer,
                  uint64_t started_us)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    met_inc(&proxy_metrics, M_registers_accepted);
    tell(st, aor, 200, "", started_us);
    /* Nobody stands between: the way back to a phone that listens nowhere. */
    if (!sip->sip_via->v_next)
        server_transaction_vouch(st);
    (void)server_transaction_respond(st, answer);
}

/* --- waiting for the store --- */

static void pending_free(struct registrar_pending *pending)
{
    if (pending->st)
        server_transaction_own(pending->st, NULL, NULL);
    msg_destroy(pending->answer);
    LIST_REMOVE(pending, link);
    free(pending);
}

static void on_gone(void *vpending, struct server_transaction *st)
{
    (void)st;
    ((struct registrar_pending *)vpending)->st = NULL;
}

/* On -ECANCELED the worker ends, and the next start will find what was written. */
static void on_stored(void *vpending, int error)
{
    struct registrar_pending *pending = vpending;
    struct server_transaction *st = pending->st;
    msg_t *answer = pending->answer;
    location_settle(pending->worker->shared->location, &pending->ticket,
                    error == 0 || error == -ECANCELED);
    if (st && error != -ECANCELED) {
        server_transaction_own(st, NULL, NULL);
        pending->st = NULL;
        if (error == 0) {
            pending->answer = NULL;
            grant(st, pending->aor, answer, pending->started_us);
        } else {
            refuse_plainly(st, pending->aor, REFUSAL_store, pending->started_us);
        }
    }
    pending_free(pending);
}

static struct registrar_pending *pending_new(struct registration const *reg)
{
    struct registrar_pending *pending = calloc(1, sizeof *pending);
    if (!pending)
        return NULL;
    pending->worker = reg->worker;
    pending->st = reg->st;
    pending->started_us = reg->started_us;
    memcpy(pending->aor, reg->aor, sizeof pending->aor);
    LIST_INSERT_HEAD(&reg->worker->pending, pending, link);
    return pending;
}

/* In location_update(), under its lock. */
static int persist(void *vpending, char const *aor, struct store_binding const *list, size_t n)
{
    struct registrar_pending *pending = vpending;
    return store_bindings_replace(pending->worker->link, aor, list, n, on_stored, pending);
}

/* --- the steps of RFC 3261 §10.3 --- */

/* Step 2. */
static enum refusal check_require(struct registration *reg)
{
    static char const *const served[] = { "path", NULL };

    return message_unsupported(reg->sip->sip_require, served, reg->header, sizeof reg->header)
               ? REFUSAL_extension
               : REFUSAL_NONE;
}

/* Step 5, before the others: they depend on the domain. */
static enum refusal check_aor(struct registration *reg)
{
    url_t const *to = reg->sip->sip_to->a_url;
    snprintf(reg->aor, sizeof reg->aor, "-");
    if (to->url_type != url_sip && to->url_type != url_sips) {
        reg->phrase = "To is no SIP or SIPS URI"; /* RFC 4475 3.3.4 */
        return REFUSAL_register;
    }
    if (registrar_policy_aor(reg->policy, to, reg->aor, &reg->domain) == 0)
        return REFUSAL_NONE;
    snprintf(reg->aor, sizeof reg->aor, "-");
    return REFUSAL_unknown_aor;
}

static bool is_own_aor(struct registration const *reg, char const *user)
{
    size_t len = strlen(user);
    return strncmp(reg->aor, user, len) == 0 && reg->aor[len] == '@' &&
           strcmp(reg->aor + len + 1, reg->domain) == 0;
}

static enum refusal challenge(struct registration *reg, enum refusal refusal, bool stale)
{
    reg->challenge = true;
    reg->stale = stale;
    return refusal;
}

/* Step 3: who is it? */
static enum refusal authenticate(struct registration *reg, struct digest_credentials *credentials)
{
    struct registrar *shared = reg->worker->shared;
    struct store_secret secret;
    char const *ha1 = NULL;
    enum digest_verdict verdict = digest_find(reg->sip, &reg->digest, credentials, &reg->phrase);
    if (verdict == DIGEST_OK) {
        if (store_users_find(shared->users, credentials->user, reg->domain, reg->digest.realm,
                             &secret))
            ha1 = credentials->algorithm == DIGEST_MD5 ? secret.md5 : secret.sha256;
        verdict = digest_check(shared->nonces, &reg->digest, credentials,
                               reg->sip->sip_request->rq_method_name, ha1);
    }
    switch (verdict) {
    case DIGEST_OK:
        return REFUSAL_NONE;
    case DIGEST_ABSENT:
        return challenge(reg, REFUSAL_challenged, false);
    case DIGEST_MALFORMED:
        return REFUSAL_register;
    case DIGEST_WRONG:
        return challenge(reg, REFUSAL_credentials, false);
    case DIGEST_STALE:
        return challenge(reg, REFUSAL_stale_nonce, true);
    case DIGEST_REPLAYED:
        break;
    }
    return challenge(reg, REFUSAL_replay, true);
}

/* Steps 3 and 4: nobody registers for another. */
static enum refusal check_identity(struct registration *reg)
{
    struct registrar_conf const *conf = registrar_policy_conf(reg->policy);
    struct digest_credentials credentials;
    if (conf->auth == REGISTRAR_CONF_NONE)
        return REFUSAL_NONE;
    reg->digest = (struct digest_policy){
        .realm = registrar_policy_realm(reg->policy, reg->domain),
        .offered = { [DIGEST_SHA256] = conf->algorithms != REGISTRAR_CONF_MD5,
                     [DIGEST_MD5] = conf->algorithms != REGISTRAR_CONF_SHA256 },
        .lifetime_ms = 1000 * (uint64_t)conf->nonce_lifetime,
    };
    enum refusal refusal = authenticate(reg, &credentials);
    if (refusal)
        return refusal;
    return is_own_aor(reg, credentials.user) ? REFUSAL_NONE : REFUSAL_not_own_aor;
}

static enum refusal busy(struct registration *reg)
{
    snprintf(reg->header, sizeof reg->header, "Retry-After: 5");
    reg->phrase = "Too many registrations wait for the store";
    return REFUSAL_busy;
}

static enum refusal refusal_of(enum location_verdict verdict, int error, struct registration *reg)
{
    switch (verdict) {
    case LOCATION_DONE:
        return REFUSAL_NONE;
    case LOCATION_OLD:
        reg->phrase = "CSeq is not above that of the last REGISTER";
        return REFUSAL_register;
    case LOCATION_TOO_MANY:
        return REFUSAL_contacts;
    case LOCATION_FULL:
        snprintf(reg->header, sizeof reg->header, "Retry-After: 60");
        return REFUSAL_registrations_full;
    case LOCATION_FAILED:
        break;
    }
    return error == -EBUSY ? busy(reg) : error == -ENOMEM ? REFUSAL_memory : REFUSAL_store;
}

/* Step 8 of a REGISTER that only asks. */
static enum refusal list_contacts(struct registration *reg)
{
    struct location_list const *list = location_find(reg->worker->shared->location, reg->aor);
    msg_t *answer = registrar_answer_bindings(registrar_policy_conf(reg->policy), reg->st, list);
    location_list_unref(&list);
    if (!answer)
        return REFUSAL_memory;
    grant(reg->st, reg->aor, answer, reg->started_us);
    return REFUSAL_NONE;
}

/* Step 7. The answer is made now, and held back until the change is durable. */
static enum refusal change_contacts(struct registration *reg, struct location_update *update)
{
    struct registrar_pending *pending = pending_new(reg);
    struct location_result result;
    if (!pending)
        return REFUSAL_memory;
    update->aor = reg->aor;
    update->persist = persist;
    update->ctx = pending;
    enum location_verdict verdict = location_update(reg->worker->shared->location, update, &result);
    if (verdict != LOCATION_DONE) {
        pending->st = NULL;
        pending_free(pending);
        return refusal_of(verdict, result.error, reg);
    }
    pending->ticket = result.ticket;
    pending->answer =
        registrar_answer_bindings(registrar_policy_conf(reg->policy), reg->st, result.list);
    location_list_unref(&result.list);
    met_add(&proxy_metrics, M_bindings_added, result.added);
    met_add(&proxy_metrics, M_bindings_removed, result.removed);
    server_transaction_own(reg->st, pending, on_gone);
    return REFUSAL_NONE;
}

static enum refusal judge(struct registration *reg, su_home_t *home)
{
    struct location_update update;
    struct registrar_conf const *conf = registrar_policy_conf(reg->policy);
    enum refusal refusal = check_require(reg);
    if (!refusal)
        refusal = check_aor(reg);
    if (!refusal)
        refusal = check_identity(reg);
    if (!refusal)
        refusal = registrar_read(conf, reg->sip, server_transaction_origin(reg->st), home, &update,
                                 &reg->phrase);
    if (refusal == REFUSAL_interval)
        snprintf(reg->header, sizeof reg->header, "Min-Expires: %lld",
                 (long long)conf->min_expires);
    if (refusal)
        return refusal;
    return update.clear || update.n_contacts ? change_contacts(reg, &update) : list_contacts(reg);
}

void registrar_handle(struct registrar_worker *worker, struct registrar_policy const *policy,
                      struct server_transaction *st)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct registration reg = {
        .worker = worker,
        .policy = policy,
        .st = st,
        .sip = sip_object(server_transaction_request(st)),
        .aor = "-",
        .started_us = clock_now_us(),
    };
    met_inc(&proxy_metrics, M_registers);
    enum refusal refusal = judge(&reg, home);
    if (refusal)
        refuse(&reg, refusal);
    su_home_deinit(home);
}

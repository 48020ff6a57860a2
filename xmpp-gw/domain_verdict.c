/* SPDX-License-Identifier: Apache-2.0 */
/* See domain_verdict.h. */
#include "domain_verdict.h"
#include "buf.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400 };

struct judge {
    struct stream_seen const *seen;
    struct domain_rules const *rules;
    struct domain_step *steps;
};

char const *domain_verdict_str(enum domain_verdict verdict)
{
    static char const *const names[] = { "skipped", "ok", "warning", "failed" };

    return names[verdict];
}

char const *domain_verdict_step_str(enum domain_step_id step)
{
    static char const *const names[DOMAIN_STEPS] = {
        "connect", "stream", "tls", "chain", "names", "its proof", "our proof",
    };

    return names[step];
}

int64_t domain_verdict_days(int64_t to_s, int64_t now_s)
{
    int64_t left = to_s - now_s;

    return left >= 0 ? left / DAY_S : -((-left + DAY_S - 1) / DAY_S);
}

/* --- steps -------------------------------------------------------------------------------------
 */

static void pass(struct judge *judge, enum domain_step_id id, char const *detail)
{
    judge->steps[id].verdict = DOMAIN_OK;
    (void)snprintf(judge->steps[id].detail, DOMAIN_DETAIL, "%s", detail);
}

static void find(struct judge *judge, enum domain_step_id id, enum domain_verdict verdict,
                 struct domain_finding finding)
{
    judge->steps[id].verdict = verdict;
    judge->steps[id].finding = finding;
}

static void fail(struct judge *judge, enum domain_step_id id, enum domain_cause cause)
{
    find(judge, id, DOMAIN_FAILED, domain_cause_find(cause));
}

static void warn(struct judge *judge, enum domain_step_id id, enum domain_cause cause)
{
    find(judge, id, DOMAIN_WARNING, domain_cause_find(cause));
}

static uint64_t between(uint64_t from_us, uint64_t to_us)
{
    return to_us > from_us ? to_us - from_us : 1;
}

/* --- as far as the stream ----------------------------------------------------------------------
 */

static void judge_connection(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    struct domain_step *step = &judge->steps[DOMAIN_CONNECT];
    int error = seen->is_late && !seen->connect_error ? -ETIMEDOUT : seen->connect_error;

    if (seen->connected_us)
        pass(judge, DOMAIN_CONNECT, "");
    else
        find(judge, DOMAIN_CONNECT, DOMAIN_FAILED, domain_cause_of_connect(error));
    step->took_us =
        between(seen->begun_us, seen->connected_us ? seen->connected_us : seen->ended_us);
}

static enum domain_cause cause_of_error(enum stream_error error)
{
    switch (error) {
    case STREAM_ERROR_host_unknown:
    case STREAM_ERROR_host_gone:
        return DOMAIN_CAUSE_not_theirs;
    case STREAM_ERROR_policy_violation:
    case STREAM_ERROR_not_authorized:
        return DOMAIN_CAUSE_not_welcome;
    default:
        return DOMAIN_CAUSE_stream_error;
    }
}

/* Why a stream said less than it should. */
static void fail_talk(struct judge *judge, enum domain_step_id id, enum domain_cause silent)
{
    struct stream_seen const *seen = judge->seen;

    if (seen->is_error) {
        fail(judge, id, cause_of_error(seen->error));
        (void)snprintf(judge->steps[id].detail, DOMAIN_DETAIL, "%s%s%s",
                       stream_errors_name(seen->error), *seen->error_text ? ": " : "",
                       seen->error_text);
    } else if (seen->is_late) {
        fail(judge, id, silent);
    } else if (seen->fault) {
        fail(judge, id, DOMAIN_CAUSE_not_xmpp);
        (void)snprintf(judge->steps[id].detail, DOMAIN_DETAIL, "%s", seen->reason);
    } else {
        fail(judge, id, DOMAIN_CAUSE_closed);
    }
}

static void add_word(struct buf *line, bool is_there, char const *word)
{
    if (is_there)
        buf_printf(line, "%s%s", line->len ? ", " : "offers ", word);
}

static void add_number(struct buf *line, int64_t number, char const *before, char const *after)
{
    add_word(line, number > 0, before);
    if (number > 0)
        buf_printf(line, " %lld %s", (long long)number, after);
}

/* What it offers, in one line: the latest of what it said counts most. */
static void print_offers(struct stream_seen const *seen, struct buf *line)
{
    struct stream_offer const *offer = seen->secure.is_heard ? &seen->secure : &seen->plain;
    struct stream_offer const *last = seen->proven.is_heard ? &seen->proven : offer;

    add_word(line, seen->plain.starttls,
             seen->plain.starttls_required ? "STARTTLS, which it requires" : "STARTTLS");
    add_word(line, offer->external, "EXTERNAL");
    add_word(line, offer->dialback, offer->dialback_errors ? "dialback with errors" : "dialback");
    add_word(line, offer->bidi, "both ways by one stream");
    add_word(line, offer->managed || last->managed, "acknowledgements");
    add_number(line, last->max_bytes ? last->max_bytes : offer->max_bytes, "stanzas up to",
               "bytes");
    add_number(line, last->idle_s ? last->idle_s : offer->idle_s, "an end after", "s of silence");
    if (!line->len)
        buf_puts(line, "offers nothing");
}

static void judge_stream(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    uint64_t since = seen->is_direct ? seen->secure_us : seen->connected_us;

    struct buf line;

    if (!since)
        return;
    buf_init(&line, DOMAIN_DETAIL);
    if (seen->heard_us)
        print_offers(seen, &line);
    if (seen->heard_us)
        pass(judge, DOMAIN_STREAM, buf_text(&line));
    else
        fail_talk(judge, DOMAIN_STREAM, DOMAIN_CAUSE_silent);
    buf_fini(&line);
    judge->steps[DOMAIN_STREAM].took_us =
        between(since, seen->heard_us ? seen->heard_us : seen->ended_us);
}

/* --- TLS ---------------------------------------------------------------------------------------
 */

static void judge_tls(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    struct domain_step *step = &judge->steps[DOMAIN_TLS];
    uint64_t since = seen->is_direct ? seen->connected_us : seen->heard_us;

    if (!since)
        return;
    if (seen->secure_us) {
        pass(judge, DOMAIN_TLS, "");
        (void)snprintf(step->detail, DOMAIN_DETAIL, "%s, %s", seen->version, seen->cipher);
        step->took_us = between(since, seen->secure_us);
    } else if (seen->is_tls_begun) {
        find(judge, DOMAIN_TLS, DOMAIN_FAILED, domain_cause_of_secure(seen->tls_cause));
        (void)snprintf(step->detail, DOMAIN_DETAIL, "%s", seen->tls_detail ? seen->tls_detail : "");
        step->took_us = between(since, seen->ended_us);
    } else if (seen->plain.starttls) {
        fail_talk(judge, DOMAIN_TLS, DOMAIN_CAUSE_no_start);
        if (!seen->is_error)
            step->finding = domain_cause_find(DOMAIN_CAUSE_no_start);
    } else if (judge->rules->needs_tls) {
        fail(judge, DOMAIN_TLS, DOMAIN_CAUSE_no_tls);
    } else {
        warn(judge, DOMAIN_TLS, DOMAIN_CAUSE_clear);
    }
}

/* What is wrong with a certificate is no end where the row allows dialback. */
static enum domain_verdict doubt(struct judge const *judge)
{
    return judge->rules->dialback ? DOMAIN_WARNING : DOMAIN_FAILED;
}

static bool is_chain_good(struct stream_seen const *seen)
{
    return seen->is_certified && seen->sight.is_judged && seen->sight.cause == SECURE_FINE;
}

static void judge_chain(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    struct secure_sight_cert const *leaf = &seen->sight.shown[0];
    struct domain_step *step = &judge->steps[DOMAIN_CHAIN];

    if (!seen->sight.is_judged && !seen->secure_us)
        return;
    if (!seen->sight.is_judged) {
        find(judge, DOMAIN_CHAIN, doubt(judge), domain_cause_of_secure(SECURE_no_certificate));
        return;
    }
    int64_t days = domain_verdict_days(leaf->to_s, judge->rules->now_s);
    if (seen->sight.cause) {
        find(judge, DOMAIN_CHAIN, doubt(judge), domain_cause_of_secure(seen->sight.cause));
        (void)snprintf(step->detail, DOMAIN_DETAIL, "%s", seen->sight.detail);
    } else if (days <= judge->rules->soon_days) {
        warn(judge, DOMAIN_CHAIN, DOMAIN_CAUSE_expiring);
    } else {
        pass(judge, DOMAIN_CHAIN, "");
    }
}

static void judge_names(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;

    if (!seen->is_certified)
        return;
    if (seen->is_named)
        pass(judge, DOMAIN_NAMES, "");
    else
        find(judge, DOMAIN_NAMES, doubt(judge), domain_cause_of_secure(SECURE_wrong_name));
}

/* --- who is who --------------------------------------------------------------------------------
 */

static void judge_theirs(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    bool is_open =
        seen->secure_us || (seen->heard_us && !judge->rules->needs_tls && !seen->plain.starttls);

    if (!is_open)
        return;
    if (is_chain_good(seen) && seen->is_named)
        pass(judge, DOMAIN_THEIRS, "its certificate (EXTERNAL)");
    else if (judge->rules->dialback)
        warn(judge, DOMAIN_THEIRS, DOMAIN_CAUSE_weak_proof);
    else
        fail(judge, DOMAIN_THEIRS, DOMAIN_CAUSE_no_proof);
}

static void deny(struct judge *judge, enum domain_cause cause, struct stream_trial const *trial)
{
    fail(judge, DOMAIN_OURS, cause);
    (void)snprintf(judge->steps[DOMAIN_OURS].detail, DOMAIN_DETAIL, "%s", trial->refusal);
}

static void judge_ours(struct judge *judge)
{
    struct stream_seen const *seen = judge->seen;
    bool is_proof_due =
        seen->secure.is_heard && judge->steps[DOMAIN_THEIRS].verdict != DOMAIN_FAILED;

    if (seen->external.is == STREAM_ACCEPTED)
        pass(judge, DOMAIN_OURS, "it takes our certificate (EXTERNAL)");
    else if (seen->dialback.is == STREAM_ACCEPTED && seen->external.is == STREAM_DENIED)
        warn(judge, DOMAIN_OURS, DOMAIN_CAUSE_external_fallback);
    else if (seen->dialback.is == STREAM_ACCEPTED)
        pass(judge, DOMAIN_OURS, "it believes us by dialback");
    else if (seen->dialback.is == STREAM_DENIED)
        deny(judge, DOMAIN_CAUSE_dialback_denied, &seen->dialback);
    else if (seen->external.is == STREAM_DENIED && seen->dialback.is == STREAM_UNTRIED)
        deny(judge, DOMAIN_CAUSE_external_denied, &seen->external);
    else if (seen->external.is == STREAM_TRIED || seen->dialback.is == STREAM_TRIED)
        fail_talk(judge, DOMAIN_OURS, DOMAIN_CAUSE_no_answer);
    else if (is_proof_due)
        fail(judge, DOMAIN_OURS, DOMAIN_CAUSE_no_external);
    else if (seen->secure.is_heard)
        (void)snprintf(judge->steps[DOMAIN_OURS].detail, DOMAIN_DETAIL, "%s",
                       "not shown to a server that does not prove who it is");
    else if (seen->secure_us && seen->heard_us)
        fail_talk(judge, DOMAIN_OURS, DOMAIN_CAUSE_silent);
}

void domain_verdict_judge(struct stream_seen const *seen, struct domain_rules const *rules,
                          struct domain_step ret[static DOMAIN_STEPS])
{
    struct judge judge = { seen, rules, ret };

    memset(ret, 0, DOMAIN_STEPS * sizeof *ret);
    judge_connection(&judge);
    judge_stream(&judge);
    judge_tls(&judge);
    judge_chain(&judge);
    judge_names(&judge);
    judge_theirs(&judge);
    judge_ours(&judge);
}

enum domain_verdict domain_verdict_worst(struct domain_step const steps[static DOMAIN_STEPS])
{
    enum domain_verdict worst = DOMAIN_SKIPPED;

    for (size_t i = 0; i < DOMAIN_STEPS; i++)
        worst = steps[i].verdict > worst ? steps[i].verdict : worst;
    return worst;
}

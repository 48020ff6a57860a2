/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_look.h. */
#include "stream_look.h"
#include "clock.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "stream.h"
#include "stream_lookup.h"
#include "stream_sasl.h"
#include "streams_internal.h"
#include "xml_element.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_LIMITS           "urn:xmpp:stream-limits:0"
#define NS_DIALBACK_FEATURE "urn:xmpp:features:dialback"

struct stream_look {
    struct stream *stream;
    stream_look_fn *fn; /* NULL: it was called, or nobody waits */
    void *ctx;
    struct streams_peer peer;
    char name[STREAMS_DOMAIN_BYTES], ascii[STREAMS_DOMAIN_BYTES]; /* its own */
    struct stream_seen seen;
};

struct stream_look *stream_look_begin(struct streams *set, struct streams_own const *own,
                                      struct streams_peer const *peer,
                                      struct stream_place const *place, stream_look_fn *fn,
                                      void *ctx)
{
    struct stream_look *look =
        set->n_streams < (size_t)set->settings->limits.max_streams ? calloc(1, sizeof *look) : NULL;

    if (!look)
        return NULL;
    (void)snprintf(look->name, sizeof look->name, "%s", peer->name);
    (void)snprintf(look->ascii, sizeof look->ascii, "%s", peer->ascii);
    look->peer = (struct streams_peer){
        .name = look->name, .ascii = look->ascii, .tls = peer->tls, .dialback = peer->dialback
    };
    look->fn = fn;
    look->ctx = ctx;
    look->seen.begun_us = clock_now_us();
    look->seen.remote = place->addr;
    look->seen.is_direct = place->is_direct;
    look->seen.local.sa.sa_family = AF_UNSPEC;
    look->stream = stream_connect(set, own, &look->peer, place);
    if (look->stream)
        look->stream->look = look;
    else
        stream_look_free(&look);
    return look;
}

void stream_look_free(struct stream_look **plook)
{
    free(*plook);
    *plook = NULL;
}

void stream_look_cancel(struct stream_look *look)
{
    look->fn = NULL;
    stream_end(look->stream, "nobody looks at it any more");
}

void stream_look_stop(struct stream_look *look)
{
    look->seen.is_late = true;
    stream_drop(look->stream, "the time of the check is over");
}

struct secure_sight *stream_look_sight(struct stream_look *look)
{
    look->seen.is_tls_begun = true;
    return &look->seen.sight;
}

void stream_look_connected(struct stream_look *look)
{
    look->seen.connected_us = clock_now_us();
    look->seen.local = look->stream->wire.local;
}

void stream_look_secured(struct stream_look *look)
{
    struct secure_link *link = look->stream->wire.link;
    struct secure_identity *who = secure_link_claims(link);

    look->seen.secure_us = clock_now_us();
    look->seen.is_certified = who != NULL;
    look->seen.is_named = who && secure_identity_is_xmpp(who, look->ascii);
    (void)snprintf(look->seen.version, sizeof look->seen.version, "%s", secure_link_version(link));
    (void)snprintf(look->seen.cipher, sizeof look->seen.cipher, "%s", secure_link_cipher(link));
}

/* --- features ----------------------------------------------------------------------------------
 */

static int64_t number(struct xml_element const *limits, char const *name)
{
    char const *text = xml_element_child_text(limits, name, NS_LIMITS);
    int64_t value = text ? strtoll(text, NULL, 10) : 0;

    return value > 0 ? value : 0;
}

static void read_offer(struct stream_offer *ret, struct xml_element const *features)
{
    struct xml_element const *tls = xml_element_child(features, "starttls", STREAM_NS_TLS);
    struct xml_element const *dialback =
        xml_element_child(features, "dialback", NS_DIALBACK_FEATURE);
    struct xml_element const *limits = xml_element_child(features, "limits", NS_LIMITS);

    *ret = (struct stream_offer){
        .is_heard = true,
        .starttls = tls != NULL,
        .starttls_required = xml_element_child(tls, "required", STREAM_NS_TLS) != NULL,
        .external = stream_sasl_is_offered(features),
        .dialback = dialback != NULL,
        .dialback_errors = xml_element_child(dialback, "errors", NS_DIALBACK_FEATURE) != NULL,
        .bidi = xml_element_child(features, "bidi", STREAM_NS_BIDI_FEATURE) != NULL,
        .managed = xml_element_child(features, "sm", STREAM_ACK_NS) != NULL,
        .max_bytes = number(limits, "max-bytes"),
        .idle_s = number(limits, "idle-seconds"),
    };
}

/* Nobody is shown a proof of ours whom a stream that matters would not have shown one. */
static bool may_prove(struct stream_look const *look)
{
    struct stream_seen const *seen = &look->seen;
    bool is_good = seen->sight.is_judged && seen->sight.cause == SECURE_FINE && seen->is_named;

    return is_good || look->peer.dialback;
}

bool stream_look_features(struct stream_look *look, struct xml_element const *features)
{
    struct stream_seen *seen = &look->seen;
    bool is_secure = look->stream->wire.is_secure;
    bool is_proven = look->stream->is_authentic;

    if (!seen->heard_us)
        seen->heard_us = clock_now_us();
    read_offer(is_proven ? &seen->proven : is_secure ? &seen->secure : &seen->plain, features);
    if (is_proven)
        return false;
    if (!is_secure)
        return seen->plain.starttls ||
               (look->peer.tls == STREAMS_TLS_OPTIONAL && look->peer.dialback);
    return may_prove(look) && (seen->secure.external || look->peer.dialback);
}

/* --- how it goes on ----------------------------------------------------------------------------
 */

static struct stream_trial *trial_of(struct stream_look *look)
{
    return look->stream->state == STREAM_SASL ? &look->seen.external : &look->seen.dialback;
}

void stream_look_proving(struct stream_look *look)
{
    trial_of(look)->is = STREAM_TRIED;
}

void stream_look_judged(struct stream_look *look, char const *condition)
{
    struct stream_trial *trial = trial_of(look);

    trial->is = condition ? STREAM_DENIED : STREAM_ACCEPTED;
    (void)snprintf(trial->refusal, sizeof trial->refusal, "%s", condition ? condition : "");
}

void stream_look_failed(struct stream_look *look, enum stream_error fault)
{
    look->seen.is_late |= fault == STREAM_ERROR_connection_timeout;
    look->seen.fault = fault;
}

void stream_look_error(struct stream_look *look, enum stream_error error, char const *text)
{
    look->seen.is_error = true;
    look->seen.error = error;
    (void)snprintf(look->seen.error_text, sizeof look->seen.error_text, "%s", text ? text : "");
}

static void read_end(struct stream_look *look)
{
    struct stream_seen *seen = &look->seen;
    struct stream_wire const *wire = &look->stream->wire;

    seen->ended_us = clock_now_us();
    seen->reason = look->stream->reason ? look->stream->reason : "";
    if (!seen->connected_us)
        seen->connect_error = wire->error;
    if (seen->is_tls_begun && !seen->secure_us && wire->link) {
        seen->tls_cause = secure_link_cause(wire->link);
        if (wire->error == -ETIMEDOUT)
            seen->tls_cause = SECURE_late;
        else if (seen->tls_cause == SECURE_FINE)
            seen->tls_cause = seen->is_late ? SECURE_late : SECURE_closed;
        seen->tls_detail = secure_link_detail(wire->link);
    }
}

void stream_look_end(struct stream_look *look)
{
    stream_look_fn *fn = look->fn;

    look->fn = NULL;
    if (!fn)
        return;
    read_end(look);
    fn(look->ctx, &look->seen);
}

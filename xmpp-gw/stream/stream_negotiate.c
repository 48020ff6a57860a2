/* SPDX-License-Identifier: Apache-2.0 */
/* How a stream gets to carry stanzas: headers, features, TLS, SASL EXTERNAL, the handshake of a
 * component (RFC 6120 4 to 6, XEP-0114, XEP-0178). */
#define LOG_SUBSYSTEM LOG_XMPP
#include "component_key.h"
#include "dialback.h"
#include "log.h"
#include "stream.h"
#include "stream_dialback.h"
#include "stream_identity.h"
#include "stream_look.h"
#include "stream_manage.h"
#include "stream_metrics.h"
#include "stream_route.h"
#include "stream_sasl.h"
#include "streams_internal.h"
#include "xml_element.h"
#include <stdio.h>
#include <string.h>

enum { NONZA_BYTES = 1024 };

/* --- headers ---------------------------------------------------------------------------------- */

static bool is_version_1(struct xml_element const *header)
{
    char const *version = xml_element_attribute(header, "version");

    return version && strncmp(version, "1.", 2) == 0;
}

/* RFC 6120 4.7.1, 4.7.2. */
static enum stream_error judge_incoming_header(struct stream *stream,
                                               struct xml_element const *header)
{
    char const *to = xml_element_attribute(header, "to");
    char const *from = xml_element_attribute(header, "from");
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];

    if (!to || !from)
        return STREAM_ERROR_improper_addressing;
    struct streams_own const *own =
        streams_domain(to, ours) ? streams_find_own(stream->set, ours) : NULL;
    if (!own || own->n_servers)
        return STREAM_ERROR_host_unknown;
    if (!streams_domain(from, theirs))
        return STREAM_ERROR_invalid_from;
    if (stream->is_authentic && (stream->own != own || strcmp(theirs, stream->theirs) != 0))
        return STREAM_ERROR_invalid_from;
    stream->own = own;
    (void)snprintf(stream->ours, sizeof stream->ours, "%s", own->name);
    (void)snprintf(stream->theirs, sizeof stream->theirs, "%s", theirs);
    stream->peer = streams_find_peer(stream->set, theirs);
    return stream->peer ? STREAM_NO_ERROR : STREAM_ERROR_policy_violation;
}

void stream_take_header(struct stream *stream, struct xml_element const *header)
{
    char const *id = xml_element_attribute(header, "id");
    enum stream_error fault = STREAM_NO_ERROR;

    if (stream->state != STREAM_OPENING)
        fault = STREAM_ERROR_bad_format; /* cannot be: a document has one root */
    else if (!xml_element_is(header, "stream", STREAM_NS_STREAMS))
        fault = STREAM_ERROR_invalid_namespace;
    else if (stream->role == STREAM_IN)
        fault = judge_incoming_header(stream, header);
    if (!fault && stream->role != STREAM_COMPONENT && !is_version_1(header))
        fault = STREAM_ERROR_unsupported_version;
    if (stream->role != STREAM_IN)
        (void)snprintf(stream->id, sizeof stream->id, "%s", id ? id : "");
    if (fault)
        stream_fail(stream, fault,
                    fault == STREAM_ERROR_policy_violation ? "this domain is not allowed" : NULL);
    else
        stream_step(stream, STREAM_EV_HEADER_COMPONENT + (enum stream_event)stream->role, NULL);
}

/* --- actions: opening, TLS -------------------------------------------------------------------- */

int stream_act_open(void *obj, void *arg)
{
    struct stream *stream = obj;

    (void)arg;
    if (stream->role != STREAM_IN)
        stream_send_header(stream);
    return FSM_OK;
}

/* A certificate that may not speak for its server is told so, behind the header (RFC 6120 13.7.2),
 * unless its row allows dialback. */
static void judge_certificate(struct stream *stream)
{
    char const *why_not = NULL;

    if (stream->role == STREAM_OUT && !stream->look && !stream->peer->dialback &&
        !stream_identity_is(stream, stream->peer->ascii, &why_not))
        stream_fail(stream, STREAM_ERROR_not_authorized, why_not);
}

int stream_act_reopen(void *obj, void *arg)
{
    struct stream *stream = obj;

    (void)arg;
    stream->is_header_sent = false;
    if (stream->role != STREAM_IN) {
        stream_send_header(stream);
        judge_certificate(stream);
    }
    return FSM_OK;
}

/* The parser starts anew, and TLS begins with what is behind the last byte that it has seen. */
int stream_act_secure(void *obj, void *arg)
{
    struct stream *stream = obj;

    (void)arg;
    if (stream->is_direct)
        stream_secure(stream, NULL, 0);
    else
        stream->wants_restart = stream->wants_tls = true;
    return FSM_OK;
}

int stream_act_starttls(void *obj, void *arg)
{
    (void)arg;
    stream_say(obj, "<starttls xmlns='" STREAM_NS_TLS "'/>");
    return FSM_OK;
}

int stream_act_proceed(void *obj, void *arg)
{
    stream_say(obj, "<proceed xmlns='" STREAM_NS_TLS "'/>");
    return stream_act_secure(obj, arg);
}

/* --- actions: who we are ---------------------------------------------------------------------- */

int stream_act_handshake(void *obj, void *arg)
{
    struct stream *stream = obj;
    char key[COMPONENT_KEY_BYTES], text[NONZA_BYTES];

    (void)arg;
    if (!component_key(stream->id, stream->own->secret, key))
        return STREAM_EV_LOST;
    (void)snprintf(text, sizeof text, "<handshake>%s</handshake>", key);
    stream_say_masked(stream, text, "<handshake>***</handshake>");
    return FSM_OK;
}

int stream_act_auth(void *obj, void *arg)
{
    struct stream *stream = obj;
    char text[NONZA_BYTES];

    (void)arg;
    if (stream->look)
        stream_look_proving(stream->look);
    stream_sasl_auth(stream->ours, text, sizeof text);
    stream_say(stream, text);
    return FSM_OK;
}

/* --- a peer that we have connected to --------------------------------------------------------- */

int stream_act_accepted(void *obj, void *arg)
{
    (void)obj;
    (void)arg;
    return FSM_OK;
}

/* What holds from now on: XEP-0198, if it is offered. */
static void enter(struct stream *stream, struct xml_element const *features)
{
    stream->may_manage = xml_element_child(features, "sm", STREAM_ACK_NS) != NULL;
    stream_step(stream, STREAM_EV_READY, NULL);
}

/* XEP-0288 2.1: only a peer that is known by its certificate may speak by our stream. */
static void ask_for_both_ways(struct stream *stream, struct xml_element const *features)
{
    char const *why_not;

    if (!stream->peer->bidi || !xml_element_child(features, "bidi", STREAM_NS_BIDI_FEATURE) ||
        !stream_identity_is(stream, stream->peer->ascii, &why_not))
        return;
    stream->is_bidi = true;
    stream_say(stream, "<bidi xmlns='" STREAM_NS_BIDI "'/>");
}

static void prove(struct stream *stream, struct xml_element const *features)
{
    ask_for_both_ways(stream, features);
    if (stream->state != STREAM_FEATURES)
        return;
    if (stream->wire.is_secure && stream_sasl_is_offered(features))
        stream_step(stream, STREAM_EV_WANT_SASL, NULL);
    else if (stream->peer->dialback)
        stream_step(stream, STREAM_EV_WANT_DIALBACK, NULL);
    else
        stream_fail(stream, STREAM_ERROR_unsupported_feature, "EXTERNAL is not offered");
}

static void choose(struct stream *stream, struct xml_element const *features)
{
    if (stream->look && !stream_look_features(stream->look, features))
        stream_end(stream, "it has been looked at");
    else if (!stream->wire.is_secure && stream->own->context &&
             xml_element_child(features, "starttls", STREAM_NS_TLS))
        stream_step(stream, STREAM_EV_WANT_TLS, NULL);
    else if (!stream->wire.is_secure && stream->peer->tls == STREAMS_TLS_REQUIRED)
        stream_fail(stream, STREAM_ERROR_policy_violation, "TLS is required");
    else if (stream->is_authentic)
        enter(stream, features);
    else if (stream->query)
        stream_step(stream, STREAM_EV_WANT_DIALBACK, NULL);
    else
        prove(stream, features);
}

/* RFC 6120 6.5. */
static char const *sasl_condition(struct xml_element const *failure)
{
    struct xml_element const *condition = xml_element_first(failure);

    return condition ? condition->name : "failure";
}

static void take_sasl_answer(struct stream *stream, struct xml_element const *element)
{
    bool is_fine = xml_element_is(element, "success", STREAM_NS_SASL);

    if (stream->look)
        stream_look_judged(stream->look, is_fine ? NULL : sasl_condition(element));
    if (is_fine) {
        stream->is_authentic = true;
        stream->wants_restart = true;
        stream_step(stream, STREAM_EV_PROVED, NULL);
        return;
    }
    stream->reason = "peer refuses EXTERNAL";
    log_warn(stream->tag, "stream refused ours=%s theirs=\"%s\" mechanism=EXTERNAL", stream->ours,
             stream->theirs);
    stream_step(stream, stream->peer->dialback ? STREAM_EV_WANT_DIALBACK : STREAM_EV_REFUSED, NULL);
}

static void take_as_client(struct stream *stream, struct xml_element const *element)
{
    if (stream->state == STREAM_FEATURES && xml_element_is(element, "features", STREAM_NS_STREAMS))
        choose(stream, element);
    else if (stream->state == STREAM_STARTING_TLS &&
             xml_element_is(element, "proceed", STREAM_NS_TLS))
        stream_step(stream, STREAM_EV_PROCEED, NULL);
    else if (stream->state == STREAM_STARTING_TLS &&
             xml_element_is(element, "failure", STREAM_NS_TLS))
        stream_step(stream, STREAM_EV_REFUSED, NULL);
    else if (stream->state == STREAM_SASL && strcmp(element->ns, STREAM_NS_SASL) == 0)
        take_sasl_answer(stream, element);
    else
        stream_fail(stream, STREAM_ERROR_unsupported_stanza_type, NULL);
}

/* --- a peer that has connected to us ---------------------------------------------------------- */

/* RFC 6120 4.3.2, XEP-0178 3: EXTERNAL only to a peer whose certificate is for its domain. */
int stream_act_offer(void *obj, void *arg)
{
    struct stream *stream = obj;
    char const *why_not = "TLS is not possible";
    bool is_certain = stream_identity_is(stream, stream->peer->ascii, &why_not);
    bool may_tls = !stream->wire.is_secure && stream->own->context;
    bool needs_tls = stream->peer->tls == STREAMS_TLS_REQUIRED;
    bool may_prove = !stream->is_authentic && !(needs_tls && may_tls);
    struct buf text;

    (void)arg;
    stream_send_header(stream);
    if (!may_tls && !is_certain && !stream->peer->dialback) {
        stream_fail(stream, STREAM_ERROR_not_authorized, why_not);
        return FSM_OK;
    }
    buf_init(&text, NONZA_BYTES);
    buf_puts(&text, "<stream:features>");
    if (may_tls)
        buf_printf(&text, "<starttls xmlns='%s'>%s</starttls>", STREAM_NS_TLS,
                   needs_tls ? "<required/>" : "");
    if (is_certain && may_prove)
        buf_printf(&text, "<mechanisms xmlns='%s'><mechanism>EXTERNAL</mechanism></mechanisms>",
                   STREAM_NS_SASL);
    if (stream->peer->dialback && may_prove)
        buf_puts(&text, DIALBACK_FEATURE);
    if (stream->peer->bidi && may_prove)
        buf_puts(&text, "<bidi xmlns='" STREAM_NS_BIDI_FEATURE "'/>");
    if (stream->is_authentic)
        buf_puts(&text, "<sm xmlns='" STREAM_ACK_NS "'/>");
    buf_puts(&text, "</stream:features>");
    stream_say(stream, buf_text(&text));
    buf_fini(&text);
    return stream->is_authentic && stream->state == STREAM_NEGOTIATING ? STREAM_EV_READY : FSM_OK;
}

static void take_auth(struct stream *stream, struct xml_element const *auth)
{
    char const *condition = stream_sasl_judge(auth, stream->theirs);
    char const *why_not = NULL;
    char text[NONZA_BYTES];

    if (!condition && !stream_identity_is(stream, stream->peer->ascii, &why_not))
        condition = "not-authorized";
    if (condition) {
        log_warn(stream->tag, "stream refuses ours=%s theirs=\"%s\" mechanism=EXTERNAL reason=%s",
                 stream->ours, stream->theirs, condition);
        (void)snprintf(text, sizeof text, "<failure xmlns='%s'><%s/></failure>", STREAM_NS_SASL,
                       condition);
        stream_say(stream, text);
        return;
    }
    if (!stream_prove(stream, stream->ours, stream->theirs)) {
        stream_fail(stream, STREAM_ERROR_resource_constraint, NULL);
        return;
    }
    stream->is_authentic = true;
    stream->wants_restart = true;
    stream_say(stream, "<success xmlns='" STREAM_NS_SASL "'/>");
    stream_step(stream, STREAM_EV_PROVED, NULL);
}

static void take_as_server(struct stream *stream, struct xml_element const *element)
{
    if (stream->state == STREAM_NEGOTIATING && !stream->wire.is_secure && stream->own->context &&
        xml_element_is(element, "starttls", STREAM_NS_TLS))
        stream_step(stream, STREAM_EV_PROCEED, NULL);
    else if (stream->state == STREAM_NEGOTIATING && stream->wire.is_secure &&
             xml_element_is(element, "auth", STREAM_NS_SASL))
        take_auth(stream, element);
    else if (stream->state == STREAM_NEGOTIATING && stream->peer->bidi &&
             xml_element_is(element, "bidi", STREAM_NS_BIDI))
        stream->is_bidi = true;
    else
        stream_fail(stream, STREAM_ERROR_unsupported_stanza_type, NULL);
}

/* --- both ------------------------------------------------------------------------------------- */

static void take_error(struct stream *stream, struct xml_element const *error)
{
    char const *text = xml_element_child_text(error, "text", STREAM_NS_ERRORS);

    stream_count(M_stream_errors_received);
    if (stream->look)
        stream_look_error(stream->look, stream_errors_read(error), text);
    log_warn(stream->tag,
             "stream error received ours=%s theirs=\"%s\" condition=\"%s\" text=\"%s\"",
             stream->ours, stream->theirs, stream_errors_name(stream_errors_read(error)),
             text ? text : "");
    stream_end(stream, "peer sent a stream error");
}

void stream_take_nonza(struct stream *stream, struct xml_element const *element)
{
    if (xml_element_is(element, "error", STREAM_NS_STREAMS))
        take_error(stream, element);
    else if (stream->state == STREAM_HANDSHAKE && xml_element_is(element, "handshake", STREAMS_NS))
        stream_step(stream, STREAM_EV_READY, NULL);
    else if ((strcmp(element->ns, STREAM_NS_DIALBACK) == 0 &&
              stream_dialback_take(stream, element)) ||
             (strcmp(element->ns, STREAM_ACK_NS) == 0 && stream_manage_take(stream, element)))
        return;
    else if (stream->role == STREAM_IN)
        take_as_server(stream, element);
    else
        take_as_client(stream, element);
}

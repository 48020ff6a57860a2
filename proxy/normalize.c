/* SPDX-License-Identifier: Apache-2.0 */
/* Request pre-processing of a proxy: see normalize.h. */
#include "normalize.h"
#include "domain.h"
#include "htab.h"
#include "identity.h"
#include "message.h"
#include "origin.h"
#include "text.h"
#include <errno.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su_string.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FORWARDS_DEFAULT = 70 };

static bool is_sip(url_t const *uri)
{
    return (uri->url_type == url_sip || uri->url_type == url_sips) && uri->url_host;
}

/* --- Max-Forwards: RFC 3261 §16.3 step 3, §16.6 step 3 ------------------------------------------
 */

static enum refusal spend_hop(msg_t *msg, sip_t *sip, bool *ret_no_hops_left)
{
    sip_max_forwards_t *left = sip->sip_max_forwards;
    if (!left) {
        left = sip_max_forwards_format(msg_home(msg), "%d", MAX_FORWARDS_DEFAULT);
        return left && sip_header_insert(msg, sip, (sip_header_t *)left) == 0 ? REFUSAL_NONE
                                                                              : REFUSAL_memory;
    }
    if (left->mf_count == 0) {
        *ret_no_hops_left = true;
        return sip->sip_request->rq_method == sip_method_options ? REFUSAL_NONE
                                                                 : REFUSAL_max_forwards;
    }
    left->mf_count--;
    message_edited_number(msg, left, (uint32_t)left->mf_count);
    return REFUSAL_NONE;
}

/* --- Request-URI and Route: RFC 3261 §16.4 -------------------------------------------------------
 */

int normalize_set_request_uri(msg_t *msg, url_t const *uri)
{
    sip_t *sip = sip_object(msg);
    sip_request_t const *old = sip->sip_request;
    sip_request_t *line = sip_request_create(msg_home(msg), old->rq_method, old->rq_method_name,
                                             (url_string_t const *)uri, old->rq_version);
    if (!line || msg_header_replace(msg, (msg_pub_t *)sip, (msg_header_t *)sip->sip_request,
                                    (msg_header_t *)line) < 0)
        return -ENOMEM;
    return 0;
}

/* A strict router before us put our Record-Route value into the Request-URI; the real one is the
 * last Route. Our values have no user and `lr`. */
static int undo_strict_route(struct domain const *own, msg_t *msg, sip_t *sip,
                             struct normalized *ret)
{
    int listener;
    url_t const *uri = sip->sip_request->rq_url;
    sip_route_t *last = sip->sip_route;
    if (!last || uri->url_user || !url_has_param(uri, "lr") || !domain_owns(own, uri, &listener))
        return 0;
    while (last->r_next)
        last = last->r_next;
    if (normalize_set_request_uri(msg, last->r_url) < 0)
        return -ENOMEM;
    (void)sip_header_remove(msg, sip, (sip_header_t *)last);
    ret->route_was_ours = true;
    ret->out_listener = listener;
    return 0;
}

/* maddr that names us: it, the port and the transport have done their duty. */
static int strip_own_maddr(struct domain const *own, msg_t *msg, sip_t *sip)
{
    char maddr[256];
    url_t const *uri = sip->sip_request->rq_url;
    int port = domain_url_port(uri);
    if (port < 0 || !uri->url_params || !url_param(uri->url_params, "maddr", maddr, sizeof maddr) ||
        !domain_owns_host(own, maddr, (uint16_t)port, NULL))
        return 0;
    url_t *stripped = url_hdup(msg_home(msg), uri);
    if (!stripped)
        return -ENOMEM;
    stripped->url_port = NULL;
    char *params = su_strdup(msg_home(msg), uri->url_params);
    if (!params)
        return -ENOMEM;
    stripped->url_params =
        url_strip_param_string(url_strip_param_string(params, "maddr"), "transport");
    return normalize_set_request_uri(msg, stripped);
}

/* Several in a row: double Record-Route, or a node with several names. */
static void remove_own_routes(struct domain const *own, msg_t *msg, sip_t *sip,
                              struct normalized *ret)
{
    int listener;
    while (sip->sip_route && domain_owns(own, sip->sip_route->r_url, &listener)) {
        (void)sip_header_remove(msg, sip, (sip_header_t *)sip->sip_route);
        ret->route_was_ours = true;
        ret->out_listener = listener;
    }
}

/* --- loops: RFC 5393 §4.2 ------------------------------------------------------------------------
 */

static void add_uri(struct htab_digest *digest, url_t const *uri)
{
    htab_digest_field(digest, uri->url_scheme);
    htab_digest_field(digest, uri->url_user);
    htab_digest_field(digest, uri->url_host);
    htab_digest_field(digest, uri->url_port);
    htab_digest_field(digest, uri->url_params);
    htab_digest_field(digest, uri->url_headers);
}

/* The port is left out: each connection of a peer has another. */
static void add_origin(struct htab_digest *digest, struct origin const *origin, bool is_inside)
{
    htab_digest_add(digest, &is_inside, sizeof is_inside);
    if (origin->peer.sa.sa_family == AF_INET6)
        htab_digest_add(digest, &origin->peer.in6.sin6_addr, sizeof origin->peer.in6.sin6_addr);
    else
        htab_digest_add(digest, &origin->peer.in.sin_addr, sizeof origin->peer.in.sin_addr);
    htab_digest_field(digest, origin->tls_subject);
}

/* Hash of everything that routing looks at, under the key of this process. A request that comes
 * back unchanged has it in one of its Via branches; one that was changed on its way (a spiral) has
 * not. The top Via is left out: two ways that meet again must give one hash. */
static void hash_routing(sip_t const *sip, struct normalize_input const *input,
                         char ret_hash[static NORMALIZE_HASH + 1])
{
    struct origin const *origin = input->origin;
    struct htab_digest digest TEXT_UNINITIALIZED;
    uint64_t hash[2];
    struct text line;
    htab_digest_start(&digest, origin ? 1 + (uint64_t)origin->kind : 0);
    if (origin)
        add_origin(&digest, origin, input->is_inside);
    add_uri(&digest, sip->sip_request->rq_url);
    for (sip_route_t const *route = sip->sip_route; route; route = route->r_next)
        add_uri(&digest, route->r_url);
    htab_digest_field(&digest, sip->sip_call_id->i_id);
    htab_digest_field(&digest, sip->sip_from->a_tag);
    htab_digest_field(&digest, sip->sip_to->a_tag);
    htab_digest_field(&digest, sip->sip_event ? sip->sip_event->o_type : NULL);
    htab_digest_field(&digest, sip->sip_content_type ? sip->sip_content_type->c_type : NULL);
    htab_digest_add(&digest, &sip->sip_cseq->cs_seq, sizeof sip->sip_cseq->cs_seq);
    htab_digest_end(&digest, hash);
    text_begin(&line, ret_hash, NORMALIZE_HASH + 1);
    text_hex(&line, hash[0], NORMALIZE_HASH);
}

static bool is_loop(sip_t const *sip, char const *hash)
{
    for (sip_via_t const *via = sip->sip_via; via; via = via->v_next)
        if (via->v_branch && su_strcasestr(via->v_branch, hash))
            return true;
    return false;
}

/* --- Proxy-Require: RFC 3261 §16.3 step 5 --------------------------------------------------------
 */

static enum refusal check_extensions(sip_t const *sip, char header[static NORMALIZE_HEADER])
{
    size_t len = 0;
    if (!sip->sip_proxy_require || !sip->sip_proxy_require->k_items)
        return REFUSAL_NONE;
    for (msg_param_t const *item = sip->sip_proxy_require->k_items; *item; item++) {
        char const *before = len ? ", " : "Unsupported: ";
        if (len + strlen(before) + strlen(*item) >= NORMALIZE_HEADER)
            break;
        len += (size_t)snprintf(header + len, NORMALIZE_HEADER - len, "%s%s", before, *item);
    }
    return len ? REFUSAL_extension : REFUSAL_NONE;
}

/* -------------------------------------------------------------------------------------------------
 */

static enum refusal normalize(struct normalize_input const *input, msg_t *msg, sip_t *sip,
                              struct normalized *ret)
{
    struct domain const *own = input->own;
    enum refusal refusal;
    if (!is_sip(sip->sip_request->rq_url))
        return REFUSAL_scheme;
    refusal = spend_hop(msg, sip, &ret->no_hops_left);
    if (refusal)
        return refusal;
    refusal = check_extensions(sip, ret->header);
    if (refusal)
        return refusal;
    if (undo_strict_route(own, msg, sip, ret) < 0 || strip_own_maddr(own, msg, sip) < 0)
        return REFUSAL_memory;
    remove_own_routes(own, msg, sip, ret);
    if (!is_sip(sip->sip_request->rq_url))
        return REFUSAL_scheme;
    if (sip->sip_route && !is_sip(sip->sip_route->r_url))
        return REFUSAL_route;
    ret->identity_removed = !input->trusted && identity_distrust(msg);
    hash_routing(sip, input, ret->loop_hash);
    return is_loop(sip, ret->loop_hash) ? REFUSAL_loop : REFUSAL_NONE;
}

void normalize_request(struct normalize_input const *input, msg_t *msg, struct normalized *ret)
{
    *ret = (struct normalized){ .out_listener = DOMAIN_ANY_LISTENER };
    ret->refusal = normalize(input, msg, sip_object(msg), ret);
}

url_t const *normalize_next_hop(msg_t *msg)
{
    sip_t *sip = sip_object(msg);
    sip_route_t *first = sip->sip_route;
    if (!first)
        return sip->sip_request->rq_url;
    if (url_has_param(first->r_url, "lr"))
        return first->r_url;
    sip_route_t *last = sip_route_create(msg_home(msg), sip->sip_request->rq_url, NULL);
    if (!last || normalize_set_request_uri(msg, first->r_url) < 0 ||
        sip_header_insert(msg, sip, (sip_header_t *)last) < 0)
        return NULL;
    (void)sip_header_remove(msg, sip, (sip_header_t *)first);
    return sip->sip_request->rq_url;
}

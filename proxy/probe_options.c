/* SPDX-License-Identifier: Apache-2.0 */
/* OPTIONS and its answer: see probe_options.h. */
#include "probe_options.h"
#include "buf.h"
#include "message.h"
#include "tap.h"
#include "token.h"
#include "transaction_via.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MESSAGE_BYTES = 1200, BRANCH_BYTES = 128 };

msg_t *probe_options_new(char const *name, url_t const *uri, char const *domain,
                         char call_id[static PROBE_OPTIONS_CALL_ID])
{
    char text[MESSAGE_BYTES], tag[10 + 1];
    TOKEN_FILL(tag);
    token_fill(call_id, PROBE_OPTIONS_CALL_ID - 1);
    int len = snprintf(text, sizeof text,
                       "OPTIONS %s SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:%s>;tag=%s\r\n"
                       "To: <%s:%s>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                       name, domain, tag, uri->url_scheme, uri->url_host, call_id);
    return len < (int)sizeof text ? message_parse(text, (size_t)len) : NULL;
}

int probe_options_print(msg_t *options, struct transport const *transport, uint16_t listener,
                        char const *branch, struct buf *out)
{
    char via[TRANSACTION_VIA_SIZE], line[TRANSACTION_VIA_SIZE + 2];
    int error = transaction_via_print(transport, listener, branch, via);
    (void)snprintf(line, sizeof line, "%s\r\n", via);
    return error < 0 ? error : message_print_under(options, line, out);
}

/* --- answers -----------------------------------------------------------------------------------
 */

enum probe_options_reply probe_options_judge(sip_t const *sip, char const *call_id,
                                             char const *branch)
{
    sip_via_t const *via = sip->sip_via;
    if (!sip->sip_status || !sip->sip_call_id || strcmp(sip->sip_call_id->i_id, call_id) != 0)
        return PROBE_OPTIONS_STRANGE;
    /* RFC 3261 8.1.3.3: one Via, and that one ours. */
    if (!via || via->v_next || !via->v_branch || strcmp(via->v_branch, branch) != 0)
        return PROBE_OPTIONS_WRONG_VIA;
    if (!sip->sip_cseq || sip->sip_cseq->cs_method != sip_method_options)
        return PROBE_OPTIONS_WRONG;
    return sip->sip_status->st_status < 200 ? PROBE_OPTIONS_PROVISIONAL : PROBE_OPTIONS_FINAL;
}

static void copy(char ret[static PROBE_OPTIONS_TEXT], char const *text)
{
    (void)snprintf(ret, PROBE_OPTIONS_TEXT, "%s", text ? text : "");
}

/* Several lines are one list. */
static void read_allow(sip_t const *sip, char ret[static PROBE_OPTIONS_TEXT])
{
    size_t len = 0;
    ret[0] = '\0';
    for (sip_unknown_t const *un = sip->sip_unknown; un; un = un->un_next) {
        if (!un->un_name || !un->un_value || strcasecmp(un->un_name, "Allow") != 0)
            continue;
        size_t room = PROBE_OPTIONS_TEXT - len;
        int n = snprintf(ret + len, room, "%s%s", len ? ", " : "", un->un_value);
        len += n < 0 || (size_t)n >= room ? room - 1 : (size_t)n;
    }
}

void probe_options_read(sip_t const *sip, struct probe_options_answer *ret)
{
    sip_via_t const *via = sip->sip_via;
    *ret = (struct probe_options_answer){ .status = sip->sip_status->st_status };
    copy(ret->phrase, sip->sip_status->st_phrase);
    char const *server = message_unknown(sip, "Server");
    if (!server && sip->sip_user_agent)
        server = sip->sip_user_agent->g_string;
    copy(ret->server, server);
    read_allow(sip, ret->allow);
    char const *host = via && via->v_received ? via->v_received : NULL;
    char const *port = via && via->v_rport && *via->v_rport ? via->v_rport : NULL;
    if (host || port)
        (void)snprintf(ret->seen_as, sizeof ret->seen_as, "%s%s%s", host ? host : "",
                       port ? ":" : "", port ? port : "");
}

/* --- the tap -----------------------------------------------------------------------------------
 */

struct search {
    char const *call_id;
    char branch[BRANCH_BYTES]; /* of what we sent */
    enum probe_options_reply best;
    struct net_addr from;
};

static void look(struct search *search, struct tap_record const *record)
{
    msg_t *msg = message_parse(record->bytes, record->len);
    sip_t const *sip = msg ? sip_object(msg) : NULL;
    sip_via_t const *via = sip ? sip->sip_via : NULL;
    if (sip && record->direction == TAP_SENT && via && via->v_branch)
        (void)snprintf(search->branch, sizeof search->branch, "%s", via->v_branch);
    if (sip && record->direction == TAP_RECEIVED) {
        enum probe_options_reply reply = probe_options_judge(sip, search->call_id, search->branch);
        if (search->best == PROBE_OPTIONS_STRANGE || reply == PROBE_OPTIONS_FINAL) {
            search->best = reply;
            search->from = record->remote;
        }
    }
    msg_destroy(msg);
}

enum probe_options_reply probe_options_search(struct tap *tap, char const *call_id,
                                              struct net_addr *ret_from)
{
    struct search search = { .call_id = call_id, .best = PROBE_OPTIONS_STRANGE };
    struct tap_record const *record = NULL;
    if (!tap)
        return PROBE_OPTIONS_STRANGE;
    tap_lock(tap);
    for (uint64_t after = 0; (record = tap_next(tap, after)); after = record->serial)
        if (record->protocol == TAP_SIP &&
            memmem(record->bytes, record->len, call_id, strlen(call_id)))
            look(&search, record);
    tap_unlock(tap);
    *ret_from = search.from;
    return search.best;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Names of messages. Whatever came from the network becomes printable ASCII here. */
#include "ladder_label.h"
#include "message.h"
#include <ctype.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

/* Replaces what a terminal might obey. */
static void tame(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* Local name of the root element: what stands behind the first '<' that opens an element. */
static int root_name(char const *xml, char const **ret)
{
    char const *colon;
    int len;

    while ((xml = strchr(xml, '<')) && !isalpha((unsigned char)xml[1]))
        xml++;
    if (!xml)
        return 0;
    *ret = xml + 1;
    len = (int)strcspn(*ret, " \t\r\n/>");
    colon = memchr(*ret, ':', (size_t)len);
    if (colon) {
        len -= (int)(colon + 1 - *ret);
        *ret = colon + 1;
    }
    return len;
}

static bool ends_with(char const *name, int len, char const *tail)
{
    int n = (int)strlen(tail);

    return len >= n && memcmp(name + len - n, tail, (size_t)n) == 0;
}

void ladder_label_csta(char const *xml, struct ladder_label *ret)
{
    char const *name = "?";
    int len = root_name(xml, &name);

    *ret = (struct ladder_label){ 0 };
    snprintf(ret->text, sizeof ret->text, "%.*s", len ? len : 1, name);
    ret->is_answer = ends_with(name, len, "Response") || ends_with(name, len, "CSTAErrorCode");
    tame(ret->text);
}

static void name_party(sip_addr_t const *party, char *text, size_t size)
{
    if (!party || !party->a_url->url_host)
        return;
    if (party->a_url->url_user)
        snprintf(text, size, "%s@%s", party->a_url->url_user, party->a_url->url_host);
    else
        snprintf(text, size, "%s", party->a_url->url_host);
    tame(text);
}

/* A message that did not parse: its first line. */
static void label_first_line(char const *text, struct ladder_label *ret)
{
    snprintf(ret->text, sizeof ret->text, "%.*s", (int)strcspn(text, "\r\n"), text);
    tame(ret->text);
}

void ladder_label_sip(char const *text, bool sent, struct ladder_label *ret)
{
    msg_t *msg = message_parse(text, strlen(text));
    sip_t const *sip = msg ? sip_object(msg) : NULL;
    char const *name = "";
    int len = 0, room;

    *ret = (struct ladder_label){ 0 };
    if (!sip || message_fault(msg) || !sip->sip_cseq) {
        label_first_line(text, ret);
    } else {
        if (strcmp(message_content_type(sip), "application/csta+xml") == 0)
            len = root_name(sip->sip_payload->pl_data, &name);
        /* The status says that it is a response. */
        if (!sip->sip_request && ends_with(name, len, "Response"))
            len -= (int)strlen("Response");
        room = (int)sizeof ret->text - 32;
        if (len > room)
            len = room;
        if (sip->sip_request)
            snprintf(ret->text, sizeof ret->text, "%.24s%s%.*s", sip->sip_request->rq_method_name,
                     len ? " " : "", len, name);
        else if (len)
            snprintf(ret->text, sizeof ret->text, "%d %.*s", sip->sip_status->st_status, len, name);
        else
            snprintf(ret->text, sizeof ret->text, "%d %.24s", sip->sip_status->st_status,
                     sip->sip_cseq->cs_method_name);
        ret->is_answer = !sip->sip_request;
        /* A request goes from From to To, its response the other way. */
        name_party(sent == !ret->is_answer ? sip->sip_to : sip->sip_from, ret->party,
                   sizeof ret->party);
        tame(ret->text);
    }
    if (msg)
        msg_destroy(msg);
}

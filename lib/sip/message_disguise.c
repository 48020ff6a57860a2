/* SPDX-License-Identifier: Apache-2.0 */
/* Disguise of bytes for the parser. */
#include "message_internal.h"
#include <string.h>
#include <strings.h>

/* The parser takes parentheses for part of a method, and SIP does not. */
static char const own[] = "+`", stand_in[] = "()";

enum { SOH = 1, NEVER = 0x7f };

static void hide_nuls(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!text[i])
            text[i] = SOH;
}

static void hide_in_method(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char const *hidden = strchr(own, text[i]);
        if (hidden)
            text[i] = stand_in[hidden - own];
        else if (strchr(stand_in, text[i]))
            text[i] = NEVER;
    }
}

/* Length of a header line with what continues it. */
static size_t line_length(char const *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] == '\n' && (i + 1 == len || (line[i + 1] != ' ' && line[i + 1] != '\t')))
            return i + 1;
    return len;
}

void message_disguise(char *text, size_t header)
{
    size_t line, method = 0;

    hide_nuls(text, header);
    line = line_length(text, header);
    while (method < line && text[method] != ' ' && text[method] != '\t')
        method++;
    hide_in_method(text, method);
    for (size_t at = line; at < header; at += line) {
        line = line_length(text + at, header - at);
        if (line > 4 && strncasecmp(text + at, "CSeq", 4) == 0)
            hide_in_method(text + at, line);
    }
}

static void show_in_method(char const *name)
{
    /* A string of the message's own, of the length that it had. */
    for (char *p = (char *)name; p && *p; p++) {
        char const *hidden = strchr(stand_in, *p);
        if (hidden)
            *p = own[hidden - stand_in];
    }
}

void message_undisguise(sip_t *sip)
{
    if (sip->sip_request && sip->sip_request->rq_method == sip_method_unknown)
        show_in_method(sip->sip_request->rq_method_name);
    if (sip->sip_cseq && sip->sip_cseq->cs_method == sip_method_unknown)
        show_in_method(sip->sip_cseq->cs_method_name);
}

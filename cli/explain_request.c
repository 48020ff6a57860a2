/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for `explain`: see explain_request.h. */
#include "explain_request.h"
#include "buf.h"
#include <ctype.h>
#include <string.h>

bool explain_request_is_uri(char const *text)
{
    size_t len = 0;
    while (isalnum((unsigned char)text[len]) || (len && strchr("+-.", text[len]) && text[len]))
        len++;
    return len > 1 && text[len] == ':' && isalpha((unsigned char)*text);
}

void explain_request_make(char const *uri, char const *method, char const *event, struct buf *out)
{
    buf_printf(out,
               "%s %s SIP/2.0\r\n"
               "Via: SIP/2.0/UDP explain.invalid;branch=z9hG4bKexplain\r\n"
               "Max-Forwards: 70\r\n"
               "From: <sip:explain@explain.invalid>;tag=explain\r\n"
               "To: <%s>\r\n"
               "Call-ID: explain\r\n"
               "CSeq: 1 %s\r\n",
               method, uri, uri, method);
    if (event)
        buf_printf(out, "Event: %s\r\n", event);
    buf_puts(out, "Content-Length: 0\r\n\r\n");
}

void explain_request_normal(char const *text, struct buf *out)
{
    size_t len;
    while ((len = strcspn(text, "\r\n")) > 0) {
        buf_add(out, text, len);
        buf_puts(out, "\r\n");
        text += len;
        text += *text == '\r';
        text += *text == '\n';
    }
    buf_puts(out, "\r\n");
    text += *text == '\r';
    text += *text == '\n';
    buf_puts(out, text);
}

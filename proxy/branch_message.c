/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a forwarded request: see branch_message.h. */
#include "branch_message.h"
#include "message.h"
#include "normalize.h"
#include "text.h"
#include <sofia-sip/sip_header.h>
#include <stdlib.h>

unsigned branch_message_take_breadth(msg_t *msg, unsigned max)
{
    char const *text = message_unknown(sip_object(msg), "Max-Breadth");
    char *end;
    if (!text)
        return max;
    unsigned long breadth = strtoul(text, &end, 10);
    bool sound = *text >= '0' && *text <= '9' && !*end && breadth <= max;
    message_remove(msg, "Max-Breadth");
    return sound ? (unsigned)breadth : max;
}

unsigned branch_message_share(unsigned breadth, unsigned waiting)
{
    return breadth > waiting ? breadth / waiting : 1;
}

bool branch_message_is_unchanged(struct route_hop const *hop)
{
    return hop->uri && !hop->request_uri && !hop->route_set;
}

url_t const *branch_message_edit(msg_t *msg, struct route_hop const *hop)
{
    if (hop->request_uri && normalize_set_request_uri(msg, hop->request_uri) < 0)
        return NULL;
    if (hop->route_set &&
        sip_add_dup(msg, sip_object(msg), (sip_header_t const *)hop->route_set) < 0)
        return NULL;
    return hop->uri ? hop->uri : normalize_next_hop(msg);
}

int branch_message_lines(sip_t const *sip, struct transport const *transport, uint16_t in_listener,
                         uint16_t out_listener, unsigned breadth,
                         char ret[static BRANCH_MESSAGE_LINES])
{
    struct text line;
    text_begin(&line, ret, BRANCH_MESSAGE_LINES);
    text_puts(&line, "Max-Breadth: ");
    text_number(&line, breadth, 1);
    text_puts(&line, "\r\n");
    if (!egress_makes_dialog(sip))
        return 0;
    return egress_record_route(transport, sip, in_listener, out_listener, line.at);
}

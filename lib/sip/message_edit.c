/* SPDX-License-Identifier: Apache-2.0 */
/* Editing of SIP messages: headers by text, bodies, and dropping the bytes of an edited header. */
#include "message.h"
#include "text.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/msg_mclass_hash.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int message_set_body(msg_t *msg, char const *type, void const *bytes, size_t len)
{
    su_home_t *home = msg_home(msg);
    sip_t *sip = sip_object(msg);
    char text[32];

    if (sip->sip_payload)
        sip_header_remove(msg, sip, (sip_header_t *)sip->sip_payload);
    if (sip->sip_content_type)
        sip_header_remove(msg, sip, (sip_header_t *)sip->sip_content_type);
    if (bytes && len) {
        sip_content_type_t *header = sip_content_type_make(home, type);
        sip_payload_t *payload = sip_payload_create(home, bytes, (isize_t)len);
        if (!header || !payload || sip_header_insert(msg, sip, (sip_header_t *)header) < 0 ||
            sip_header_insert(msg, sip, (sip_header_t *)payload) < 0)
            return -ENOMEM;
    }
    snprintf(text, sizeof text, "Content-Length: %zu", bytes ? len : 0);
    return message_add(msg, text);
}

static int add_list_items(msg_t *msg, msg_hclass_t *hc, char const *value)
{
    return msg_header_add_make(msg, NULL, hc, value) < 0 ? -EINVAL : 0;
}

static int add(msg_t *msg, char const *line, bool first)
{
    isize_t name_len = 0;

    if (strpbrk(line, "\r\n"))
        return -EINVAL;
    msg_href_t const *href = msg_find_hclass(message_class(), line, &name_len);
    if (!href || name_len == 0 || href->hr_class == sip_error_class)
        return -EINVAL;
    msg_hclass_t *hc = href->hr_class;
    if (hc->hc_kind == msg_kind_list)
        return add_list_items(msg, hc, line + name_len);
    msg_header_t *header = msg_header_d(msg_home(msg), msg, line);
    if (!header)
        return -ENOMEM;
    msg_header_t **place = msg_hclass_offset(message_class(), (msg_pub_t *)sip_object(msg), hc);
    if (!place || header->sh_class != hc) {
        msg_header_free_all(msg_home(msg), header);
        return -EINVAL;
    }
    int done = first ? msg_header_prepend(msg, (msg_pub_t *)sip_object(msg), place, header)
                     : msg_header_insert(msg, NULL, header);
    return done < 0 ? -EINVAL : 0;
}

int message_add(msg_t *msg, char const *header_line)
{
    return add(msg, header_line, false);
}

int message_add_first(msg_t *msg, char const *header_line)
{
    return add(msg, header_line, true);
}

int message_add_lines(msg_t *msg, char const *lines)
{
    char line[1024];
    size_t len = strcspn(lines, "\r");

    if (!len)
        return 0;
    if (len >= sizeof line || !lines[len] || lines[len + 1] != '\n')
        return -EINVAL;
    memcpy(line, lines, len);
    line[len] = '\0';
    /* Those below first, so that the upper ones come to stand above them. */
    int error = message_add_lines(msg, lines + len + 2);
    return error < 0 ? error : message_add_first(msg, line);
}

static void remove_unknown(msg_t *msg, sip_t *sip, char const *name)
{
    sip_unknown_t *next;

    for (sip_unknown_t *un = sip->sip_unknown; un; un = next) {
        next = un->un_next;
        if (un->un_name && strcasecmp(un->un_name, name) == 0)
            sip_header_remove(msg, sip, (sip_header_t *)un);
    }
}

void message_remove(msg_t *msg, char const *name)
{
    sip_t *sip = sip_object(msg);
    isize_t name_len = 0;
    char line[64];

    if ((size_t)snprintf(line, sizeof line, "%s:", name) >= sizeof line) {
        remove_unknown(msg, sip, name);
        return;
    }
    msg_href_t const *href = msg_find_hclass(message_class(), line, &name_len);
    if (!href || href->hr_class == sip_unknown_class || href->hr_class == sip_error_class) {
        remove_unknown(msg, sip, name);
        return;
    }
    msg_header_t **all = msg_hclass_offset(message_class(), (msg_pub_t *)sip, href->hr_class);
    while (all && *all)
        msg_header_remove(msg, (msg_pub_t *)sip, *all);
}

void message_edited(msg_t *msg, void *header)
{
    msg_header_t *edited = header;
    msg_header_t **all =
        msg_hclass_offset(message_class(), (msg_pub_t *)sip_object(msg), edited->sh_class);

    if (!edited->sh_data)
        return;
    /* Headers of one line: the first owns all its bytes, the others point behind them. */
    char const *line_end = (char const *)edited->sh_data + edited->sh_len;
    for (msg_header_t *h = all ? *all : NULL; h; h = h->sh_next)
        if (h->sh_data && (char const *)h->sh_data + h->sh_len == line_end)
            h->sh_data = NULL, h->sh_len = 0;
    edited->sh_data = NULL;
    edited->sh_len = 0;
}

void message_edited_number(msg_t *msg, void *header, uint32_t number)
{
    enum { MAX_DIGITS = 10 };
    msg_header_t *edited = header;
    char const *line = edited->sh_data ? edited->sh_data : "", *end = line + edited->sh_len;
    char const *digits = memchr(line, ':', edited->sh_len);
    struct text text;

    while (digits && digits < end && (*digits < '0' || *digits > '9'))
        digits++;
    size_t size = edited->sh_len + MAX_DIGITS + 1;
    char *memory = digits && digits < end ? su_alloc(msg_home(msg), (isize_t)size) : NULL;
    if (!memory) {
        message_edited(msg, header);
        return;
    }
    /* Memory of its own: a copy of the message may share the old one. */
    text_begin(&text, memory, size);
    text_add(&text, line, (size_t)(digits - line));
    text_number(&text, number, 1);
    while (digits < end && *digits >= '0' && *digits <= '9')
        digits++;
    text_add(&text, digits, (size_t)(end - digits));
    edited->sh_data = memory;
    edited->sh_len = (unsigned)text_len(&text);
}

void message_make_quotable(char *text)
{
    for (; *text; text++)
        if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20 ||
            (unsigned char)*text >= 0x7f)
            *text = '?';
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of receipts between two counters that wrap: see stream_ack.h. */
#include "stream_ack.h"
#include "buf.h"
#include "xml_tree.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 16 };

void stream_ack_init(struct stream_ack *ack)
{
    *ack = (struct stream_ack){ .sent = 0 };
}

void stream_ack_fini(struct stream_ack *ack)
{
    free(ack->receipts);
    stream_ack_init(ack);
}

size_t stream_ack_left(struct stream_ack const *ack)
{
    return (uint32_t)(ack->sent - ack->known);
}

static bool grow(struct stream_ack *ack, size_t left)
{
    size_t size = ack->size ? 2 * ack->size : FIRST_SIZE;
    void **receipts = reallocarray(NULL, size, sizeof *receipts);

    if (!receipts)
        return false;
    for (size_t i = 0; i < left; i++)
        receipts[i] = ack->receipts[(ack->first + i) & (ack->size - 1)];
    free(ack->receipts);
    ack->receipts = receipts;
    ack->first = 0;
    ack->size = size;
    return true;
}

int stream_ack_send(struct stream_ack *ack, void *receipt)
{
    size_t left = stream_ack_left(ack);

    if (left == ack->size && !grow(ack, left))
        return -ENOMEM;
    ack->sent++;
    ack->receipts[(ack->first + left) & (ack->size - 1)] = receipt;
    ack->waiting += receipt != NULL;
    return 0;
}

/* The oldest one is told, and no more ours before that: who hears of it may send again. */
static void tell_first(struct stream_ack *ack, stream_ack_fn *tell, void *ctx)
{
    void *receipt = ack->receipts[ack->first];

    ack->first = (ack->first + 1) & (ack->size - 1);
    ack->known++;
    ack->waiting -= receipt != NULL;
    if (receipt)
        tell(ctx, receipt);
}

int stream_ack_take(struct stream_ack *ack, uint32_t h, stream_ack_fn *tell, void *ctx)
{
    uint32_t new = h - ack->known;

    if (new > stream_ack_left(ack))
        return -ERANGE;
    if (ack->is_asked && (uint32_t)(h - ack->asked) <= stream_ack_left(ack))
        ack->is_asked = false;
    while (new -- > 0)
        tell_first(ack, tell, ctx);
    return 0;
}

bool stream_ack_ask(struct stream_ack *ack)
{
    if (ack->is_asked || !ack->waiting)
        return false;
    ack->is_asked = true;
    ack->asked = ack->sent;
    return true;
}

void stream_ack_lose(struct stream_ack *ack, stream_ack_fn *tell, void *ctx)
{
    uint32_t left = (uint32_t)stream_ack_left(ack);

    while (left-- > 0)
        tell_first(ack, tell, ctx);
    stream_ack_fini(ack);
}

/* --- on the wire --------------------------------------------------------------------------------
 */

bool stream_ack_read(struct xml_element const *element, uint32_t *ret_h)
{
    char const *text = xml_element_attribute(element, "h");
    uint64_t h = 0;

    if (!text || !*text || strlen(text) > 10)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        h = h * 10 + (uint64_t)(*text - '0');
    }
    *ret_h = (uint32_t)h;
    return h <= UINT32_MAX;
}

void stream_ack_write_request(struct buf *out)
{
    buf_puts(out, "<r xmlns='" STREAM_ACK_NS "'/>");
}

void stream_ack_write_answer(struct stream_ack const *ack, struct buf *out)
{
    buf_printf(out, "<a xmlns='" STREAM_ACK_NS "' h='%" PRIu32 "'/>", ack->handled);
}

void stream_ack_write_fault(struct stream_ack const *ack, uint32_t h, struct buf *out)
{
    buf_printf(out,
               "<undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
               "<handled-count-too-high xmlns='" STREAM_ACK_NS "' h='%" PRIu32
               "' send-count='%" PRIu32 "'/>",
               h, ack->sent);
}

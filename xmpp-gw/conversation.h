/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations: a SIP user and an XMPP user who write to each other (guide part 3, 18.1). One
 * begins with a message of either, is touched by each, and is forgotten when it has been idle for
 * im_idle; of too many, the one that has been idle longest.
 *
 * It holds what SIP wants of messages that have no dialog: a From tag, a Call-ID for those without
 * a thread, a CSeq that counts; the ids of messages that were taken over, so that an error that
 * comes later is known for one; and whether the SIP user is typing, for in SIP that ends by itself
 * (RFC 3994 3.3). Both are named by bare JIDs. */
#pragma once
#include "htab.h"
#include "wheel.h"
#include <sys/queue.h>

enum { CONVERSATION_TOKEN = 24, CONVERSATION_IDS = 16, CONVERSATION_ID_BYTES = 65 };

struct conversations;

struct conversation {
    struct htab_entry by_pair;
    TAILQ_ENTRY(conversation) by_age;
    struct conversations *all;
    struct wheel_timer typing;
    uint64_t touched_ms;
    uint32_t cseq; /* used last */
    unsigned n_sent;
    char tag[CONVERSATION_TOKEN + 1], call_id[CONVERSATION_TOKEN + 1];
    struct conversation_sent {
        char id[CONVERSATION_ID_BYTES];
        unsigned wants;       /* what its sender wants to hear: bits of the caller's */
    } sent[CONVERSATION_IDS]; /* a ring */
    char *jid;                /* of the XMPP user; in the same memory as `sip` */
    char sip[];               /* JID of the SIP user */
};

/** The SIP user types no more: nothing has been heard of it for so long. */
typedef void conversation_idle_fn(void *ctx, struct conversation *conversation);

struct conversations {
    struct htab by_pair;
    TAILQ_HEAD(, conversation) by_age; /* the one that was touched last at the end */
    struct wheel *wheel;
    struct wheel_timer sweep;
    uint64_t idle_ms;
    size_t max;
    conversation_idle_fn *on_typed;
    void *ctx;
};

void conversations_init(struct conversations *all, struct wheel *wheel, uint64_t idle_ms,
                        size_t max, conversation_idle_fn *on_typed, void *ctx);
void conversations_fini(struct conversations *all);

/** That of these two, made if there is none; resources of the JIDs are not looked at. It is touched
 *  by this. NULL: out of memory. Valid until the loop goes on. */
struct conversation *conversation_get(struct conversations *all, char const *sip, char const *jid);
struct conversation *conversation_find(struct conversations *all, char const *sip, char const *jid);

/** The peer has taken over the message @p id; NULL and what is too long is not remembered. */
void conversation_sent(struct conversation *conversation, char const *id, unsigned wants);

/** What its sender wants to hear of @p id; 0 if it was not taken over. */
unsigned conversation_wants(struct conversation const *conversation, char const *id);

/** Was @p id taken over, and is this the first that is heard of its failure? */
bool conversation_fails(struct conversation *conversation, char const *id, unsigned *ret_wants);

/** The SIP user types, and will be heard of again within @p in_s; 0: types no more. */
void conversation_types(struct conversation *conversation, unsigned in_s);

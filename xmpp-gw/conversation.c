/* SPDX-License-Identifier: Apache-2.0 */
/* A table, and a list in the order of age: see conversation.h. */
#include "conversation.h"
#include "clock.h"
#include "token.h"
#include "xmpp_metrics.h"
#include <stdlib.h>
#include <string.h>

struct pair {
    char const *sip, *jid;
    size_t sip_len, jid_len;
};

static struct pair pair_of(char const *sip, char const *jid)
{
    return (struct pair){ sip, jid, strcspn(sip, "/"), strcspn(jid, "/") };
}

static uint64_t hash_of(struct pair const *pair)
{
    return htab_hash(pair->jid, pair->jid_len, htab_hash(pair->sip, pair->sip_len, 0));
}

static bool is_same(char const *bare, char const *text, size_t len)
{
    return strncmp(bare, text, len) == 0 && bare[len] == '\0';
}

static bool match(struct htab_entry const *entry, void const *key)
{
    struct conversation const *c = (struct conversation const *)entry;
    struct pair const *pair = key;

    return is_same(c->sip, pair->sip, pair->sip_len) && is_same(c->jid, pair->jid, pair->jid_len);
}

/* --- their life ------------------------------------------------------------------------------- */

static void forget(struct conversation *c)
{
    struct conversations *all = c->all;

    wheel_disarm(&c->typing);
    htab_remove(&all->by_pair, &c->by_pair);
    TAILQ_REMOVE(&all->by_age, c, by_age);
    free(c);
    xmpp_gauge(M_conversations, -1);
}

/* All idle equally long, so the list is in the order of their ends. */
static void on_sweep(struct wheel_timer *timer)
{
    struct conversations *all =
        (struct conversations *)((char *)timer - offsetof(struct conversations, sweep));
    uint64_t now = clock_now_ms();
    struct conversation *oldest;

    while ((oldest = TAILQ_FIRST(&all->by_age)) && now - oldest->touched_ms >= all->idle_ms)
        forget(oldest);
    if (oldest)
        wheel_arm(all->wheel, timer, oldest->touched_ms + all->idle_ms - now, on_sweep);
}

void conversations_init(struct conversations *all, struct wheel *wheel, uint64_t idle_ms,
                        size_t max, conversation_idle_fn *on_typed, void *ctx)
{
    *all = (struct conversations){
        .wheel = wheel, .idle_ms = idle_ms, .max = max, .on_typed = on_typed, .ctx = ctx
    };
    htab_init(&all->by_pair);
    TAILQ_INIT(&all->by_age);
}

void conversations_fini(struct conversations *all)
{
    while (!TAILQ_EMPTY(&all->by_age))
        forget(TAILQ_FIRST(&all->by_age));
    wheel_disarm(&all->sweep);
    htab_fini(&all->by_pair);
}

static struct conversation *begin(struct conversations *all, struct pair const *pair)
{
    size_t size = sizeof(struct conversation) + pair->sip_len + pair->jid_len + 2;
    struct conversation *c = calloc(1, size);

    if (!c || htab_insert(&all->by_pair, &c->by_pair, hash_of(pair)) < 0) {
        free(c);
        return NULL;
    }
    c->all = all;
    c->jid = c->sip + pair->sip_len + 1;
    memcpy(c->sip, pair->sip, pair->sip_len);
    memcpy(c->jid, pair->jid, pair->jid_len);
    TOKEN_FILL(c->tag);
    TOKEN_FILL(c->call_id);
    xmpp_gauge(M_conversations, 1);
    return c;
}

struct conversation *conversation_find(struct conversations *all, char const *sip, char const *jid)
{
    struct pair pair = pair_of(sip, jid);

    return (struct conversation *)htab_find(&all->by_pair, hash_of(&pair), match, &pair);
}

struct conversation *conversation_get(struct conversations *all, char const *sip, char const *jid)
{
    struct conversation *c = conversation_find(all, sip, jid);
    struct pair pair = pair_of(sip, jid);

    if (c)
        TAILQ_REMOVE(&all->by_age, c, by_age);
    else if (!(c = begin(all, &pair)))
        return NULL;
    TAILQ_INSERT_TAIL(&all->by_age, c, by_age);
    c->touched_ms = clock_now_ms();
    if (all->by_pair.n > all->max)
        forget(TAILQ_FIRST(&all->by_age));
    if (!all->sweep.armed)
        wheel_arm(all->wheel, &all->sweep, all->idle_ms, on_sweep);
    return c;
}

/* --- what was taken over ---------------------------------------------------------------------- */

void conversation_sent(struct conversation *c, char const *id, unsigned wants)
{
    if (!id || strlen(id) >= CONVERSATION_ID_BYTES)
        return;
    struct conversation_sent *sent = &c->sent[c->n_sent++ % CONVERSATION_IDS];
    memcpy(sent->id, id, strlen(id) + 1);
    sent->wants = wants;
}

/* CONVERSATION_IDS: it was not taken over, or long ago. */
static unsigned find_sent(struct conversation const *c, char const *id)
{
    unsigned i = 0;

    if (!id || !*id)
        return CONVERSATION_IDS;
    while (i < CONVERSATION_IDS && strcmp(c->sent[i].id, id) != 0)
        i++;
    return i;
}

unsigned conversation_wants(struct conversation const *c, char const *id)
{
    unsigned i = find_sent(c, id);

    return i < CONVERSATION_IDS ? c->sent[i].wants : 0;
}

bool conversation_fails(struct conversation *c, char const *id, unsigned *ret_wants)
{
    unsigned i = find_sent(c, id);

    *ret_wants = conversation_wants(c, id);
    if (i == CONVERSATION_IDS)
        return false;
    c->sent[i].id[0] = '\0';
    return true;
}

/* --- typing ----------------------------------------------------------------------------------- */

static void on_typing_over(struct wheel_timer *timer)
{
    struct conversation *c =
        (struct conversation *)((char *)timer - offsetof(struct conversation, typing));

    c->all->on_typed(c->all->ctx, c);
}

void conversation_types(struct conversation *c, unsigned in_s)
{
    if (in_s)
        wheel_arm(c->all->wheel, &c->typing, (uint64_t)in_s * 1000, on_typing_over);
    else
        wheel_disarm(&c->typing);
}

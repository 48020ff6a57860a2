/* SPDX-License-Identifier: Apache-2.0 */
/* The table of subscriptions to contacts of other domains, and the words about one of them. */
#include "foreign_commands.h"
#include "clock.h"
#include "event_server.h"
#include "foreign.h"
#include "presence_address.h"
#include "presence_conf.h"
#include "svc.h"

static json_int_t seconds_until(uint64_t due_ms)
{
    uint64_t now = clock_now_ms();

    return (json_int_t)(due_ms > now ? (due_ms - now) / 1000 : 0);
}

static char const *reason_of(struct foreign const *f)
{
    return f->watch.reason ? f->watch.reason : "";
}

void foreign_commands_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("user", "contact", "subscription", "says", "answer", "reason",
                              "next s", "lists", NULL);
    struct event_server const *server = svc_state(svc);
    struct foreign const *f;

    (void)args;
    for (f = server->foreigners ? LIST_FIRST(&server->foreigners->list) : NULL; f;
         f = LIST_NEXT(f, among_all)) {
        struct watch const *w = &f->watch;
        ctl_table_row(
            table,
            json_pack("[s,s,s,s,o,s,o,i]", f->user, f->address, watch_state_str(w),
                      foreign_says_str(f), w->status ? json_integer(w->status) : json_null(),
                      reason_of(f),
                      w->timer.armed ? json_integer(seconds_until(w->timer.due_ms)) : json_null(),
                      (int)f->n_leaves));
    }
    ctl_reply(call, table);
}

/* --- why-not ---------------------------------------------------------------------------------- */

struct words {
    char const *verdict, *sees;
};

static struct words words_of(struct foreign const *f)
{
    if (watch_is_stopped(&f->watch))
        return (struct words){ "refuse", "is refused" };
    switch (f->says) {
    case FOREIGN_PENDING:
        return (struct words){ "ask", "waits until the contact has decided" };
    case FOREIGN_ACTIVE:
        return (struct words){ "allow",
                               f->text ? "sees the availability" : "may see it; nothing is shown" };
    default:
        return (struct words){ "unknown", "sees nothing now" };
    }
}

void foreign_commands_why_not(struct event_server const *server, struct ctl_call *call,
                              char const *user, char const *address)
{
    json_t *table = ctl_table("of", "verdict", "watcher", "rule", "because", NULL);
    struct foreigners *all = server->foreigners;
    struct foreign const *f = all ? foreign_find(all, user, address) : NULL;

    if (!f) {
        ctl_table_row(table,
                      json_pack("[s,s,s,s,s]", "presence", "unknown", "is not subscribed",
                                "not-watched",
                                all ? "no list of the user that is watched now holds it, or "
                                      "foreign.max_per_domain is reached"
                                : server->conf->foreign.n ? "presence.availability_sharing is off"
                                                          : "there is no group presence.foreign"));
    } else {
        struct words words = words_of(f);
        json_t *because =
            json_sprintf("%s decides; subscription %s, last answer %d%s%s",
                         presence_address_domain(address), watch_state_str(&f->watch),
                         (int)f->watch.status, f->watch.reason ? ", ended for " : "", reason_of(f));
        ctl_table_row(table, json_pack("[s,s,s,s,o]", "presence", words.verdict, words.sees,
                                       "other-side", because));
    }
    ctl_reply(call, table);
}

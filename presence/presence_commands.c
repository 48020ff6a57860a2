/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that an administrator looks at. */
#include "presence_commands.h"
#include "clock.h"
#include "command_user.h"
#include "composed.h"
#include "dialog.h"
#include "event_server.h"
#include "foreign_commands.h"
#include "phone_commands.h"
#include "pidf_write.h"
#include "presence_address.h"
#include "presentity.h"
#include "publication.h"
#include "rls.h"
#include "statement_commands.h"
#include "subscription.h"
#include "svc.h"
#include "watcher_policy.h"
#include "watcherinfo.h"
#include <string.h>

static json_int_t seconds_left(uint64_t due_ms)
{
    uint64_t now = clock_now_ms();

    return (json_int_t)(due_ms > now ? (due_ms - now) / 1000 : 0);
}

/* --- all users -------------------------------------------------------------------------------- */

static void reply_users(struct event_server const *server, struct ctl_call *call)
{
    json_t *table = ctl_table("user", "state", "rule", "publications", "watchers", NULL);

    for (struct htab_entry *e = htab_next(&server->presentities, NULL); e;
         e = htab_next(&server->presentities, e)) {
        struct presentity const *p = (struct presentity const *)e;
        ctl_table_row(table, json_pack("[s,s,s,i,i]", p->address,
                                       p->composed ? composed_state(p->composed) : "",
                                       p->composed ? composed_rule(p->composed) : "",
                                       (int)p->n_publications, (int)presentity_watchers(p)));
    }
    ctl_reply(call, table);
}

/* --- one user --------------------------------------------------------------------------------- */

json_int_t presence_commands_age_s(int64_t time_ms)
{
    int64_t now = (int64_t)(clock_wall_us() / 1000);

    return (json_int_t)(now > time_ms ? (now - time_ms) / 1000 : 0);
}

static void add_source(void *table, struct composed_source const *s)
{
    ctl_table_row(table, json_pack("[s,s,s,s,I,o,s]", "source", s->name, s->says, s->kind,
                                   presence_commands_age_s(s->time_ms),
                                   s->due_ms ? json_integer(seconds_left(s->due_ms)) : json_null(),
                                   s->marks));
}

static void add_watcher(json_t *table, struct subscription const *s,
                        struct user_policy_decision const *decision)
{
    ctl_table_row(table,
                  json_pack("[s,s,s,s,n,I,s]", "watcher", s->watcher,
                            user_policy_outcome(USER_POLICY_PRESENCE, decision->verdict),
                            decision->rule->name, seconds_left(s->due_ms), s->list ? "list" : ""));
}

static void add_watchers(json_t *table, struct presentity const *presentity)
{
    struct subscription const *s;
    struct rls_leaf const *leaf;

    LIST_FOREACH(s, &presentity->subscriptions, link)
    {
        add_watcher(table, s, &s->decision);
    }
    LIST_FOREACH(leaf, &presentity->leaves, link)
    {
        add_watcher(table, leaf->list, &leaf->decision);
    }
}

static void reply_user(struct event_server *server, struct ctl_call *call, char const *user)
{
    char address[PRESENCE_ADDRESS_BYTES];
    struct presentity *p;

    if (!command_user_read(server, call, user, address))
        return;
    p = presentity_get(server, address);
    if (p && presentity_show(p, PRESENTITY_FULL, pidf_profiles())) {
        json_t *table =
            ctl_table("what", "who", "state", "by", "age s", "expires s", "marks", NULL);
        ctl_table_row(table,
                      json_pack("[s,s,s,s,n,n,s]", "composed", p->address,
                                composed_state(p->composed), composed_rule(p->composed), ""));
        composed_sources(p, add_source, table);
        add_watchers(table, p);
        ctl_reply(call, table);
    } else {
        ctl_fail(call, "unavailable", "there is no memory for %s", address);
    }
    if (p)
        presentity_release(p);
}

static void cmd_show_presence(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    char const *user = ctl_arg(args, "user");

    if (user)
        reply_user(svc_state(svc), call, user);
    else
        reply_users(svc_state(svc), call);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* What the watcher has heard; restored: nothing since a restart. */
static char const *told_str(struct subscription const *s)
{
    if (s->reason)
        return s->reason;
    if (s->is_restored)
        return "restored";
    if (s->outgoing)
        return s->untold ? "late" : "unanswered";
    return s->untold ? "waits" : "all";
}

static char const *document_name(struct subscription const *s)
{
    if (s->list)
        return "list";
    return s->profile ? s->profile->name : s->package->name;
}

static void cmd_show_subscriptions(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("user", "watcher", "state", "expires s", "told", "rule", "profile",
                              "call-id", NULL);
    struct event_server const *server = svc_state(svc);
    struct subscription const *s;

    (void)args;
    LIST_FOREACH(s, &server->all, among_all)
    {
        ctl_table_row(table, json_pack("[s,s,s,I,s,s,s,s]", s->presentity->address, s->watcher,
                                       subscription_state_str(s), seconds_left(s->due_ms),
                                       told_str(s), s->decision.rule->name, document_name(s),
                                       dialog_call_id(s->dialog)));
    }
    ctl_reply(call, table);
}

static void cmd_show_publications(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("user", "source", "says", "expires s", "entity tag", NULL);
    struct event_server const *server = svc_state(svc);

    (void)args;
    for (struct htab_entry *e = htab_next(&server->publications, NULL); e;
         e = htab_next(&server->publications, e)) {
        struct publication const *p = (struct publication const *)e;
        ctl_table_row(table, json_pack("[s,s,s,I,s]", p->presentity->address, p->name,
                                       composed_says(p), seconds_left(p->due_ms), p->etag));
    }
    ctl_reply(call, table);
}

/* --- policy ----------------------------------------------------------------------------------- */

static void cmd_contacts_reload(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)args;
    rosters_reload(&((struct event_server *)svc_state(svc))->rosters, call);
}

static bool watches(struct presentity const *presentity, char const *watcher)
{
    struct subscription const *s;
    struct rls_leaf const *leaf;

    LIST_FOREACH(s, &presentity->subscriptions, link)
    {
        if (strcmp(s->watcher, watcher) == 0)
            return true;
    }
    LIST_FOREACH(leaf, &presentity->leaves, link)
    {
        if (leaf->decision.verdict != USER_POLICY_REFUSE &&
            strcmp(leaf->list->watcher, watcher) == 0)
            return true;
    }
    return false;
}

static void cmd_why_not(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    static char const *const questions[USER_POLICY_QUESTIONS] = { "presence", "messages" };
    struct event_server const *server = svc_state(svc);
    char user[PRESENCE_ADDRESS_BYTES], watcher[PRESENCE_ADDRESS_BYTES];

    if (!command_user_address(server, call, ctl_arg(args, "watcher"), watcher) ||
        !command_user_address(server, call, ctl_arg(args, "user"), user))
        return;
    if (!own_users_are_of(&server->users, presence_address_domain(user)) &&
        event_server_has_user(server, watcher)) {
        foreign_commands_why_not(server, call, watcher, user);
        return;
    }
    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    struct presentity const *p = presentity_find((struct event_server *)server, user);
    json_t *table = ctl_table("of", "verdict", "watcher", "rule", "because", NULL);
    for (int i = 0; i < USER_POLICY_QUESTIONS; i++) {
        enum user_policy_question question = (enum user_policy_question)i;
        struct user_policy_decision d =
            watcher_policy_ask(server, question, user, watcher, p ? presentity_watchers(p) : 0,
                               !p || !watches(p, watcher));
        ctl_table_row(
            table, json_pack("[s,s,s,s,s]", questions[i], user_policy_verdict_str(d.verdict),
                             user_policy_outcome(question, d.verdict), d.rule->name, d.rule->help));
    }
    ctl_reply(call, table);
}

/* Who is gone, and the user has not decided. */
static void add_waiting(json_t *table, struct presentity const *p)
{
    struct winfo_watcher const *w;

    TAILQ_FOREACH(w, &p->winfo.watchers, link)
    {
        if (w->status != WATCHERINFO_WAITING)
            continue;
        struct user_policy_decision d = watcher_policy_decide(p, w->address, false);
        ctl_table_row(table,
                      json_pack("[s,s,s,s,b,n]", w->address, watcherinfo_status_name(w->status),
                                user_policy_verdict_str(d.verdict), d.rule->name, 0));
    }
}

/* Who watches by a list. */
static void add_leaves(json_t *table, struct presentity const *p)
{
    struct rls_leaf const *leaf;

    LIST_FOREACH(leaf, &p->leaves, link)
    {
        if (leaf->decision.verdict == USER_POLICY_REFUSE)
            continue;
        ctl_table_row(table,
                      json_pack("[s,s,s,s,b,I]", leaf->list->watcher,
                                leaf->decision.verdict == USER_POLICY_ASK ? "pending" : "active",
                                user_policy_verdict_str(leaf->decision.verdict),
                                leaf->decision.rule->name, 0, seconds_left(leaf->list->due_ms)));
    }
}

static void cmd_watchers(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char user[PRESENCE_ADDRESS_BYTES];
    struct subscription const *s;

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    struct presentity const *p = presentity_find(server, user);
    json_t *table = ctl_table("watcher", "state", "verdict", "rule", "ad-hoc", "expires s", NULL);
    if (p) {
        add_waiting(table, p);
        add_leaves(table, p);
        LIST_FOREACH(s, &p->subscriptions, link)
        {
            ctl_table_row(table,
                          json_pack("[s,s,s,s,b,I]", s->watcher, subscription_state_str(s),
                                    user_policy_verdict_str(s->decision.verdict),
                                    s->decision.rule->name, s->is_adhoc, seconds_left(s->due_ms)));
        }
    }
    ctl_reply(call, table);
}

struct ctl_command const presence_commands[] = {
    { "show presence", CTL_READ, cmd_show_presence, "[USER]",
      "Users with publications or watchers; of one: its sources, what they come to and by which "
      "rule, and who sees it." },
    { "show subscriptions", CTL_READ, cmd_show_subscriptions, NULL,
      "Who watches whom, and which rule says what they see." },
    { "show publications", CTL_READ, cmd_show_publications, NULL,
      "What clients have published, and for how long." },
    { "watchers", CTL_READ, cmd_watchers, "USER",
      "Who watches a user, who of them waits, and which rule says so." },
    { "why-not", CTL_READ, cmd_why_not, "WATCHER USER",
      "May WATCHER see the availability of USER, and send messages; which rule says so. Of one of "
      "another domain: what that domain has said." },
    { "presence set", CTL_WRITE, statement_commands_set, "USER STATE [NOTE]",
      "Set the state of a user by hand: available, away, dnd, busy or unavailable; until it is "
      "cleared, or the last client signs out." },
    { "presence clear", CTL_WRITE, statement_commands_clear, "USER",
      "Take back what was set by hand, here or by a client." },
    { "presence calendar", CTL_WRITE, statement_commands_calendar, "USER STATE [until] [TIME]",
      "Say what the calendar of a user says: busy or free, until a time (RFC 3339) or for a span "
      "(90m)." },
    { "contacts reload", CTL_WRITE, cmd_contacts_reload, NULL,
      "Read contact lists and policies anew from the store." },
    { "show foreign", CTL_READ, foreign_commands_show, NULL,
      "Contacts of other domains that lists subscribe to, and what their domains say." },
    { "show phone-states", CTL_READ, phone_commands_show, NULL,
      "Lines of phones, whose they are, and what the call manager says of them." },
    { 0 },
};

/* SPDX-License-Identifier: Apache-2.0 */
/* See acl_names.h. A bounded number of questions is under way at any time; what the answers change
 * is put in force together when none is left, or after a short while. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "acl_names.h"
#include "acl.h"
#include "buf.h"
#include "domain_name.h"
#include "log.h"
#include "proxy_alarms.h"
#include "resolve_host.h"
#include "wheel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* An address that leaves the DNS should not be admitted for long, and a name that comes back should
 * not wait for long; neither may the DNS be flooded. Of an answer without a time to live nobody
 * knows how long it holds (/etc/hosts, or a time to live of 0). */
enum {
    AT_ONCE = 64,
    MIN_TTL_S = 5,
    NO_TTL_S = 60,
    RETRY_S = 30,
    PUBLISH_MS = 100,
    AGAIN_MS = 1000
};
enum { LOG_BYTES = 1024 };

struct name {
    struct acl_names *names;
    size_t order; /* of its entry in the list */
    struct resolve_host *query;
    struct wheel_timer timer;
    TAILQ_ENTRY(name) link; /* in the queue */
    bool is_queued;
    bool in_domain; /* asked for as name.domain */
    bool answered, failing;
};

struct acl_names {
    struct acl_names_options options;
    struct acl *acl;
    struct name *v;
    size_t n, waiting;
    TAILQ_HEAD(, name) queue; /* want to be asked for */
    size_t under_way;
    bool pumping, changed;
    struct wheel_timer publish;
};

static void pump(struct acl_names *names);

static char const *pattern_of(struct name const *name)
{
    return acl_at(name->names->acl, name->order)->rule.pattern;
}

/* --- what the answers change ---------------------------------------------------------------------
 */

static void on_publish(struct wheel_timer *timer)
{
    struct acl_names *names =
        (struct acl_names *)((char *)timer - offsetof(struct acl_names, publish));
    if (!names->changed)
        return;
    if (acl_publish(names->acl) < 0) {
        log_error(NULL, "addresses of the access list not put in force error=\"out of memory\"");
        wheel_arm(names->options.wheel, &names->publish, AGAIN_MS, on_publish);
        return;
    }
    names->changed = false;
}

/* A slow name does not keep the others waiting. */
static void publish_soon(struct acl_names *names)
{
    if (names->under_way == 0 && TAILQ_EMPTY(&names->queue)) {
        wheel_disarm(&names->publish);
        on_publish(&names->publish);
    } else if (names->changed && !names->publish.armed) {
        wheel_arm(names->options.wheel, &names->publish, PUBLISH_MS, on_publish);
    }
}

static void log_addresses(struct name const *name)
{
    struct acl_entry const *entry = acl_at(name->names->acl, name->order);
    char addr[NET_ADDR_TEXT];
    struct buf text;
    buf_init(&text, LOG_BYTES);
    for (size_t i = 0; i < entry->n_addrs; i++)
        buf_printf(&text, "%s%s", i ? " " : "", net_addr_print_host(&entry->addrs[i], addr));
    log_info(NULL, "access list name resolved name=\"%s\" addresses=\"%s\"", entry->rule.pattern,
             buf_ok(&text) ? buf_text(&text) : "many");
    buf_fini(&text);
}

/* --- one name ------------------------------------------------------------------------------------
 */

static void enqueue(struct name *name)
{
    if (name->is_queued)
        return;
    name->is_queued = true;
    TAILQ_INSERT_TAIL(&name->names->queue, name, link);
}

static void on_due(struct wheel_timer *timer)
{
    struct name *name = (struct name *)((char *)timer - offsetof(struct name, timer));
    (void)acl_reclaim(name->names->acl);
    enqueue(name);
    pump(name->names);
}

static void ask_again_in(struct name *name, unsigned seconds)
{
    struct acl_names_options const *options = &name->names->options;
    unsigned at_most = options->refresh_s;
    wheel_arm(options->wheel, &name->timer, 1000ull * (seconds < at_most ? seconds : at_most),
              on_due);
}

static void succeed(struct name *name, struct resolve_host_answer const *answer)
{
    struct acl_names *names = name->names;
    char const *pattern = pattern_of(name);
    int changed = acl_set_addresses(names->acl, name->order, answer->addrs, answer->n);
    if (changed < 0)
        log_error(NULL, "addresses not kept name=\"%s\" error=\"out of memory\"", pattern);
    if (changed > 0) {
        names->changed = true;
        log_addresses(name);
    }
    name->failing = false;
    alarm_clear(names->options.alarms, PROXY_ALARM_acl_name_lost, pattern);
    alarm_clear(names->options.alarms, PROXY_ALARM_acl_name_unknown, pattern);
    ask_again_in(name, !answer->ttl_s              ? NO_TTL_S
                       : answer->ttl_s < MIN_TTL_S ? MIN_TTL_S
                                                   : answer->ttl_s);
}

static void fail(struct name *name, char const *why_not)
{
    struct acl_entry const *entry = acl_at(name->names->acl, name->order);
    if (!name->failing)
        log_info(NULL, "access list name not resolved name=\"%s\" reason=\"%s\" kept=%zu",
                 entry->rule.pattern, why_not, entry->n_addrs);
    name->failing = true;
    alarm_raise(name->names->options.alarms,
                entry->n_addrs ? PROXY_ALARM_acl_name_lost : PROXY_ALARM_acl_name_unknown,
                entry->rule.pattern);
    ask_again_in(name, RETRY_S);
}

/* "pbx" is asked for as it is, because /etc/hosts may know it, and then as "pbx.<domain>". */
static bool has_another_way(struct name const *name, struct resolve_host_answer const *answer)
{
    return answer->n == 0 && answer->certain && !name->in_domain && name->names->options.domain &&
           !strchr(pattern_of(name), '.');
}

static void on_answer(void *ctx, struct resolve_host_answer const *answer)
{
    struct name *name = ctx;
    struct acl_names *names = name->names;
    name->query = NULL;
    names->under_way--;
    if (has_another_way(name, answer)) {
        name->in_domain = true;
        enqueue(name);
    } else {
        name->in_domain = false;
        names->waiting -= !name->answered;
        name->answered = true;
        if (answer->n)
            succeed(name, answer);
        else
            fail(name, answer->why_not);
    }
    pump(names);
}

static void ask(struct name *name)
{
    struct acl_names *names = name->names;
    char whole[2 * DOMAIN_NAME_MAX + 2];
    (void)snprintf(whole, sizeof whole, "%s%s%s", pattern_of(name), name->in_domain ? "." : "",
                   name->in_domain ? names->options.domain : "");
    names->under_way++;
    struct resolve_host *query =
        resolve_host_start(names->options.resolver, whole, on_answer, name);
    if (query)
        name->query = query;
}

/* Answers may come while this asks; they leave the rest to it. */
static void pump(struct acl_names *names)
{
    struct name *name;
    if (names->pumping)
        return;
    names->pumping = true;
    while (names->under_way < AT_ONCE && (name = TAILQ_FIRST(&names->queue))) {
        TAILQ_REMOVE(&names->queue, name, link);
        name->is_queued = false;
        ask(name);
    }
    names->pumping = false;
    publish_soon(names);
}

/* --- all of them ---------------------------------------------------------------------------------
 */

static size_t count_names(struct acl const *acl)
{
    size_t n = 0;
    for (size_t i = 0; i < acl_count(acl); i++)
        n += acl_at(acl, i)->is_name;
    return n;
}

struct acl_names *acl_names_new(struct acl *acl, struct acl_names_options const *options)
{
    struct acl_names *names = calloc(1, sizeof *names);
    if (!names)
        return NULL;
    names->options = *options;
    names->acl = acl;
    TAILQ_INIT(&names->queue);
    names->v = calloc(count_names(acl) + 1, sizeof *names->v);
    if (!names->v) {
        free(names);
        return NULL;
    }
    for (size_t i = 0; i < acl_count(acl); i++) {
        if (!acl_at(acl, i)->is_name)
            continue;
        struct name *name = &names->v[names->n++];
        name->names = names;
        name->order = i;
        enqueue(name);
    }
    names->waiting = names->n;
    pump(names);
    return names;
}

static void end_alarms(struct acl_names *names, struct acl const *next)
{
    for (size_t i = 0; i < names->n; i++) {
        char const *pattern = pattern_of(&names->v[i]);
        if (next && acl_has_name(next, pattern))
            continue;
        alarm_clear(names->options.alarms, PROXY_ALARM_acl_name_lost, pattern);
        alarm_clear(names->options.alarms, PROXY_ALARM_acl_name_unknown, pattern);
    }
}

void acl_names_free(struct acl_names **pnames, struct acl const *next)
{
    struct acl_names *names = *pnames;
    *pnames = NULL;
    if (!names)
        return;
    end_alarms(names, next);
    for (size_t i = 0; i < names->n; i++) {
        resolve_host_cancel(&names->v[i].query);
        wheel_disarm(&names->v[i].timer);
    }
    wheel_disarm(&names->publish);
    free(names->v);
    free(names);
}

size_t acl_names_waiting(struct acl_names const *names)
{
    return names->waiting;
}

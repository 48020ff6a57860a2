/* SPDX-License-Identifier: Apache-2.0 */
/* The life of the users: see directory.h. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "directory.h"
#include "cti_metrics.h"
#include "gateway.h"
#include "log.h"
#include "session.h"
#include "store_people_change.h"
#include "svc.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STORE_JOBS = 10000, NO_REVISION = -1 };

/* One look at the store. */
struct directory_look {
    LIST_ENTRY(directory_look) link;
    struct directory *directory;
    struct cti_conf const *conf;
    struct users *fresh; /* made in the store's thread; NULL: nothing new, or no memory */
    size_t contradictions;
    struct ctl_call *call; /* who waits, or NULL */
};

static struct cti_conf const *conf_of(struct directory const *directory)
{
    return directory->gw->conf;
}

int directory_init(struct directory *directory, struct gateway *gw)
{
    size_t contradictions;

    *directory = (struct directory){ .gw = gw };
    directory->users = users_new(conf_of(directory), NULL, &contradictions);
    return directory->users ? 0 : -ENOMEM;
}

/* --- what changes for sessions ---------------------------------------------------------------- */

/* The line, and the phone of it that the session controls. */
static bool may_go_on(struct users const *users, struct session const *session)
{
    if (!users_may_control(users, session->user, session->number))
        return false;
    return !session->device || !users_has_phones(users, session->number) ||
           users_has_phone(users, session->user, session->number, session->device);
}

static void adjust_sessions(struct directory *directory)
{
    struct gateway *gw = directory->gw;
    struct session *session, *next;

    for (session = LIST_FIRST(&gw->all); session; session = next) {
        next = LIST_NEXT(session, link);
        struct users_person const *user = users_by_id(directory->users, session->user);
        if (!session_is_open(session))
            continue;
        if (user && user->rcc && may_go_on(directory->users, session))
            session->policy = policy_of(&gw->conf->policies, user->id, &user->groups);
        else
            session_forbidden(session);
    }
}

static void swap(struct directory *directory, struct users *fresh)
{
    users_free(&directory->users);
    directory->users = fresh;
    log_info(NULL, "users read users=%zu revision=%lld", users_count(fresh),
             (long long)users_revision(fresh));
    adjust_sessions(directory);
}

/* --- looking at the store --------------------------------------------------------------------- */

static void take(void *ctx, struct store_people *people)
{
    struct directory_look *look = ctx;

    look->fresh = users_new(look->conf, people, &look->contradictions);
}

static void answer(struct directory_look *look, int error)
{
    if (!look->call)
        return;
    if (error < 0)
        ctl_fail(look->call, "unavailable", "the store is not read: %s", strerror(-error));
    else if (look->contradictions)
        ctl_fail(look->call, "bad-state",
                 "%zu entries contradict the configuration file, which wins; see the log",
                 look->contradictions);
    else
        ctl_reply(look->call,
                  json_pack("{s:I}", "users", (json_int_t)users_count(look->directory->users)));
}

static void look_free(struct directory_look **plook)
{
    struct directory_look *look = *plook;

    *plook = NULL;
    LIST_REMOVE(look, link);
    users_free(&look->fresh);
    free(look);
}

static void look_once_more(struct directory *directory);

static void on_refreshed(void *ctx, int error)
{
    struct directory_look *look = ctx;
    struct directory *directory = look->directory;

    if (error == -ECANCELED)
        return; /* the thread may still be at it: directory_fini() */
    if (look->fresh)
        swap(look->directory, look->fresh);
    look->fresh = NULL;
    if (error < 0) {
        cti_count(M_store_failures);
        log_error(NULL, "store not read error=\"%s\"", strerror(-error));
    }
    answer(look, error);
    look_free(&look);
    look_once_more(directory);
}

/* @p known: revision of what need not be read again. */
static int start_look(struct directory *directory, int64_t known, struct ctl_call *call)
{
    struct directory_look *look = calloc(1, sizeof *look);

    if (!look)
        return -ENOMEM;
    LIST_INSERT_HEAD(&directory->looks, look, link);
    look->directory = directory;
    look->conf = conf_of(directory);
    look->call = call;
    int error = store_people_refresh(directory->link, known, take, on_refreshed, look);
    if (error < 0)
        look_free(&look);
    return error;
}

static int look_at_store(struct directory *directory, struct ctl_call *call)
{
    return start_look(directory, users_revision(directory->users), call);
}

/* What the look has read may be older than what the switch has said meanwhile, which is behind it
 * in the store's queue. */
static void look_once_more(struct directory *directory)
{
    bool is_wanted = directory->look_again && LIST_EMPTY(&directory->looks);

    if (!is_wanted)
        return;
    directory->look_again = false;
    if (start_look(directory, NO_REVISION, NULL) < 0)
        cti_count(M_store_failures);
}

static void on_poll(struct wheel_timer *timer)
{
    struct directory *directory =
        (struct directory *)((char *)timer - offsetof(struct directory, poll));

    if (look_at_store(directory, NULL) < 0)
        cti_count(M_store_failures);
    wheel_arm(directory->gw->wheel, timer, (uint64_t)conf_of(directory)->store_poll * 1000,
              on_poll);
}

void directory_cmd_reload(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct directory *directory = &((struct gateway *)svc_state(svc))->directory;
    int error = directory->link ? look_at_store(directory, call) : -ENOENT;

    (void)args;
    if (error == -ENOENT)
        ctl_fail(call, "unavailable", "the gateway has no store (cti.store)");
    else if (error < 0)
        ctl_fail(call, "unavailable", "the store is not read: %s", strerror(-error));
}

/* --- start and end ---------------------------------------------------------------------------- */

static int read_first(struct directory *directory)
{
    struct store_people *people;
    size_t contradictions;
    int error = store_people_read(directory->store, &people);

    if (error < 0)
        return error;
    struct users *fresh = users_new(conf_of(directory), people, &contradictions);
    if (!fresh)
        return -ENOMEM;
    swap(directory, fresh);
    return contradictions ? -EINVAL : 0;
}

int directory_start(struct directory *directory, uv_loop_t *loop)
{
    char const *path = conf_of(directory)->store;

    if (!*path)
        return 0;
    int error = store_open(&directory->store, path, STORE_JOBS);
    if (error == 0)
        error = read_first(directory);
    if (error == 0)
        error = store_start(directory->store);
    if (error == 0) {
        directory->link = store_link_new(directory->store, loop);
        error = directory->link ? 0 : -ENOMEM;
    }
    if (error < 0) {
        log_error(NULL, "users not read store=\"%s\" error=\"%s\"", path, strerror(-error));
        return error;
    }
    wheel_arm(directory->gw->wheel, &directory->poll,
              (uint64_t)conf_of(directory)->store_poll * 1000, on_poll);
    return 0;
}

void directory_fini(struct directory *directory)
{
    struct directory_look *look;

    wheel_disarm(&directory->poll);
    store_link_free(&directory->link);
    store_close(&directory->store);
    while ((look = LIST_FIRST(&directory->looks)))
        look_free(&look);
    users_free(&directory->users);
}

int directory_choose(struct directory *directory, char const *id, char const *number,
                     char const *device)
{
    struct store_choice const choice = {
        .user = id, .number = number, .partition = "", .device = device
    };
    int error = users_choose(directory->users, id, number, device);

    if (error == 0 && directory->link &&
        store_people_choose(directory->link, &choice, NULL, NULL) < 0) {
        cti_count(M_store_failures);
        log_warn(NULL, "choice is not kept user=\"%s\" line=%s device=\"%s\"", id, number, device);
    }
    return error;
}

void directory_register(struct directory *directory, char const *device, bool is_registered)
{
    if (!users_register(directory->users, device, is_registered))
        return;
    log_info(NULL, "phone is %s device=\"%s\"",
             is_registered ? "registered" : "not registered any more", device);
    directory->look_again |= !LIST_EMPTY(&directory->looks);
    if (directory->link &&
        store_people_register(directory->link, device, is_registered, NULL, NULL) < 0) {
        cti_count(M_store_failures);
        log_warn(NULL, "registration is not kept device=\"%s\"", device);
    }
}

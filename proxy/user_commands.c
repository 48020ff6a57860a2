/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about users: see user_commands.h. The password lives here as long as it is hashed. */
#define LOG_SUBSYSTEM LOG_CTL
#include "user_commands.h"
#include "clock.h"
#include "digest.h"
#include "location.h"
#include "log.h"
#include "proxy.h"
#include "registrar_forget.h"
#include "registrar_policy.h"
#include "svc.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX_BYTES = 256, SHOW_MAX = 10000 };

typedef int change_fn(struct store_users *users, struct store_link *link,
                      struct store_user const *user, store_done_fn *done, void *ctx);

/* A command while the store works. */
struct command {
    struct ctl_call *call;
    struct registrar_worker *worker;
    char const *what; /* for the log: "added" */
    bool forget;      /* the user's registrations go, too */
    char name[STORE_USERS_NAME_MAX + 1];
    char aor[CONTACT_URI_AOR];
};

/* --- arguments --- */

static struct registrar_policy const *policy_of(struct proxy const *proxy, struct ctl_call *call)
{
    struct registrar_policy const *policy = proxy->generation->registrar;
    if (policy && proxy->registrar)
        return policy;
    ctl_fail(call, "unavailable", "the proxy has no registrar (proxy.registrar)");
    return NULL;
}

/* What needs no escape in a SIP URI. */
static char const *name_fault(char const *name)
{
    static char const allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.!~*'()&=+$,;?/";
    size_t len = strlen(name);
    if (len == 0)
        return "the name is empty";
    if (len > STORE_USERS_NAME_MAX)
        return "the name is too long";
    return strspn(name, allowed) == len ? NULL : "this character may not be in a name";
}

/* NULL, or what is wrong. */
static char const *read_user(struct registrar_policy const *policy, char const *text,
                             struct command *ret, char const **ret_domain)
{
    char const *at = text ? strrchr(text, '@') : NULL;
    size_t len = !text ? 0 : at ? (size_t)(at - text) : strlen(text);
    *ret_domain =
        at ? registrar_policy_serves(policy, at + 1) : registrar_policy_domain(policy, "");
    if (!*ret_domain)
        return "this domain is not served here";
    (void)snprintf(ret->name, sizeof ret->name, "%.*s", (int)len, text ? text : "");
    if (len >= sizeof ret->name)
        return "the name is too long";
    char const *fault = name_fault(ret->name);
    if (!fault && (size_t)snprintf(ret->aor, sizeof ret->aor, "%s@%s", ret->name, *ret_domain) >=
                      sizeof ret->aor)
        fault = "the name is too long";
    return fault;
}

static char const *password_fault(char const *password)
{
    size_t len = password ? strlen(password) : 0;
    if (len == 0)
        return "the password is empty";
    if (len > PASSWORD_MAX_BYTES)
        return "the password is too long";
    for (char const *c = password; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return "a control character is in the password";
    return NULL;
}

static int hash_password(struct store_user *user, char const *password)
{
    char sha256[DIGEST_HEX + 1], md5[DIGEST_HEX + 1];
    int error = digest_ha1(DIGEST_SHA256, user->name, user->realm, password, sha256);
    if (error == 0)
        error = digest_ha1(DIGEST_MD5, user->name, user->realm, password, md5);
    if (error < 0)
        return error;
    memcpy(user->secret.sha256, sha256, sizeof user->secret.sha256);
    memcpy(user->secret.md5, md5, sizeof user->secret.md5);
    return 0;
}

/* --- changes --- */

static void fail(struct ctl_call *call, char const *name, int error)
{
    if (error == -EEXIST)
        ctl_fail(call, "exists", "there is a user \"%s\" already", name);
    else if (error == -ENOENT)
        ctl_fail(call, "not-found", "there is no user \"%s\"", name);
    else
        ctl_fail(call, "unavailable", "the store did not take it: %s", strerror(-error));
}

static void finish(void *vcommand, int error)
{
    struct command *command = vcommand;
    if (error < 0) {
        fail(command->call, command->aor, error);
    } else {
        log_info(NULL, "user %s aor=\"%s\"", command->what, command->aor);
        ctl_reply(command->call, json_pack("{s:s,s:s}", "user", command->aor, "is", command->what));
    }
    free(command);
}

/* The user is changed: who may not register any more is not reached any more. */
static void on_changed(void *vcommand, int error)
{
    struct command *command = vcommand;
    if (error == 0 && command->forget)
        error = registrar_forget(command->worker, command->aor, finish, command);
    else
        command->forget = false;
    if (error < 0 || !command->forget)
        finish(command, error);
}

static void change(struct svc *svc, struct ctl_call *call, json_t const *args,
                   struct command const *like, change_fn *fn)
{
    struct proxy *proxy = svc_state(svc);
    struct registrar_policy const *policy = policy_of(proxy, call);
    struct store_user user = { .enabled = strcmp(like->what, "disabled") != 0,
                               .created_s = (int64_t)(clock_wall_us() / 1000000) };
    bool wants_password = fn == store_users_add || fn == store_users_set;
    char const *password = ctl_arg(args, "password");
    struct command *command = policy ? malloc(sizeof *command) : NULL;
    if (!command) {
        if (policy)
            ctl_fail(call, "unavailable", "out of memory");
        return;
    }
    *command = *like;
    command->call = call;
    command->worker = &proxy->worker.registrar;
    char const *fault = read_user(policy, ctl_arg(args, "name"), command, &user.domain);
    if (!fault && wants_password)
        fault = password_fault(password);
    if (fault) {
        ctl_fail(call, "bad-argument", "%s", fault);
        free(command);
        return;
    }
    user.name = command->name;
    user.realm = registrar_policy_realm(policy, user.domain);
    int error = wants_password ? hash_password(&user, password) : 0;
    if (error == 0)
        error = fn(proxy->registrar->users, command->worker->link, &user, on_changed, command);
    if (error < 0)
        finish(command, error);
}

void user_commands_add(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    change(svc, call, args, &(struct command){ .what = "added" }, store_users_add);
}

void user_commands_passwd(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    change(svc, call, args, &(struct command){ .what = "changed" }, store_users_set);
}

void user_commands_enable(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    change(svc, call, args, &(struct command){ .what = "enabled" }, store_users_enable);
}

void user_commands_disable(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    change(svc, call, args, &(struct command){ .what = "disabled", .forget = true },
           store_users_enable);
}

void user_commands_delete(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    change(svc, call, args, &(struct command){ .what = "deleted", .forget = true },
           store_users_delete);
}

/* --- tables --- */

struct listing {
    json_t *table;
    struct registrar *registrar;
    struct registrar_policy const *policy;
};

static void list_user(void *vlisting, struct store_user const *user)
{
    struct listing *listing = vlisting;
    char aor[CONTACT_URI_AOR], created[32];
    time_t seconds = (time_t)user->created_s;
    struct tm utc;
    (void)snprintf(aor, sizeof aor, "%s@%s", user->name, user->domain);
    if (!gmtime_r(&seconds, &utc) || !strftime(created, sizeof created, "%Y-%m-%d %H:%M:%S", &utc))
        created[0] = '\0';
    bool realm_fits =
        strcmp(user->realm, registrar_policy_realm(listing->policy, user->domain)) == 0;
    struct location_list const *list = location_find(listing->registrar->location, aor);
    ctl_table_row(listing->table, json_pack("[s,b,s,I,s]", aor, user->enabled, created,
                                            (json_int_t)(list ? list->n : 0),
                                            realm_fits ? "good" : "of another realm: set it anew"));
    location_list_unref(&list);
}

void user_commands_list(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy *proxy = svc_state(svc);
    struct registrar_policy const *policy = policy_of(proxy, call);
    (void)args;
    if (!policy)
        return;
    struct listing listing = {
        .table = ctl_table("user", "enabled", "created (UTC)", "contacts", "password", NULL),
        .registrar = proxy->registrar,
        .policy = policy,
    };
    if (store_users_each(proxy->registrar->users, list_user, &listing) == 0) {
        ctl_reply(call, listing.table);
        return;
    }
    json_decref(listing.table);
    ctl_fail(call, "unavailable", "out of memory");
}

static void add_contacts(json_t *table, struct location_list const *list)
{
    uint64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < list->n; i++) {
        struct location_binding const *binding = &list->v[i];
        uint64_t left_ms = binding->expires_ms > now_ms ? binding->expires_ms - now_ms : 0;
        char q[16];
        (void)snprintf(q, sizeof q, "%d.%03d", binding->q / 1000, binding->q % 1000);
        ctl_table_row(table, json_pack("[s,s,s,I,s,s,s]", list->aor, binding->contact, q,
                                       (json_int_t)(left_ms + 999) / 1000, binding->path,
                                       binding->received, binding->user_agent));
    }
}

static json_t *all_registrations(struct location *location)
{
    struct location_list const **all = NULL;
    json_t *table =
        ctl_table("user", "contact", "q", "expires s", "path", "received", "agent", NULL);
    int n = location_all(location, SHOW_MAX, &all);
    for (int i = 0; i < n; i++) {
        add_contacts(table, all[i]);
        location_list_unref(&all[i]);
    }
    free(all);
    return table;
}

void user_commands_show_registrations(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy *proxy = svc_state(svc);
    struct registrar_policy const *policy = policy_of(proxy, call);
    char const *name = ctl_arg(args, "name"), *domain;
    struct command user;
    if (!policy)
        return;
    if (!name) {
        ctl_reply(call, all_registrations(proxy->registrar->location));
        return;
    }
    char const *fault = read_user(policy, name, &user, &domain);
    if (fault) {
        ctl_fail(call, "bad-argument", "%s", fault);
        return;
    }
    json_t *table =
        ctl_table("user", "contact", "q", "expires s", "path", "received", "agent", NULL);
    struct location_list const *list = location_find(proxy->registrar->location, user.aor);
    if (list)
        add_contacts(table, list);
    location_list_unref(&list);
    ctl_reply(call, table);
}

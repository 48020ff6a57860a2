/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the very checks that a sign-in goes through: see cmd_signin.h. The answer is
 *
 *   { "verdict": "accepted"|"refused",
 *     "failed": "user"|"line"|"device"|"room"|"connection", "status": 403, "reason": "...",
 *     "user": { "id", "matched", "source", "enabled" },            if there is one
 *     "lines": ["2001"...], "denied": ["MakeCall"...],             of that user
 *     "line": { "uri", "number", "partition", "odd_form" },        if it has a line
 *     "device": { "name", "rule", "phones": ["SEP1 (registered)"...] } } */
#include "cmd_signin.h"
#include "cti_conf.h"
#include "gateway.h"
#include "policy.h"
#include "signin_check.h"
#include "svc.h"
#include <stdio.h>
#include <string.h>

enum { URI_BYTES = 300, LINES_MAX = 100 };

static void add_user(json_t *answer, struct signin_check const *check)
{
    static char const *const steps[] = { [USERS_MATCH_ID] = "user id",
                                         [USERS_MATCH_MAIL] = "mail address",
                                         [USERS_MATCH_URI] = "primary SIP address" };
    struct users_person const *user = check->user;

    json_object_set_new(
        answer, "user",
        json_pack("{s:s,s:s,s:s,s:b}", "id", user->id, "matched", steps[check->matched], "source",
                  user->where.file ? "configuration file" : "store", "enabled", user->rcc));
}

/* The lines that the user has; returns the first, "" if none. */
static char const *add_lines(json_t *answer, struct signin_check const *check)
{
    char const *numbers[LINES_MAX];
    size_t n = users_numbers(check->gw->directory.users, check->user->id, numbers, LINES_MAX);
    json_t *lines = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(lines, json_string(numbers[i]));
    json_object_set_new(answer, "lines", lines);
    return n ? numbers[0] : "";
}

static void add_policy(json_t *answer, struct signin_check const *check)
{
    struct users_person const *user = check->user;
    struct policy const policy = policy_of(&check->gw->conf->policies, user->id, &user->groups);
    json_t *denied = json_array();

    for (unsigned type = 1; type < CSTA_TYPES; type++)
        if (!policy_allows(&policy, (enum csta_type)type))
            json_array_append_new(denied, json_string(csta_type_str((enum csta_type)type)));
    json_object_set_new(answer, "denied", denied);
}

static void add_line(json_t *answer, struct signin_check const *check)
{
    json_object_set_new(answer, "line",
                        json_pack("{s:s,s:s,s:s,s:b}", "uri", check->line_text, "number",
                                  check->line.number, "partition", check->line.partition,
                                  "odd_form", signin_check_form_is_odd(check)));
}

static void add_device(json_t *answer, struct signin_check const *check)
{
    char const *name = signin_check_device_name(check);
    json_t *phones = json_array();

    for (size_t i = 0; i < check->n_phones; i++) {
        struct device_choice_phone const *phone = &check->phones[i];
        json_array_append_new(
            phones, json_sprintf("%s (%s%s)", phone->name, phone->soft ? "soft phone, " : "",
                                 phone->registered ? "registered" : "not registered"));
    }
    json_object_set_new(
        answer, "device",
        json_pack("{s:s?,s:s,s:o}", "name", name, "rule", check->choice.why, "phones", phones));
}

/* Name of the check that fails, NULL if none does. */
static char const *run(struct signin_check *check, json_t *answer, char const *uri,
                       char const *line)
{
    bool ok = signin_check_user(check, uri);
    char const *first = "";

    if (check->user) {
        add_user(answer, check);
        first = add_lines(answer, check);
        add_policy(answer, check);
    }
    if (!ok)
        return "user";
    ok = signin_check_line(check, line ? line : first);
    add_line(answer, check);
    if (!ok)
        return "line";
    ok = signin_check_device(check);
    add_device(answer, check);
    if (!ok)
        return "device";
    if (!signin_check_room(check))
        return "room";
    return signin_check_connection(check) ? NULL : "connection";
}

void cmd_signin_check(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct signin_check check = { .gw = svc_state(svc) };
    char const *user = ctl_arg(args, "user"), *line = ctl_arg(args, "line");
    char uri[URI_BYTES];

    if (!user) {
        ctl_fail(call, "bad-argument", "wants the address of a user, and perhaps a line");
        return;
    }
    (void)snprintf(uri, sizeof uri, "%s%s", strncmp(user, "sip:", 4) == 0 ? "" : "sip:", user);
    json_t *answer = json_object();
    char const *failed = run(&check, answer, uri, line);
    json_object_set_new(answer, "verdict", json_string(failed ? "refused" : "accepted"));
    if (failed) {
        json_object_set_new(answer, "failed", json_string(failed));
        json_object_set_new(answer, "status", json_integer(check.refusal->status));
        json_object_set_new(answer, "reason", json_string(check.why));
    }
    ctl_reply(call, answer);
}

void cmd_signin_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct gateway const *gw = svc_state(svc);
    json_t *table = ctl_table("time", "user", "line", "from", "status", "reason", "times", NULL);

    (void)args;
    signin_log_rows(&gw->refused, table);
    ctl_reply(call, table);
}

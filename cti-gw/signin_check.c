/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a sign-in: see signin_check.h. */
#include "signin_check.h"
#include "gateway.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct cti_refusal const bad_user = { 403, "Forbidden", M_refused_user, NULL };
static struct cti_refusal const bad_line = { 403, "Forbidden", M_refused_line, NULL };
static struct cti_refusal const no_line = { 404, "Not Found", M_refused_line, NULL };
static struct cti_refusal const no_room = { 503, "Service Unavailable", M_refused_limit, NULL };
static struct cti_refusal const no_connection = { 503, "Service Unavailable",
                                                  M_refused_no_connection, NULL };

static bool __attribute__((format(printf, 3, 4)))
refuse(struct signin_check *check, struct cti_refusal const *refusal, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(check->why, sizeof check->why, format, args);
    va_end(args);
    check->refusal = refusal;
    return false;
}

bool signin_check_user(struct signin_check *check, char const *from_uri)
{
    char const *address = strchr(from_uri, ':');

    check->user = users_find(check->gw->directory.users, from_uri, &check->matched);
    if (check->user && check->user->rcc)
        return true;
    return refuse(check, &bad_user,
                  check->user ? "user %s is not enabled for remote call control"
                              : "user %s is not known",
                  address ? address + 1 : from_uri);
}

bool signin_check_line(struct signin_check *check, char const *line_text)
{
    struct users const *users = check->gw->directory.users;

    check->line_text = line_text;
    if (line_uri_parse(line_text, &check->line) < 0 || !users_have_line(users, check->line.number))
        return refuse(check, &no_line, "line %s is not known", line_text);
    if (users_may_control(users, check->user->id, check->line.number))
        return true;
    return refuse(check, &bad_line, "line %s is not a line of user %s", check->line.number,
                  check->user->id);
}

bool signin_check_device(struct signin_check *check)
{
    struct users const *users = check->gw->directory.users;
    struct line_uri const *line = &check->line;

    check->n_phones = users_phones(users, check->user->id, line->number, line->partition,
                                   check->phones, USERS_PHONES_MAX);
    struct device_choice_options const options = {
        .server_type = (enum cti_server_type)check->gw->conf->server_type,
        .named = line->device,
        .chosen = users_chosen(users, check->user->id, line->number),
        .phones = check->phones,
        .n = check->n_phones,
    };
    /* Where nobody has written the phones down, the driver knows them. */
    if (!users_has_phones(users, line->number))
        check->choice = (struct device_choice){ DEVICE_CHOICE_LINE, 0, "devices are not known" };
    else if (!check->n_phones && *line->partition)
        check->choice = (struct device_choice){ DEVICE_CHOICE_REFUSED, 0,
                                                "the user has no device in that partition" };
    else
        check->choice = device_choice_make(&options);
    if (check->choice.kind != DEVICE_CHOICE_REFUSED)
        return true;
    return refuse(check, &bad_line, "line %s of user %s: %s", check->line_text, check->user->id,
                  check->choice.why);
}

bool signin_check_room(struct signin_check *check)
{
    if (check->gw->sessions.n < (size_t)check->gw->conf->max_sessions)
        return true;
    return refuse(check, &no_room, "max_sessions is reached");
}

bool signin_check_connection(struct signin_check *check)
{
    struct gateway const *gw = check->gw;

    if (gw->is_stopping)
        return refuse(check, &no_connection, "the gateway stops");
    char const *why = "no CTI connection is up";
    for (unsigned i = 0; i < gw->conf->connections.n; i++) {
        if (provider_is_usable(gw->provider, i))
            return true;
        if (provider_is_up(gw->provider, i))
            why = "the switch is disabled";
    }
    return refuse(check, &no_connection, "%s", why);
}

bool signin_check_form_is_odd(struct signin_check const *check)
{
    return check->line.number[0] == '+' && check->line.dialstring;
}

char const *signin_check_device_name(struct signin_check const *check)
{
    if (check->choice.kind == DEVICE_CHOICE_ONE)
        return check->phones[check->choice.index].name;
    /* A device that nobody has written down is the driver's to know. */
    return check->choice.kind == DEVICE_CHOICE_LINE && *check->line.device ? check->line.device
                                                                           : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway says of user, line, phone and connections: see doctor_judge.h. */
#include "doctor_judge.h"
#include "buf.h"
#include <string.h>
#include <strings.h>

enum { LIST_TEXT = 800 };

/* "a, b, c" */
static void print_list(json_t const *list, struct buf *out)
{
    json_t const *entry;
    size_t i;

    json_array_foreach(list, i, entry)
        buf_printf(out, "%s%s", i ? ", " : "", json_string_value(entry));
}

static bool failed_at(struct doctor_facts const *facts, char const *check)
{
    return strcmp(doctor_facts_text(facts->signin, "failed"), check) == 0;
}

static void judge_user(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *user = json_object_get(facts->signin, "user");
    char const *id = doctor_facts_text(user, "id");

    if (!user)
        doctor_report_fault(
            report, DOCTOR_USER,
            "The user part of From must be a user id, else the address a user's mail address, "
            "else its URI a user's primary SIP address. Add or correct the user: crosspoint "
            "user add | set, or cti.users.",
            "%s is no user: none of the three steps finds one", facts->question->user);
    else if (!json_is_true(json_object_get(user, "enabled")))
        doctor_report_fault(report, DOCTOR_USER,
                            "Enable the user: crosspoint user set ID --rcc, or rcc = true in "
                            "cti.users.",
                            "user %s (%s) is not enabled for remote call control", id,
                            doctor_facts_text(user, "source"));
    else
        doctor_report_ok(report, DOCTOR_USER, "%s, found by %s in the %s, enabled", id,
                         doctor_facts_text(user, "matched"), doctor_facts_text(user, "source"));
}

static void judge_form(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *line = json_object_get(facts->signin, "line");
    char const *uri = doctor_facts_text(line, "uri");
    char const *number = doctor_facts_text(line, "number");

    if (!facts->question->line)
        doctor_report_skip(report, DOCTOR_FORM, "no --line");
    else if (!line)
        doctor_report_skip(report, DOCTOR_FORM, "the user may not sign in");
    else if (!*number)
        doctor_report_fault(report, DOCTOR_FORM,
                            "Write the line URI as tel:NUMBER;phone-context=dialstring, the "
                            "number as the switch reports it.",
                            "\"%s\" is no line URI", uri);
    else if (json_is_true(json_object_get(line, "odd_form")))
        doctor_report_note(report, DOCTOR_FORM,
                           "\"%s\" is an E.164 number with phone-context=dialstring: clients "
                           "may report an error",
                           uri);
    else
        doctor_report_ok(report, DOCTOR_FORM, "\"%s\" is line %s", uri, number);
}

static void judge_line(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *line = json_object_get(facts->signin, "line");
    json_t const *all = json_object_get(facts->signin, "lines");
    char const *number = doctor_facts_text(line, "number");
    struct buf lines;

    buf_init(&lines, LIST_TEXT);
    print_list(all, &lines);
    if (!line || (facts->question->line && !*number))
        doctor_report_skip(report, DOCTOR_LINE, "%s",
                           line ? "the line URI names none" : "the user may not sign in");
    else if (!json_array_size(all))
        doctor_report_fault(report, DOCTOR_LINE,
                            "Give the user a phone that has the line: crosspoint device assign, "
                            "line assign; or lines in cti.users.",
                            "the user has no line");
    else if (failed_at(facts, "line"))
        doctor_report_fault(report, DOCTOR_LINE,
                            "Write one of these lines into the client's line URI, or give the "
                            "user a phone that has the line: crosspoint device assign, line "
                            "assign; or lines in cti.users.",
                            "%s; the user has %s", doctor_facts_text(facts->signin, "reason"),
                            buf_text(&lines));
    else
        doctor_report_ok(report, DOCTOR_LINE, "%s; the user has %s", number, buf_text(&lines));
    buf_fini(&lines);
}

static void judge_device(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *device = json_object_get(facts->signin, "device");
    char const *name = doctor_facts_text(device, "name");
    struct buf phones;

    buf_init(&phones, LIST_TEXT);
    print_list(json_object_get(device, "phones"), &phones);
    if (!device)
        doctor_report_skip(report, DOCTOR_DEVICE, "there is no line to look for");
    else if (failed_at(facts, "device"))
        doctor_report_fault(report, DOCTOR_DEVICE,
                            "Name a phone of the user in the line URI (;device=NAME), take "
                            "phones away or add the one that is missing: crosspoint device, "
                            "line assign. The rules depend on cti.server_type.",
                            "%s; the user's phones with it: %s", doctor_facts_text(device, "rule"),
                            phones.len ? buf_text(&phones) : "none");
    else
        doctor_report_ok(report, DOCTOR_DEVICE, "%s (%s)%s%s", *name ? name : "the line as a whole",
                         doctor_facts_text(device, "rule"), phones.len ? " of " : "",
                         buf_text(&phones));
    buf_fini(&phones);
}

/* --- the way to the switch -------------------------------------------------------------------- */

static char const *cure_of(char const *reason)
{
    if (strstr(reason, "password"))
        return "Set cti.user and cti.password_file to the application user of the call manager; "
               "both are case-sensitive. The user needs the right to control devices.";
    if (strstr(reason, "cannot connect"))
        return "Nothing answers there: see to the call manager, the network and cti.connections.";
    return "See the call manager's side; show cti and the gateway's log have more.";
}

static void judge_connections(struct doctor_facts const *facts, struct doctor_report *report)
{
    size_t n = doctor_facts_rows(facts->connections), up = 0;
    char const *reason = "";
    struct buf down;

    buf_init(&down, LIST_TEXT);
    for (size_t i = 0; i < n; i++) {
        char const *attempt = doctor_facts_cell(facts->connections, i, "last attempt");
        char const *why =
            *attempt ? attempt : doctor_facts_cell(facts->connections, i, "last loss");
        char const *state = doctor_facts_cell(facts->connections, i, "state");
        if (strcmp(state, "up") == 0) {
            up++;
            continue;
        }
        if (strcmp(state, "disabled") == 0)
            why = "the switch says that it serves nobody";
        reason = *reason ? reason : why;
        buf_printf(&down, "%s%s: %s", down.len ? ", " : "",
                   doctor_facts_cell(facts->connections, i, "connection"), why);
    }
    if (!up)
        doctor_report_fault(report, DOCTOR_CTI, cure_of(reason), "no CTI connection is up (%s)",
                            buf_text(&down));
    else if (failed_at(facts, "room"))
        doctor_report_fault(report, DOCTOR_CTI, "Raise cti.max_sessions.",
                            "cti.max_sessions is reached");
    else if (up < n)
        doctor_report_note(report, DOCTOR_CTI, "%zu of %zu connections are up (%s)", up, n,
                           buf_text(&down));
    else
        doctor_report_ok(report, DOCTOR_CTI, "%zu of %zu connections are up", up, n);
    buf_fini(&down);
}

/* --- what is worth knowing -------------------------------------------------------------------- */

static void judge_policy(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *denied = json_object_get(facts->signin, "denied");
    struct buf list;

    buf_init(&list, LIST_TEXT);
    print_list(denied, &list);
    if (!denied)
        doctor_report_skip(report, DOCTOR_POLICY, "there is no user to look for");
    else if (json_array_size(denied))
        doctor_report_note(report, DOCTOR_POLICY, "policies take %s",
                           buf_ok(&list) ? buf_text(&list) : "many services");
    else
        doctor_report_ok(report, DOCTOR_POLICY, "no policy takes a service");
    buf_fini(&list);
}

static void judge_refusals(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *table = facts->refused;

    for (size_t i = 0; i < doctor_facts_rows(table); i++) {
        if (strcasecmp(doctor_facts_cell(table, i, "user"), facts->question->user) == 0) {
            doctor_report_note(report, DOCTOR_REFUSALS, "last refused at %s from %s: %s",
                               doctor_facts_cell(table, i, "time"),
                               doctor_facts_cell(table, i, "from"),
                               doctor_facts_cell(table, i, "reason"));
            return;
        }
    }
    doctor_report_ok(report, DOCTOR_REFUSALS, "the gateway remembers none of this user");
}

void doctor_judge(struct doctor_facts const *facts, struct doctor_report *report)
{
    if (!facts->signin) {
        doctor_report_fault(report, DOCTOR_GATEWAY, "Start the node: crosspoint run.",
                            "the CTI gateway does not answer: %s", facts->cti_why);
    } else {
        judge_user(facts, report);
        judge_form(facts, report);
        judge_line(facts, report);
        judge_device(facts, report);
        judge_connections(facts, report);
    }
    doctor_path(facts, report);
    doctor_secure(facts, report);
    if (!facts->signin)
        return;
    judge_policy(facts, report);
    judge_refusals(facts, report);
}

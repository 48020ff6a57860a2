/* SPDX-License-Identifier: Apache-2.0 */
/* TLS between the server and us: see doctor_judge.h. Whether a subject is selected is found by the
 * proxy's own reader of subjects (lib/sip/secure_subjects.c), with the values in force. */
#include "buf.h"
#include "doctor_judge.h"
#include "run_hints.h"
#include "secure_subjects.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_TEXT = 100, LIST_TEXT = 100000 };

/* Value of @p key of the context that is called @p name, "" if there is none. */
static char const *value_of(struct doctor_facts const *facts, char const *name, char const *key)
{
    char path[KEY_TEXT];

    for (int i = 0;; i++) {
        (void)snprintf(path, sizeof path, "proxy.tls_contexts[%d].name", i);
        char const *found = run_hints_value(facts->proxy, path);
        if (!*found)
            return "";
        if (strcmp(found, name) == 0)
            break;
    }
    char *end = strrchr(path, '.');
    (void)snprintf(end, sizeof path - (size_t)(end - path), ".%s", key);
    return run_hints_value(facts->proxy, path);
}

/* Does the proxy's reader find the subject in @p name or in @p file? -1: it cannot read them. */
static int is_among(struct doctor_facts const *facts, char const *name, char const *file)
{
    struct secure_subjects subjects = { 0 };
    struct secure_fault fault;
    int error = secure_subjects_read(&subjects, &name, name ? 1 : 0, file, &fault);
    bool found = error == 0 && secure_subjects_has(&subjects, facts->question->subject);

    secure_subjects_fini(&subjects);
    return error < 0 ? -1 : found;
}

/* 1: selected, or all are; 0: not; -1: the file of subjects cannot be read. */
static int is_selected(struct doctor_facts const *facts, char const *context)
{
    char const *list = value_of(facts, context, "subjects");
    char const *file = value_of(facts, context, "subjects_file");
    char name[DOCTOR_FACTS_WORD];

    if (!*list && !*file)
        return 1;
    while (doctor_facts_word(&list, name))
        if (is_among(facts, name, NULL) > 0)
            return 1;
    return is_among(facts, NULL, file);
}

static void judge_peer(struct doctor_facts const *facts, struct doctor_report *report,
                       char const *context)
{
    char const *verify = value_of(facts, context, "verify_peer");
    char const *subject = facts->question->subject;
    int selected = subject ? is_selected(facts, context) : 0;

    if (!subject && strcmp(verify, "required") == 0)
        doctor_report_fault(report, DOCTOR_TLS,
                            "Say --subject CN, the name in the server's certificate, or have the "
                            "server use a listener without peer authentication.",
                            "context %s demands a certificate", context);
    else if (!subject)
        doctor_report_note(report, DOCTOR_TLS,
                           "context %s demands no certificate; for another listener say --subject",
                           context);
    else if (selected == 0)
        doctor_report_fault(report, DOCTOR_TLS,
                            "Select it: add the CN to the context's subjects, or crosspoint cert "
                            "fetch HOST --context NAME; then crosspoint reload.",
                            "\"%s\" is not selected into context %s", subject, context);
    else if (selected < 0)
        doctor_report_note(report, DOCTOR_TLS,
                           "not found among the subjects of context %s, and its subjects_file "
                           "cannot be read here",
                           context);
    else
        doctor_report_ok(report, DOCTOR_TLS, "context %s admits \"%s\"", context, subject);
}

/* --- our certificates ------------------------------------------------------------------------- */

static bool is_own(struct doctor_facts const *facts, char const *name)
{
    for (size_t i = 0; i < doctor_facts_rows(facts->domains); i++)
        if (strcmp(doctor_facts_cell(facts->domains, i, "kind"), "own") == 0 &&
            strcasecmp(doctor_facts_cell(facts->domains, i, "domain"), name) == 0)
            return true;
    return false;
}

static bool has_own_name(struct doctor_facts const *facts, char const *names)
{
    char name[DOCTOR_FACTS_WORD];

    while (doctor_facts_word(&names, name))
        if (is_own(facts, name))
            return true;
    return false;
}

static json_int_t days_of(json_t const *table, size_t i)
{
    enum { DAYS_COLUMN = 3 };
    json_t const *row = json_array_get(json_object_get(table, "rows"), i);

    return json_integer_value(json_array_get(row, DAYS_COLUMN));
}

static void judge_certificates(struct doctor_facts const *facts, struct doctor_report *report,
                               char const *context)
{
    json_t const *table = facts->certificates;
    bool own = false, ended = false;
    struct buf names;

    buf_init(&names, LIST_TEXT);
    for (size_t i = 0; i < doctor_facts_rows(table); i++) {
        char const *list = doctor_facts_cell(table, i, "names");
        if (strcmp(doctor_facts_cell(table, i, "context"), context) != 0)
            continue;
        own |= has_own_name(facts, list);
        ended |= days_of(table, i) < 0;
        buf_printf(&names, "%s%s (%d days left)", names.len ? ", " : "", list,
                   (int)days_of(table, i));
    }
    if (ended)
        doctor_report_fault(report, DOCTOR_CERTIFICATE,
                            "Renew it: crosspoint cert csr, cert import; then crosspoint reload.",
                            "a certificate of ours is out of date: %s", buf_text(&names));
    else if (!own)
        doctor_report_fault(report, DOCTOR_CERTIFICATE,
                            "The server sets up TLS only if the certificate names the host of its "
                            "static route. Make one with our name (crosspoint cert csr --cn), or "
                            "add the host to proxy.own_hosts.",
                            "our certificate names no host that is ours (show domains): %s",
                            buf_text(&names));
    else
        doctor_report_ok(report, DOCTOR_CERTIFICATE, "%s", buf_text(&names));
    buf_fini(&names);
}

void doctor_secure(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *origin = json_object_get(facts->explain, "origin");
    char const *context = doctor_facts_text(origin, "context");

    if (!facts->explain || strcmp(facts->question->transport, "tls") != 0)
        return;
    judge_peer(facts, report, context);
    judge_certificates(facts, report, context);
}

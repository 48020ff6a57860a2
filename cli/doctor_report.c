/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings: see doctor_report.h. */
#include "doctor_report.h"
#include <errno.h>
#include <stdarg.h>
#include <sysexits.h>

static struct {
    char const *name;
    int code; /* what never is a fault has none */
} const classes[DOCTOR_CLASSES] = {
    [DOCTOR_GATEWAY] = { "gateway", EX_UNAVAILABLE },
    [DOCTOR_USER] = { "user", 11 },
    [DOCTOR_FORM] = { "line form", 12 },
    [DOCTOR_LINE] = { "line", 13 },
    [DOCTOR_DEVICE] = { "device", 14 },
    [DOCTOR_CTI] = { "cti", 15 },
    [DOCTOR_PROXY] = { "proxy", EX_UNAVAILABLE },
    [DOCTOR_SERVER] = { "server", 22 },
    [DOCTOR_LISTENER] = { "listener", 16 },
    [DOCTOR_ACL] = { "acl", 17 },
    [DOCTOR_ROUTING] = { "routing", 18 },
    [DOCTOR_RECORD_ROUTE] = { "record-route", 19 },
    [DOCTOR_TLS] = { "tls", 20 },
    [DOCTOR_CERTIFICATE] = { "certificate", 21 },
    [DOCTOR_POLICY] = { "policy", 0 },
    [DOCTOR_REFUSALS] = { "refusals", 0 },
};

int doctor_report_init(struct doctor_report *report)
{
    *report = (struct doctor_report){ .checks = json_array() };
    return report->checks ? 0 : -ENOMEM;
}

void doctor_report_fini(struct doctor_report *report)
{
    json_decref(report->checks);
    report->checks = NULL;
}

static void __attribute__((format(printf, 5, 0)))
add(struct doctor_report *report, enum doctor_class check, char const *verdict, char const *cure,
    char const *format, va_list args)
{
    json_t *found = json_vsprintf(format, args);

    if (!found) /* cut inside a character */
        found = json_string("(not UTF-8)");
    json_array_append_new(report->checks,
                          json_pack("{s:s,s:s,s:o,s:s*}", "check", classes[check].name, "verdict",
                                    verdict, "found", found, "cure", cure));
}

#define REPORT(verdict)                                                                            \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        add(report, check, verdict, NULL, format, args);                                           \
        va_end(args);                                                                              \
    } while (0)

void doctor_report_ok(struct doctor_report *report, enum doctor_class check, char const *format,
                      ...)
{
    REPORT("ok");
}

void doctor_report_note(struct doctor_report *report, enum doctor_class check, char const *format,
                        ...)
{
    REPORT("note");
}

void doctor_report_skip(struct doctor_report *report, enum doctor_class check, char const *format,
                        ...)
{
    REPORT("skipped");
}

void doctor_report_fault(struct doctor_report *report, enum doctor_class check, char const *cure,
                         char const *format, ...)
{
    va_list args;

    va_start(args, format);
    add(report, check, "fault", cure, format, args);
    va_end(args);
    if (!report->faulty)
        report->first = check;
    report->faulty = true;
}

int doctor_report_code(struct doctor_report const *report)
{
    return report->faulty ? classes[report->first].code : 0;
}

json_t *doctor_report_json(struct doctor_report const *report)
{
    return json_pack("{s:s,s:s*,s:i,s:O}", "verdict", report->faulty ? "fault" : "ok", "fault",
                     report->faulty ? classes[report->first].name : NULL, "code",
                     doctor_report_code(report), "checks", report->checks);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What `rcc doctor` has found: one finding per check, in their order. The first fault decides the
 * exit code. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

/* The order of the checks; crosspoint(1) lists the exit codes. */
enum doctor_class {
    DOCTOR_GATEWAY,
    DOCTOR_USER,
    DOCTOR_FORM,
    DOCTOR_LINE,
    DOCTOR_DEVICE,
    DOCTOR_CTI,
    DOCTOR_PROXY,
    DOCTOR_SERVER,
    DOCTOR_LISTENER,
    DOCTOR_ACL,
    DOCTOR_ROUTING,
    DOCTOR_RECORD_ROUTE,
    DOCTOR_TLS,
    DOCTOR_CERTIFICATE,
    DOCTOR_POLICY,
    DOCTOR_REFUSALS,
    DOCTOR_CLASSES
};

struct doctor_report {
    json_t *checks; /* [{check, verdict, found, cure}...]; owned */
    bool faulty;
    enum doctor_class first; /* of the first fault */
};

/** Returns 0 or -ENOMEM; fini is right after either. */
int doctor_report_init(struct doctor_report *report);
void doctor_report_fini(struct doctor_report *report);

/** Nothing wrong; worth knowing; not looked at, since an earlier fault is in the way. */
void doctor_report_ok(struct doctor_report *report, enum doctor_class check, char const *format,
                      ...) __attribute__((format(printf, 3, 4)));
void doctor_report_note(struct doctor_report *report, enum doctor_class check, char const *format,
                        ...) __attribute__((format(printf, 3, 4)));
void doctor_report_skip(struct doctor_report *report, enum doctor_class check, char const *format,
                        ...) __attribute__((format(printf, 3, 4)));
/** A fault, and what to do about it. */
void doctor_report_fault(struct doctor_report *report, enum doctor_class check, char const *cure,
                         char const *format, ...) __attribute__((format(printf, 4, 5)));

/** 0, or the code of the first fault's class. */
int doctor_report_code(struct doctor_report const *report);

/** { "verdict": "ok"|"fault", "fault": "acl", "code": 17, "checks": [...] }; caller owns. */
json_t *doctor_report_json(struct doctor_report const *report);

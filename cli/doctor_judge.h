/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of `rcc doctor` (guide-rcc 6), each from facts alone: those of the gateway in
 * doctor_judge.c, those of the proxy in doctor_path.c and doctor_secure.c. */
#pragma once
#include "doctor_facts.h"
#include "doctor_report.h"

/** All checks in their order. */
void doctor_judge(struct doctor_facts const *facts, struct doctor_report *report);

/** Listener, access list, routing, Record-Route (doctor_path.c). */
void doctor_path(struct doctor_facts const *facts, struct doctor_report *report);

/** The TLS context that the peer meets, our certificates in it; nothing without TLS
 * (doctor_secure.c). */
void doctor_secure(struct doctor_facts const *facts, struct doctor_report *report);

/* SPDX-License-Identifier: Apache-2.0 */
/* What `crosspoint rcc` prints: one line per step and event, for people or as JSON lines. Every
 * line is flushed, so that whoever waits for it in a pipe sees it at once. */
#pragma once
#include "csta.h"
#include <stdbool.h>
#include <stdio.h>

struct rcc_report {
    FILE *out;
    bool json;
};

/* Why a step failed; members that say nothing are zero. */
struct rcc_failure {
    int status; /* SIP */
    char reason[128];
    char warning[256];
    bool is_csta;
    enum csta_error_category category;
    char value[64];
    char text[256];   /* our own words */
    bool in_dialog;   /* it came with a 2xx: the session is there and must be ended */
    bool unreachable; /* nothing answers at the address of the proxy */
};

/** A step was done: its name as typed ("call"), its argument or NULL, and what came of it. */
void rcc_report_done(struct rcc_report const *report, char const *step, char const *arg,
                     char const *result);

void rcc_report_failed(struct rcc_report const *report, char const *step, char const *arg,
                       struct rcc_failure const *failure);

void rcc_report_event(struct rcc_report const *report, struct csta_msg const *event);

/** One line per call of a SnapshotDeviceResponse. */
void rcc_report_snapshot(struct rcc_report const *report, struct csta_msg const *response);

/** "makeCall answerCall ..." of a GetCSTAFeaturesResponse. */
void rcc_report_features(struct rcc_report const *report, char const *step,
                         struct csta_msg const *response);

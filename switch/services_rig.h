/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: services as scripts of XML: a request, what its answer must contain, and which events
 * follow.
 *
 * NS stands for the ed3 namespace, $C for the id of the youngest call, $B for the one before, $X
 * for the last monitor. Lines 2001 and 2002 (one phone each), 2003, 2004 (shared: SEPA, SEPB);
 * trunk "+".
 */
#pragma once
#include "buf.h"
#include "exchange.h"
#include "services.h"
#include "switch_conf.h"

enum { SERVICES_RIG_STEPS = 16 };

struct services_rig_step {
    char const *request; /* XML, or "phone LINE VERB [VALUE]" */
    char const *answer;  /* must be contained; NULL for a phone */
    char const *events;  /* types without "Event", by blanks */
};

struct services_rig_script {
    char const *name;
    struct services_rig_step steps[SERVICES_RIG_STEPS];
};

struct services_rig {
    struct exchange ex;
    struct wheel *wheel;
    struct switch_conf conf;
    struct monitor_list monitors;
    struct services_registration registration;
    struct buf events, text;
    char xref[CALL_ID_TEXT];
};

void services_rig_init(struct services_rig *rig);
void services_rig_fini(struct services_rig *rig);

/** Plays each script in a switch of its own, and fails at the first difference. */
void services_rig_play(struct services_rig_script const *scripts, size_t n);

/** main() of a test that plays scripts and nothing else. */
int services_rig_main(struct services_rig_script const *scripts, size_t n);

#define ERROR(kind, value) "<" kind ">" value "</" kind ">"
#define OPERATION(value)   ERROR("operation", value)
#define STATE(value)       ERROR("stateIncompatibility", value)
#define RESOURCE(value)    ERROR("systemResourceAvailibility", value)
#define CONN(call, device) "<callID>" call "</callID><deviceID>" device "</deviceID>"
#define MAKE(from, to, how)                                                                        \
    "<MakeCall NS><callingDevice>" from "</callingDevice><calledDirectoryNumber>" to               \
    "</calledDirectoryNumber>" how "</MakeCall>"
#define PROMPT        "<autoOriginate>prompt</autoOriginate>"
#define DO_NOT_PROMPT "<autoOriginate>doNotPrompt</autoOriginate>"
#define ANSWER(conn)  "<AnswerCall NS><callToBeAnswered>" conn "</callToBeAnswered></AnswerCall>"
#define CLEAR(conn)                                                                                \
    "<ClearConnection NS><connectionToBeCleared>" conn "</connectionToBeCleared></"                \
    "ClearConnection>"
#define RINGING                                                                                    \
    {                                                                                              \
        MAKE("2001", "2002", DO_NOT_PROMPT),                                                       \
            "<callingDevice><callID>$C</callID><deviceID>2001</deviceID></callingDevice>",         \
            "Originated Delivered"                                                                 \
    }
#define ANSWERED                                                                                   \
    {                                                                                              \
        ANSWER(CONN("$C", "2002")), "<AnswerCallResponse", "Established"                           \
    }

/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA III messages in XML (ECMA-323 editions 2 to 6) and the application session of ECMA-354.
 *
 * A library of its own: the gateway, the switch and the `rcc` client speak CSTA and must agree, so
 * they share this codec and nothing else. Element tables (csta_tables.c) drive one decoder and one
 * encoder; adding a message is adding rows. Decoding is namespace-aware, matches local names in any
 * edition, skips unknown children and refuses what xml_reader refuses (DOCTYPE, depth, size).
 *
 * One struct serves every message: a message uses the members that its table row names. Strings are
 * borrowed from the caller (encode) or live in the home given to csta_decode(). */
#pragma once
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* X-macros: csta_names.h lists message types, causes, connection states, error values. */
#include "csta_names.h"

enum csta_edition { CSTA_ED2 = 2, CSTA_ED3, CSTA_ED4, CSTA_ED5, CSTA_ED6 };

/** A connection: a call as one device sees it. Either part may be missing (NULL). */
struct csta_conn {
    char const *call_id, *device_id;
};

enum csta_device_kind {
    CSTA_DEVICE_ABSENT,
    CSTA_DEVICE_IDENTIFIER, /* id is set */
    CSTA_DEVICE_NOT_KNOWN,
    CSTA_DEVICE_RESTRICTED,
    CSTA_DEVICE_NOT_REQUIRED,
    CSTA_DEVICE_NOT_SPECIFIED,
};

struct csta_device {
    enum csta_device_kind kind;
    char const *id;
};

struct csta_snapshot_item {
    struct csta_conn conn;
    char const *endpoint; /* device on the other side, NULL = unknown */
    enum csta_connection_state state;
};

/** A set of message types: which services and events a GetCSTAFeaturesResponse offers. */
struct csta_set {
    uint64_t bits[(CSTA_TYPES + 63) / 64];
};

struct csta_error {
    enum csta_error_category category;
    char const *value; /* "invalidDeviceID"; NULL for unspecified */
};

struct csta_msg {
    enum csta_type type;
    enum csta_edition edition; /* ignored for ECMA-354 messages */

    char const *monitor_xref;
    struct csta_conn conn;        /* the connection that the message is about */
    char const *device;           /* the device that a request is about (MakeCall: callingDevice) */
    char const *directory_number; /* MakeCall calledDirectoryNumber */
    enum csta_auto_originate auto_originate;
    char const *line; /* Microsoft private data lcs:line */

    struct csta_device
        subject; /* who acts: initiating, alerting, answering, holding, releasing ... */
    struct csta_device calling, called, redirected;
    struct csta_device originating;         /* OriginatedEvent originatingDevice */
    enum csta_connection_state local_state; /* localConnectionInfo */
    enum csta_cause cause;

    enum csta_system_status system_status;
    bool monitor_existing_calls;
    struct csta_set features;
    struct csta_snapshot_item *items;
    size_t n_items;
    struct csta_error error;

    /* ECMA-354 */
    char const *application_id, *session_id, *user, *password;
    char const *protocol_version;
    uint32_t session_duration_s;
};

enum csta_fault_kind {
    CSTA_FAULT_NONE,
    CSTA_FAULT_NOT_XML,   /* broken or hostile XML: SIP 400, link closed */
    CSTA_FAULT_NOT_CSTA,  /* namespace is not CSTA: SIP 400 */
    CSTA_FAULT_UNKNOWN,   /* CSTA, but an element we do not know: serviceNotSupported */
    CSTA_FAULT_PARAMETER, /* a required child is missing or wrong: invalidParameterValue */
    CSTA_FAULT_MEMORY,
};

struct csta_fault {
    enum csta_fault_kind kind;
    enum csta_edition edition; /* of the bad message if it got that far, else 0 */
    char text[160];            /* for the log, control characters removed */
};

/** Decodes one document. On success 0 and @p ret is filled, strings in @p home. Otherwise -EINVAL
 * and
 *  @p ret_fault says what is wrong; ret->type may be set. */
int csta_decode(su_home_t *home, char const *xml, size_t len, struct csta_msg *ret,
                struct csta_fault *ret_fault);

/** Appends the document (with XML declaration, UTF-8) to @p out. Returns 0, or -EINVAL when a
 *  required member is missing (our bug), -ENOMEM. Members outside the type's table are ignored. */
int csta_encode(struct csta_msg const *msg, struct buf *out);

/** Element name of a type ("MakeCall"), type of an element name (CSTA_NONE if unknown). */
char const *csta_type_str(enum csta_type type);
enum csta_type csta_type_parse(char const *name);

/** Response type of a service request (CSTA_MakeCall -> CSTA_MakeCallResponse), else CSTA_NONE. */
enum csta_type csta_response_of(enum csta_type request);
bool csta_is_service(enum csta_type type);
bool csta_is_event(enum csta_type type);

char const *csta_cause_str(enum csta_cause cause);
char const *csta_connection_state_str(enum csta_connection_state state);
char const *csta_system_status_str(enum csta_system_status status);
char const *csta_error_category_str(enum csta_error_category category);

static inline void csta_set_add(struct csta_set *set, enum csta_type type)
{
    set->bits[type / 64] |= UINT64_C(1) << (type % 64);
}

static inline bool csta_set_has(struct csta_set const *set, enum csta_type type)
{
    return set->bits[type / 64] >> (type % 64) & 1;
}

/** Namespace URI of an edition, and of ECMA-354. */
char const *csta_namespace(enum csta_edition edition);
extern char const csta_namespace_354[];

/** Quick look at the root element for logs and ladders: its local name copied into @p ret (at most
 *  @p size bytes, truncated), "" if there is none. No validation. */
void csta_peek_name(char const *xml, size_t len, char *ret, size_t size);

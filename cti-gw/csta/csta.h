/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA III messages in XML (ECMA-323 editions 2 to 6) and the application session of ECMA-354.
 *
 * A library of its own: the gateway, the switch and the `rcc` client speak CSTA and must agree, so
 * they share this codec and nothing else. Element tables (csta_rows_*.c) drive one decoder and
 * one encoder; adding a message is adding rows. Decoding is namespace-aware, matches local names in
 * any edition, skips unknown children and refuses what xml_reader refuses (DOCTYPE, depth, size).
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
    CSTA_DEVICE_PLAIN, /* id is set; written without an element around it, as phones know it
                          (as-feature-event), and read as an identifier */
};

struct csta_device {
    enum csta_device_kind kind;
    char const *id;
};

struct csta_error {
    enum csta_error_category category;
    char const *value; /* "invalidDeviceID"; NULL for unspecified */
};

/** A set of message types: services and events offered, permitted or filtered out. */
struct csta_set {
    uint64_t bits[(CSTA_TYPES + 63) / 64];
};

/** A call of a device (SnapshotDevice), or a device of a call (SnapshotCall). */
struct csta_snapshot_item {
    struct csta_conn conn;
    char const *endpoint;      /* SnapshotDevice: device on the other side, NULL = unknown */
    struct csta_device device; /* SnapshotCall: whose connection it is */
    enum csta_connection_state state;
    struct csta_set permitted; /* services that the connection is ready for */
};

/** What became of one connection in a transfer or conference. */
struct csta_connection_item {
    struct csta_conn now, before;
    char const *endpoint; /* the device at it, NULL = unknown */
    enum csta_connection_state state;
};

struct csta_forward {
    enum csta_forwarding type;
    bool on;
    char const *number;
    uint32_t ring_count;
};

/** A handset, headset or speakerphone: muteOn or volume, as the service has it. */
struct csta_apparatus {
    char const *id;
    bool muted;
    uint32_t volume; /* percent */
};

struct csta_listed_device {
    char const *id;
    enum csta_device_category category;
    char const *model;
};

struct csta_msg {
    enum csta_type type;
    enum csta_edition edition; /* ignored for ECMA-354 messages */

    char const *sake_call_id; /* of the SIP session that it is sent for; for the tap, not in the
                                 document */
    char const *monitor_xref;
    struct csta_conn conn; /* the connection that the message is about; of two calls the active one,
                              of two old calls the primary one */
    struct csta_conn held; /* the other of two: heldCall, secondaryOldCall */
    struct csta_conn trunk;       /* originatingNIDConnection of a call from outside */
    char const *device;           /* the device that a request is about (MakeCall: callingDevice) */
    char const *directory_number; /* somebody else whom it names: calledDirectoryNumber,
                                     consultedDevice, transferredTo, deviceToJoin, newDestination
                                     of a request, forwardDN, forwardTo */
    char const *correlator;       /* correlatorData: what an application ties to a call */
    char const *user_data;        /* userData: what is sent along with a step of the call */
    enum csta_auto_originate auto_originate;
    enum csta_consult_options consult_options;
    enum csta_participation participation;
    char const *line; /* Microsoft private data lcs:line */

    struct csta_device
        subject; /* who acts: initiating, alerting, answering, holding, releasing ... */
    struct csta_device calling, called, redirected;
    struct csta_device destination; /* newDestination, transferredToDevice, addedParty of events */
    struct csta_device originating; /* OriginatedEvent originatingDevice */
    enum csta_connection_state local_state; /* localConnectionInfo */
    enum csta_cause cause;
    struct csta_set permitted; /* servicesPermitted: what the connection is ready for now */

    enum csta_system_status system_status;
    char const *register_id;        /* sysStatRegisterID */
    struct csta_set request_types;  /* SystemRegister: SystemStatus, RequestSystemStatus */
    struct csta_set muted_statuses; /* its filter: bits are csta_system_status, not to be sent */
    bool monitor_existing_calls;
    struct csta_set filter; /* monitor filter: events not to be sent (ECMA-269 12.2.23) */
    struct csta_set features;
    struct csta_snapshot_item *items;
    size_t n_items;
    struct csta_connection_item *connections;
    size_t n_connections;
    struct csta_error error;

    /* Features of a device. */
    bool on; /* activateForward, forwardStatus, doNotDisturbOn, messageWaitingOn, ...MuteOn,
                hookswitchOnHook */
    enum csta_forwarding forwarding;
    uint32_t ring_count;
    struct csta_forward *forwards;
    size_t n_forwards;
    char const *message_device; /* deviceForMessage */
    bool lamp_is_present;
    char const *apparatus; /* auditoryApparatus; of HookswitchEvent the hookswitch */
    uint32_t volume;       /* percent */
    struct csta_apparatus *apparatuses;
    size_t n_apparatuses;

    /* Digits. */
    char const *digits; /* charactersToSend, diallingSequence */
    enum csta_digit_mode digit_mode;
    uint32_t tone_ms, pause_ms;

    /* QueuedEvent. */
    uint32_t number_queued, calls_in_front;

    /* Devices of the switching function. */
    enum csta_requested_category requested_category;
    char const *service_xref;
    uint32_t segment;
    bool last_segment;
    struct csta_listed_device *devices;
    size_t n_devices;

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
char const *csta_forwarding_str(enum csta_forwarding type);

static inline void csta_set_add(struct csta_set *set, enum csta_type type)
{
    set->bits[type / 64] |= UINT64_C(1) << (type % 64);
}

static inline void csta_set_remove(struct csta_set *set, enum csta_type type)
{
    set->bits[type / 64] &= ~(UINT64_C(1) << (type % 64));
}

static inline bool csta_set_has(struct csta_set const *set, enum csta_type type)
{
    return set->bits[type / 64] >> (type % 64) & 1;
}

/** For constant sets: bit of @p type in word @p word of csta_set.bits. */
#define CSTA_BIT(type, word) ((type) / 64 == (word) ? UINT64_C(1) << (type) % 64 : 0)

/** Namespace URI of an edition, and of ECMA-354. */
char const *csta_namespace(enum csta_edition edition);
extern char const csta_namespace_354[];

/** Quick look at the root element for logs and ladders: its local name copied into @p ret (at most
 *  @p size bytes, truncated), "" if there is none. No validation. */
void csta_peek_name(char const *xml, size_t len, char *ret, size_t size);

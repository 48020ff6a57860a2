/* SPDX-License-Identifier: Apache-2.0 */
/* A CTI driver: how the gateway reaches one kind of call control system.
 *
 * The vtable has one slot per CSTA service and up-calls that carry CSTA events; what a driver
 * leaves NULL, or narrow() takes off, is not advertised in GetCSTAFeatures and is refused with
 * serviceNotSupported. Device strings in requests are directory numbers or device names as the
 * switch knows them (service.c has resolved the client's line URI); the gateway puts the client's
 * own string back into what it sends.
 *
 * One driver_conn per configured address. All calls and up-calls are on the loop thread; an up-call
 * or a reply never happens inside a call, but for the replies that close() gives.
 *
 * A request that was taken is answered exactly once:
 *   by the system                     its response, or its CSTAErrorCode unchanged; in any order
 *   no answer in request_ms           systemResourceAvailibility resourceBusy; a late one is lost
 *   an answer that makes no sense     systemResourceAvailibility resourceOutOfService
 *   link lost, or connection closed   the same; before on_down, so that who asked can let go
 * One that was not taken gets a negative errno and no reply: -ENOTCONN not up, -EBUSY max_requests
 * are unanswered, -ENOMEM.
 *
 * In the order of what the system says: a response comes before the events of what it has done, so
 * that a client knows a call by the answer before it hears of it; events of one monitor keep their
 * order. After on_down nothing comes but on_down again, with why an attempt has failed, and on_up,
 * with an identity that was never there before.
 *
 * test_driver.c and test_driver_contract.c hold every driver of drivers.def to this. */
#pragma once
#include "csta.h"
#include <uv.h>

struct driver_conn;
struct tap;
struct wheel;

/** Answer to one request: its response or a CSTAErrorCode; borrowed for the call. */
typedef void driver_reply_fn(void *ctx, struct csta_msg const *reply);

/** Sends one service request; @p request is borrowed for the call. Its sake_call_id, if it has one,
 *  stands in the tap, with it and with its answer. Returns 0 or a negative errno (then @p reply is
 *  not called). */
typedef int driver_service_fn(struct driver_conn *conn, struct csta_msg const *request,
                              driver_reply_fn *reply, void *ctx);

/** What a system sends and nobody can use. */
enum driver_fault {
    DRIVER_FAULT_NONE,
    DRIVER_FAULT_MESSAGE, /* a message that makes no sense; skipped */
    DRIVER_FAULT_ANSWER,  /* an answer that nobody waits for, or to another service */
    DRIVER_FAULT_EVENT,   /* an event for no monitor that runs; the gateway finds it, not the driver
                           */
    DRIVER_FAULT_FRAME,   /* the link does not carry messages any more; on_down follows */
    DRIVER_FAULT_HALF,    /* a message stayed half; on_down follows */
    DRIVER_FAULTS
};

/** What a connection tells the gateway. */
struct driver_host {
    /* Application session established. @p identity is new each time the link was rebuilt. */
    void (*on_up)(void *ctx, char const *identity);
    /* Link or session lost; @p reason is a static text. Monitors made over it are gone. */
    void (*on_down)(void *ctx, char const *reason);
    /* An event for a monitor; borrowed for the call. */
    void (*on_event)(void *ctx, struct csta_msg const *event);
    /* The switch says how it is; also if that is nothing new. */
    void (*on_status)(void *ctx, enum csta_system_status status);
    /* A heartbeat was answered after @p us microseconds. */
    void (*on_beat)(void *ctx, uint64_t us);
    /* The system has sent nonsense; @p what says more, and is borrowed for the call. */
    void (*on_fault)(void *ctx, enum driver_fault fault, char const *what);
    /* Call-ID of the session that has this monitor, "" if none has; for the tap. Borrowed for the
     * call. NULL: nobody knows. */
    char const *(*whose)(void *ctx, char const *monitor_xref);
};

struct driver_options {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct tap *tap;
    char const *address; /* "127.0.0.1:2750" */
    char const *user, *password;
    int64_t heartbeat_s;  /* a link silent for two of these is dead */
    int64_t retry_ms;     /* between attempts to connect */
    int64_t request_ms;   /* limit for one answer */
    int64_t half_ms;      /* how long a begun message may stay incomplete */
    int64_t max_requests; /* unanswered at one time; more: performanceManagement */
};

struct driver {
    char const *name; /* as in the configuration: "csta_tcp" */
    char const *help;
    /* Starts connecting and keeps trying; @p options' strings are borrowed for the life of the
     * connection. NULL when out of memory or the address is wrong. */
    struct driver_conn *(*open)(struct driver_options const *options,
                                struct driver_host const *host, void *ctx);
    /* Ends the session politely if it can, answers what still waits, and frees; no up-call is made,
     * and no reply after it. What the replies ask then is refused. */
    void (*close)(struct driver_conn **pconn);
    driver_service_fn *service[CSTA_TYPES]; /* indexed by the request's csta_type: see below */
    struct csta_set events;                 /* events it can deliver */
    /* Takes off @p set, which has all of the above, what the system at the other end has said it
     * cannot do. NULL: nothing. */
    void (*narrow)(struct driver_conn const *conn, struct csta_set *set);
};

/* The slots of driver.service. What the request holds is in the members that its rows name
 * (csta_rows_*.c); the answer is the response of the same name. "Needs" is what the system must
 * find, else the driver answers its error; the gateway does not check it, but who may touch which
 * line. "Then" is what every monitor of the lines in question must be told. MonitorStart and
 * MonitorStop are all that a driver must have; a system that lacks a service leaves its slot NULL.
 *
 * slot                     needs                    answer            then, as events
 * ------------------------ ------------------------ ----------------- ---------------------------
 * MonitorStart             a line, phone or call    monitor_xref,     none of what is already;
 *                                                   unique on this    all that follows
 *                                                   connection
 * MonitorStop              the xref of one          empty             none more of it
 * SnapshotDevice           a line or phone          items: its calls  -
 * SnapshotCall             a call                   items: its        -
 *                                                   devices
 * MakeCall                 a line in service;       conn: the new     ServiceInitiated (prompt),
 *                          a number                 call, while it    Originated, then Delivered
 *                                                   may still fail    or NetworkReached, or Failed
 * AcceptCall               a call that is offered,  empty             Delivered
 *                          but does not alert yet
 * AnswerCall               a call that alerts       empty             Established
 * ClearConnection          a connection             empty             ConnectionCleared
 * ClearCall                a call                   empty             ConnectionCleared for each,
 *                                                                     CallCleared for the call
 * HoldCall                 connected                empty             Held
 * RetrieveCall             held                     empty             Retrieved
 * AlternateCall            one connected, one held  empty             Held, Retrieved
 * ReconnectCall            one connected, one held  empty             ConnectionCleared, Retrieved
 * ConsultationCall         connected; a number      conn: the new     Held, Originated, then as
 *                                                   call              after MakeCall
 * TransferCall             one held, one connected  conn and          Transfered, with the new
 *                          or alerting at the end   connections       connections
 * SingleStepTransferCall   connected; a number      conn and          Transfered
 *                                                   connections
 * ConferenceCall           one held, one connected  conn and          Conferenced, with the new
 *                                                   connections       connections
 * SingleStepConferenceCall connected; a number      conn and          Conferenced
 *                                                   connections
 * DeflectCall              alerting; a number       empty             Diverted, Delivered there
 * DirectedPickupCall       alerting at another line empty             Diverted there, Established
 * DialDigits               a call that is initiated empty             Originated when complete
 * GenerateDigits           connected                empty             none
 * GetForwarding            a line                   forwards          -
 * SetForwarding            a line; a number, if on  empty             Forwarding
 * GetDoNotDisturb          a line                   on                -
 * SetDoNotDisturb          a line                   empty             DoNotDisturb
 * GetMessageWaitingIndicator
 *                          a line                   on                -
 * SetMessageWaitingIndicator
 *                          a line                   empty             MessageWaiting
 * GetSpeakerMute           a phone                  apparatuses       -
 * SetSpeakerMute           a phone and apparatus    empty             none
 * GetSpeakerVolume         a phone                  apparatuses       -
 * SetSpeakerVolume         a phone and apparatus    empty             none
 * GetMicrophoneMute        a phone                  apparatuses       -
 * SetMicrophoneMute        a phone and apparatus    empty             none
 *
 * What correlator ties to a call the system tells with its events, and user_data with those of the
 * service that brought it; both are opaque.
 *
 * Units: volumes are percents, ring_count is rings, tone_ms and pause_ms are milliseconds.
 *
 * Events of a line, and the items of a snapshot, say in permitted what may be asked for next, if
 * the system knows; the gateway takes off what the user may not.
 *
 * What the human does at the phone is told with the same events. The gateway answers these itself
 * and never calls their slots: RequestSystemStatus, SystemStatus, SystemRegister, GetCSTAFeatures,
 * GetSwitchingFunctionDevices, ChangeMonitorFilter. */

/** Driver by name, NULL if there is none; drivers.def lists them. */
struct driver const *driver_find(char const *name);

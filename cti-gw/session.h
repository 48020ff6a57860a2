/* SPDX-License-Identifier: Apache-2.0 */
/* One CSTA session: a SIP dialog between a client and us for one line (csta-rcc 1.3 to 1.8).
 *
 * A session is made by an accepted INVITE and lives until BYE, until its timer runs out without a
 * refresh, or until its CTI connection is lost. Its states are the table in session_fsm.c. It owns
 * its dialog, its monitors, and the records of what is under way; it stays on the connection that
 * was chosen at its start. Plain structs: an idle session costs about 2 KiB. */
#pragma once
#include "csta.h"
#include "gateway.h"
#include "policy.h"
#include "wheel.h"

struct dialog;
struct cti_monitor;
struct peer_class;

struct session;

/** The final response to a request of ours, or NULL: none came in time. May not end the session. */
typedef void session_answer_fn(struct session *session, sip_t const *response);

/** An INFO, BYE or refresh of ours that has no final response yet. */
struct session_sent {
    LIST_ENTRY(session_sent) link;
    struct session *session;
    struct outgoing *outgoing;
    session_answer_fn *on_answer; /* NULL: nobody wants to know */
};

struct session {
    struct htab_entry by_tag;
    LIST_ENTRY(session) link;
    TAILQ_ENTRY(session) leaving; /* while is_leaving */
    struct gateway *gw;
    struct dialog *dialog;
    char *user;                    /* its id */
    struct policy policy;          /* what is taken from the user */
    struct peer_class const *peer; /* kind of the client, or NULL; of the configuration */
    char *device;             /* the phone of it that is controlled; NULL: the line as a whole */
    char *number;             /* directory number of the line */
    char *line_text;          /* the line as the client wrote it */
    struct device_ring *ring; /* both phones ring; the one that is answered becomes the device */
    char id[9];
    uint8_t state; /* set by fsm_step() only */
    enum csta_edition edition;
    unsigned connection;
    struct origin flow; /* of the client's last request; ours go back the same way */
    uint32_t expires_s;
    uint32_t min_se_s; /* the largest that the client has named; 0: none */
    uint64_t started_ms, due_ms;
    struct wheel_timer expiry, resend, refresh;
    bool no_update;                    /* the client refuses UPDATE */
    bool is_forgotten;                 /* the client does not know the session any more */
    bool is_deaf;                      /* an event was refused or not answered; logged once */
    bool is_flooding;                  /* too many services at a time; logged once */
    struct server_transaction *invite; /* whose 2xx waits for its ACK */
    msg_t *ok;                         /* that 2xx */
    uint64_t ok_since_ms, resend_ms;
    LIST_HEAD(, cti_monitor) monitors;
    LIST_HEAD(, service) services; /* under way at the driver */
    LIST_HEAD(, session_sent) sent;
    unsigned n_monitors, n_services, n_sent;
    bool is_leaving;                /* waits in farewell.c */
    bool is_stopped;                /* SystemStatus goes before the BYE */
    bool events_lost;               /* and the client has not been told yet */
    bool wants_status;              /* registered for SystemStatus */
    char register_id[13];           /* sysStatRegisterID */
    struct csta_set muted_statuses; /* of it */
};

/** New session for an INVITE that passed every check; takes no ownership of @p st. NULL when out of
 *  memory or the INVITE makes no dialog. */
struct session *session_new(struct gateway *gw, struct server_transaction *st,
                            struct users_person const *user, char const *number,
                            char const *line_text, unsigned connection);

/** Frees at once, without a word to the client. */
void session_free(struct session **psession);

/** The session of an in-dialog request, or NULL. */
struct session *session_find(struct gateway *gw, sip_t const *request);

/** A request of the session came from there: an event must not overtake the answer to the service
 *  that caused it, so both take one connection. */
void session_heard(struct session *session, struct origin const *from);

/** Sends @p ok (taken) as the 2xx of the session's INVITE and repeats it until the ACK comes
 *  (RFC 3261 13.3.1.4). */
void session_accept(struct session *session, struct server_transaction *st, msg_t *ok);

/** The ACK of the 2xx came. */
void session_acked(struct session *session);

/** Starts the session timer anew. */
void session_refreshed(struct session *session, uint32_t expires_s);

/** Sends a request of ours in the dialog (taken). Counts it as unanswered until its final response.
 *  Returns 0 or a negative errno. */
int session_send(struct session *session, msg_t *request);

/** As session_send(), and the final response is given to @p on_answer; of an INVITE each 2xx. */
int session_ask(struct session *session, msg_t *request, session_answer_fn *on_answer);

/** The client does not refresh: the session ends soon, as if it had expired. */
void session_expire(struct session *session);

/** The client does not know the session any more: it ends soon. */
void session_forgotten(struct session *session);

/** The client's BYE came and is answered: frees the session. */
void session_bye(struct session *session);

/** The session's CTI connection is lost: ends it with a BYE of ours. */
void session_lost(struct session *session);

/** The user may not control the line any more: ends it with a BYE of ours. */
void session_forbidden(struct session *session);

/** The gateway stops: ends it with a BYE of ours, which may free it. */
void session_stopped(struct session *session);

/** Its turn has come (farewell.c): the client is told, which may free it. */
void session_turn(struct session *session);

/** May CSTA be served now (neither ending nor its connection lost)? */
bool session_is_open(struct session const *session);

char const *session_state_str(struct session const *session);

/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of group "cti", and the faults that no single row can see. */
#define LOG_SUBSYSTEM LOG_CFG
#include "cti_conf.h"
#include "driver.h"
#include "htab.h"
#include "line_uri.h"
#include "log.h"
#include "net_addr.h"
#include "number_conf.h"
#include "password.h"
#include "peer_class.h"
#include "policy_conf.h"
#include "stack.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LCS_LINES = 2 };

static char const *check_connection(char const *text)
{
    struct net_addr addr;

    return net_addr_parse(&addr, text, 2750) < 0 ? "wants an IP address, perhaps with :port" : NULL;
}

static char const *check_number(char const *text)
{
    struct line_uri uri;

    return line_uri_parse(text, &uri) < 0 || strcmp(uri.number, text) != 0
               ? "wants the digits of a directory number"
               : NULL;
}

static char const *check_driver(char const *name)
{
    return driver_find(name) ? NULL : "there is no such driver";
}

static char const *check_password_file(char const *path)
{
    char password[PASSWORD_MAX + 1];
    int err = password_load(path, password);

    if (err == -EINVAL)
        return "its first line is empty or too long for a password";
    return err ? strerror(-err) : NULL;
}

static char const *check_proxy(char const *text)
{
    struct net_cidr block;

    return net_cidr_parse(&block, text) < 0 ? "wants an IP address, perhaps with /bits" : NULL;
}

static char const *check_uri(char const *text)
{
    return *text && strncasecmp(text, "sip:", 4) != 0 ? "wants a sip: URI" : NULL;
}

static struct cfg_row const user_rows[] = {
    CFG_ROW_STRING("id", struct cti_user, id, .max = 128, .effect = CFG_RESTART,
                   .help = "User id at the call manager; compared with the user part of From."),
    CFG_ROW_STRING("mail", struct cti_user, mail, .default_text = "", .max = 255,
                   .effect = CFG_RESTART, .help = "Mail address; compared with user@host of From."),
    CFG_ROW_STRING("uri", struct cti_user, uri, .default_text = "", .max = 255, .check = check_uri,
                   .effect = CFG_RESTART,
                   .help = "Primary SIP address; compared with the whole URI of From."),
    CFG_ROW_BOOL("rcc", struct cti_user, rcc, .default_text = "false", .effect = CFG_RESTART,
                 .help = "Whether the user may control phones at all."),
    CFG_ROW_STRINGS("lines", struct cti_user, lines, .max = 64, .check = check_number,
                    .effect = CFG_RESTART, .help = "Directory numbers that the user may control."),
    CFG_ROW_STRINGS("groups", struct cti_user, groups, .max = 64, .effect = CFG_RESTART,
                    .help = "Groups that the user belongs to, for policies."),
};

static struct cfg_schema const user_schema = {
    .group = "cti user",
    .size = sizeof(struct cti_user),
    .rows = user_rows,
    .n = sizeof user_rows / sizeof user_rows[0],
    .help = "a person who may control phones.",
};

static char const *const server_types[] = { "ocs", "lcs", NULL };
static char const *const relaxed_names[] = { "auto", "always", "never", NULL };

#define COUNT_ROW(key, lo, hi, dflt, text)                                                         \
    CFG_ROW_INT(#key, struct cti_conf, key, .min = lo, .max = hi, .default_text = #dflt,           \
                .effect = CFG_RESTART, .help = text)
#define TIME_ROW(key, lo, hi, dflt, of, text)                                                      \
    CFG_ROW_INT(#key, struct cti_conf, key, .min = lo, .max = hi, .default_text = #dflt,           \
                .unit = of, .effect = CFG_RESTART, .help = text)

static struct cfg_row const rows[] = {
    CFG_ROW_STRINGS("listen", struct cti_conf, listen, .default_text = "tcp:127.0.0.1:5082",
                    .min = 1, .max = 16, .check = stack_listen_check, .effect = CFG_RESTART,
                    .help = "SIP listeners, as TRANSPORT:ADDRESS:PORT; the proxy sends here."),
    CFG_ROW_STRING("driver", struct cti_conf, driver, .default_text = "csta_tcp", .max = 32,
                   .check = check_driver, .effect = CFG_RESTART,
                   .help = "How the call control system is reached."),
    CFG_ROW_STRINGS("connections", struct cti_conf, connections, .default_text = "127.0.0.1:2750",
                    .min = 1, .max = 8, .check = check_connection, .effect = CFG_RESTART,
                    .help = "CTI connections; all are kept up, sessions go round robin in this "
                            "order."),
    CFG_ROW_STRING("user", struct cti_conf, user, .default_text = "CtiGW", .max = 128,
                   .effect = CFG_RESTART, .help = "Application user, case-sensitive."),
    CFG_ROW_PATH("password_file", struct cti_conf, password_file, .max = 4000,
                 .example = "cti.secret", .check = check_password_file, .effect = CFG_RESTART,
                 .help =
                     "File whose first line is the application user's password; a relative name "
                     "starts at the folder of the configuration file."),
    CFG_ROW_ENUM("server_type", struct cti_conf, server_type, .default_text = "ocs",
                 .names = server_types, .effect = CFG_RESTART,
                 .help = "Kind of the clients' server; lcs allows two lines for one user."),
    CFG_ROW_ENUM("relaxed_cseq", struct cti_conf, relaxed_cseq, .default_text = "auto",
                 .names = relaxed_names, .effect = CFG_RESTART,
                 .help = "Whether a CSeq may go backwards inside a session; auto: for clients "
                         "whose Via has no branch."),
    CFG_ROW_GROUPS("peer_classes", struct cti_conf, peer_classes, .max = 100,
                   .sub = &peer_class_schema, .effect = CFG_RESTART,
                   .help = "Kinds of clients by User-Agent, and what each wants; the first that "
                           "fits counts."),
    CFG_ROW_BOOL("auto_hold", struct cti_conf, auto_hold, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Whether the gateway holds the active call before it answers another one; "
                         "for phones that do not do it themselves."),
    TIME_ROW(session_timer, 90, 86400, 1800, "s",
             "A session without refresh for so long is ended (RFC 4028)."),
    TIME_ROW(min_session_timer, 90, 86400, 90, "s",
             "Shortest session timer accepted; less is answered 422."),
    TIME_ROW(heartbeat, 1, 3600, 30, "s",
             "Interval of heartbeats; a connection silent for two of them is dead."),
    TIME_ROW(retry_ms, 100, 600000, 1000, "ms", "Time between attempts to connect."),
    TIME_ROW(request_ms, 100, 600000, 10000, "ms", "Limit for the answer to one service."),
    TIME_ROW(retry_after, 1, 3600, 10, "s",
             "Retry-After of a sign-in refused because no CTI connection is up."),
    TIME_ROW(stop_ms, 0, 60000, 500, "ms",
             "How long a planned stop waits for clients to answer that their sessions end."),
    COUNT_ROW(max_sessions, 1, 10000000, 20000, "Sessions in total; more are answered 503."),
    COUNT_ROW(refused_signins, 0, 1000, 200,
              "Refused sign-ins that are kept for `show signins`; the oldest goes."),
    COUNT_ROW(max_monitors_per_session, 1, 10000, 16, "Monitors of one session."),
    COUNT_ROW(max_requests_per_session, 1, 10000, 32, "Unanswered services of one session."),
    COUNT_ROW(max_unanswered_events, 1, 100000, 500,
              "Events of one session that the client has not answered; more are dropped."),
    COUNT_ROW(max_requests_per_connection, 1, 9000, 9000,
              "Unanswered services on one CTI connection."),
    CFG_ROW_STRINGS("proxies", struct cti_conf, proxies, .default_text = "127.0.0.0/8, ::1",
                    .max = 100, .check = check_proxy, .effect = CFG_RESTART,
                    .help = "Addresses of the proxies that phones reach us through; SUBSCRIBE to "
                            "as-feature-event from elsewhere is answered 403."),
    COUNT_ROW(max_feature_subscriptions, 1, 10000000, 20000,
              "Phones that may be subscribed to the features of their lines (as-feature-event); "
              "more are answered 503."),
    TIME_ROW(feature_expires, 60, 604800, 3600, "s",
             "Longest time that such a subscription lives without a refresh."),
    TIME_ROW(min_feature_expires, 1, 604800, 60, "s",
             "Shortest time that a phone may ask for; less is answered 423."),
    COUNT_ROW(farewell_batch, 1, 100000, 100,
              "Sessions that are told of their end every 20 ms, when many end together."),
    CFG_ROW_PATH(
        "store", struct cti_conf, store, .default_text = "", .max = 4096, .effect = CFG_RESTART,
        .help = "File of users, devices and lines (SQLite), besides those of this file; may "
                "be that of proxy.registrar. Made if it is missing. Empty: none."),
    TIME_ROW(store_poll, 1, 3600, 5, "s",
             "How often the store is looked at for what another program has changed."),
    COUNT_ROW(lcs_devices, 1, 1000, 2,
              "Devices of one user with server_type lcs, one by extension mobility included."),
    TIME_ROW(ring, 1, 3600, 30, "s",
             "With server_type lcs: how long two hard phones ring at sign-in, until one is "
             "answered."),
    CFG_ROW_GROUPS("users", struct cti_conf, users, .max = 100000, .sub = &user_schema,
                   .effect = CFG_RESTART, .help = "Who may control which line."),
    CFG_ROW_GROUPS("policies", struct cti_conf, policies, .max = 1000, .sub = &policy_conf_schema,
                   .effect = CFG_RESTART,
                   .help = "Which CSTA services are taken from whom; every policy that applies "
                           "counts."),
    CFG_ROW_GROUPS("numbers_inbound", struct cti_conf, numbers_inbound, .max = 1000,
                   .sub = &number_conf_schema, .effect = CFG_RESTART,
                   .help = "What becomes of the numbers that clients write, in order; the first "
                           "rule that matches decides."),
    CFG_ROW_GROUPS("numbers_outbound", struct cti_conf, numbers_outbound, .max = 1000,
                   .sub = &number_conf_schema, .effect = CFG_RESTART,
                   .help = "What becomes of the numbers that clients are shown."),
    COUNT_ROW(number_match_limit, 100, 10000000, 10000,
              "Steps that one number rule may take to match; then it does not match."),
    COUNT_ROW(number_depth_limit, 100, 10000000, 1000, "Depth of backtracking of one number rule."),
#define LIMIT_ROW(name, dflt, lo, hi, of, text)                                                    \
    CFG_ROW_INT(#name, struct cti_conf, limits.name, .min = lo, .max = hi, .default_text = #dflt,  \
                .unit = of, .effect = CFG_RESTART, .help = text),
    STACK_LIMIT_LIST(LIMIT_ROW)
#undef LIMIT_ROW
};

struct cfg_schema const cti_schema = {
    .group = "cti",
    .size = sizeof(struct cti_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "CTI gateway: CSTA sessions over SIP, users, and the connections to the call control "
            "system.",
};

struct known_id {
    struct htab_entry entry;
    struct cti_user const *user;
};

static bool match_id(struct htab_entry const *entry, void const *id)
{
    return strcmp(((struct known_id const *)entry)->user->id, id) == 0;
}

/* A list may have a hundred thousand users, so no user is compared with every other. */
static int check_doubles(struct cti_user const *users, size_t n, struct cfg_faults *faults)
{
    struct known_id *ids = calloc(n ? n : 1, sizeof *ids);
    struct htab known;
    int err = ids ? 0 : -ENOMEM;

    htab_init(&known);
    for (size_t i = 0; err == 0 && i < n; i++) {
        if (!users[i].id)
            continue;
        uint64_t hash = htab_hash(users[i].id, strlen(users[i].id), 0);
        struct known_id *first = (struct known_id *)htab_find(&known, hash, match_id, users[i].id);
        ids[i].user = &users[i];
        if (first)
            cfg_fault(faults, users[i].where, "user \"%s\" stands twice, first in line %d",
                      users[i].id, first->user->where.line);
        else
            err = htab_insert(&known, &ids[i].entry, hash);
    }
    htab_fini(&known);
    free(ids);
    return err;
}

static void check_lines(struct cti_user const *users, size_t n, struct cfg_faults *faults)
{
    for (size_t i = 0; i < n; i++)
        if (users[i].lines.n > LCS_LINES)
            cfg_fault(faults, users[i].where, "user \"%s\": with server_type lcs at most %d lines",
                      users[i].id ? users[i].id : "", LCS_LINES);
}

void cti_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct cti_conf const *cti = conf;
    struct cfg_where where = cti->connections.where;

    (void)node;
    if (cti->session_timer && cti->min_session_timer > cti->session_timer)
        cfg_fault(faults, where, "min_session_timer is above session_timer");
    if (cti->min_feature_expires > cti->feature_expires)
        cfg_fault(faults, where, "min_feature_expires is above feature_expires");
    /* Else events would be lost without a word to the client. */
    if (cti->max_unanswered_events > cti->limits.max_transactions_per_call)
        cfg_fault(faults, where, "max_unanswered_events is above max_transactions_per_call");
    if (cti->server_type == CTI_SERVER_LCS)
        check_lines(cti->users.v, cti->users.n, faults);
    if (check_doubles(cti->users.v, cti->users.n, faults) < 0)
        cfg_fault(faults, where, "no memory to compare the users");
    policy_conf_check(&cti->policies, faults);
    peer_class_check(&cti->peer_classes, faults);
    number_conf_check(&cti->numbers_inbound, "numbers_inbound", faults);
    number_conf_check(&cti->numbers_outbound, "numbers_outbound", faults);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the configuration rows of the switch. */
#include "switch_conf.h"
#include "call.h"
#include "net_addr.h"
#include "number.h"
#include "password.h"
#include <errno.h>
#include <string.h>

static char const *check_address(char const *value)
{
    struct net_addr addr;
    return net_addr_parse(&addr, value, 0) < 0 ? "is not an IP address with a port" : NULL;
}

static char const *check_password_file(char const *path)
{
    char password[PASSWORD_MAX + 1];
    int error = password_load(path, password);
    if (error == -EINVAL)
        return "its first line is empty or too long for a password";
    return error ? strerror(-error) : NULL;
}

/* Lines are found by their reduced number, so another spelling could never be called. */
static char const *check_number(char const *value)
{
    char number[NUMBER_MAX + 1];
    if (number_parse(value, number) < 0 || strcmp(value, number) != 0)
        return "is not a number of digits, * and #, with or without + in front";
    return NULL;
}

static const struct cfg_row line_rows[] = {
    CFG_ROW_STRING("number", struct switch_line_conf, number, .max = NUMBER_MAX,
                   .effect = CFG_RESTART, .check = check_number,
                   .help = "Directory number of the line."),
    CFG_ROW_STRINGS("devices", struct switch_line_conf, devices, .max = 16, .effect = CFG_RESTART,
                    .help = "Names of the phones that have the line. With several it is a shared "
                            "line: all ring, one answers."),
    CFG_ROW_INT("queue", struct switch_line_conf, queue, .min = 0, .max = 1000, .default_text = "0",
                .effect = CFG_RESTART,
                .help = "Most callers that wait while the line is busy, instead of hearing so."),
    CFG_ROW_BOOL("restricted", struct switch_line_conf, restricted, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Its number is not shown to those it talks to, nor to their clients."),
};

static const struct cfg_schema line_schema = {
    .group = "lines entry",
    .size = sizeof(struct switch_line_conf),
    .rows = line_rows,
    .n = sizeof line_rows / sizeof *line_rows,
    .help = "One line and its phones.",
};

/* "00" or "+39": what is dialled before the number outside. */
static char const *check_prefix(char const *value)
{
    return check_number(value) && strcmp(value, "+") != 0 ? "is not the beginning of a number"
                                                          : NULL;
}

static const struct cfg_row trunk_rows[] = {
    CFG_ROW_STRING("name", struct switch_trunk_conf, name, .max = 64, .effect = CFG_RESTART,
                   .example = "trunk-1", .help = "Name of the trunk in NetworkReachedEvent."),
    CFG_ROW_STRING("prefix", struct switch_trunk_conf, prefix, .max = NUMBER_MAX,
                   .effect = CFG_RESTART, .check = check_prefix, .example = "+",
                   .help = "What the numbers that leave by it begin with; the longest prefix "
                           "wins."),
    CFG_ROW_INT("max_calls", struct switch_trunk_conf, max_calls, .min = 1, .max = 10000,
                .default_text = "100", .effect = CFG_RESTART,
                .help = "Most numbers outside that are in a call by it at one time; one more is "
                        "network congestion."),
};

static const struct cfg_schema trunk_schema = {
    .group = "trunks entry",
    .size = sizeof(struct switch_trunk_conf),
    .rows = trunk_rows,
    .n = sizeof trunk_rows / sizeof *trunk_rows,
    .help = "A way to numbers outside.",
};

#define INT(key, field, lowest, highest, text, ...)                                                \
    CFG_ROW_INT(key, struct switch_conf, field, .min = lowest, .max = highest,                     \
                .default_text = text, .effect = CFG_RESTART, __VA_ARGS__)

static const struct cfg_row rows[] = {
    CFG_ROW_STRING("listen", struct switch_conf, listen, .max = 64,
                   .default_text = "127.0.0.1:2750", .effect = CFG_RESTART, .check = check_address,
                   .help = "Address and port for CSTA XML over TCP."),
    CFG_ROW_STRING("user", struct switch_conf, user, .max = 128, .example = "CtiGW",
                   .effect = CFG_RESTART,
                   .help = "Name that an application must give to start a session."),
    CFG_ROW_PATH("password_file", struct switch_conf, password_file, .max = 1024,
                 .example = "cti.secret", .effect = CFG_RESTART, .check = check_password_file,
                 .help = "File whose first line is that application's password; a relative name "
                         "starts at the folder of the configuration file."),
    CFG_ROW_GROUPS("lines", struct switch_conf, lines, .max = 10000, .effect = CFG_RESTART,
                   .sub = &line_schema, .help = "The lines of the switch."),
    CFG_ROW_GROUPS("trunks", struct switch_conf, trunks, .max = 100, .effect = CFG_RESTART,
                   .sub = &trunk_schema,
                   .help = "Ways to numbers that are no line; without one they cannot be called."),
    INT("heartbeat", heartbeat_s, 1, 3600, "30", .unit = "s",
        .help = "Time between SystemStatus messages; a link silent for two of them is closed."),
    INT("session_max", session_max_s, 10, 86400, "3600", .unit = "s",
        .help = "Longest duration of an application session; it is started anew by "
                "ResetApplicationSessionTimer."),
    INT("start_timeout", start_timeout_s, 1, 3600, "10", .unit = "s",
        .help = "How long a link may take to start its application session."),
    INT("frame_timeout", frame_timeout_s, 1, 3600, "10", .unit = "s",
        .help = "How long a frame may stay incomplete."),
    INT("stop_ms", stop_ms, 0, 60000, "500", .unit = "ms",
        .help = "How long a planned stop waits for applications to answer that the switch is "
                "disabled."),
    INT("max_links", max_links, 1, 100000, "64", .help = "Most CSTA links at one time."),
    INT("max_write_queue", max_write_queue, 65536, INT64_C(1) << 30, "4194304", .unit = "bytes",
        .help = "Most bytes that wait for a peer that does not read; more closes its link."),
    INT("max_monitors", max_monitors, 1, 10000000, "100000",
        .help = "Most device monitors of all sessions."),
    INT("max_monitors_per_line", max_monitors_per_line, 1, 10000000, "100000",
        .help = "Most monitors of one line; every signed-in client of the line may have one."),
    INT("max_calls", max_calls, 1, 10000000, "10000", .help = "Most calls at one time."),
    INT("max_calls_per_line", max_calls_per_line, 1, 100, "2",
        .help = "Most calls of one line at one time; a further caller hears busy."),
    INT("max_conference", max_conference, 3, CALL_MEMBERS_MAX, "8",
        .help = "Most members of a conference."),
    INT("max_diversions", max_diversions, 1, CALL_DIVERSIONS_MAX, "5",
        .help = "How often one call may be forwarded or deflected; it never returns to a line "
                "that sent it on."),
    CFG_ROW_BOOL("call_waiting", struct switch_conf, call_waiting, .default_text = "true",
                 .effect = CFG_RESTART,
                 .help = "A line in a call takes further calls up to max_calls_per_line; without "
                         "it a line with any call is busy."),
    INT("no_answer", no_answer_s, 0, 3600, "0", .unit = "s",
        .help = "How long a phone rings, or waits for its human to lift the handset, before the "
                "call is cleared. 0: for ever."),
    INT("ring", ring_s, 1, 60, "5", .unit = "s",
        .help = "Time of one ring, of those that forwarding on no answer counts."),
    INT("forward_rings", forward_rings, 1, 100, "4",
        .help = "Rings before forwarding on no answer, where the forwarding has no count of its "
                "own."),
    INT("dial_timeout", dial_timeout_s, 1, 60, "4", .unit = "s",
        .help = "After this time without a further digit a number that is dialled digit by digit "
                "is complete."),
    CFG_ROW_BOOL("offered_events", struct switch_conf, offered_events, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Tell OfferedEvent before the DeliveredEvent of each call."),
    INT("accept_timeout", accept_timeout_s, 0, 60, "0", .unit = "s",
        .help = "With offered_events: how long an offered call waits for AcceptCall before it "
                "rings all the same; 0: it rings at once."),
    CFG_ROW_BOOL("hookswitch_events", struct switch_conf, hookswitch_events,
                 .default_text = "false", .effect = CFG_RESTART,
                 .help = "Tell HookswitchEvent when a handset is lifted or put down."),
};

const struct cfg_schema switch_conf_schema = {
    .group = "switch",
    .size = sizeof(struct switch_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "The embedded call server: lines, phones, and who may control them by CSTA.",
};

/* A number that was refused is NULL. */
static bool is_same(char const *a, char const *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void check_lines(struct cfg_groups const *groups, struct cfg_faults *faults)
{
    struct switch_line_conf const *lines = groups->v;
    for (size_t i = 0; i < groups->n; i++) {
        size_t k = 0;
        while (k < i && !is_same(lines[i].number, lines[k].number))
            k++;
        if (k < i)
            cfg_fault(faults, lines[i].where, "line %s stands twice", lines[i].number);
    }
}

/* One of the two would never be used. */
static void check_trunks(struct cfg_groups const *groups, struct cfg_faults *faults)
{
    struct switch_trunk_conf const *trunks = groups->v;
    for (size_t i = 0; i < groups->n; i++) {
        size_t k = 0;
        while (k < i && !is_same(trunks[i].prefix, trunks[k].prefix))
            k++;
        if (k < i)
            cfg_fault(faults, trunks[i].where, "prefix %s stands twice", trunks[i].prefix);
    }
}

void switch_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct switch_conf const *c = conf;
    (void)node;
    check_lines(&c->lines, faults);
    check_trunks(&c->trunks, faults);
}

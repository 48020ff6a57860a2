/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of group "presence", and the faults that no single row can see. */
#include "presence_conf.h"
#include "foreign_conf.h"
#include "gateway_conf.h"
#include "net_addr.h"
#include "own_users.h"
#include "phone_conf.h"
#include "presence_address.h"
#include "profile_conf.h"
#include "stack.h"
#include "user_policy.h"
#include <string.h>

static char const *check_proxy(char const *text)
{
    struct net_cidr block;

    return net_cidr_parse(&block, text) < 0 ? "wants an IP address, perhaps with /bits" : NULL;
}

static char const *check_user(char const *text)
{
    char address[PRESENCE_ADDRESS_BYTES];

    return presence_address_parse(text, "example.test", address) < 0
               ? "wants an address: user@domain"
               : NULL;
}

static char const *const others[] = { [USER_POLICY_ALLOW] = "allow",
                                      [USER_POLICY_BLOCK] = "polite-block",
                                      [USER_POLICY_ASK] = "ask",
                                      [USER_POLICY_REFUSE] = "refuse",
                                      NULL };

#define COUNT_ROW(key, lo, hi, dflt, text)                                                         \
    CFG_ROW_INT(#key, struct presence_conf, key, .min = lo, .max = hi, .default_text = #dflt,      \
                .effect = CFG_RESTART, .help = text)
#define TIME_ROW(key, lo, hi, dflt, of, text)                                                      \
    CFG_ROW_INT(#key, struct presence_conf, key, .min = lo, .max = hi, .default_text = #dflt,      \
                .unit = of, .effect = CFG_RESTART, .help = text)

static struct cfg_row const rows[] = {
    CFG_ROW_STRINGS("listen", struct presence_conf, listen,
                    .default_text = "tcp:127.0.0.1:5080, udp:127.0.0.1:5080", .min = 1, .max = 16,
                    .check = stack_listen_check, .effect = CFG_RESTART,
                    .help = "SIP listeners, as TRANSPORT:ADDRESS:PORT; the proxy sends here."),
    CFG_ROW_STRINGS("proxies", struct presence_conf, proxies, .default_text = "127.0.0.0/8, ::1",
                    .max = 64, .check = check_proxy, .effect = CFG_RESTART,
                    .help = "Whose word counts for who somebody is (P-Asserted-Identity, else "
                            "From); others may neither publish nor subscribe."),
    CFG_ROW_STRINGS("users", struct presence_conf, users, .max = 1000000, .check = check_user,
                    .effect = CFG_RESTART,
                    .help = "Who has presence here, as user@domain; a name without domain is in "
                            "node.domain. Users of the store who have a SIP address have, too."),
    CFG_ROW_PATH("store", struct presence_conf, store, .default_text = "", .max = 4096,
                 .effect = CFG_RESTART,
                 .help = "File with contact lists and policies, subscriptions and publications, "
                         "made when it is not there; it may be the one of proxy.registrar and "
                         "cti.store. Without one there are no lists and policies, `crosspoint "
                         "contact` and `policy` have nothing to work on, and subscriptions and "
                         "publications end with the program."),
    TIME_ROW(store_poll, 1, 86400, 60, "s",
             "How often the store is looked at, in case nobody says that it has changed."),
    CFG_ROW_GROUPS("phone_lines", struct presence_conf, phone_lines, .max = 1000000,
                   .sub = &phone_conf_line_schema, .effect = CFG_RESTART,
                   .help = "Whose the lines of phones are, which the call manager tells us of."),
    CFG_ROW_GROUPS("gateway", struct presence_conf, gateway, .max = 1, .sub = &gateway_conf_schema,
                   .effect = CFG_RESTART,
                   .help = "The call manager that is subscribed to for every line; none without "
                           "this group."),
    CFG_ROW_GROUPS("foreign", struct presence_conf, foreign, .max = 1, .sub = &foreign_conf_schema,
                   .effect = CFG_RESTART,
                   .help = "Contacts of other domains are subscribed to for the lists that hold "
                           "them; without this group they are named without a state."),
    CFG_ROW_GROUPS("profiles", struct presence_conf, profiles, .max = 1000,
                   .sub = &profile_conf_schema, .effect = CFG_RESTART,
                   .help = "Which dialect of presence documents watchers get: the first entry that "
                           "is about a watcher and whose type its Accept names; else the first "
                           "dialect whose type Accept names."),
    CFG_ROW_STRINGS("trunk_listen", struct presence_conf, trunk_listen, .max = 16,
                    .check = stack_listen_check, .effect = CFG_RESTART,
                    .help = "SIP listeners for the publish trunk of the call manager: a method "
                            "route of the proxy that names the trunk's source group or TLS subject "
                            "sends here, and nothing else may. Empty: no trunk."),
    CFG_ROW_STRINGS("trunk_hosts", struct presence_conf, trunk_hosts, .max = 64,
                    .effect = CFG_RESTART,
                    .help = "Hosts besides node.domain that the trunk publishes to, such as the "
                            "name of the cluster's SRV record or the address of the node."),
    CFG_ROW_STRINGS("partner_listen", struct presence_conf, partner_listen, .max = 16,
                    .check = stack_listen_check, .effect = CFG_RESTART,
                    .help = "SIP listeners for applications and other networks that may publish "
                            "about users of this node: a method route of the proxy that names "
                            "their source group or TLS subject sends here. Empty: there are none."),
    CFG_ROW_BOOL("availability_sharing", struct presence_conf, availability_sharing,
                 .default_text = "true", .effect = CFG_RESTART,
                 .help =
                     "Whether users may see each other's availability at all. If not, each "
                     "sees only the own one, everybody else seems to be offline, and contacts of "
                     "other domains are asked for nowhere."),
    CFG_ROW_BOOL("auto_authorise", struct presence_conf, auto_authorise, .default_text = "true",
                 .effect = CFG_RESTART,
                 .help = "Whether users of this node see each other without being asked."),
    CFG_ROW_BOOL("messages", struct presence_conf, messages, .default_text = "true",
                 .effect = CFG_RESTART, .help = "Whether users may send and get messages at all."),
    CFG_ROW_STRING("message_outbound", struct presence_conf, message_outbound,
                   .default_text = "sip:127.0.0.1:5049;transport=tcp", .min = 1, .max = 255,
                   .check = gateway_conf_check_uri, .effect = CFG_RESTART,
                   .help = "Where messages go that the policy of their recipient lets pass: an "
                           "internal listener of the proxy."),
    CFG_ROW_BOOL("adhoc", struct presence_conf, adhoc, .default_text = "true",
                 .effect = CFG_RESTART,
                 .help = "Whether users who keep a contact list may watch others than those in it "
                         "(ad-hoc subscriptions)."),
    COUNT_ROW(max_adhoc, 0, 10000000, 0,
              "Ad-hoc subscriptions at a time; more are answered 403. 0: no limit."),
    TIME_ROW(adhoc_ttl, 0, 86400, 0, "s",
             "How long an ad-hoc subscription lives, however often it is refreshed. 0: no limit."),
    COUNT_ROW(max_contacts, 0, 1000000, 200,
              "Contacts in the list of one user; who has as many can neither add one nor be added "
              "by others. 0: no limit."),
    CFG_ROW_ENUM("other_domains", struct presence_conf, other_domains, .default_text = "ask",
                 .names = others, .effect = CFG_RESTART,
                 .help = "What watchers of other domains get of users who say nothing else "
                         "(`crosspoint policy`). ask: they wait until the user has decided; "
                         "polite-block: the user seems to be offline to them."),
    TIME_ROW(min_expires, 1, 86400, 60, "s",
             "Shortest subscription accepted; less is answered 423."),
    TIME_ROW(expires, 1, 86400, 3600, "s", "Subscription that names no time (RFC 3856 6.4)."),
    TIME_ROW(max_expires, 1, 86400, 7200, "s", "Longest subscription granted."),
    TIME_ROW(min_publish_expires, 1, 86400, 60, "s",
             "Shortest publication accepted; less is answered 423."),
    TIME_ROW(publish_expires, 1, 86400, 3600, "s", "Publication that names no time."),
    TIME_ROW(max_publish_expires, 1, 86400, 7200, "s", "Longest publication granted."),
    TIME_ROW(min_trunk_expires, 1, 86400, 5, "s",
             "Shortest publication of the trunk accepted; less is answered 423. Some call managers "
             "publish the end of a call for seconds only."),
    COUNT_ROW(max_presentities, 1, 10000000, 200000,
              "Users with publications or watchers at a time; more are answered 503."),
    COUNT_ROW(max_publications, 1, 1000, 16,
              "Publications of one user, such as one for each device, and of partners about one "
              "user; more are answered 503."),
    COUNT_ROW(max_subscriptions, 1, 10000000, 200000,
              "Subscriptions in total; more are answered 503."),
    COUNT_ROW(max_subscriptions_per_watcher, 1, 1000000, 1000,
              "Subscriptions of one watcher; more are answered 503."),
    COUNT_ROW(max_subscriptions_per_domain, 1, 10000000, 50000,
              "Subscriptions of the watchers of one other domain; more are answered 503."),
    COUNT_ROW(max_watchers, 0, 10000000, 200,
              "Subscriptions to one user; more are answered 403. 0: no limit."),
    CFG_ROW_STRING("list_suffix", struct presence_conf, list_suffix, .default_text = "-list",
                   .max = 64, .effect = CFG_RESTART,
                   .help = "What follows the user in the address of a contact list (RFC 4662): "
                           "alice-list@example.test. Empty: there are no lists."),
    COUNT_ROW(
        max_list_bytes, 1024, 1048576, 32768,
        "Documents in one NOTIFY of a contact list, with what stands around them, in bytes; more "
        "follow in further ones, also where max_message_bytes leaves no room for so much."),
    COUNT_ROW(max_waiting, 1, 100000, 200,
              "Watchers of one user who are gone and about whom the user has not decided; of more, "
              "the oldest are forgotten."),
    TIME_ROW(waiting_ttl, 1, 31536000, 259200, "s",
             "How long such a watcher is remembered (presence.winfo, RFC 3857)."),
    COUNT_ROW(max_body_bytes, 1024, 1048576, 32768, "Largest document; more is answered 413."),
    COUNT_ROW(max_tuples, 1, 10000, 64,
              "Tuples, persons and devices of one document; more are answered 413."),
    COUNT_ROW(max_note, 0, 4096, 512, "Longest note of `crosspoint presence set`, in bytes."),
    TIME_ROW(calendar_ttl, 1, 31536000, 86400, "s",
             "How long what `crosspoint presence calendar` says holds at most, and if it names no "
             "end."),
    TIME_ROW(notify_interval, 0, 3600, 5, "s",
             "Least time between changes that a watcher is told (RFC 3856 6.10); signing out, and "
             "the end of a subscription, are told at once."),
    COUNT_ROW(change_rate, 0, 1000000, 500,
              "Changes of users that watchers are told per second; a user who changes while "
              "waiting is told once, with the latest state. 0: no limit."),
    TIME_ROW(retry_after, 1, 86400, 30, "s", "Retry-After of what is answered 503."),
    COUNT_ROW(restore_rate, 1, 1000000, 10000,
              "Watchers that are told per second after a restart."),
    TIME_ROW(restore_retry, 1, 3600, 5, "s",
             "When a watcher is tried again that a NOTIFY after a restart does not reach."),
    TIME_ROW(restore_patience, 0, 86400, 300, "s",
             "How long after a restart that is done; then the subscription is lost."),
    TIME_ROW(restore_grace, 0, 86400, 3600, "s",
             "Watchers are told after a restart that their subscription is over, if it was over no "
             "longer before; others are forgotten without a word."),
    TIME_ROW(stale_ttl, 1, 86400, 3600, "s",
             "How long the state of a phone that was known before a restart is shown as unknown, "
             "while nobody says it anew."),
    TIME_ROW(stop_ms, 0, 60000, 500, "ms",
             "How long a planned stop waits for watchers to answer that subscriptions end; with a "
             "store they do not."),
#define LIMIT_ROW(name, dflt, lo, hi, of, text)                                                    \
    CFG_ROW_INT(#name, struct presence_conf, limits.name, .min = lo, .max = hi,                    \
                .default_text = #dflt, .unit = of, .effect = CFG_RESTART, .help = text),
    STACK_LIMIT_LIST(LIMIT_ROW)
#undef LIMIT_ROW
};

struct cfg_schema const presence_schema = {
    .group = "presence",
    .size = sizeof(struct presence_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "Presence: who publishes, who watches, and how often watchers are told.",
};

static void check_order(struct cfg_faults *faults, int64_t const *low, int64_t const *high,
                        char const *text)
{
    if (*low > *high)
        cfg_fault(faults, cfg_faults_where(faults, low), "%s", text);
}

struct pidf_limits presence_conf_limits(struct presence_conf const *conf)
{
    struct pidf_limits limits = pidf_limits_default;

    limits.max_bytes = (size_t)conf->max_body_bytes;
    limits.max_tuples = (unsigned)conf->max_tuples;
    return limits;
}

void presence_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct presence_conf const *c = conf;

    check_order(faults, &c->min_expires, &c->expires, "min_expires is above expires");
    check_order(faults, &c->expires, &c->max_expires, "expires is above max_expires");
    check_order(faults, &c->min_publish_expires, &c->publish_expires,
                "min_publish_expires is above publish_expires");
    check_order(faults, &c->publish_expires, &c->max_publish_expires,
                "publish_expires is above max_publish_expires");
    check_order(faults, &c->min_trunk_expires, &c->publish_expires,
                "min_trunk_expires is above publish_expires");
    check_order(faults, &c->max_body_bytes, &c->limits.max_message_bytes,
                "max_body_bytes is above max_message_bytes");
    check_order(faults, &c->max_list_bytes, &c->limits.max_message_bytes,
                "max_list_bytes is above max_message_bytes");
    own_users_check(&c->users, node->domain, faults);
    phone_conf_check(&c->phone_lines, &c->users, node->domain, c->store && *c->store, faults);
}

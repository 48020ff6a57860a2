/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the registrar: see registrar_conf.h. */
#include "registrar_conf.h"
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <string.h>

/* It stands in quotes in challenges. */
static char const *check_realm(char const *value)
{
    for (char const *c = value; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20 || *c == 0x7f)
            return "quotes, backslashes and control characters may not be in a realm";
    return NULL;
}

static char const *check_service_route(char const *value)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    sip_service_route_t const *route = *value ? sip_service_route_make(home, value) : NULL;
    bool good = !*value || route;
    for (; good && route; route = route->r_next)
        good = route->r_url->url_type == url_sip || route->r_url->url_type == url_sips;
    su_home_deinit(home);
    return good && !strpbrk(value, "\r\n") ? NULL : "wants <sip:HOST;lr>, ...";
}

static char const *const auth_names[] = { "none", "digest", NULL };

static char const *const algorithm_names[] = { "sha-256+md5", "sha-256", "md5", NULL };

static struct cfg_row const rows[] = {
    CFG_ROW_PATH("store", struct registrar_conf, store, .min = 1, .max = 4096,
                 .example = "/var/lib/crosspoint/crosspoint.db", .effect = CFG_RESTART,
                 .help = "File of users and registrations (SQLite). Made if it is missing; "
                         "node.user must be able to write to it and to its folder."),
    CFG_ROW_ENUM("auth", struct registrar_conf, auth, .default_text = "digest", .names = auth_names,
                 .effect = CFG_RELOAD,
                 .help = "How phones prove who they are: digest by a user's password; none: "
                         "whoever the access list admits may register any name."),
    CFG_ROW_STRING("realm", struct registrar_conf, realm, .default_text = "", .max = 255,
                   .check = check_realm, .effect = CFG_RELOAD,
                   .help = "Realm of digest; empty = the domain of the user. Passwords are kept "
                           "for one realm: after a change every user needs a new one."),
    CFG_ROW_ENUM("algorithms", struct registrar_conf, algorithms, .default_text = "sha-256+md5",
                 .names = algorithm_names, .effect = CFG_RELOAD,
                 .help = "Challenges that are offered, the best first (RFC 8760). Many a phone "
                         "gives up at one that it does not know, instead of looking at the next: "
                         "it wants md5 alone."),
    CFG_ROW_INT("nonce_lifetime", struct registrar_conf, nonce_lifetime, .min = 5, .max = 86400,
                .default_text = "300", .unit = "s", .effect = CFG_RELOAD,
                .help = "How long a phone may use one challenge."),
    CFG_ROW_INT("max_nonces", struct registrar_conf, max_nonces, .min = 16, .max = 10000000,
                .default_text = "100000", .effect = CFG_RESTART,
                .help = "Used challenges that are remembered against replay; when the oldest is "
                        "forgotten, its phone is asked again."),
    CFG_ROW_INT("min_expires", struct registrar_conf, min_expires, .min = 1, .max = 86400,
                .default_text = "60", .unit = "s", .effect = CFG_RELOAD,
                .help = "Shorter registrations are refused with 423."),
    CFG_ROW_INT("max_expires", struct registrar_conf, max_expires, .min = 1, .max = 31536000,
                .default_text = "3600", .unit = "s", .effect = CFG_RELOAD,
                .help = "Longer registrations are cut to this."),
    CFG_ROW_INT("default_expires", struct registrar_conf, default_expires, .min = 1,
                .max = 31536000, .default_text = "3600", .unit = "s", .effect = CFG_RELOAD,
                .help = "For phones that name no time."),
    CFG_ROW_INT("max_contacts", struct registrar_conf, max_contacts, .min = 1, .max = 100,
                .default_text = "10", .effect = CFG_RELOAD,
                .help = "Contacts of one address of record."),
    CFG_ROW_INT("max_registrations", struct registrar_conf, max_registrations, .min = 1,
                .max = 10000000, .default_text = "100000", .effect = CFG_RELOAD,
                .help = "Contacts in all."),
    CFG_ROW_INT("max_binding_bytes", struct registrar_conf, max_binding_bytes, .min = 256,
                .max = 65536, .default_text = "4096", .unit = "bytes", .effect = CFG_RELOAD,
                .help = "Contact, Path, Call-ID and User-Agent of one contact together."),
    CFG_ROW_INT("store_queue", struct registrar_conf, store_queue, .min = 1, .max = 1000000,
                .default_text = "10000", .effect = CFG_RESTART,
                .help = "Registrations that wait for the disk; beyond it: 503."),
    CFG_ROW_BOOL("follow_source", struct registrar_conf, follow_source, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Reach a phone that asks for rport, and whose Contact names another "
                         "address than it sends from, at the address it sends from (NAT)."),
    CFG_ROW_STRING("service_route", struct registrar_conf, service_route, .default_text = "",
                   .max = 1024, .check = check_service_route, .effect = CFG_RELOAD,
                   .help = "Service-Route for phones (RFC 3608), \"<sip:HOST;lr>, ...\"; empty = "
                           "none."),
};

struct cfg_schema const registrar_conf_schema = {
    .group = "registrar",
    .size = sizeof(struct registrar_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "Who registers here, and how.",
};

char const *registrar_conf_fault(struct registrar_conf const *conf)
{
    if (!conf->min_expires || !conf->max_expires || !conf->default_expires)
        return NULL; /* refused before, one by one */
    if (conf->min_expires > conf->max_expires)
        return "min_expires is above max_expires";
    if (conf->default_expires < conf->min_expires || conf->default_expires > conf->max_expires)
        return "default_expires is not between min_expires and max_expires";
    return NULL;
}

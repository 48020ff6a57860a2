/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a HEP collector. */
#include "hep_conf.h"
#include "password.h"
#include <errno.h>
#include <string.h>

enum { HEP_PORT = 9060 };

int hep_conf_address(char const *text, bool *ret_tcp, struct net_addr *ret)
{
    *ret_tcp = strncmp(text, "tcp:", 4) == 0;
    if (!*ret_tcp && strncmp(text, "udp:", 4) != 0)
        return -EINVAL;
    return net_addr_parse(ret, text + 4, HEP_PORT);
}

static char const *check_to(char const *value)
{
    struct net_addr addr;
    bool tcp;

    return hep_conf_address(value, &tcp, &addr) < 0 || net_addr_is_any(&addr)
               ? "is not \"udp:\" or \"tcp:\" and an IP address with a port"
               : NULL;
}

static char const *check_password_file(char const *path)
{
    char password[PASSWORD_MAX + 1];
    int error = *path ? password_load(path, password) : 0;

    if (error == -EINVAL)
        return "its first line is empty or too long for a password";
    return error ? strerror(-error) : NULL;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("to", struct hep_conf, to, .max = 64, .effect = CFG_RESTART, .check = check_to,
                   .example = "udp:192.0.2.9:9060",
                   .help = "Where the collector listens; without a port it is 9060."),
    CFG_ROW_INT("id", struct hep_conf, id, .min = 0, .max = UINT32_MAX, .default_text = "2001",
                .effect = CFG_RESTART,
                .help = "Capture id by which the collector knows this node."),
    CFG_ROW_PATH("password_file", struct hep_conf, password_file, .max = 1024, .default_text = "",
                 .effect = CFG_RESTART, .check = check_password_file,
                 .help = "File whose first line is the key that the collector wants in each "
                         "message; empty: none."),
    CFG_ROW_INT("max_queue", struct hep_conf, max_queue, .min = 65536, .max = INT64_C(1) << 30,
                .default_text = "4194304", .unit = "bytes", .effect = CFG_RESTART,
                .help = "Most bytes that wait for a collector over TCP; more are dropped and "
                        "counted."),
    CFG_ROW_BOOL("unmask", struct hep_conf, unmask, .default_text = "false", .effect = CFG_RESTART,
                 .help = "Send messages as they are, with the words of people and their digests. "
                         "HEP is not encrypted."),
};

struct cfg_schema const hep_conf_schema = {
    .group = "hep entry",
    .size = sizeof(struct hep_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "One collector.",
};

void hep_conf_check(struct cfg_groups const *entries, struct cfg_faults *faults)
{
    struct hep_conf const *v = entries->v;

    for (size_t i = 0; i < entries->n; i++)
        for (size_t k = 0; v[i].to && k < i; k++)
            if (v[k].to && strcmp(v[k].to, v[i].to) == 0)
                cfg_fault(faults, v[i].where, "collector %s stands twice", v[i].to);
}

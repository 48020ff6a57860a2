/* SPDX-License-Identifier: Apache-2.0 */
/* The node under the programs: versions, kernel, memory, network; and what crosspoint itself says
 * of the configuration and the certificates. */
#include "bundle.h"
#include "capture.h"
#include "cli.h"
#include "config.h"
#include <archive.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/utsname.h>
#include <uv.h>

/* Files of the kernel and the system that say how the node fares. */
static struct {
    char const *path, *name;
} const facts[] = {
    { "/etc/os-release", "node/os-release" },
    { "/proc/cpuinfo", "node/cpuinfo" },
    { "/proc/loadavg", "node/loadavg" },
    { "/proc/meminfo", "node/meminfo" },
    { "/proc/net/snmp", "node/net-snmp" },
    { "/proc/net/sockstat", "node/net-sockstat" },
    { "/proc/sys/net/core/rmem_max", "node/rmem_max" },
    { "/proc/sys/net/core/somaxconn", "node/somaxconn" },
    { "/proc/sys/kernel/core_pattern", "node/core_pattern" },
};

static void add_versions(struct bundle *bundle)
{
    struct utsname kernel;
    struct buf text;

    buf_init(&text, BUNDLE_TEXT_MAX);
    buf_printf(&text, "crosspoint %s\n", PACKAGE_VERSION);
    if (uname(&kernel) == 0)
        buf_printf(&text, "kernel %s %s %s\n", kernel.sysname, kernel.release, kernel.machine);
    buf_printf(&text, "%s\n%s\nlibuv %s\njansson %s\n", OpenSSL_version(OPENSSL_VERSION),
               archive_version_string(), uv_version_string(), jansson_version_str());
    bundle_add_text(bundle, "versions", &text);
    buf_fini(&text);
}

/* Answers of crosspoint itself, as people would ask for them. */
static void add_answer(struct bundle *bundle, char const *name, char const *first,
                       char const *second)
{
    char const *const argv[] = {
        "/proc/self/exe", "-c", bundle->cli->conf_path, first, second, NULL
    };
    struct buf said;

    buf_init(&said, BUNDLE_TEXT_MAX);
    int rc = capture_run(argv, &said);
    if (rc < 0)
        bundle_miss(bundle, name, "%s", strerror(-rc));
    else
        bundle_add_text(bundle, name, &said);
    buf_fini(&said);
}

void bundle_node_add(struct bundle *bundle)
{
    add_versions(bundle);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        bundle_add_path(bundle, facts[i].name, facts[i].path);
    add_answer(bundle, "check", "check", NULL);
    if (bundle_wants(bundle, "proxy"))
        add_answer(bundle, "certificates", "cert", "expiry");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges: see netcap_privilege.h. */
#include "netcap_privilege.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int netcap_privilege_find(struct netcap_privilege *ret, char const *user)
{
    struct passwd const *entry;

    *ret = (struct netcap_privilege){ getuid(), getgid() };
    if (geteuid() != 0 && getuid() != 0)
        return 0;
    entry = getpwnam(user);
    if (!entry || entry->pw_uid == 0 || entry->pw_gid == 0)
        return -1;
    *ret = (struct netcap_privilege){ entry->pw_uid, entry->pw_gid };
    return 0;
}

/* What no program that we might start could have. Only root may do it; for all others
 * no_new_privs does. */
static void empty_bounding_set(void)
{
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

static bool has_nothing(struct netcap_privilege const *privilege)
{
    struct __user_cap_header_struct about = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    uid_t real, effective, saved;

    if (syscall(SYS_capget, &about, sets) < 0 || getresuid(&real, &effective, &saved) < 0)
        return false;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        if (sets[i].effective || sets[i].permitted || sets[i].inheritable)
            return false;
    return real == privilege->uid && effective == privilege->uid && saved == privilege->uid &&
           real != 0;
}

int netcap_privilege_drop(struct netcap_privilege const *privilege)
{
    struct __user_cap_header_struct about = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

    empty_bounding_set();
    if ((geteuid() == 0 && setgroups(0, NULL) < 0) ||
        setresgid(privilege->gid, privilege->gid, privilege->gid) < 0 ||
        setresuid(privilege->uid, privilege->uid, privilege->uid) < 0 ||
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
        syscall(SYS_capset, &about, none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return -errno;
    return has_nothing(privilege) ? 0 : -EPERM;
}

int netcap_privilege_close(unsigned n)
{
    struct rlimit const none = { 0, 0 }, files = { n, n };

    if (setrlimit(RLIMIT_CORE, &none) < 0 || setrlimit(RLIMIT_NPROC, &none) < 0 ||
        setrlimit(RLIMIT_NOFILE, &files) < 0)
        return -errno;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton of every program: options, configuration, privileges, loop, and the way down. */
#include "svc.h"
#include "buf.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include "loop_wheel.h"
#include "svc_log.h"
#include "svc_metrics.h"
#include "svc_parts.h"
#include "svc_reload.h"
#include "tap.h"
#include "wheel.h"
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_START = 69, EXIT_INTERNAL = 70, EXIT_CONFIG = 78, PATH_BYTES = 108 };
enum { CLOSE_MS = 1000, SIGNALS = 3, REASON_BYTES = 65536 };

struct svc {
    struct svc_desc const *desc;
    char const *file;
    struct cfg *cfg;
    struct loop_wheel lw;
    struct tap *tap;
    struct alarm_board *alarms;
    struct ctl_server *ctl;
    struct ctl_command const *tables[3];
    struct svc_log log;
    void *state;
    uv_loop_t loop;
    uv_timer_t late; /* ends a way down that takes too long */
    uv_signal_t signals[SIGNALS];
    uint64_t started_ms;
    bool test_clock, stopping;
};

struct options {
    char const *file;
    bool test, debug, test_clock, print;
    int done; /* exit code if there is nothing more to do, else -1 */
};

/* --- what programs and built-in commands see --- */

void svc_set_state(struct svc *svc, void *state)
{
    svc->state = state;
}

void *svc_state(struct svc *svc)
{
    return svc->state;
}

uv_loop_t *svc_loop(struct svc *svc)
{
    return &svc->loop;
}

struct wheel *svc_wheel(struct svc *svc)
{
    return svc->lw.wheel;
}

struct tap *svc_tap(struct svc *svc)
{
    return svc->tap;
}

struct alarm_board *svc_alarms(struct svc *svc)
{
    return svc->alarms;
}

void const *svc_conf(struct svc *svc)
{
    return cfg_get(svc->cfg);
}

struct cfg_node const *svc_node(struct svc *svc)
{
    return cfg_get_node(svc->cfg);
}

struct svc_desc const *svc_descriptor(struct svc *svc)
{
    return svc->desc;
}

struct cfg *svc_cfg(struct svc *svc)
{
    return svc->cfg;
}

char const *svc_file(struct svc *svc)
{
    return svc->file;
}

void svc_take_cfg(struct svc *svc, struct cfg *cfg)
{
    cfg_free(&svc->cfg);
    svc->cfg = cfg;
}

struct svc_log *svc_levels(struct svc *svc)
{
    return &svc->log;
}

struct ctl_command const *const *svc_commands(struct svc *svc)
{
    return svc->tables;
}

bool svc_has_test_clock(struct svc *svc)
{
    return svc->test_clock;
}

bool svc_is_stopping(struct svc *svc)
{
    return svc->stopping;
}

uint64_t svc_started_ms(struct svc *svc)
{
    return svc->started_ms;
}

static char const *short_name(struct svc_desc const *desc)
{
    char const *dash = strchr(desc->name, '-');

    return dash ? dash + 1 : desc->name;
}

char const *svc_short_name(struct svc *svc)
{
    return short_name(svc->desc);
}

void svc_run_timers(struct svc *svc)
{
    wheel_run(svc->lw.wheel, clock_now_ms());
}

/* --- options --- */

static void usage(struct svc_desc const *desc, FILE *out)
{
    fprintf(out,
            "%s - %s\n\n"
            "usage: %s [-f FILE] [-dtvh]\n"
            "  -f FILE         configuration, default /etc/crosspoint/crosspoint.conf\n"
            "  -t              test the configuration and exit\n"
            "  -d              log at debug level\n"
            "  -v              print the version\n"
            "  --print-sample  print this program's group as a sample file\n"
            "  --print-man     print this program's group as manual page source\n"
            "  --print-config  print the values of FILE as JSON; checks its keys only\n"
            "  --test-clock    let tests move the clock over the control socket\n",
            desc->name, desc->summary, desc->name);
}

static void print_sample(struct svc_desc const *desc)
{
    if (strcmp(desc->schema->group, "proxy") == 0)
        cfg_print_sample(&cfg_node_schema, stdout);
    cfg_print_sample(desc->schema, stdout);
}

static void print_man(struct svc_desc const *desc)
{
    if (strcmp(desc->schema->group, "proxy") == 0)
        cfg_print_man(&cfg_node_schema, stdout);
    cfg_print_man(desc->schema, stdout);
}

static struct options parse_options(struct svc_desc const *desc, int argc, char **argv)
{
    static struct option const longs[] = {
        { "print-sample", no_argument, NULL, 'S' }, { "print-man", no_argument, NULL, 'M' },
        { "print-config", no_argument, NULL, 'P' }, { "test-clock", no_argument, NULL, 'C' },
        { "help", no_argument, NULL, 'h' },         { 0 }
    };
    struct options options = { .file = "/etc/crosspoint/crosspoint.conf", .done = -1 };
    int c;

    while (options.done < 0 && (c = getopt_long(argc, argv, "f:tdvh", longs, NULL)) != -1) {
        switch (c) {
        case 'f':
            options.file = optarg;
            break;
        case 't':
            options.test = true;
            break;
        case 'd':
            options.debug = true;
            break;
        case 'C':
            options.test_clock = true;
            break;
        case 'P':
            options.print = true;
            break;
        case 'v':
            printf("%s %s\n", desc->name, PACKAGE_VERSION);
            options.done = 0;
            break;
        case 'h':
            usage(desc, stdout);
            options.done = 0;
            break;
        case 'S':
            print_sample(desc);
            options.done = 0;
            break;
        case 'M':
            print_man(desc);
            options.done = 0;
            break;
        default:
            usage(desc, stderr);
            options.done = EXIT_USAGE;
            break;
        }
    }
    if (options.done < 0 && optind < argc) {
        usage(desc, stderr);
        options.done = EXIT_USAGE;
    }
    return options;
}

struct cfg *svc_load(struct svc_desc const *desc, char const *file, struct cfg_faults *faults)
{
    struct cfg *cfg = cfg_load(file, desc->schema, faults);

    if (cfg && desc->check && cfg_is_whole(cfg)) {
        cfg_faults_about(faults, cfg);
        desc->check(cfg_get(cfg), cfg_get_node(cfg), faults);
        cfg_faults_about(faults, NULL);
    }
    return cfg;
}

/* Loads and checks; prints every fault and warning. NULL if there were faults. */
static struct cfg *load(struct svc_desc const *desc, char const *file)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = faults ? svc_load(desc, file, faults) : NULL;

    if (cfg)
        cfg_faults_print(faults, stderr);
    else
        fprintf(stderr, "%s: out of memory\n", file);
    if (!cfg || cfg_faults_count(faults))
        cfg_free(&cfg);
    cfg_faults_free(&faults);
    return cfg;
}

/* For the CLI, which may not know the rows of the programs. The checks beyond the rows are left
 * out: certificates, for one, are asked about before there are any. */
static int print_config(struct svc_desc const *desc, char const *file)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = faults ? cfg_load(file, desc->schema, faults) : NULL;
    int code = EXIT_INTERNAL;

    if (cfg && cfg_faults_count(faults)) {
        cfg_faults_print(faults, stderr);
        code = EXIT_CONFIG;
    } else if (cfg) {
        json_t *values = cfg_json(cfg);
        json_dumpf(values, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(values);
        code = 0;
    }
    cfg_free(&cfg);
    cfg_faults_free(&faults);
    return code;
}

/* --- the way up --- */

static void on_signal(uv_signal_t *handle, int number)
{
    struct svc *svc = handle->data;

    log_info(NULL, "stopping signal=%d", number);
    svc->stopping = true;
    uv_stop(&svc->loop);
}

static void on_hangup(uv_signal_t *handle, int number)
{
    struct buf why;

    (void)number;
    log_line(LOG_AUDIT, LOG_INFO, NULL, "reload of the configuration asked for by=signal");
    buf_init(&why, REASON_BYTES);
    json_decref(svc_reload(handle->data, &why));
    buf_fini(&why);
}

static int start_loop(struct svc *svc)
{
    static struct {
        int number;
        uv_signal_cb fn;
    } const rows[SIGNALS] = { { SIGTERM, on_signal },
                              { SIGINT, on_signal },
                              { SIGHUP, on_hangup } };
    int err = uv_loop_init(&svc->loop);

    if (err < 0)
        return err;
    err = loop_wheel_init(&svc->lw, &svc->loop);
    if (err < 0)
        return err;
    uv_timer_init(&svc->loop, &svc->late);
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&svc->loop, &svc->signals[i]);
        svc->signals[i].data = svc;
        uv_signal_start(&svc->signals[i], rows[i].fn, rows[i].number);
    }
    return 0;
}

static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Whom a program becomes that root has started. A copy: what getpwnam(3) returns is overwritten. */
struct owner {
    char name[65];
    uid_t uid;
    gid_t gid;
    bool wanted; /* root has started us */
};

static int find_owner(struct cfg_node const *node, struct owner *ret)
{
    *ret = (struct owner){ .wanted = geteuid() == 0 };
    if (!ret->wanted)
        return 0;
    struct passwd const *user = getpwnam(node->user);
    if (!user || user->pw_uid == 0) {
        log_error(NULL, "node.user does not exist or is root user=\"%s\"", node->user);
        return -ENOENT;
    }
    snprintf(ret->name, sizeof ret->name, "%s", user->pw_name);
    ret->uid = user->pw_uid;
    ret->gid = user->pw_gid;
    return 0;
}

/* Folder of the control sockets; as root it becomes the owner's, who will write there. A folder
 * that is there already is given away only if it looks like ours: root's, and closed to others. */
static int make_run_dir(struct cfg_node const *node, struct owner const *owner)
{
    char const *path = node->run_dir;
    struct stat st;

    if ((mkdir(path, 0750) < 0 && errno != EEXIST) || lstat(path, &st) < 0 ||
        (S_ISDIR(st.st_mode) && owner->wanted && st.st_uid == 0 && !(st.st_mode & 0027) &&
         lchown(path, owner->uid, owner->gid) < 0)) {
        int error = -errno;
        log_error(NULL, "run_dir not made path=\"%s\" error=\"%s\"", path, strerror(-error));
        return error;
    }
    return 0;
}

static int drop_privileges(struct owner const *owner)
{
    if ((owner->wanted && (initgroups(owner->name, owner->gid) < 0 || setgid(owner->gid) < 0 ||
                           setuid(owner->uid) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        int error = -errno;
        log_error(NULL, "privileges not dropped error=\"%s\"", strerror(-error));
        return error;
    }
    return 0;
}

/* A supervisor that was killed takes its programs along: they end as by SIGTERM. To be called after
 * the change of user, which would clear the wish. */
static void end_with_supervisor(void)
{
    char const *pid = getenv("CROSSPOINT_SUPERVISOR");

    if (!pid)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != (pid_t)strtol(pid, NULL, 10))
        raise(SIGTERM);
}

/* sd_notify(3) without libsystemd: one datagram to the socket that systemd named. */
static void notify_ready(void)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    char const *path = getenv("NOTIFY_SOCKET");

    if (!path || strlen(path) < 2 || strlen(path) >= sizeof addr.sun_path)
        return;
    size_t len = strlen(path);
    memcpy(addr.sun_path, path, len);
    if (*path == '@')
        addr.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (sendto(fd, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&addr, size) < 0)
        log_warn(NULL, "systemd was not told error=\"%s\"", strerror(errno));
    close(fd);
}

static int open_ctl(struct svc *svc)
{
    char path[PATH_BYTES];
    struct cfg_node const *node = svc_node(svc);

    if ((size_t)snprintf(path, sizeof path, "%s/%s.sock", node->run_dir, short_name(svc->desc)) >=
        sizeof path) {
        log_error(NULL, "run_dir is too long for a socket path=%s", node->run_dir);
        return -ENAMETOOLONG;
    }
    svc->ctl = ctl_server_new(&svc->loop, svc, path, svc->tables);
    return svc->ctl ? 0 : -EIO;
}

/* Once the control socket is ours, for then no other instance writes the file, and as the owner of
 * what is there. A program can do without it. */
static void keep_tap(struct svc *svc)
{
    struct cfg_node const *node = svc_node(svc);
    int error = svc->tap ? tap_keep(svc->tap, node->run_dir, short_name(svc->desc)) : 0;

    if (error)
        log_warn(NULL, "tap is not kept in a file path=\"%s/%s.tap\" error=\"%s\"", node->run_dir,
                 short_name(svc->desc), strerror(-error));
}

static void on_late(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Lets what deinit closed come to its end. A handle that stays open is a fault of the program and
 * must not keep it from ending. Returns 0 or -EBUSY. */
static int stop_loop(struct svc *svc)
{
    loop_wheel_close(&svc->lw);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&svc->signals[i], NULL);
    uv_timer_start(&svc->late, on_late, CLOSE_MS, 0);
    uv_unref((uv_handle_t *)&svc->late);
    uv_run(&svc->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&svc->late, NULL);
    uv_run(&svc->loop, UV_RUN_NOWAIT);
    if (uv_loop_close(&svc->loop) == 0)
        return 0;
    log_error(NULL, "handles were left open at the end");
    return -EBUSY;
}

/* init, run, deinit in mirror order. */
static int run(struct svc *svc)
{
    struct cfg_node const *node = svc_node(svc);
    struct owner owner;
    int code = EXIT_START;

    if (find_owner(node, &owner) < 0 || make_run_dir(node, &owner) < 0 || start_loop(svc) < 0)
        return EXIT_START;
    svc->tap = tap_new((size_t)node->tap_records, (size_t)node->tap_bytes);
    svc->alarms = alarm_board_new(svc->desc->alarms);
    if (svc->alarms && svc->desc->init(svc) == 0 && drop_privileges(&owner) == 0 &&
        (!svc->desc->start || svc->desc->start(svc) == 0) && open_ctl(svc) == 0) {
        keep_tap(svc);
        end_with_supervisor();
        log_info(NULL, "ready version=%s pid=%d", PACKAGE_VERSION, (int)getpid());
        notify_ready();
        log_hold(true);
        if (!svc->stopping)
            uv_run(&svc->loop, UV_RUN_DEFAULT);
        log_hold(false);
        code = 0;
    }
    ctl_server_free(&svc->ctl);
    svc->desc->deinit(svc);
    if (stop_loop(svc) < 0)
        code = EXIT_INTERNAL;
    alarm_board_free(&svc->alarms);
    tap_free(&svc->tap);
    wheel_free(&svc->lw.wheel);
    return code;
}

int svc_main(struct svc_desc const *desc, int argc, char **argv)
{
    struct options options = parse_options(desc, argc, argv);

    if (options.done >= 0)
        return options.done;
    if (options.print)
        return print_config(desc, options.file);
    struct svc svc = { .desc = desc,
                       .file = options.file,
                       .tables = { svc_builtin_commands, desc->commands },
                       .started_ms = clock_now_ms(),
                       .test_clock = options.test_clock };
    svc.cfg = load(desc, options.file);
    if (!svc.cfg)
        return EXIT_CONFIG;
    int code = 0;
    if (options.test) {
        puts("configuration OK");
    } else {
        signal(SIGPIPE, SIG_IGN);
        raise_file_limit();
        log_init(short_name(desc), LOG_INFO);
        (void)log_use_journal(NULL);
        svc.log.debug = options.debug;
        svc_log_use(&svc.log, svc_node(&svc));
        code = run(&svc);
    }
    cfg_free(&svc.cfg);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See svc_rig.h. */
#include "svc_rig.h"
#include "svc.h"
#include "tap.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the program under test --------------------------------------------------------------------
 */

struct demo_conf {
    int64_t number;
    char const *mode;
};

struct demo {
    struct wheel_timer timer;
    struct ctl_call *call;
};

static struct cfg_row const rows[] = {
    CFG_ROW_INT("number", struct demo_conf, number, .min = 1, .max = 9, .default_text = "5",
                .effect = CFG_RESTART, .help = "A number."),
    CFG_ROW_STRING("mode", struct demo_conf, mode, .default_text = "good", .effect = CFG_RELOAD,
                   .help = "What to do."),
};

static struct cfg_schema const schema = {
    .group = "web",
    .size = sizeof(struct demo_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "A demonstration.",
};

static void check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct demo_conf const *c = conf;

    if (node->domain && c->mode && strcmp(node->domain, c->mode) == 0)
        cfg_fault(faults, cfg_faults_where(faults, &c->mode), "mode is the domain");
    if (c->mode && strcmp(c->mode, "odd") == 0)
        cfg_warning(faults, cfg_faults_where(faults, &c->mode), "mode is odd");
}

static void add_records(struct tap *tap)
{
    struct tap_record like = { .direction = TAP_SENT, .protocol = TAP_SIP, .transport = "udp" };

    net_addr_parse(&like.local, "127.0.0.1:5060", 0);
    net_addr_parse(&like.remote, "127.0.0.2:5061", 0);
    tap_add(tap, &like, "plain", 5);
    tap_add(tap, &like, "zero\0byte", 9);
    tap_add(tap, &like, "\xfftext", 5);
    tap_add(tap, &like, "", 0);
    for (int i = 4; i < SVC_RIG_RECORDS; i++)
        tap_add(tap, &like, "more", 4);
}

static void on_left_open(uv_timer_t *timer)
{
    (void)timer;
}

static int init(struct svc *svc)
{
    struct demo_conf const *conf = svc_conf(svc);
    struct demo *demo = calloc(1, sizeof *demo);

    svc_set_state(svc, demo);
    add_records(svc_tap(svc));
    alarm_raise(svc_alarms(svc), 0, "mode");
    if (strcmp(conf->mode, "fails") == 0)
        return -EADDRINUSE;
    if (strcmp(conf->mode, "leaves a handle") == 0) {
        static uv_timer_t left;
        uv_timer_init(svc_loop(svc), &left);
        uv_timer_start(&left, on_left_open, 1000000, 0);
    }
    return 0;
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void on_demo_timer(struct wheel_timer *timer)
{
    (void)timer;
}

static bool has_fired(void *ctx)
{
    struct demo const *demo = ctx;

    return !demo->timer.armed;
}

static int start_as_user(struct svc *svc)
{
    struct demo_conf const *conf = svc_conf(svc);
    struct demo *demo = svc_state(svc);
    char path[128];

    if (strcmp(conf->mode, "fails late") == 0)
        return -EACCES;
    if (strcmp(conf->mode, "waits") == 0) {
        wheel_arm(svc_wheel(svc), &demo->timer, 20, on_demo_timer);
        svc_wait(svc, has_fired, demo, 1000000);
        svc_wait(svc, never, NULL, 20);
    }
    if (strcmp(conf->mode, "waits for ever") == 0) {
        raise(SIGTERM);
        svc_wait(svc, never, NULL, 1000000);
    }
    if (strcmp(conf->mode, "writes") != 0)
        return 0;
    snprintf(path, sizeof path, "%s/made", svc_node(svc)->run_dir);
    FILE *made = fopen(path, "w");
    return made ? fclose(made) : -errno;
}

static void deinit(struct svc *svc)
{
    struct demo *demo = svc_state(svc);

    wheel_disarm(&demo->timer);
    if (demo->call)
        ctl_fail(demo->call, "unavailable", "stopping");
    free(demo);
    fprintf(stderr, "deinit was called\n");
}

static int reload(struct svc *svc, struct cfg *cfg)
{
    struct demo_conf const *conf = cfg_get(cfg);
    (void)svc;

    return strcmp(conf->mode, "fails") == 0 ? -EADDRINUSE : 0;
}

static void on_timer(struct wheel_timer *timer)
{
    struct demo *demo = (struct demo *)timer;
    struct ctl_call *call = demo->call;

    demo->call = NULL;
    ctl_reply(call, json_string("fired"));
}

static void cmd_wait(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct demo *demo = svc_state(svc);

    demo->call = call;
    wheel_arm(svc_wheel(svc), &demo->timer, strtoull(ctl_arg(args, "ms"), NULL, 10), on_timer);
}

static struct ctl_command const commands[] = {
    { "wait", CTL_WRITE, cmd_wait, "MS", "Waits." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};

static struct met_row const met_rows[] = { { "apples", MET_COUNTER, "Apples seen" } };
static _Atomic int64_t met_values[] = { 42 };
static struct met_set const demo_metrics = { "demo", met_rows, 1, met_values };
static struct met_set const *const metrics[] = { &demo_metrics, NULL };

static struct alarm_row const alarm_rows[] = {
    { "demo_odd", ALARM_WARNING, "The mode is odd", "It is even", "Change it." },
};
static struct alarm_set const alarms = { alarm_rows, 1 };

static struct svc_desc const desc = {
    .name = "crosspoint-demo",
    .summary = "demonstration",
    .schema = &schema,
    .check = check,
    .commands = commands,
    .metrics = metrics,
    .alarms = &alarms,
    .init = init,
    .start = start_as_user,
    .reload = reload,
    .deinit = deinit,
};

/* --- running it ------------------------------------------------------------------------------ */

void svc_rig_write_conf(struct svc_rig *rig, char const *web)
{
    FILE *out = fopen(rig->conf, "w");

    assert_non_null(out);
    fprintf(out,
            "node = { domain = \"example.test\"; user = \"nobody\"; run_dir = \"%s\"; %s };\n%s\n",
            rig->run_dir, rig->levels ? rig->levels : "", web);
    assert_int_equal(fclose(out), 0);
}

int svc_rig_setup(void **state)
{
    struct svc_rig *rig = calloc(1, sizeof *rig);

    snprintf(rig->folder, sizeof rig->folder, "/tmp/test_svc_%d", (int)getpid());
    assert_int_equal(mkdir(rig->folder, 0755), 0);
    snprintf(rig->conf, sizeof rig->conf, "%s/demo.conf", rig->folder);
    snprintf(rig->run_dir, sizeof rig->run_dir, "%s/run", rig->folder);
    snprintf(rig->socket, sizeof rig->socket, "%s/demo.sock", rig->run_dir);
    snprintf(rig->ring, sizeof rig->ring, "%s/demo.tap", rig->run_dir);
    snprintf(rig->out, sizeof rig->out, "%s/out", rig->folder);
    snprintf(rig->err, sizeof rig->err, "%s/err", rig->folder);
    snprintf(rig->notify, sizeof rig->notify, "%s/notify", rig->folder);
    unsetenv("CROSSPOINT_RUN_DIR");
    unsetenv("CROSSPOINT_SUPERVISOR");

    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    memcpy(addr.sun_path, rig->notify, strlen(rig->notify) + 1);
    rig->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(rig->notify_fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(chmod(rig->notify, 0666), 0);
    setenv("NOTIFY_SOCKET", rig->notify, 1);
    svc_rig_write_conf(rig, "");
    *state = rig;
    return 0;
}

int svc_rig_teardown(void **state)
{
    struct svc_rig *rig = *state;
    char made[128], crashed[128];
    char const *const files[] = { rig->conf,   rig->out, rig->err,  rig->notify,
                                  rig->socket, made,     rig->ring, crashed };

    if (rig->pid)
        kill(rig->pid, SIGKILL);
    if (rig->pid)
        waitpid(rig->pid, NULL, 0);
    close(rig->notify_fd);
    snprintf(made, sizeof made, "%s/made", rig->run_dir);
    snprintf(crashed, sizeof crashed, "%s/demo.tap.1", rig->run_dir);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir(rig->run_dir);
    int left = rmdir(rig->folder);
    free(rig);
    return left;
}

pid_t svc_rig_spawn(struct svc_rig *rig, char const *const *args)
{
    char *argv[SVC_RIG_ARGS + 2] = { "crosspoint-demo" };
    int argc = 1;

    for (; args[argc - 1]; argc++)
        argv[argc] = strcmp(args[argc - 1], "FILE") == 0 ? rig->conf : (char *)args[argc - 1];
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(rig->out, "w", stdout) || !freopen(rig->err, "w", stderr))
            _exit(99);
        int code = svc_main(&desc, argc, argv);
        fflush(NULL);
        if (rig->leaks)
            _exit(code);
        exit(code);
    }
    return pid;
}

int svc_rig_exit_code(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void svc_rig_expect_file(char const *path, char const *wanted)
{
    char text[65536] = "";
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    size_t n = fread(text, 1, sizeof text - 1, in);
    text[n] = '\0';
    fclose(in);
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

void svc_rig_start(struct svc_rig *rig, char const *option)
{
    char const *const args[] = { "-f", "FILE", option, NULL };
    struct pollfd pfd = { .fd = rig->notify_fd, .events = POLLIN };
    char said[16] = "";

    rig->pid = svc_rig_spawn(rig, args);
    if (poll(&pfd, 1, SVC_RIG_PATIENCE_MS) != 1)
        svc_rig_expect_file(rig->err, "nothing was said to systemd");
    assert_int_equal(recv(rig->notify_fd, said, sizeof said, 0), 7);
    assert_string_equal(said, "READY=1");
}

void svc_rig_stop(struct svc_rig *rig)
{
    pid_t pid = rig->pid;

    rig->pid = 0;
    kill(pid, SIGTERM);
    int code = svc_rig_exit_code(pid);
    if (code != 0)
        svc_rig_expect_file(rig->err, "a clean end");
    assert_int_equal(access(rig->socket, F_OK), -1);
    svc_rig_expect_file(rig->err, "deinit was called");
}

json_t *svc_rig_ask(struct svc_rig *rig, char const *command, json_t *args)
{
    char const *error = "";
    json_t *answer = ctl_client_call(rig->socket, command, args, SVC_RIG_PATIENCE_MS, &error);

    json_decref(args);
    if (!answer)
        fail_msg("%s: %s", command, error);
    return answer;
}

void svc_rig_expect_error(struct svc_rig *rig, char const *command, json_t *args, char const *code)
{
    json_t *answer = svc_rig_ask(rig, command, args);

    assert_true(json_is_false(json_object_get(answer, "ok")));
    assert_string_equal(json_string_value(json_object_get(answer, "code")), code);
    json_decref(answer);
}

json_t *svc_rig_cell(json_t *answer, char const *first, size_t column)
{
    json_t *row, *rows_of = json_object_get(json_object_get(answer, "result"), "rows");
    size_t i;

    json_array_foreach(rows_of, i, row) if (strcmp(json_string_value(json_array_get(row, 0)),
                                                   first) == 0) return json_array_get(row, column);
    return NULL;
}

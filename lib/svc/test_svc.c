/* SPDX-License-Identifier: Apache-2.0 */
/* A whole program around a small descriptor: options, exit codes, control commands, the way down.
 * Each run of svc_main() is a child process. */
#include "svc.h"
#include "tap_reader.h"
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

enum { PATIENCE_MS = 30000, RECORDS = 600, ARGS = 8 };

/* --- the program under test --- */

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
    for (int i = 4; i < RECORDS; i++)
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

/* --- running it --- */

struct node {
    char folder[64], conf[96], run_dir[96], socket[128], ring[128], out[96], err[96], notify[96];
    int notify_fd;
    bool leaks; /* libuv keeps memory while a handle is open: no report of leaks at exit */
    pid_t pid;
};

static void write_conf(struct node *node, char const *web)
{
    FILE *out = fopen(node->conf, "w");

    assert_non_null(out);
    fprintf(out,
            "node = { domain = \"example.test\"; user = \"nobody\"; run_dir = \"%s\"; };\n%s\n",
            node->run_dir, web);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    struct node *node = calloc(1, sizeof *node);

    snprintf(node->folder, sizeof node->folder, "/tmp/test_svc_%d", (int)getpid());
    assert_int_equal(mkdir(node->folder, 0755), 0);
    snprintf(node->conf, sizeof node->conf, "%s/demo.conf", node->folder);
    snprintf(node->run_dir, sizeof node->run_dir, "%s/run", node->folder);
    snprintf(node->socket, sizeof node->socket, "%s/demo.sock", node->run_dir);
    snprintf(node->ring, sizeof node->ring, "%s/demo.tap", node->run_dir);
    snprintf(node->out, sizeof node->out, "%s/out", node->folder);
    snprintf(node->err, sizeof node->err, "%s/err", node->folder);
    snprintf(node->notify, sizeof node->notify, "%s/notify", node->folder);
    unsetenv("CROSSPOINT_RUN_DIR");
    unsetenv("CROSSPOINT_SUPERVISOR");

    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    memcpy(addr.sun_path, node->notify, strlen(node->notify) + 1);
    node->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(node->notify_fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(chmod(node->notify, 0666), 0);
    setenv("NOTIFY_SOCKET", node->notify, 1);
    write_conf(node, "");
    *state = node;
    return 0;
}

static int tear_down(void **state)
{
    struct node *node = *state;
    char made[128], crashed[128];
    char const *const files[] = { node->conf,   node->out, node->err,  node->notify,
                                  node->socket, made,      node->ring, crashed };

    if (node->pid)
        kill(node->pid, SIGKILL);
    if (node->pid)
        waitpid(node->pid, NULL, 0);
    close(node->notify_fd);
    snprintf(made, sizeof made, "%s/made", node->run_dir);
    snprintf(crashed, sizeof crashed, "%s/demo.tap.1", node->run_dir);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir(node->run_dir);
    int left = rmdir(node->folder);
    free(node);
    return left;
}

/* Starts svc_main() with @p args ("FILE" stands for the configuration), ended by NULL. */
static pid_t spawn(struct node *node, char const *const *args)
{
    char *argv[ARGS + 2] = { "crosspoint-demo" };
    int argc = 1;

    for (; args[argc - 1]; argc++)
        argv[argc] = strcmp(args[argc - 1], "FILE") == 0 ? node->conf : (char *)args[argc - 1];
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(node->out, "w", stdout) || !freopen(node->err, "w", stderr))
            _exit(99);
        int code = svc_main(&desc, argc, argv);
        fflush(NULL);
        if (node->leaks)
            _exit(code);
        exit(code);
    }
    return pid;
}

static int exit_code(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void assert_file_has(char const *path, char const *wanted)
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

static void start(struct node *node, char const *option)
{
    char const *const args[] = { "-f", "FILE", option, NULL };
    struct pollfd pfd = { .fd = node->notify_fd, .events = POLLIN };
    char said[16] = "";

    node->pid = spawn(node, args);
    if (poll(&pfd, 1, PATIENCE_MS) != 1)
        assert_file_has(node->err, "nothing was said to systemd");
    assert_int_equal(recv(node->notify_fd, said, sizeof said, 0), 7);
    assert_string_equal(said, "READY=1");
}

static void stop(struct node *node)
{
    pid_t pid = node->pid;

    node->pid = 0;
    kill(pid, SIGTERM);
    int code = exit_code(pid);
    if (code != 0)
        assert_file_has(node->err, "a clean end");
    assert_int_equal(access(node->socket, F_OK), -1);
    assert_file_has(node->err, "deinit was called");
}

/* Answer to @p command; args is stolen. The caller owns it. */
static json_t *ask(struct node *node, char const *command, json_t *args)
{
    char const *error = "";
    json_t *answer = ctl_client_call(node->socket, command, args, PATIENCE_MS, &error);

    json_decref(args);
    if (!answer)
        fail_msg("%s: %s", command, error);
    return answer;
}

static void assert_error(struct node *node, char const *command, json_t *args, char const *code)
{
    json_t *answer = ask(node, command, args);

    assert_true(json_is_false(json_object_get(answer, "ok")));
    assert_string_equal(json_string_value(json_object_get(answer, "code")), code);
    json_decref(answer);
}

/* Column @p column of the row that begins with @p first, in a table answer; NULL if none does. */
static json_t *cell(json_t *answer, char const *first, size_t column)
{
    json_t *row, *rows_of = json_object_get(json_object_get(answer, "result"), "rows");
    size_t i;

    json_array_foreach(rows_of, i, row) if (strcmp(json_string_value(json_array_get(row, 0)),
                                                   first) == 0) return json_array_get(row, column);
    return NULL;
}

/* --- tests --- */

static struct vector {
    char const *web;
    char const *args[ARGS];
    int code;
    char const *out, *err;
} const vectors[] = {
    { "", { "-v" }, 0, "crosspoint-demo ", "" },
    { "", { "-h" }, 0, "-t ", "" },
    { "", { "-f", "FILE", "-t" }, 0, "configuration OK\n", "" },
    { "", { "--print-sample" }, 0, "#= number = 5;\n", "" },
    { "", { "--print-man" }, 0, ".B number\n", "" },
    { "web = { mode = \"example.test\"; };",
      { "--print-config", "-f", "FILE" },
      0, /* no check */
      "\"web\": {\n  \"number\": 5,\n  \"mode\": \"example.test\"\n }",
      "" },
    { "web = { number = 10; };",
      { "--print-config", "-f", "FILE" },
      78,
      "",
      "demo.conf:2: number" },
    { "", { "-x" }, 64, "", "usage: crosspoint-demo" },
    { "", { "-f" }, 64, "", "usage: crosspoint-demo" },
    { "", { "-t", "more" }, 64, "", "usage: crosspoint-demo" },
    { "", { "-t", "-f", "/nowhere.conf" }, 78, "", "/nowhere.conf: cannot be read" },
    { "web = { number = 10; };", { "-t", "-f", "FILE" }, 78, "", "demo.conf:2: number: 10 is" },
    { "web = { number = 10; };", { "-f", "FILE" }, 78, "", "demo.conf:2: number: 10 is" },
    /* every fault is named, each with its line */
    { "web = { number = 10;\nmoed = \"x\";\nmode = 1; };\nwbe = { };",
      { "-f", "FILE" },
      78,
      "",
      "demo.conf:3: web: unknown key \"moed\", nearest is \"mode\"\n" },
    { "web = { number = 10;\nmoed = \"x\";\nmode = 1; };\nwbe = { };",
      { "-f", "FILE" },
      78,
      "",
      "demo.conf:4: mode: wants a string\n" },
    { "web = { number = 10;\nmoed = \"x\";\nmode = 1; };\nwbe = { };",
      { "-f", "FILE" },
      78,
      "",
      "demo.conf:5: unknown group \"wbe\", nearest is \"web\"\n" },
    { "web = { number = 10;\nmode = \"example.test\"; };",
      { "-t", "-f", "FILE" },
      78,
      "",
      "demo.conf:3: mode is the domain\n" },
    { "web = {\nmode = \"odd\"; };",
      { "-t", "-f", "FILE" },
      0,
      "configuration OK\n",
      "demo.conf:3: warning: mode is odd\n" },
    { "web = { mode = \"fails\"; };", { "-f", "FILE" }, 69, "", "deinit was called" },
    { "web = { mode = \"fails late\"; };", { "-f", "FILE" }, 69, "", "deinit was called" },
    { "web = { mode = \"fails\"; };", { "-t", "-f", "FILE" }, 0, "configuration OK\n", "" },
};

static void test_options(void **state)
{
    struct node *node = *state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *v = &vectors[i];
        write_conf(node, v->web);
        int code = exit_code(spawn(node, v->args));
        assert_file_has(node->err, v->err);
        assert_file_has(node->out, v->out);
        assert_int_equal(code, v->code);
    }
}

static void test_answers(void **state)
{
    struct node *node = *state;
    struct stat st;

    start(node, NULL);
    assert_int_equal(stat(node->run_dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);

    json_t *answer = ask(node, "status", NULL);
    assert_int_equal(json_integer_value(cell(answer, "demo", 2)), node->pid);
    assert_string_equal(json_string_value(cell(answer, "demo", 4)), "info");
    json_decref(answer);

    answer = ask(node, "help", NULL);
    assert_string_equal(json_string_value(cell(answer, "wait", 1)), "MS");
    assert_string_equal(json_string_value(cell(answer, "wait", 2)), "write");
    assert_string_equal(json_string_value(cell(answer, "wait", 3)), "demo");
    assert_string_equal(json_string_value(cell(answer, "show counters", 3)), "all");
    json_decref(answer);

    answer = ask(node, "show counters", NULL);
    assert_int_equal(json_integer_value(cell(answer, "demo_apples", 1)), 42);
    assert_string_equal(json_string_value(cell(answer, "demo_apples", 2)), "Apples seen");
    assert_int_equal(json_integer_value(cell(answer, "svc_ctl_links", 1)), 1);
    assert_true(json_is_integer(cell(answer, "fsm_unlisted", 1)));
    json_decref(answer);

    answer = ask(node, "show config", NULL);
    assert_string_equal(json_string_value(cell(answer, "web.number", 1)), "5");
    assert_string_equal(json_string_value(cell(answer, "web.number", 3)), "default");
    json_decref(answer);

    answer = ask(node, "show alarms", NULL);
    assert_string_equal(json_string_value(cell(answer, "warning", 1)), "demo_odd");
    assert_string_equal(json_string_value(cell(answer, "warning", 2)), "mode");
    assert_string_equal(json_string_value(cell(answer, "warning", 5)), "Change it.");
    json_decref(answer);

    assert_error(node, "clock advance", json_pack("{s:i}", "ms", 5), "not-allowed");
    stop(node);
}

static void assert_mode(struct node *node, char const *wanted)
{
    json_t *answer = ask(node, "show config", NULL);

    assert_string_equal(json_string_value(cell(answer, "web.mode", 1)), wanted);
    json_decref(answer);
}

static void test_reload(void **state)
{
    struct node *node = *state;

    start(node, NULL);
    write_conf(node, "web = { mode = \"new\"; number = 6; };");
    json_t *answer = ask(node, "reload", NULL);
    assert_string_equal(json_string_value(cell(answer, "web.mode", 1)), "good");
    assert_string_equal(json_string_value(cell(answer, "web.mode", 2)), "new");
    assert_string_equal(json_string_value(cell(answer, "web.mode", 3)), "reload");
    assert_string_equal(json_string_value(cell(answer, "web.number", 3)), "restart");
    json_decref(answer);
    assert_mode(node, "new");
    write_conf(node, "web = { mode = \"odd\"; };");
    json_decref(ask(node, "reload", NULL));
    assert_mode(node, "odd");

    /* What cannot be read, and what the program refuses, changes nothing. */
    write_conf(node, "web = { mode = \"newer\"; number = 10; };");
    assert_error(node, "reload", NULL, "bad-config");
    write_conf(node, "web = { mode = \"fails\"; };");
    assert_error(node, "reload", NULL, "bad-config");
    assert_mode(node, "odd");
    answer = ask(node, "show counters", NULL);
    assert_int_equal(json_integer_value(cell(answer, "svc_reloads", 1)), 2);
    assert_int_equal(json_integer_value(cell(answer, "svc_reloads_failed", 1)), 2);
    json_decref(answer);
    stop(node);
    assert_file_has(node->err, "configuration fault ");
    assert_file_has(node->err, ": warning: mode is odd\n");
}

static void test_log_level(void **state)
{
    struct node *node = *state;

    start(node, "-d");
    json_t *answer = ask(node, "status", NULL);
    assert_string_equal(json_string_value(cell(answer, "demo", 4)), "debug");
    json_decref(answer);
    json_decref(ask(node, "log", json_pack("{s:s}", "level", "warn")));
    answer = ask(node, "status", NULL);
    assert_string_equal(json_string_value(cell(answer, "demo", 4)), "warn");
    json_decref(answer);
    assert_error(node, "log", json_pack("{s:s}", "level", "loud"), "bad-argument");
    assert_error(node, "log", NULL, "bad-argument");
    stop(node);
}

static void test_clock(void **state)
{
    static char const *const bad[] = { "", "-1", "5x", "99999999999999999999" };
    struct node *node = *state;

    start(node, "--test-clock");
    json_t *before = ask(node, "clock advance", json_pack("{s:s}", "ms", "0"));
    json_t *after = ask(node, "clock advance", json_pack("{s:i}", "ms", 3600000));
    int64_t moved =
        json_integer_value(json_object_get(json_object_get(after, "result"), "now_ms")) -
        json_integer_value(json_object_get(json_object_get(before, "result"), "now_ms"));
    assert_in_range(moved, 3600000, 3600000 + PATIENCE_MS);
    json_decref(before);
    json_decref(after);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_error(node, "clock advance", json_pack("{s:s}", "ms", bad[i]), "bad-argument");
    assert_error(node, "clock advance", NULL, "bad-argument");
    stop(node);
}

/* Sends the command and leaves the answer for later. */
static int send_command(struct node *node, char const *line)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(addr.sun_path, node->socket, strlen(node->socket) + 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(send(fd, line, strlen(line), 0), strlen(line));
    return fd;
}

static bool has_answer(int fd, int wait_ms)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    return poll(&pfd, 1, wait_ms) == 1;
}

static void test_timers(void **state)
{
    struct node *node = *state;

    start(node, "--test-clock");
    /* By the loop: nobody asks anything while the timer runs. */
    json_t *answer = ask(node, "wait", json_pack("{s:s}", "ms", "30"));
    assert_string_equal(json_string_value(json_object_get(answer, "result")), "fired");
    json_decref(answer);

    /* By the moved clock. */
    int fd = send_command(node, "{\"command\":\"wait\",\"args\":{\"ms\":\"3600000\"}}\n");
    json_decref(ask(node, "clock advance", json_pack("{s:i}", "ms", 3590000)));
    assert_false(has_answer(fd, 0));
    json_decref(ask(node, "clock advance", json_pack("{s:i}", "ms", 11000)));
    assert_true(has_answer(fd, PATIENCE_MS));
    close(fd);

    /* A call that is open when the program ends. */
    fd = send_command(node, "{\"command\":\"wait\",\"args\":{\"ms\":\"3600000\"}}\n");
    json_decref(ask(node, "status", NULL));
    stop(node);
    close(fd);
}

static uint64_t ring_of(char const *path)
{
    struct tap_reader *reader;

    if (tap_reader_open(&reader, path) < 0)
        return 0;
    uint64_t started_us = tap_reader_started_us(reader);
    tap_reader_free(&reader);
    return started_us;
}

/* What was in the ring before there was a file, and the file itself: of the user that the program
 * has become, and for nobody else. */
static void test_ring_file(void **state)
{
    static char const *const texts[] = { "plain", "zero", "\xfftext", "", "more" };
    struct node *node = *state;
    struct tap_reader *reader;
    struct tap_entry entry;
    struct stat st, run_dir;

    start(node, NULL);
    assert_int_equal(stat(node->ring, &st), 0);
    assert_int_equal(stat(node->run_dir, &run_dir), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_uid, run_dir.st_uid);
    assert_int_equal(tap_reader_open(&reader, node->ring), 0);
    assert_string_equal(tap_reader_program(reader), "demo");
    assert_int_equal(tap_reader_pid(reader), node->pid);
    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(tap_reader_next(reader, &entry), 1);
        assert_int_equal(entry.record.serial, i + 1);
        if (i < sizeof texts / sizeof *texts)
            assert_string_equal(entry.record.bytes, texts[i]);
    }
    assert_int_equal(tap_reader_next(reader, &entry), 0);
    stop(node);
    assert_true(tap_reader_has_ended(reader));
    tap_reader_free(&reader);
}

/* The ring of a program that was killed is kept when it starts again, and only that. */
static void test_ring_of_a_crash(void **state)
{
    struct node *node = *state;
    char crashed[sizeof node->ring + 2];

    snprintf(crashed, sizeof crashed, "%s.1", node->ring);
    start(node, NULL);
    uint64_t first = ring_of(node->ring);
    assert_true(first > 0);
    kill(node->pid, SIGKILL);
    assert_int_equal(exit_code(node->pid), 1000 + SIGKILL);
    start(node, NULL);
    assert_int_equal(ring_of(crashed), first);
    assert_true(ring_of(node->ring) > first);
    stop(node);
    start(node, NULL);
    assert_int_equal(ring_of(crashed), first);
    stop(node);
}

static void test_no_ring_file(void **state)
{
    struct node *node = *state;
    char way[sizeof node->ring + 4];

    snprintf(way, sizeof way, "%s.new", node->ring);
    start(node, NULL);
    stop(node);
    assert_int_equal(mkdir(way, 0755), 0);
    unlink(node->ring);
    start(node, NULL);
    assert_file_has(node->err, "tap is not kept in a file path=");
    assert_int_equal(ring_of(node->ring), 0);
    stop(node);
    rmdir(way);
}

static void test_second_instance(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct node *node = *state;

    start(node, NULL);
    uint64_t ring = ring_of(node->ring);
    assert_int_equal(exit_code(spawn(node, args)), 69);
    assert_file_has(node->err, "address already in use");
    assert_int_equal(ring_of(node->ring), ring);
    json_decref(ask(node, "status", NULL));
    kill(node->pid, SIGTERM);
    assert_int_equal(exit_code(node->pid), 0);
    node->pid = 0;
}

/* What a program waits for while it starts comes, comes too late, or a signal comes first. */
static void test_waits(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct node *node = *state;

    write_conf(node, "web = { mode = \"waits\"; };");
    start(node, NULL);
    stop(node);
    write_conf(node, "web = { mode = \"waits for ever\"; };");
    assert_int_equal(exit_code(spawn(node, args)), 0);
    assert_file_has(node->err, "deinit was called");
}

static void test_run_dir_of_the_environment(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct node *node = *state;
    char path[160];

    setenv("CROSSPOINT_RUN_DIR", "/proc/nowhere", 1);
    assert_int_equal(exit_code(spawn(node, args)), 69);
    assert_file_has(node->err, "run_dir not made path=\"/proc/nowhere\"");

    memset(path, 'x', sizeof path - 1);
    memcpy(path, node->folder, strlen(node->folder));
    path[strlen(node->folder)] = '/';
    path[sizeof path - 1] = '\0';
    setenv("CROSSPOINT_RUN_DIR", path, 1);
    assert_int_equal(exit_code(spawn(node, args)), 69);
    assert_file_has(node->err, "run_dir is too long for a socket");
    rmdir(path);
    unsetenv("CROSSPOINT_RUN_DIR");
}

static void test_handle_left_open(void **state)
{
    struct node *node = *state;

    node->leaks = true;
    write_conf(node, "web = { mode = \"leaves a handle\"; };");
    start(node, NULL);
    kill(node->pid, SIGINT);
    int code = exit_code(node->pid);
    node->pid = 0;
    assert_file_has(node->err, "handles were left open");
    if (code != 70)
        assert_file_has(node->err, "exit code 70");
}

static void test_root_becomes_the_user(void **state)
{
    struct node *node = *state;
    struct stat st;
    char path[128];

    if (geteuid() != 0)
        skip();
    write_conf(node, "web = { mode = \"writes\"; };");
    start(node, NULL);
    assert_int_equal(stat(node->socket, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    assert_int_equal(stat(node->run_dir, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    snprintf(path, sizeof path, "%s/made", node->run_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    snprintf(path, sizeof path, "/proc/%d/status", (int)node->pid);
    assert_file_has(path, "NoNewPrivs:\t1");
    assert_file_has(path, "CapEff:\t0000000000000000");
    stop(node);
}

static void test_root_without_user(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct node *node = *state;
    FILE *out = fopen(node->conf, "w");

    fputs("node = { domain = \"example.test\"; user = \"nobody-knows\"; };\n", out);
    fclose(out);
    if (geteuid() != 0)
        skip();
    assert_int_equal(exit_code(spawn(node, args)), 69);
    assert_file_has(node->err, "node.user does not exist or is root user=\"nobody-knows\"");
}

#define WITH_NODE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    struct CMUnitTest const tests[] = {
        WITH_NODE(test_options),
        WITH_NODE(test_answers),
        WITH_NODE(test_log_level),
        WITH_NODE(test_reload),
        WITH_NODE(test_clock),
        WITH_NODE(test_timers),
        WITH_NODE(test_ring_file),
        WITH_NODE(test_ring_of_a_crash),
        WITH_NODE(test_no_ring_file),
        WITH_NODE(test_waits),
        WITH_NODE(test_second_instance),
        WITH_NODE(test_run_dir_of_the_environment),
        WITH_NODE(test_handle_left_open),
        WITH_NODE(test_root_becomes_the_user),
        WITH_NODE(test_root_without_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What every program answers at its control socket: the commands of svc_builtin.c. */
#include "svc_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void test_answers(void **state)
{
    struct svc_rig *rig = *state;
    struct stat st;

    svc_rig_start(rig, NULL);
    assert_int_equal(stat(rig->run_dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);

    json_t *answer = svc_rig_ask(rig, "status", NULL);
    assert_int_equal(json_integer_value(svc_rig_cell(answer, "demo", 2)), rig->pid);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "demo", 4)), "info");
    json_decref(answer);

    answer = svc_rig_ask(rig, "help", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "wait", 1)), "MS");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "wait", 2)), "write");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "wait", 3)), "demo");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "show counters", 3)), "all");
    json_decref(answer);

    answer = svc_rig_ask(rig, "show counters", NULL);
    assert_int_equal(json_integer_value(svc_rig_cell(answer, "demo_apples", 1)), 42);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "demo_apples", 2)), "Apples seen");
    assert_int_equal(json_integer_value(svc_rig_cell(answer, "svc_ctl_links", 1)), 1);
    assert_true(json_is_integer(svc_rig_cell(answer, "fsm_unlisted", 1)));
    json_decref(answer);

    answer = svc_rig_ask(rig, "show config", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.number", 1)), "5");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.number", 3)), "default");
    json_decref(answer);

    answer = svc_rig_ask(rig, "show alarms", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "warning", 1)), "demo_odd");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "warning", 2)), "mode");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "warning", 5)), "Change it.");
    json_decref(answer);

    svc_rig_expect_error(rig, "clock advance", json_pack("{s:i}", "ms", 5), "not-allowed");
    svc_rig_expect_error(rig, "clock stop", NULL, "not-allowed");
    svc_rig_stop(rig);
}

static void assert_mode(struct svc_rig *rig, char const *wanted)
{
    json_t *answer = svc_rig_ask(rig, "show config", NULL);

    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.mode", 1)), wanted);
    json_decref(answer);
}

static void test_reload(void **state)
{
    struct svc_rig *rig = *state;

    svc_rig_start(rig, NULL);
    svc_rig_write_conf(rig, "web = { mode = \"new\"; number = 6; };");
    json_t *answer = svc_rig_ask(rig, "reload", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.mode", 1)), "good");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.mode", 2)), "new");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.mode", 3)), "reload");
    assert_string_equal(json_string_value(svc_rig_cell(answer, "web.number", 3)), "restart");
    json_decref(answer);
    assert_mode(rig, "new");
    svc_rig_write_conf(rig, "web = { mode = \"odd\"; };");
    json_decref(svc_rig_ask(rig, "reload", NULL));
    assert_mode(rig, "odd");

    /* What cannot be read, and what the program refuses, changes nothing. */
    svc_rig_write_conf(rig, "web = { mode = \"newer\"; number = 10; };");
    svc_rig_expect_error(rig, "reload", NULL, "bad-config");
    svc_rig_write_conf(rig, "web = { mode = \"fails\"; };");
    svc_rig_expect_error(rig, "reload", NULL, "bad-config");
    assert_mode(rig, "odd");
    answer = svc_rig_ask(rig, "show counters", NULL);
    assert_int_equal(json_integer_value(svc_rig_cell(answer, "svc_reloads", 1)), 2);
    assert_int_equal(json_integer_value(svc_rig_cell(answer, "svc_reloads_failed", 1)), 2);
    json_decref(answer);
    svc_rig_stop(rig);
    svc_rig_expect_file(rig->err, "configuration fault ");
    svc_rig_expect_file(rig->err, ": warning: mode is odd\n");
}

static void test_log_level(void **state)
{
    struct svc_rig *rig = *state;

    svc_rig_start(rig, "-d");
    json_t *answer = svc_rig_ask(rig, "status", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "demo", 4)), "debug");
    json_decref(answer);
    json_decref(svc_rig_ask(rig, "log", json_pack("{s:s}", "level", "warn")));
    answer = svc_rig_ask(rig, "status", NULL);
    assert_string_equal(json_string_value(svc_rig_cell(answer, "demo", 4)), "warn");
    json_decref(answer);
    svc_rig_expect_error(rig, "log", json_pack("{s:s}", "level", "loud"), "bad-argument");
    svc_rig_expect_error(rig, "log", NULL, "bad-argument");
    svc_rig_stop(rig);
}

static void test_clock(void **state)
{
    static char const *const bad[] = { "", "-1", "5x", "99999999999999999999" };
    struct svc_rig *rig = *state;

    svc_rig_start(rig, "--test-clock");
    json_t *before = svc_rig_ask(rig, "clock advance", json_pack("{s:s}", "ms", "0"));
    json_t *after = svc_rig_ask(rig, "clock advance", json_pack("{s:i}", "ms", 3600000));
    int64_t moved =
        json_integer_value(json_object_get(json_object_get(after, "result"), "now_ms")) -
        json_integer_value(json_object_get(json_object_get(before, "result"), "now_ms"));
    assert_in_range(moved, 3600000, 3600000 + SVC_RIG_PATIENCE_MS);
    json_decref(before);
    json_decref(after);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        svc_rig_expect_error(rig, "clock advance", json_pack("{s:s}", "ms", bad[i]),
                             "bad-argument");
    svc_rig_expect_error(rig, "clock advance", NULL, "bad-argument");
    svc_rig_stop(rig);
}

/* Sends the command and leaves the answer for later. */
static int send_command(struct svc_rig *rig, char const *line)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(addr.sun_path, rig->socket, strlen(rig->socket) + 1);
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
    struct svc_rig *rig = *state;

    svc_rig_start(rig, "--test-clock");
    /* By the loop: nobody asks anything while the timer runs. */
    json_t *answer = svc_rig_ask(rig, "wait", json_pack("{s:s}", "ms", "30"));
    assert_string_equal(json_string_value(json_object_get(answer, "result")), "fired");
    json_decref(answer);

    /* By the moved clock. */
    int fd = send_command(rig, "{\"command\":\"wait\",\"args\":{\"ms\":\"3600000\"}}\n");
    json_decref(svc_rig_ask(rig, "clock advance", json_pack("{s:i}", "ms", 3590000)));
    assert_false(has_answer(fd, 0));
    json_decref(svc_rig_ask(rig, "clock advance", json_pack("{s:i}", "ms", 11000)));
    assert_true(has_answer(fd, SVC_RIG_PATIENCE_MS));
    close(fd);

    /* A call that is open when the program ends. */
    fd = send_command(rig, "{\"command\":\"wait\",\"args\":{\"ms\":\"3600000\"}}\n");
    json_decref(svc_rig_ask(rig, "status", NULL));
    svc_rig_stop(rig);
    close(fd);
}

/* What comes at once comes, and what comes later waits until somebody moves the clock. */
static void test_stopped_clock(void **state)
{
    struct svc_rig *rig = *state;

    svc_rig_start(rig, "--test-clock");
    json_decref(svc_rig_ask(rig, "clock stop", NULL));
    json_decref(svc_rig_ask(rig, "wait", json_pack("{s:s}", "ms", "0")));
    json_decref(svc_rig_ask(rig, "wait", json_pack("{s:s}", "ms", "30")));

    int fd = send_command(rig, "{\"command\":\"wait\",\"args\":{\"ms\":\"400\"}}\n");
    assert_false(has_answer(fd, 500));
    json_decref(svc_rig_ask(rig, "clock advance", json_pack("{s:i}", "ms", 400)));
    assert_true(has_answer(fd, SVC_RIG_PATIENCE_MS));
    close(fd);
    svc_rig_stop(rig);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, svc_rig_setup, svc_rig_teardown)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_answers), TEST(test_reload), TEST(test_log_level),
        TEST(test_clock),   TEST(test_timers), TEST(test_stopped_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

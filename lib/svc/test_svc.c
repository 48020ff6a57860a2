/* SPDX-License-Identifier: Apache-2.0 */
/* A program around svc_main(): options, exit codes, its user, the way up and down. */
#include "svc_rig.h"
#include "tap_reader.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vector {
    char const *web;
    char const *args[SVC_RIG_ARGS];
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
    struct svc_rig *rig = *state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *v = &vectors[i];
        svc_rig_write_conf(rig, v->web);
        int code = svc_rig_exit_code(svc_rig_spawn(rig, v->args));
        svc_rig_expect_file(rig->err, v->err);
        svc_rig_expect_file(rig->out, v->out);
        assert_int_equal(code, v->code);
    }
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
    struct svc_rig *rig = *state;
    struct tap_reader *reader;
    struct tap_entry entry;
    struct stat st, run_dir;

    svc_rig_start(rig, NULL);
    assert_int_equal(stat(rig->ring, &st), 0);
    assert_int_equal(stat(rig->run_dir, &run_dir), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_uid, run_dir.st_uid);
    assert_int_equal(tap_reader_open(&reader, rig->ring), 0);
    assert_string_equal(tap_reader_program(reader), "demo");
    assert_int_equal(tap_reader_pid(reader), rig->pid);
    for (size_t i = 0; i < SVC_RIG_RECORDS; i++) {
        assert_int_equal(tap_reader_next(reader, &entry), 1);
        assert_int_equal(entry.record.serial, i + 1);
        if (i < sizeof texts / sizeof *texts)
            assert_string_equal(entry.record.bytes, texts[i]);
    }
    assert_int_equal(tap_reader_next(reader, &entry), 0);
    svc_rig_stop(rig);
    assert_true(tap_reader_has_ended(reader));
    tap_reader_free(&reader);
}

/* The ring of a program that was killed is kept when it starts again, and only that. */
static void test_ring_of_a_crash(void **state)
{
    struct svc_rig *rig = *state;
    char crashed[sizeof rig->ring + 2];

    snprintf(crashed, sizeof crashed, "%s.1", rig->ring);
    svc_rig_start(rig, NULL);
    uint64_t first = ring_of(rig->ring);
    assert_true(first > 0);
    kill(rig->pid, SIGKILL);
    assert_int_equal(svc_rig_exit_code(rig->pid), 1000 + SIGKILL);
    svc_rig_start(rig, NULL);
    assert_int_equal(ring_of(crashed), first);
    assert_true(ring_of(rig->ring) > first);
    svc_rig_stop(rig);
    svc_rig_start(rig, NULL);
    assert_int_equal(ring_of(crashed), first);
    svc_rig_stop(rig);
}

static void test_no_ring_file(void **state)
{
    struct svc_rig *rig = *state;
    char way[sizeof rig->ring + 4];

    snprintf(way, sizeof way, "%s.new", rig->ring);
    svc_rig_start(rig, NULL);
    svc_rig_stop(rig);
    assert_int_equal(mkdir(way, 0755), 0);
    unlink(rig->ring);
    svc_rig_start(rig, NULL);
    svc_rig_expect_file(rig->err, "tap is not kept in a file path=");
    assert_int_equal(ring_of(rig->ring), 0);
    svc_rig_stop(rig);
    rmdir(way);
}

static void test_second_instance(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct svc_rig *rig = *state;

    svc_rig_start(rig, NULL);
    uint64_t ring = ring_of(rig->ring);
    assert_int_equal(svc_rig_exit_code(svc_rig_spawn(rig, args)), 69);
    svc_rig_expect_file(rig->err, "address already in use");
    assert_int_equal(ring_of(rig->ring), ring);
    json_decref(svc_rig_ask(rig, "status", NULL));
    kill(rig->pid, SIGTERM);
    assert_int_equal(svc_rig_exit_code(rig->pid), 0);
    rig->pid = 0;
}

/* What a program waits for while it starts comes, comes too late, or a signal comes first. */
static void test_waits(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct svc_rig *rig = *state;

    svc_rig_write_conf(rig, "web = { mode = \"waits\"; };");
    svc_rig_start(rig, NULL);
    svc_rig_stop(rig);
    svc_rig_write_conf(rig, "web = { mode = \"waits for ever\"; };");
    assert_int_equal(svc_rig_exit_code(svc_rig_spawn(rig, args)), 0);
    svc_rig_expect_file(rig->err, "deinit was called");
}

static void test_run_dir_of_the_environment(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct svc_rig *rig = *state;
    char path[160];

    setenv("CROSSPOINT_RUN_DIR", "/proc/nowhere", 1);
    assert_int_equal(svc_rig_exit_code(svc_rig_spawn(rig, args)), 69);
    svc_rig_expect_file(rig->err, "run_dir not made path=\"/proc/nowhere\"");

    memset(path, 'x', sizeof path - 1);
    memcpy(path, rig->folder, strlen(rig->folder));
    path[strlen(rig->folder)] = '/';
    path[sizeof path - 1] = '\0';
    setenv("CROSSPOINT_RUN_DIR", path, 1);
    assert_int_equal(svc_rig_exit_code(svc_rig_spawn(rig, args)), 69);
    svc_rig_expect_file(rig->err, "run_dir is too long for a socket");
    rmdir(path);
    unsetenv("CROSSPOINT_RUN_DIR");
}

static void test_handle_left_open(void **state)
{
    struct svc_rig *rig = *state;

    rig->leaks = true;
    svc_rig_write_conf(rig, "web = { mode = \"leaves a handle\"; };");
    svc_rig_start(rig, NULL);
    kill(rig->pid, SIGINT);
    int code = svc_rig_exit_code(rig->pid);
    rig->pid = 0;
    svc_rig_expect_file(rig->err, "handles were left open");
    if (code != 70)
        svc_rig_expect_file(rig->err, "exit code 70");
}

static void test_root_becomes_the_user(void **state)
{
    struct svc_rig *rig = *state;
    struct stat st;
    char path[128];

    if (geteuid() != 0)
        skip();
    svc_rig_write_conf(rig, "web = { mode = \"writes\"; };");
    svc_rig_start(rig, NULL);
    assert_int_equal(stat(rig->socket, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    assert_int_equal(stat(rig->run_dir, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    snprintf(path, sizeof path, "%s/made", rig->run_dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_not_equal(st.st_uid, 0);
    snprintf(path, sizeof path, "/proc/%d/status", (int)rig->pid);
    svc_rig_expect_file(path, "NoNewPrivs:\t1");
    svc_rig_expect_file(path, "CapEff:\t0000000000000000");
    svc_rig_stop(rig);
}

static void test_root_without_user(void **state)
{
    static char const *const args[] = { "-f", "FILE", NULL };
    struct svc_rig *rig = *state;
    FILE *out = fopen(rig->conf, "w");

    fputs("node = { domain = \"example.test\"; user = \"nobody-knows\"; };\n", out);
    fclose(out);
    if (geteuid() != 0)
        skip();
    assert_int_equal(svc_rig_exit_code(svc_rig_spawn(rig, args)), 69);
    svc_rig_expect_file(rig->err, "node.user does not exist or is root user=\"nobody-knows\"");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, svc_rig_setup, svc_rig_teardown)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_options),
        TEST(test_waits),
        TEST(test_ring_file),
        TEST(test_ring_of_a_crash),
        TEST(test_no_ring_file),
        TEST(test_second_instance),
        TEST(test_run_dir_of_the_environment),
        TEST(test_handle_left_open),
        TEST(test_root_becomes_the_user),
        TEST(test_root_without_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a job, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_filter.h"
#include "job_options.h"
#include <errno.h>
#include <string.h>

static void test_all(void **state)
{
    struct job_options options;
    char fault[JOB_FAULT];
    (void)state;

    json_t *args = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "name", "a-1_b.c",
        "format", "pcapng", "user", "alice", "call_id", "x@y", "method", "INVITE", "service",
        "MakeCall", "peer", "192.0.2.1:5060", "file_size", "10M", "files", "3", "bytes", "2G",
        "seconds", "60", "messages", "1000", "secrets", "yes", "unmask", "no", "history", "yes");
    assert_int_equal(job_options_read(&options, args, fault), 0);
    json_decref(args);
    assert_string_equal(options.name, "a-1_b.c");
    assert_int_equal(options.format, CAPTURE_PCAPNG);
    assert_string_equal(options.user, "alice");
    assert_string_equal(options.call_id, "x@y");
    assert_string_equal(options.method, "INVITE");
    assert_string_equal(options.service, "MakeCall");
    assert_string_equal(options.peer, "192.0.2.1:5060");
    struct capture_filter *filter = job_options_filter(&options, fault);
    assert_non_null(filter);
    capture_filter_free(&filter);
    assert_int_equal(options.file_size, 10 << 20);
    assert_int_equal(options.files, 3);
    assert_int_equal(options.bytes, UINT64_C(2) << 30);
    assert_int_equal(options.seconds, 60);
    assert_int_equal(options.messages, 1000);
    assert_true(options.secrets && !options.unmask && options.history);
}

/* clang-format off */
static struct {
    char const *key, *value, *fault;
} const bad[] = {
    { "name", "", "name" },
    { "name", "..", "name" },
    { "name", "../x", "name" },
    { "name", "a/b", "name" },
    { "name", "/etc/passwd", "name" },
    { "name", ".hidden", "name" },
    { "name", "-x", "name" },
    { "name", "a b", "name" },
    { "name", "a\nb", "name" },
    { "name", "\xc3\xa9", "name" },
    { "name", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg", "name" },
    { "format", "text", "format" },
    { "peer", "example.test", "peer" },
    { "peer", "192.0.2.1/33", "peer" },
    { "file_size", "0", "file_size" },
    { "file_size", "10X", "file_size" },
    { "file_size", "10kk", "file_size" },
    { "file_size", "-1", "file_size" },
    { "file_size", "99999999999999999999", "file_size" },
    { "bytes", "2000000000G", "bytes" },
    { "seconds", "10k", "seconds" },
    { "messages", "many", "messages" },
    { "files", "3", "file_size" },
    { "secrets", "true", "secrets" },
    { "colour", "red", "colour" },
    { "user", "", "user" },
    { "filter", "host and and", "filter" },
};
/* clang-format on */

static void test_bad(void **state)
{
    struct job_options options;
    char fault[JOB_FAULT];
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *args = json_pack("{s:s}", "name", "good");

        json_object_set_new(args, bad[i].key, json_string(bad[i].value));
        assert_true(job_options_read(&options, args, fault) < 0);
        assert_non_null(strstr(fault, bad[i].fault));
        json_decref(args);
    }
}

static void test_combinations(void **state)
{
    struct job_options options;
    char fault[JOB_FAULT];
    json_t *args = json_object();
    (void)state;

    assert_true(job_options_read(&options, args, fault) < 0);
    json_object_set_new(args, "name", json_integer(1));
    assert_true(job_options_read(&options, args, fault) < 0);
    json_decref(args);
    args = json_pack("{s:s,s:s,s:s}", "name", "a", "format", "pcap", "secrets", "yes");
    assert_true(job_options_read(&options, args, fault) < 0);
    json_object_set_new(args, "secrets", json_string("no"));
    assert_int_equal(job_options_read(&options, args, fault), 0);
    json_decref(args);
}

/* Packets cannot be masked, nor asked for what is in them. */
static void test_interface(void **state)
{
    /* clang-format off */
    static struct { char const *key, *value, *fault; } const rows[] = {
        { "messages", "7", NULL },
        { "filter", "vlan and host example.test", NULL }, /* for the kernel to judge */
        { "secrets", "yes", NULL },
        { "unmask", "no", "unmask" },
        { "user", "alice", "no condition" },
        { "call_id", "a", "no condition" },
        { "method", "INVITE", "no condition" },
        { "peer", "192.0.2.1", "no condition" },
        { "service", "MakeCall", "no condition" },
        { "text", "a", "no condition" },
        { "history", "yes", "history" },
        { "format", "pcap", "format" },
        { "filter", "udp\n--user", "one line" },
        { "interface", "lo\r", "one line" },
    };
    /* clang-format on */
    struct job_options options;
    char fault[JOB_FAULT];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *args =
            json_pack("{s:s,s:s,s:s}", "name", "a", "interface", "eth0", "unmask", "yes");

        json_object_set_new(args, rows[i].key, json_string(rows[i].value));
        assert_int_equal(job_options_read(&options, args, fault), rows[i].fault ? -EINVAL : 0);
        if (rows[i].fault)
            assert_non_null(strstr(fault, rows[i].fault));
        else
            assert_string_equal(options.interface, "eth0");
        json_decref(args);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_interface),
        cmocka_unit_test(test_combinations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

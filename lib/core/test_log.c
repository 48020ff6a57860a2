/* SPDX-License-Identifier: Apache-2.0 */
/* One line per fact, and no input can forge a second one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pipe in the place of stderr. */
struct listener {
    int keep, read_fd;
};

static struct listener listen_to_stderr(void)
{
    int fds[2];
    struct listener listener = { .keep = dup(STDERR_FILENO) };

    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    dup2(fds[1], STDERR_FILENO);
    close(fds[1]);
    listener.read_fd = fds[0];
    return listener;
}

/* All that has been written since the last call. */
static void hear(struct listener const *listener, char *ret, size_t size)
{
    ssize_t n = read(listener->read_fd, ret, size - 1);

    ret[n > 0 ? n : 0] = '\0';
}

static void stop_listening(struct listener const *listener)
{
    dup2(listener->keep, STDERR_FILENO);
    close(listener->keep);
    close(listener->read_fd);
}

/* What log_line() wrote to stderr. */
static void capture(char *ret, size_t size, char const *id, char const *value)
{
    struct listener listener = listen_to_stderr();

    log_info(id, "request refused reason=\"%s\"", value);
    log_debug(id, "not shown");
    hear(&listener, ret, size);
    stop_listening(&listener);
}

static void test_line(void **state)
{
    char text[8192];
    (void)state;

    log_init("proxy", LOG_INFO);
    capture(text, sizeof text, "3f2a", "acl");
    assert_non_null(strstr(text, "Z info proxy 3f2a: request refused reason=\"acl\"\n"));
    assert_int_equal(strlen(strchr(text, '\n')), 1);

    capture(text, sizeof text, NULL, "a\r\n2026 error forged\x7f");
    assert_non_null(
        strstr(text, "proxy: request refused reason=\"a\\x0d\\x0a2026 error forged\\x7f\""));
    assert_int_equal(strlen(strchr(text, '\n')), 1);
}

static void test_long_input_is_cut(void **state)
{
    static char big[20000], text[8192];
    (void)state;

    memset(big, '\n', sizeof big - 1);
    capture(text, sizeof text, big, big);
    assert_in_range(strlen(text), 100, 4096);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void test_levels_per_subsystem(void **state)
{
    (void)state;
    log_set_level(LOG_SIP, LOG_TRACE);
    assert_true(log_enabled(LOG_SIP, LOG_TRACE));
    assert_false(log_enabled(LOG_CSTA, LOG_DEBUG));
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    assert_false(log_enabled(LOG_SIP, LOG_WARN));
    assert_int_equal(log_level_of(LOG_SIP), LOG_ERROR);
}

/* Nobody can do what others must know of and keep it from them. */
static void test_audit_is_always_told(void **state)
{
    (void)state;
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    assert_int_equal(log_level_of(LOG_AUDIT), LOG_INFO);
    log_set_level(LOG_AUDIT, LOG_WARN);
    assert_true(log_enabled(LOG_AUDIT, LOG_INFO));
    log_set_level(LOG_AUDIT, LOG_DEBUG);
    assert_true(log_enabled(LOG_AUDIT, LOG_DEBUG));
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < LOG_SUBSYSTEMS; i++)
        assert_non_null(log_subsystem_names[i]);
    assert_null(log_subsystem_names[LOG_SUBSYSTEMS]);
    assert_string_equal(log_subsystem_names[LOG_AUDIT], "audit");
    assert_string_equal(log_level_names[LOG_TRACE], "trace");
}

/* Each control character, at each place of a word. */
static void test_escapes(void **state)
{
    char value[32], expected[64], text[8192];
    (void)state;

    log_init("proxy", LOG_INFO);
    for (int c = 1; c < 256; c++)
        for (size_t at = 0; at < 17; at++) {
            memset(value, '~', 17);
            value[17] = '\0';
            value[at] = (char)c;
            bool plain = c >= 0x20 && c != 0x7f;
            snprintf(expected, sizeof expected, plain ? "=\"%.*s%c%s\"\n" : "=\"%.*s\\x%02x%s\"\n",
                     (int)at, value, c, value + at + 1);
            capture(text, sizeof text, NULL, value);
            if (!strstr(text, expected))
                fail_msg("%02x at %zu: %s", c, at, text);
        }
}

static void test_held_lines(void **state)
{
    struct listener listener = listen_to_stderr();
    char text[8192];
    (void)state;

    log_init("proxy", LOG_INFO);
    log_hold(true);
    log_info(NULL, "first");
    log_info(NULL, "second");
    hear(&listener, text, sizeof text);
    assert_string_equal(text, "");
    log_flush();
    hear(&listener, text, sizeof text);
    assert_non_null(strstr(text, "proxy: first\n"));
    assert_non_null(strstr(strstr(text, "first"), "proxy: second\n"));

    log_info(NULL, "third");
    log_warn(NULL, "fourth");
    hear(&listener, text, sizeof text);
    assert_non_null(strstr(text, "proxy: third\n"));
    assert_non_null(strstr(strstr(text, "third"), "proxy: fourth\n"));

    log_info(NULL, "fifth");
    log_hold(false);
    log_info(NULL, "sixth");
    hear(&listener, text, sizeof text);
    stop_listening(&listener);
    assert_non_null(strstr(text, "proxy: fifth\n"));
    assert_non_null(strstr(strstr(text, "fifth"), "proxy: sixth\n"));
}

/* The buffer is full before anybody asks. */
static void test_held_lines_are_bounded(void **state)
{
    struct listener listener = listen_to_stderr();
    static char big[3000], text[65536];
    (void)state;

    memset(big, 'x', sizeof big - 1);
    log_hold(true);
    for (int i = 0; i < 20; i++)
        log_info(NULL, "%s", big);
    hear(&listener, text, sizeof text);
    assert_string_equal(text, "");
    log_info(NULL, "%s", big);
    hear(&listener, text, sizeof text);
    assert_true(strlen(text) > 21 * sizeof big);
    assert_int_equal(text[strlen(text) - 1], '\n');
    log_hold(false);
    stop_listening(&listener);
}

static void test_crash_writes_what_is_held(void **state)
{
    struct listener listener = listen_to_stderr();
    char text[8192];
    int status;
    (void)state;

    pid_t child = fork();
    if (child == 0) {
        log_hold(true);
        log_info(NULL, "last words");
        abort();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    hear(&listener, text, sizeof text);
    stop_listening(&listener);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, ": last words\n"));
}

enum { THREADS = 4, LINES = 200 };

static void *log_many(void *letter)
{
    for (int i = 0; i < LINES; i++) {
        log_info(letter, "line");
        if (i % 16 == 0)
            log_flush();
    }
    return NULL;
}

/* No line is lost, none is cut by another. */
static void test_threads(void **state)
{
    static char *const letters[THREADS] = { "a", "b", "c", "d" };
    struct listener listener = listen_to_stderr();
    static char text[65536];
    pthread_t threads[THREADS];
    size_t lines = 0;
    (void)state;

    log_hold(true);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, letters[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    log_hold(false);
    hear(&listener, text, sizeof text);
    stop_listening(&listener);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
        *end = '\0';
        assert_int_equal(strlen(line), strlen("2026-11-21T05:49:40.123456Z info proxy a: line"));
        assert_string_equal(line + strlen(line) - 6, ": line");
    }
    assert_int_equal(lines, THREADS * LINES);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_long_input_is_cut),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_held_lines),
        cmocka_unit_test(test_held_lines_are_bounded),
        cmocka_unit_test(test_crash_writes_what_is_held),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_levels_per_subsystem),
        cmocka_unit_test(test_audit_is_always_told),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

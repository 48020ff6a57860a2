/* SPDX-License-Identifier: Apache-2.0 */
/* One line per fact, and no input can forge a second one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What log_line() wrote to stderr. */
static void capture(char *ret, size_t size, char const *id, char const *value)
{
    int pipe_fds[2], keep = dup(STDERR_FILENO);

    assert_int_equal(pipe(pipe_fds), 0);
    dup2(pipe_fds[1], STDERR_FILENO);
    log_info(id, "request refused reason=\"%s\"", value);
    log_debug(id, "not shown");
    dup2(keep, STDERR_FILENO);
    close(keep);
    close(pipe_fds[1]);
    ssize_t n = read(pipe_fds[0], ret, size - 1);
    close(pipe_fds[0]);
    ret[n > 0 ? n : 0] = '\0';
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
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_long_input_is_cut),
        cmocka_unit_test(test_levels_per_subsystem),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords typed at a terminal, which must not show them, and piped in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "secret.h"
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, TEXT = 1024 };

/* In the child: says over @p out what secret_read() gave. */
static void answer(int out)
{
    char secret[SECRET_MAX + 1], text[TEXT];
    struct termios now;
    char const *fault = secret_read("password", secret);
    bool shows = tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_lflag & ECHO);
    int len = snprintf(text, sizeof text, "%s %s%s", fault ? "fault" : "good",
                       fault ? fault : secret, shows ? " echo" : "");
    _exit(write(out, text, (size_t)len) == len ? 0 : 1);
}

static void read_all(int fd, char ret[static TEXT])
{
    size_t n = 0;
    ssize_t more;
    while (n < TEXT - 1 && (more = read(fd, ret + n, TEXT - 1 - n)) > 0)
        n += (size_t)more;
    ret[n] = '\0';
}

/* Waits until the terminal has said @p prompt; what it says is kept in @p screen. */
static void wait_for(int terminal, char const *prompt, char screen[static TEXT])
{
    struct pollfd pfd = { .fd = terminal, .events = POLLIN };
    size_t n = strlen(screen);
    while (!strstr(screen, prompt)) {
        assert_int_equal(poll(&pfd, 1, PATIENCE_MS), 1);
        ssize_t more = read(terminal, screen + n, TEXT - 1 - n);
        assert_true(more > 0);
        n += (size_t)more;
        screen[n] = '\0';
    }
}

static void type(int terminal, char const *text)
{
    assert_int_equal(write(terminal, text, strlen(text)), strlen(text));
}

static struct {
    char const *first, *second; /* NULL: not asked */
    char const *said;
} const dialogs[] = {
    { "s3cret\n", "s3cret\n", "good s3cret echo" },
    { "s3cret\n", "s3cre\n", "fault the two differ echo" },
    { "\n", NULL, "fault it is empty echo" },
    { "s3cr\003", NULL, "fault interrupted echo" },
};

static void test_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++) {
        char screen[TEXT] = "", said[TEXT];
        int terminal, fds[2], status;
        assert_int_equal(pipe(fds), 0);
        pid_t child = forkpty(&terminal, NULL, NULL, NULL);
        assert_true(child >= 0);
        if (child == 0) {
            close(fds[0]);
            answer(fds[1]);
        }
        close(fds[1]);
        wait_for(terminal, "Password: ", screen);
        type(terminal, dialogs[i].first);
        if (dialogs[i].second) {
            wait_for(terminal, "Password again: ", screen);
            type(terminal, dialogs[i].second);
        }
        read_all(fds[0], said);
        close(fds[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        close(terminal);
        assert_string_equal(said, dialogs[i].said);
        assert_null(strstr(screen, "s3cr"));
    }
}

static void test_pipe(void **state)
{
    static struct {
        char const *given, *said;
    } const cases[] = {
        { "s3cret\n", "good s3cret" },
        { "s3cret", "good s3cret" },
        { "with blanks \r\nmore\n", "good with blanks " },
        { "", "fault nothing was given" },
        { "\n", "fault it is empty" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int in[2], out[2], status;
        char said[TEXT];
        assert_int_equal(pipe(in) | pipe(out), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            dup2(in[0], STDIN_FILENO);
            close(in[1]);
            answer(out[1]);
        }
        type(in[1], cases[i].given);
        close(in[0]);
        close(in[1]);
        close(out[1]);
        read_all(out[0], said);
        close(out[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_string_equal(said, cases[i].said);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_pipe),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}

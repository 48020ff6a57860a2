/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords from terminals and pipes: see secret.h. */
#include "secret.h"
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One line without its end. */
static char const *read_line(char ret[static SECRET_MAX + 1])
{
    char line[SECRET_MAX + 3];
    if (!fgets(line, sizeof line, stdin))
        return "nothing was given";
    size_t len = strcspn(line, "\r\n");
    if (len == 0)
        return "it is empty";
    if (len > SECRET_MAX)
        return "it is too long";
    memcpy(ret, line, len);
    ret[len] = '\0';
    return NULL;
}

/* Nothing to do but to end the wait: the terminal must get its echo back. */
static void on_interrupt(int number)
{
    (void)number;
}

/* Waits for a line, or for Ctrl-C, which comes nowhere else. */
static bool wait_for_line(sigset_t const *awake)
{
    struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
    return ppoll(&pfd, 1, NULL, awake) == 1;
}

static char const *prompt(char const *what, char const *again, sigset_t const *awake,
                          char ret[static SECRET_MAX + 1])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return "the terminal does not answer";
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) < 0)
        return "the terminal shows what is typed";
    fprintf(stderr, "%c%s%s: ", toupper((unsigned char)*what), what + 1, again);
    char const *fault = wait_for_line(awake) ? read_line(ret) : "interrupted";
    fputc('\n', stderr);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    return fault;
}

static char const *ask(char const *what, char const *again, char ret[static SECRET_MAX + 1])
{
    struct sigaction const stop = { .sa_handler = on_interrupt };
    struct sigaction kept;
    sigset_t interrupt, awake;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &awake);
    sigaction(SIGINT, &stop, &kept);
    char const *fault = prompt(what, again, &awake, ret);
    sigaction(SIGINT, &kept, NULL);
    sigprocmask(SIG_SETMASK, &awake, NULL);
    return fault;
}

char const *secret_read(char const *what, char ret[static SECRET_MAX + 1])
{
    char again[SECRET_MAX + 1];
    if (!isatty(STDIN_FILENO))
        return read_line(ret);
    char const *fault = ask(what, "", ret);
    if (!fault)
        fault = ask(what, " again", again);
    if (!fault && strcmp(ret, again) != 0)
        fault = "the two differ";
    explicit_bzero(again, sizeof again);
    return fault;
}

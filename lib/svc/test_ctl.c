/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket on a real Unix socket: answers, order, bad lines, clients that do not read. */
#include "ctl.h"
#include "svc_metrics.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_BYTES = 65536, LONG_ANSWER = 8000000, LINKS = 64 };

struct fixture {
    uv_loop_t loop;
    struct ctl_server *server;
    char path[64];
};

static struct ctl_call *later;

static void cmd_echo(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)svc;
    ctl_reply(call, json_string(ctl_arg(args, "text")));
}

static void cmd_table(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("line", "calls", NULL);

    (void)svc;
    (void)args;
    ctl_table_row(table, json_pack("[s,i]", "2001", 2));
    ctl_reply(call, table);
}

static void cmd_fail(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)svc;
    ctl_fail(call, "not-found", "no line \"%s\"", ctl_arg(args, "line"));
}

static void cmd_fail_badly(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)svc;
    (void)args;
    ctl_fail(call, "not-found", "\xff");
}

static void cmd_later(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)svc;
    (void)args;
    later = call;
}

static void cmd_long(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    size_t len = ctl_arg(args, "longer") ? 3 * (size_t)LONG_ANSWER : LONG_ANSWER;
    char *text = malloc(len + 1);

    (void)svc;
    memset(text, 'x', len);
    text[len] = '\0';
    ctl_reply(call, json_string(text));
    free(text);
}

static struct ctl_command const commands[] = {
    { "echo", CTL_READ, cmd_echo, "TEXT", "Says it again." },
    { "show table", CTL_READ, cmd_table, NULL, "A table." },
    { "fail", CTL_WRITE, cmd_fail, "LINE", "Fails." },
    { "fail badly", CTL_READ, cmd_fail_badly, NULL, "Fails with bytes that are no text." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};

static struct ctl_command const more_commands[] = {
    { "later", CTL_READ, cmd_later, NULL, "Answers later." },
    { "long", CTL_READ, cmd_long, NULL, "Answers at length." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};

static struct ctl_command const *const tables[] = { commands, more_commands, NULL };

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    uv_loop_init(&f->loop);
    snprintf(f->path, sizeof f->path, "/tmp/test_ctl_%d.sock", (int)getpid());
    unlink(f->path);
    f->server = ctl_server_new(&f->loop, NULL, f->path, tables);
    later = NULL;
    *state = f;
    return f->server ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ctl_server_free(&f->server);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    int error = uv_loop_close(&f->loop);
    assert_int_equal(met_get(&svc_metrics, M_ctl_links), 0);
    free(f);
    return error;
}

static int dial(char const *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void pump(struct fixture *f)
{
    for (int i = 0; i < 8; i++)
        uv_run(&f->loop, UV_RUN_NOWAIT);
}

static void say(struct fixture *f, int fd, char const *text)
{
    for (size_t left = strlen(text); left;) {
        ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
        if (n > 0) {
            text += n;
            left -= (size_t)n;
        } else if (errno != EAGAIN) {
            return; /* refused half way */
        }
        pump(f);
    }
}

/* One line without its end; "" = the server has closed, NULL = nothing comes. The caller frees. */
static char *hear(struct fixture *f, int fd)
{
    char *line = NULL, c;
    size_t len;
    FILE *out = open_memstream(&line, &len);
    int silence = 0;
    bool more = true;

    while (more && silence < 100) {
        ssize_t n = recv(fd, &c, 1, 0);
        if (n == 1 && c != '\n')
            fputc(c, out);
        else if (n < 0 && errno == EAGAIN)
            silence++, pump(f);
        else
            more = false; /* end of line, or the server has closed */
        silence = n == 1 ? 0 : silence;
    }
    fclose(out);
    if (more) {
        free(line);
        return NULL;
    }
    return line;
}

static void expect(struct fixture *f, int fd, char const *wanted)
{
    char *line = hear(f, fd);

    if (wanted) {
        assert_non_null(line);
        assert_string_equal(line, wanted);
    } else {
        assert_null(line);
    }
    free(line);
}

#define CLOSED     ""
#define BAD(why)   "{\"ok\":false,\"error\":\"" why "\",\"code\":\"bad-line\"}"
#define NO_COMMAND BAD("not a JSON object with a command")

static void test_answers(void **state)
{
    static char const *const vectors[][2] = {
        { "{\"command\":\"echo\",\"args\":{\"text\":\"a\"}}\n", "{\"ok\":true,\"result\":\"a\"}" },
        { "  {\"command\" : \"echo\"}\r\n", "{\"ok\":true,\"result\":null}" },
        { "{\"command\":\"show table\"}\n",
          "{\"ok\":true,\"result\":{\"columns\":[\"line\",\"calls\"],\"rows\":[[\"2001\",2]]}}" },
        { "{\"command\":\"fail\",\"args\":{\"line\":\"7\"}}\n",
          "{\"ok\":false,\"error\":\"no line \\\"7\\\"\",\"code\":\"not-found\"}" },
        { "{\"command\":\"fail badly\"}\n",
          "{\"ok\":false,\"error\":\"(not UTF-8)\",\"code\":\"not-found\"}" },
        { "{\"command\":\"show\"}\n", "{\"ok\":false,\"error\":\"unknown command "
                                      "\\\"show\\\"\",\"code\":\"unknown-command\"}" },
        { "{\"command\":\"long\",\"args\":{\"longer\":\"yes\"}}\n",
          "{\"ok\":false,\"error\":\"the answer is too long\",\"code\":\"too-long\"}" },
    };
    struct fixture *f = *state;
    int fd = dial(f->path);

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        say(f, fd, vectors[i][0]);
        expect(f, fd, vectors[i][1]);
    }
    close(fd);
}

static void test_bad_lines(void **state)
{
    static char const *const vectors[] = {
        "\n",
        "nonsense\n",
        "{\"command\":\"echo\"\n",
        "[\"echo\"]\n",
        "{\"command\":5}\n",
        "{\"args\":{}}\n",
        "{\"command\":\"echo\",\"args\":[]}\n",
        "{\"command\":\"echo\",\"command\":\"fail\"}\n",
        "{\"command\":\"echo\",\"args\":{\"text\":\"\xff\"}}\n",
    };
    struct fixture *f = *state;
    int other = dial(f->path);

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        int64_t before = met_get(&svc_metrics, M_ctl_bad_lines);
        int fd = dial(f->path);
        say(f, fd, vectors[i]);
        expect(f, fd, NO_COMMAND);
        expect(f, fd, CLOSED);
        close(fd);
        assert_int_equal(met_get(&svc_metrics, M_ctl_bad_lines), before + 1);
    }
    say(f, other, "{\"command\":\"echo\",\"args\":{\"text\":\"still here\"}}\n");
    expect(f, other, "{\"ok\":true,\"result\":\"still here\"}");
    close(other);
}

/* A good command with spaces behind it, @p len bytes without the line's end. */
static char *padded(size_t len)
{
    char *line = malloc(len + 2);

    memset(line, ' ', len);
    memcpy(line, "{\"command\":\"echo\"}", 18);
    memcpy(line + len, "\n", 2);
    return line;
}

static void test_longest_line(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);
    char *line = padded(LINE_BYTES);

    say(f, fd, line);
    expect(f, fd, "{\"ok\":true,\"result\":null}");
    free(line);
    line = padded(LINE_BYTES + 1);
    say(f, fd, line);
    expect(f, fd, BAD("line too long"));
    free(line);
    close(fd);
}

static void test_line_without_end(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);
    char *line = padded(3 * LINE_BYTES);

    line[3 * LINE_BYTES] = '\0';
    say(f, fd, line);
    expect(f, fd, BAD("line too long"));
    free(line);
    close(fd);
}

static void test_answers_keep_the_order(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);

    say(f, fd,
        "{\"command\":\"later\"}\n{\"command\":\"echo\",\"args\":{\"text\":\"2\"}}\n"
        "{\"command\":\"echo\",\"args\":{\"text\":\"3\"}}\n");
    expect(f, fd, NULL);
    assert_non_null(later);
    ctl_reply(later, json_string("1"));
    expect(f, fd, "{\"ok\":true,\"result\":\"1\"}");
    expect(f, fd, "{\"ok\":true,\"result\":\"2\"}");
    expect(f, fd, "{\"ok\":true,\"result\":\"3\"}");
    close(fd);
}

static void test_client_that_says_no_more(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);

    say(f, fd, "{\"command\":\"later\"}\n{\"command\":\"echo\"}\n");
    shutdown(fd, SHUT_WR);
    expect(f, fd, NULL);
    ctl_reply(later, NULL);
    expect(f, fd, "{\"ok\":true,\"result\":null}");
    expect(f, fd, "{\"ok\":true,\"result\":null}");
    expect(f, fd, CLOSED);
    close(fd);
}

static void test_client_gone_before_the_answer(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);

    say(f, fd, "{\"command\":\"later\"}\n");
    close(fd);
    pump(f);
    ctl_reply(later, json_string("nobody hears this"));
    pump(f);
    assert_int_equal(met_get(&svc_metrics, M_ctl_links), 0);
}

static void test_server_gone_before_the_answer(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f->path);

    say(f, fd, "{\"command\":\"later\"}\n");
    ctl_server_free(&f->server);
    pump(f);
    ctl_fail(later, "unavailable", "too late");
    expect(f, fd, CLOSED);
    close(fd);
}

static void test_client_that_does_not_read(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&svc_metrics, M_ctl_calls);
    int fd = dial(f->path);

    for (int i = 0; i < 20; i++)
        say(f, fd, "{\"command\":\"long\"}\n");
    pump(f);
    assert_int_equal(met_get(&svc_metrics, M_ctl_calls), before + 1);
    close(fd);
}

static void test_too_many_links(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&svc_metrics, M_ctl_links_evicted);
    int fds[LINKS + 3];

    for (int i = 0; i < LINKS; i++) {
        fds[i] = dial(f->path);
        pump(f);
    }
    /* The first has something to say, so the next two are the quietest. */
    say(f, fds[0], "{\"command\":\"echo\"}\n");
    expect(f, fds[0], "{\"ok\":true,\"result\":null}");
    for (int i = LINKS; i < LINKS + 2; i++) {
        fds[i] = dial(f->path);
        say(f, fds[i], "{\"command\":\"echo\"}\n");
        expect(f, fds[i], "{\"ok\":true,\"result\":null}");
    }
    assert_int_equal(met_get(&svc_metrics, M_ctl_links), LINKS);
    assert_int_equal(met_get(&svc_metrics, M_ctl_links_evicted), before + 2);
    expect(f, fds[0], NULL);
    expect(f, fds[1], CLOSED);
    expect(f, fds[2], CLOSED);
    expect(f, fds[3], NULL);
    for (int i = 0; i < LINKS + 2; i++)
        close(fds[i]);
    pump(f);
}

static void test_socket_file(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char path[200];

    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);

    /* A second program of this name. */
    assert_null(ctl_server_new(&f->loop, NULL, f->path, tables));
    assert_int_equal(stat(f->path, &st), 0);

    /* A file that is no socket is somebody's. */
    snprintf(path, sizeof path, "%s.txt", f->path);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_null(ctl_server_new(&f->loop, NULL, path, tables));
    assert_int_equal(unlink(path), 0);

    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_null(ctl_server_new(&f->loop, NULL, path, tables));
}

static void test_stale_socket_is_replaced(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(addr.sun_path, sizeof addr.sun_path, "%s.2", f->path);
    assert_int_equal(bind(dead, (struct sockaddr *)&addr, sizeof addr), 0);
    close(dead);
    struct ctl_server *second = ctl_server_new(&f->loop, NULL, addr.sun_path, tables);
    assert_non_null(second);
    close(dial(addr.sun_path));
    ctl_server_free(&second);
    assert_null(second);
    assert_int_equal(access(addr.sun_path, F_OK), -1);
    ctl_server_free(&second);
}

/* --- the blocking client, in a thread of its own --- */

struct asking {
    char const *path, *command;
    json_t *args, *answer;
    char const *error;
    int timeout_ms;
    _Atomic bool done;
};

static void *ask(void *arg)
{
    struct asking *a = arg;

    a->answer = ctl_client_call(a->path, a->command, a->args, a->timeout_ms, &a->error);
    a->done = true;
    return NULL;
}

static void run_asking(struct fixture *f, struct asking *a)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask, a), 0);
    while (!a->done)
        uv_run(&f->loop, UV_RUN_NOWAIT);
    pthread_join(thread, NULL);
}

static void test_client(void **state)
{
    struct fixture *f = *state;
    json_t *args = json_pack("{s:s}", "text", "hello");
    struct asking a = { .path = f->path, .command = "echo", .args = args, .timeout_ms = 20000 };

    run_asking(f, &a);
    assert_non_null(a.answer);
    assert_string_equal(json_string_value(json_object_get(a.answer, "result")), "hello");
    json_decref(a.answer);
    json_decref(args);

    struct asking b = { .path = f->path, .command = "long", .timeout_ms = 20000 };
    run_asking(f, &b);
    assert_int_equal(json_string_length(json_object_get(b.answer, "result")), LONG_ANSWER);
    json_decref(b.answer);
}

static void test_client_without_answer(void **state)
{
    struct fixture *f = *state;
    struct asking a = { .path = f->path, .command = "later", .timeout_ms = 50 };

    run_asking(f, &a);
    assert_null(a.answer);
    assert_string_equal(a.error, "does not answer");
    ctl_reply(later, NULL);

    struct asking b = { .path = "/tmp/test_ctl_nobody.sock", .command = "x", .timeout_ms = 50 };
    run_asking(f, &b);
    assert_null(b.answer);
    assert_string_equal(b.error, "not running");
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    struct CMUnitTest const tests[] = {
        WITH_SERVER(test_answers),
        WITH_SERVER(test_bad_lines),
        WITH_SERVER(test_longest_line),
        WITH_SERVER(test_line_without_end),
        WITH_SERVER(test_answers_keep_the_order),
        WITH_SERVER(test_client_that_says_no_more),
        WITH_SERVER(test_client_gone_before_the_answer),
        WITH_SERVER(test_server_gone_before_the_answer),
        WITH_SERVER(test_client_that_does_not_read),
        WITH_SERVER(test_too_many_links),
        WITH_SERVER(test_socket_file),
        WITH_SERVER(test_stale_socket_is_replaced),
        WITH_SERVER(test_client),
        WITH_SERVER(test_client_without_answer),
    };

    signal(SIGPIPE, SIG_IGN); /* as svc_main() does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}

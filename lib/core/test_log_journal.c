/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as entries with fields, read from a socket that stands for journald's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRY_BYTES = 65536 };

struct rig {
    int stderr_kept, stderr_read, journal;
    char folder[64], path[80], letters[128];
};

/* $JOURNAL_STREAM as systemd sets it for a stderr that it made. */
static void name_stream(int fd)
{
    char text[64];
    struct stat st;

    assert_int_equal(fstat(fd, &st), 0);
    snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    setenv("JOURNAL_STREAM", text, 1);
}

static int setup(void **state)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct rig *rig = calloc(1, sizeof *rig);
    int fds[2];

    snprintf(rig->folder, sizeof rig->folder, "/tmp/test_log_journal.XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->path, sizeof rig->path, "%s/socket", rig->folder);
    memcpy(addr.sun_path, rig->path, strlen(rig->path) + 1);
    rig->journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(rig->journal, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    rig->stderr_kept = dup(STDERR_FILENO);
    dup2(fds[1], STDERR_FILENO);
    close(fds[1]);
    rig->stderr_read = fds[0];
    name_stream(STDERR_FILENO);
    log_init("proxy", LOG_INFO);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    log_hold(false);
    unsetenv("JOURNAL_STREAM");
    log_use_journal(rig->path);
    dup2(rig->stderr_kept, STDERR_FILENO);
    close(rig->stderr_kept);
    close(rig->stderr_read);
    close(rig->journal);
    unlink(rig->path);
    rmdir(rig->folder);
    free(rig);
    return 0;
}

static char *hear(int fd, char ret[ENTRY_BYTES])
{
    ssize_t n = read(fd, ret, ENTRY_BYTES - 1);

    ret[n > 0 ? n : 0] = '\0';
    return ret;
}

static void test_fields(void **state)
{
    struct rig *rig = *state;
    char entry[ENTRY_BYTES];

    assert_true(log_use_journal(rig->path));
    log_line(LOG_ROUTE, LOG_WARN, "3f2a",
             "request refused status=403 reason=\"acl: no\" call_id=\"a\"b@h\" "
             "source=192.0.2.1:5060 other=x from=\"\nPRIORITY=0\"");
    assert_string_equal(
        hear(rig->journal, entry),
        "MESSAGE=3f2a: request refused status=403 reason=\"acl: no\" call_id=\"a\"b@h\" "
        "source=192.0.2.1:5060 other=x from=\"\\x0aPRIORITY=0\"\n"
        "PRIORITY=4\nSYSLOG_IDENTIFIER=crosspoint-proxy\nCROSSPOINT_PROGRAM=proxy\n"
        "SUBSYSTEM=route\nOBJECT_ID=3f2a\nSTATUS=403\nREASON=acl: no\nCALL_ID=a\"b@h\n"
        "PEER=192.0.2.1:5060\nFROM=\\x0aPRIORITY=0\n");
    assert_string_equal(hear(rig->stderr_read, entry), "");
}

/* Whatever stands where values stand. */
static void test_odd_pairs(void **state)
{
    static char const *const lines[][2] = {
        { "", "" },
        { "=", "" },
        { "status=", "STATUS=\n" },
        { "status=\"", "STATUS=\n" },
        { "status=\"\" x", "STATUS=\n" },
        { "status=\"a b", "STATUS=a b\n" },
        { "xstatus=1 status=2=3", "STATUS=2=3\n" },
        { "status=\"1\"2 method=X", "STATUS=1\"2 method=X\n" },
        { "text status = 1", "" },
    };
    struct rig *rig = *state;
    char entry[ENTRY_BYTES];

    assert_true(log_use_journal(rig->path));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        log_info(NULL, "%s", lines[i][0]);
        char *rest = strstr(hear(rig->journal, entry), "SUBSYSTEM=main\n");
        assert_non_null(rest);
        assert_string_equal(rest + strlen("SUBSYSTEM=main\n"), lines[i][1]);
    }
}

static void test_long_lines_stay_whole_entries(void **state)
{
    struct rig *rig = *state;
    static char big[20000];
    char entry[ENTRY_BYTES];

    assert_true(log_use_journal(rig->path));
    memset(big, '\n', sizeof big - 1);
    log_info(big, "error=\"%s\"", big);
    hear(rig->journal, entry);
    assert_in_range(strlen(entry), 8000, 10240);
    assert_int_equal(entry[strlen(entry) - 1], '\n');
    assert_non_null(strstr(entry, "\nPRIORITY=6\n"));
    assert_non_null(strstr(entry, "\nERROR=\\x0a"));
}

enum { LINES = 100 };

/* Takes entries until the last one has come; the journal of the test holds only a few. */
static void *take_entries(void *ctx)
{
    struct rig *rig = ctx;
    struct pollfd pfd = { .fd = rig->journal, .events = POLLIN };
    char entry[ENTRY_BYTES], wanted[160];

    for (int i = 0; i < LINES && poll(&pfd, 1, 10000) == 1; i++) {
        snprintf(wanted, sizeof wanted, "MESSAGE=line %d %.*s\nPRIORITY", i, i, rig->letters);
        if (strncmp(hear(rig->journal, entry), wanted, strlen(wanted)) != 0)
            return "another entry";
    }
    return NULL;
}

/* Held lines go together, more of them than one call takes, each as an entry of its own. */
static void test_held(void **state)
{
    struct rig *rig = *state;
    char entry[ENTRY_BYTES];
    pthread_t reader;
    void *fault;

    memset(rig->letters, 'x', LINES);
    assert_true(log_use_journal(rig->path));
    log_hold(true);
    for (int i = 0; i < LINES; i++)
        log_info(NULL, "line %d %.*s", i, i, rig->letters);
    assert_string_equal(hear(rig->journal, entry), "");
    assert_int_equal(pthread_create(&reader, NULL, take_entries, rig), 0);
    log_flush();
    assert_int_equal(pthread_join(reader, &fault), 0);
    assert_null(fault);
}

/* What is held goes before there might be no room for one more entry, however long. */
static void test_held_entries_are_bounded(void **state)
{
    struct rig *rig = *state;
    static char big[20000];
    char entry[ENTRY_BYTES];
    int n = 0;

    assert_true(log_use_journal(rig->path));
    memset(big, '\n', sizeof big - 1);
    log_hold(true);
    while (n < 100 && !*hear(rig->journal, entry)) {
        log_info(big, "error=\"%s\"", big);
        n++;
    }
    assert_in_range(n, 5, 8);
    for (int i = 1; i < n; i++)
        assert_in_range(strlen(hear(rig->journal, entry)), 8000, 10240);
    assert_string_equal(hear(rig->journal, entry), "");
}

static void test_crash(void **state)
{
    struct rig *rig = *state;
    char entry[ENTRY_BYTES];
    int status;

    pid_t child = fork();
    if (child == 0) {
        log_use_journal(rig->path);
        log_hold(true);
        log_info(NULL, "last words");
        abort();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_memory_equal(hear(rig->journal, entry), "MESSAGE=last words\n", 19);
}

/* journald is away: stderr has the lines. */
static void test_journal_gone(void **state)
{
    struct rig *rig = *state;
    char text[ENTRY_BYTES];

    assert_true(log_use_journal(rig->path));
    close(rig->journal);
    log_hold(true);
    log_info("id", "first");
    log_info(NULL, "second");
    log_flush();
    assert_string_equal(hear(rig->stderr_read, text), "id: first\nsecond\n");
}

static void test_only_for_the_stream_of_systemd(void **state)
{
    struct rig *rig = *state;
    char text[ENTRY_BYTES];

    name_stream(rig->journal);
    assert_false(log_use_journal(rig->path));
    unsetenv("JOURNAL_STREAM");
    assert_false(log_use_journal(rig->path));
    name_stream(STDERR_FILENO);
    assert_false(log_use_journal("/nowhere/socket"));
    log_info(NULL, "as text");
    assert_non_null(strstr(hear(rig->stderr_read, text), "Z info proxy: as text\n"));
    assert_string_equal(hear(rig->journal, text), "");
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    struct CMUnitTest const tests[] = {
        WITH_RIG(test_fields),
        WITH_RIG(test_odd_pairs),
        WITH_RIG(test_long_lines_stay_whole_entries),
        WITH_RIG(test_held),
        WITH_RIG(test_held_entries_are_bounded),
        WITH_RIG(test_crash),
        WITH_RIG(test_journal_gone),
        WITH_RIG(test_only_for_the_stream_of_systemd),
    };
    return cmocka_run_group_tests_name("log_journal", tests, NULL, NULL);
}

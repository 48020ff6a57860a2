/* SPDX-License-Identifier: Apache-2.0 */
/* Ring files: of a program that runs, of one that has crashed, and files that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap_layout.h"
#include "tap_reader.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 128 };

struct rig {
    char dir[64], file[PATH_BYTES], crashed[PATH_BYTES];
};

static struct tap_record const like = { .direction = TAP_SENT, .transport = "udp" };

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    snprintf(rig->dir, sizeof rig->dir, "/tmp/crosspoint-tap-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    snprintf(rig->file, sizeof rig->file, "%s/demo.tap", rig->dir);
    snprintf(rig->crashed, sizeof rig->crashed, "%s/demo.tap.1", rig->dir);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    unlink(rig->file);
    unlink(rig->crashed);
    assert_int_equal(rmdir(rig->dir), 0); /* nothing else was left there */
    free(rig);
    return 0;
}

static struct tap *keep(struct rig *rig, size_t records, size_t bytes)
{
    struct tap *tap = tap_new(records, bytes);

    assert_int_equal(tap_keep(tap, rig->dir, "demo"), 0);
    return tap;
}

static struct tap_reader *open_reader(char const *path)
{
    struct tap_reader *reader;

    assert_int_equal(tap_reader_open(&reader, path), 0);
    return reader;
}

static void expect_message(struct tap_reader *reader, uint64_t serial, char const *text)
{
    struct tap_entry entry;

    assert_int_equal(tap_reader_next(reader, &entry), 1);
    assert_int_equal(entry.kind, TAP_ENTRY_MESSAGE);
    assert_int_equal(entry.record.serial, serial);
    assert_string_equal(entry.record.bytes, text);
    assert_null(entry.note);
}

static void expect_nothing(struct tap_reader *reader)
{
    struct tap_entry entry;

    assert_int_equal(tap_reader_next(reader, &entry), 0);
}

static void test_follow(void **state)
{
    struct rig *rig = *state;
    struct tap *tap = tap_new(100, 10000);
    struct tap_entry entry;
    struct stat st;

    assert_int_equal(tap_add(tap, &like, "before the file", 15), 1);
    assert_int_equal(tap_keep(tap, rig->dir, "demo"), 0);
    assert_int_equal(stat(rig->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct tap_reader *reader = open_reader(rig->file);
    assert_string_equal(tap_reader_program(reader), "demo");
    assert_int_equal(tap_reader_pid(reader), getpid());
    assert_true(tap_reader_started_us(reader) > 0);
    expect_message(reader, 1, "before the file");
    expect_nothing(reader);
    tap_add(tap, &like, "after", 5);
    tap_note(tap, 2, "decided", 7);
    expect_message(reader, 2, "after");
    assert_int_equal(tap_reader_next(reader, &entry), 1);
    assert_int_equal(entry.kind, TAP_ENTRY_NOTE);
    assert_int_equal(entry.record.serial, 2);
    assert_string_equal(entry.note, "decided");
    tap_add(tap, &like, "left out", 8);
    tap_reader_skip(reader);
    expect_nothing(reader);
    tap_add(tap, &like, "last", 4);
    assert_int_equal(tap_next(tap, 3)->serial, 4);
    expect_message(reader, 4, "last");
    assert_false(tap_reader_has_ended(reader));
    tap_free(&tap);
    assert_true(tap_reader_has_ended(reader));
    expect_nothing(reader);
    tap_reader_free(&reader);
    assert_null(reader);
    tap_reader_free(&reader);
}

/* The reader comes late, and finds what the ring has then. */
static void test_overtaken(void **state)
{
    struct rig *rig = *state;
    struct tap *tap = keep(rig, 10, 100000);
    struct tap_reader *reader = open_reader(rig->file);
    char text[32];

    tap_add(tap, &like, "first", 5);
    expect_message(reader, 1, "first");
    for (int i = 2; i <= 30; i++) {
        int len = snprintf(text, sizeof text, "message %d", i);
        tap_add(tap, &like, text, (size_t)len);
    }
    for (int i = 21; i <= 30; i++) {
        snprintf(text, sizeof text, "message %d", i);
        expect_message(reader, (uint64_t)i, text);
    }
    expect_nothing(reader);
    tap_reader_free(&reader);
    tap_free(&tap);
}

/* --- a writer that does not wait --- */

/* What the writer does just before the reader copies records. */
static struct {
    struct tap *tap;
    int messages;
} meanwhile;

static void add_numbered(struct tap *tap, int messages)
{
    char text[300];

    for (int i = 0; i < messages; i++) {
        /* Of several lengths, so that one never ends where another one has ended. */
        int len = snprintf(text, sizeof text, "%0*d", 100 + i % 7 * 24, i);
        tap_add(tap, &like, text, (size_t)len);
    }
}

/* Stands before that of libc. */
ssize_t pread(int fd, void *to, size_t bytes, off_t offset)
{
    if (offset >= TAP_LAYOUT_DATA && meanwhile.messages) {
        int messages = meanwhile.messages;

        meanwhile.messages = 0;
        add_numbered(meanwhile.tap, messages);
    }
    return syscall(SYS_pread64, fd, to, bytes, offset);
}

/* Between the reader's look at the positions and its copy, so much is written; whatever it gives
 * afterwards is whole, in order, and up to the last. */
static void test_overtaken_while_copying(void **state)
{
    struct rig *rig = *state;

    for (int more = 0; more < 60; more++) {
        struct tap *tap = keep(rig, 1000, 4096);
        struct tap_reader *reader = open_reader(rig->file);
        struct tap_entry entry;
        uint64_t last = 0;
        int found;

        add_numbered(tap, 10);
        meanwhile.tap = tap;
        meanwhile.messages = more;
        while ((found = tap_reader_next(reader, &entry)) > 0) {
            assert_true(entry.record.serial > last);
            assert_true(last < 11 || entry.record.serial == last + 1);
            last = entry.record.serial;
            int number = (int)last - (last > 10 ? 11 : 1);
            assert_int_equal(strtol(entry.record.bytes, NULL, 10), number);
            assert_int_equal(entry.record.len, 100 + number % 7 * 24);
        }
        assert_int_equal(found, 0);
        assert_int_equal(last, 10 + more);
        tap_reader_free(&reader);
        tap_free(&tap);
    }
}

enum { RACE_MESSAGES = 60000, RACE_MAX = 3000 };

struct race {
    struct tap *tap;
    atomic_bool done;
};

static size_t race_len(uint64_t serial)
{
    return (size_t)(serial * 2654435761U % RACE_MAX);
}

static void *write_on(void *arg)
{
    struct race *race = arg;
    char *text = malloc(RACE_MAX);

    for (uint64_t i = 1; i <= RACE_MESSAGES; i++) {
        memset(text, (int)(i & 0xff), RACE_MAX);
        tap_add(race->tap, &like, text, race_len(i));
        tap_note(race->tap, i, text, i % 50);
    }
    free(text);
    atomic_store(&race->done, true);
    return NULL;
}

/* What the reader gives is always whole, however far the writer has run ahead. */
static void test_race(void **state)
{
    struct rig *rig = *state;
    struct race race = { .tap = keep(rig, 1000, 32768) };
    struct tap_reader *reader = open_reader(rig->file);
    struct tap_entry entry = { 0 };
    uint64_t last = 0, seen = 0;
    char expected[RACE_MAX];
    pthread_t thread;
    bool done;

    assert_int_equal(pthread_create(&thread, NULL, write_on, &race), 0);
    do {
        done = atomic_load(&race.done);
        int found;
        while ((found = tap_reader_next(reader, &entry)) > 0) {
            uint64_t serial = entry.record.serial;
            memset(expected, (int)(serial & 0xff), sizeof expected);
            if (entry.kind == TAP_ENTRY_NOTE) {
                assert_memory_equal(entry.note, expected, serial & 0xff ? serial % 50 : 0);
                continue;
            }
            assert_true(serial > last);
            assert_int_equal(entry.record.len, race_len(serial));
            assert_memory_equal(entry.record.bytes, expected, entry.record.len);
            last = serial;
            seen++;
        }
        assert_int_equal(found, 0);
    } while (!done);
    pthread_join(thread, NULL);
    assert_int_equal(last, RACE_MESSAGES);
    assert_true(seen > 0);
    tap_reader_free(&reader);
    tap_free(&race.tap);
}

/* --- ends of programs --- */

static void run_and_die(struct rig *rig, int number)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct tap *tap = keep(rig, 100, 10000);
        tap_add(tap, &like, "last words", 10);
        tap_note(tap, 1, "refused", 7);
        if (number)
            kill(getpid(), number);
        tap_free(&tap);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(number ? WTERMSIG(status) : WEXITSTATUS(status), number);
}

static void test_crash(void **state)
{
    struct rig *rig = *state;
    struct tap_entry entry;

    run_and_die(rig, SIGKILL);
    struct tap_reader *reader = open_reader(rig->file);
    assert_false(tap_reader_has_ended(reader));
    expect_message(reader, 1, "last words");
    assert_int_equal(tap_reader_next(reader, &entry), 1);
    assert_string_equal(entry.note, "refused");
    expect_nothing(reader);
    assert_false(tap_reader_is_replaced(reader, rig->file));

    /* The next start keeps it. */
    struct tap *tap = keep(rig, 100, 10000);
    assert_true(tap_reader_is_replaced(reader, rig->file));
    assert_false(tap_reader_is_replaced(reader, rig->crashed));
    tap_reader_free(&reader);
    reader = open_reader(rig->file);
    expect_nothing(reader);
    tap_reader_free(&reader);
    reader = open_reader(rig->crashed);
    expect_message(reader, 1, "last words");
    tap_reader_free(&reader);
    tap_free(&tap);
}

static void test_end_in_order(void **state)
{
    struct rig *rig = *state;

    run_and_die(rig, 0);
    struct tap_reader *reader = open_reader(rig->file);
    assert_true(tap_reader_has_ended(reader));
    expect_message(reader, 1, "last words");
    tap_reader_free(&reader);
    struct tap *tap = keep(rig, 100, 10000);
    assert_int_not_equal(access(rig->crashed, F_OK), 0);
    tap_free(&tap);
}

static void test_no_file(void **state)
{
    struct rig *rig = *state;
    struct tap *tap = tap_new(100, 10000);
    struct tap_reader *reader;

    assert_int_equal(tap_keep(tap, "/nowhere", "demo"), -ENOENT);
    assert_int_equal(tap_add(tap, &like, "kept", 4), 1);
    assert_string_equal(tap_next(tap, 0)->bytes, "kept");
    assert_int_equal(tap_reader_open(&reader, rig->file), -ENOENT);
    assert_null(reader);
    assert_int_equal(tap_reader_open(&reader, "/dev/null"), -EBADMSG);
    tap_free(&tap);
}

/* Something else stands where the ring goes: it is replaced, and never written through. */
static void test_link_in_the_way(void **state)
{
    struct rig *rig = *state;
    char victim[PATH_BYTES], temp[PATH_BYTES];
    struct stat st;

    snprintf(victim, sizeof victim, "%s/victim", rig->dir);
    snprintf(temp, sizeof temp, "%s/demo.tap.new", rig->dir);
    assert_int_equal(close(open(victim, O_CREAT | O_WRONLY, 0600)), 0);
    assert_int_equal(symlink(victim, rig->file), 0);
    assert_int_equal(symlink(victim, temp), 0);
    struct tap *tap = keep(rig, 100, 10000);
    tap_add(tap, &like, "x", 1);
    assert_int_equal(lstat(rig->file, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(stat(victim, &st), 0);
    assert_int_equal(st.st_size, 0);
    tap_free(&tap);
    unlink(victim);
}

/* --- files that lie --- */

/* Reads all there is; whatever it says, it comes to an end. */
static int read_all(char const *path)
{
    struct tap_reader *reader;
    struct tap_entry entry;
    size_t bytes = 0;
    int error = tap_reader_open(&reader, path);

    while (!error && (error = tap_reader_next(reader, &entry)) > 0) {
        if (entry.kind == TAP_ENTRY_NOTE)
            bytes += strlen(entry.note);
        else
            bytes += strlen(entry.record.listener) + strlen(entry.record.subject) +
                     strlen(entry.record.id) + (unsigned char)entry.record.bytes[entry.record.len];
        error = 0;
    }
    tap_reader_free(&reader);
    assert_true(bytes < 100000);
    return error;
}

static void patch(char const *path, off_t offset, void const *bytes, size_t len)
{
    int fd = open(path, O_WRONLY);

    assert_int_equal(pwrite(fd, bytes, len, offset), len);
    close(fd);
}

static void fill_file(struct rig *rig)
{
    struct tap *tap = keep(rig, 100, 10000);

    tap_add(tap, &like, "one", 3);
    tap_note(tap, 1, "a note", 6);
    tap_add(tap, &like, "two", 3);
    tap_free(&tap);
}

#define HEADER(member) offsetof(struct tap_layout_header, member)
#define RECORD(member) (TAP_LAYOUT_DATA + (off_t)offsetof(struct tap_layout_message, member))

static void test_lies(void **state)
{
    static struct {
        off_t offset;
        size_t bytes;
        uint64_t value;
    } const lies[] = {
        { HEADER(magic), 1, 'x' },
        { HEADER(version), 4, 2 },
        { HEADER(version), 4, 0x01000000 },
        { HEADER(data_offset), 4, 0 },
        { HEADER(data_bytes), 8, 0 },
        { HEADER(data_bytes), 8, 9999 },
        { HEADER(data_bytes), 8, 10008 },
        { HEADER(data_bytes), 8, UINT64_MAX - 7 },
        { HEADER(data_bytes), 8, UINT64_MAX - 4095 },
        { HEADER(first), 8, 8000 },
        { HEADER(first), 8, UINT64_MAX },
        { HEADER(first), 8, 4 },
        { HEADER(first), 8, 8 },
        { HEADER(next), 8, UINT64_MAX },
        { HEADER(next), 8, 20000 },
        { HEADER(next), 8, 1 },
        { HEADER(next), 8, 16 },
        { RECORD(record.size), 4, 0 },
        { RECORD(record.size), 4, 7 },
        { RECORD(record.size), 4, 80 },
        { RECORD(record.size), 4, UINT32_MAX },
        { RECORD(record.size), 4, UINT32_MAX - 7 },
        { RECORD(record.size), 4, 9000 },
        { RECORD(record.kind), 2, 9 },
        { RECORD(record.kind), 2, TAP_LAYOUT_NOTE },
        { RECORD(record.direction), 1, 2 },
        { RECORD(record.protocol), 1, 99 },
        { RECORD(transport[3]), 1, 'x' },
        { RECORD(listener), 2, UINT16_MAX },
        { RECORD(subject), 2, 1 },
        { RECORD(id), 2, 5 },
        { RECORD(len), 4, UINT32_MAX },
        { RECORD(len), 4, 2 },
    };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        fill_file(rig);
        assert_int_equal(read_all(rig->file), 0);
        patch(rig->file, lies[i].offset, &lies[i].value, lies[i].bytes);
        if (read_all(rig->file) != -EBADMSG)
            fail_msg("lie %zu was believed", i);
    }
}

static void test_cut_short(void **state)
{
    struct rig *rig = *state;
    struct tap_entry entry;

    fill_file(rig);
    struct tap_reader *reader = open_reader(rig->file);
    assert_int_equal(truncate(rig->file, TAP_LAYOUT_DATA + 64), 0);
    assert_int_equal(tap_reader_next(reader, &entry), -EBADMSG);
    assert_int_equal(tap_reader_next(reader, &entry), -EBADMSG);
    tap_reader_free(&reader);
    assert_int_equal(read_all(rig->file), -EBADMSG);
    assert_int_equal(truncate(rig->file, 10), 0);
    assert_int_equal(read_all(rig->file), -EBADMSG);
}

/* Bytes at random places: no reader may leave its memory (the sanitizers look), nor go on for ever.
 */
static void test_noise(void **state)
{
    struct rig *rig = *state;

    srand(2);
    for (int i = 0; i < 2000; i++) {
        unsigned char value = (unsigned char)rand();
        if (i % 20 == 0)
            fill_file(rig);
        off_t offset = rand() % 3 ? TAP_LAYOUT_DATA + rand() % 400 : 8 + rand() % 136;
        patch(rig->file, offset, &value, 1);
        assert_in_range(-read_all(rig->file), 0, EBADMSG);
    }
}

static void test_name_is_tame(void **state)
{
    struct rig *rig = *state;

    fill_file(rig);
    patch(rig->file, HEADER(program), "\033[2J", 4);
    struct tap_reader *reader = open_reader(rig->file);
    assert_string_equal(tap_reader_program(reader), "");
    tap_reader_free(&reader);
}

/* What others write to the file leads the writer nowhere. */
static void test_writer_is_lied_to(void **state)
{
    static uint32_t const sizes[] = { 0, 4, UINT32_MAX, 4088, 8 };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tap *tap = keep(rig, 5, 4096);
        tap_add(tap, &like, "one", 3);
        tap_add(tap, &like, "two", 3);
        patch(rig->file, RECORD(record.size), &sizes[i], sizeof sizes[i]);
        for (uint64_t serial = 3; serial <= 100; serial++)
            assert_int_equal(tap_add(tap, &like, "more", 4), serial);
        assert_non_null(tap_next(tap, 0));
        tap_free(&tap);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overtaken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overtaken_while_copying, setup, teardown),
        cmocka_unit_test_setup_teardown(test_race, setup, teardown),
        cmocka_unit_test_setup_teardown(test_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(test_end_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_link_in_the_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_short, setup, teardown),
        cmocka_unit_test_setup_teardown(test_noise, setup, teardown),
        cmocka_unit_test_setup_teardown(test_name_is_tame, setup, teardown),
        cmocka_unit_test_setup_teardown(test_writer_is_lied_to, setup, teardown),
    };
    return cmocka_run_group_tests_name("tap_reader", tests, NULL, NULL);
}

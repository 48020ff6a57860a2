/* SPDX-License-Identifier: Apache-2.0 */
/* The screens of a trace: what keys do, and what is then seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "trace_grid.h"
#include "trace_rig.h"
#include "trace_store.h"
#include "trace_view.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REQUEST TRACE_RIG_REQUEST
#define ANSWER  TRACE_RIG_ANSWER

/* A call that fails, one that is answered by way of a program, and a dialog of the switch. */
static struct trace_rig_row const calls[] = {
    { .time_ms = 1, .text = REQUEST("INVITE", "first") },
    { .time_ms = 13, .text = ANSWER("486", "INVITE", "first") },
    { .time_ms = 1000,
      .program = "proxy",
      .note = "route cti\x1b[2J",
      .text = REQUEST("INVITE", "second") },
    { .time_ms = 1001,
      .program = "proxy",
      .sent = true,
      .peer = "cti",
      .text = REQUEST("INVITE", "second") },
    { .time_ms = 1002,
      .program = "cti",
      .sent = true,
      .peer = "switch",
      .id = "second",
      .text = "<MakeCall><callingDevice>2001</callingDevice></MakeCall>" },
    { .time_ms = 120000,
      .program = "cti",
      .peer = "switch",
      .id = "second",
      .text = "<MakeCallResponse><callingDevice>2002</callingDevice></MakeCallResponse>" },
    { .time_ms = 130000,
      .program = "proxy",
      .sent = true,
      .text = ANSWER("200", "INVITE", "second") },
    { .time_ms = 140000, .id = "third", .text = "<HeldEvent>\x1b[2J\xc2\x9b</HeldEvent>" },
};

struct fixture {
    struct trace_store store;
    struct trace_view *view;
    struct trace_grid grid;
};

static void add(struct fixture *f, struct trace_rig_row const *row)
{
    struct capture_message const message = trace_rig_message(row);

    assert_int_equal(trace_store_add(&f->store, &message), 0);
}

static int set_up(void **state)
{
    static char const *const programs[] = { "proxy", "cti", "switch" };
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    trace_store_init(&f->store, 1000, 1 << 20);
    f->view = trace_view_new(&f->store, "live", programs, 3);
    assert_non_null(f->view);
    assert_int_equal(trace_grid_resize(&f->grid, 12, 80), 0);
    *state = f;
    return 0;
}

static int set_up_rows(void **state)
{
    set_up(state);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        add(*state, &calls[i]);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    trace_view_free(&f->view);
    trace_store_fini(&f->store);
    trace_grid_fini(&f->grid);
    free(f);
    return 0;
}

static void press(struct fixture *f, uint32_t key)
{
    trace_view_draw(f->view, &f->grid);
    trace_view_key(f->view, key);
}

static void type(struct fixture *f, char const *text)
{
    for (; *text; text++)
        press(f, (unsigned char)*text);
}

/* With the cursor's row marked by '>' in front. */
static void assert_seen(struct fixture *f, char const *expected)
{
    struct buf out, seen;
    char const *line;

    trace_view_draw(f->view, &f->grid);
    buf_init(&out, 65536);
    buf_init(&seen, 65536);
    trace_grid_print(&f->grid, &out);
    line = buf_text(&out);
    for (int row = 0; row < f->grid.rows; row++) {
        char const *end = strchr(line, '\n');
        bool cursor = f->grid.cells[row * f->grid.columns].style == TRACE_CURSOR;

        buf_printf(&seen, "%s%.*s\n", cursor ? ">" : "", (int)(end - line), line);
        line = end + 1;
    }
    assert_string_equal(buf_text(&seen), expected);
    buf_fini(&seen);
    buf_fini(&out);
}

#define HEAD_LINE "time      method        from              to                msgs  state\n"
#define KEYS_LINE "Enter ladder  / search  f filter  p pause  s save  c clear  ? help  q quit\n"
#define FIRST     "00:00:00  INVITE        alice@example.tes 2001@example.test 2     failed 486\n"
#define SECOND    "00:00:01  INVITE        alice@example.tes 2001@example.test 5     answered\n"
#define THIRD     "00:02:20  HeldEvent     third                               1\n"

static void test_list(void **state)
{
    struct fixture *f = *state;

    assert_seen(f, "trace live: 3 dialogs, 8 messages\n" HEAD_LINE ">" FIRST SECOND THIRD
                   "\n\n\n\n\n\n" KEYS_LINE);
    press(f, TRACE_KEY_DOWN);
    assert_seen(f, "trace live: 3 dialogs, 8 messages\n" HEAD_LINE FIRST ">" SECOND THIRD
                   "\n\n\n\n\n\n" KEYS_LINE);
    press(f, 'q');
    assert_true(trace_view_has_ended(f->view));
}

static void test_ladder(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_ENTER);
    press(f, ' ');
    press(f, TRACE_KEY_DOWN);
    assert_seen(
        f, "trace live: 5 messages of second\n"
           "time                    alice@example.te proxy            cti             switch\n"
           "00:00:01.000          * |---- INVITE --->|                |                |\n"
           ">00:00:01.001 +0.001     |                |---- INVITE --->|                |\n"
           "00:00:01.002 +0.001     |                |                |--- MakeCall -->|\n"
           "00:02:00.000 +118.998   |                |                |< MakeCallResp .|\n"
           "00:02:10.000 +10.000    |<. 200 INVITE ..|                |                |\n"
           "\n\n\n\n"
           "Enter message  Space mark  d differences  / search  s save  p pause  ? help  q b\n");
}

/* What row @p row begins with. */
static void assert_row(struct fixture *f, int row, char const *expected)
{
    struct trace_grid one = { .rows = 1, .columns = f->grid.columns };
    struct buf out;

    trace_view_draw(f->view, &f->grid);
    one.cells = f->grid.cells + row * f->grid.columns;
    buf_init(&out, 4096);
    trace_grid_print(&one, &out);
    assert_memory_equal(buf_text(&out), expected, strlen(expected));
    buf_fini(&out);
}

static int cursor_row(struct fixture *f)
{
    trace_view_draw(f->view, &f->grid);
    for (int row = 1; row < f->grid.rows; row++)
        if (f->grid.cells[row * f->grid.columns].style == TRACE_CURSOR)
            return row;
    return -1;
}

/* Left and right show what does not fit; time and mark stay. */
static void test_ladder_narrow(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_ENTER);
    assert_int_equal(trace_grid_resize(&f->grid, 12, 50), 0);
    assert_row(f, 2, "00:00:01.000            |---- INVITE --->|\n");
    press(f, TRACE_KEY_RIGHT);
    assert_row(f, 2, "00:00:01.000            VITE --->|\n");
    assert_row(f, 3, "00:00:01.001 +0.001              |---- INVITE --->\n");
    for (int i = 0; i < 50; i++)
        press(f, TRACE_KEY_RIGHT);
    assert_row(f, 4, "00:00:01.002 +0.001");
    for (int i = 0; i < 50; i++)
        press(f, TRACE_KEY_LEFT);
    assert_row(f, 2, "00:00:01.000            |---- INVITE --->|\n");
}

static void test_message(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_ENTER);
    press(f, TRACE_KEY_ENTER);
    assert_seen(f, "trace live: INVITE\n"
                   ">time         1970-01-01T00:00:01.000000Z\n"
                   "from, to     192.0.2.9:5060 -> 192.0.2.1:5062 (proxy) by udp\n"
                   "belongs to   second\n"
                   "decided      route cti?[2J\n"
                   "\n"
                   "INVITE sip:2001@example.test SIP/2.0\n"
                   "Via: SIP/2.0/UDP 127.0.0.1:4000\n"
                   "From: <sip:alice@example.test>;tag=1\n"
                   "To: <sip:2001@example.test>\n"
                   "Call-ID: second\n"
                   "/ search  n next  s save dialog  p pause  ? help  q back\n");
    press(f, TRACE_KEY_END);
    assert_row(f, 9, "CSeq: 1 INVITE\n");
    assert_int_equal(cursor_row(f), 10);
    /* What does not fit goes on below. */
    press(f, TRACE_KEY_HOME);
    assert_int_equal(trace_grid_resize(&f->grid, 12, 30), 0);
    assert_row(f, 1, "time         1970-01-01T00:00:\n");
    assert_row(f, 2, "01.000000Z\n");
    press(f, TRACE_KEY_ESCAPE);
    press(f, 'q');
    assert_row(f, 0, "trace live: 3 dialogs");
    press(f, TRACE_KEY_ESCAPE);
    assert_false(trace_view_has_ended(f->view));
}

static void test_difference(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_ENTER);
    press(f, 'd');
    assert_row(f, 11, "mark two messages with the space bar\n");
    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_DOWN);
    press(f, ' ');
    press(f, 'd');
    assert_row(f, 11, "mark two messages with the space bar\n");
    press(f, TRACE_KEY_DOWN);
    press(f, 'd');
    assert_seen(f, "trace live: differences\n"
                   ">- <MakeCall>\n"
                   "- <callingDevice>2001</callingDevice>\n"
                   "- </MakeCall>\n"
                   "+ <MakeCallResponse>\n"
                   "+ <callingDevice>2002</callingDevice>\n"
                   "+ </MakeCallResponse>\n"
                   "\n\n\n\n"
                   "/ search  n next  s save dialog  p pause  ? help  q back\n");
    press(f, 'q');
    /* Two that are marked, whatever the cursor is at; a third takes the place of the first. */
    press(f, TRACE_KEY_HOME);
    press(f, ' ');
    press(f, TRACE_KEY_DOWN);
    press(f, ' ');
    assert_row(f, 4, "00:00:01.002 +0.001     |");
    press(f, 'd');
    assert_row(f, 1, "  INVITE sip:2001@example.test SIP/2.0\n");
}

static void test_search(void **state)
{
    struct fixture *f = *state;

    press(f, '/');
    type(f, "makecall");
    assert_row(f, 11, "search: makecall\n");
    press(f, TRACE_KEY_ENTER);
    assert_row(f, 0, "trace live: 3 dialogs");
    assert_int_equal(cursor_row(f), 3);
    /* It begins again from the top, where there is no other. */
    press(f, 'n');
    assert_int_equal(cursor_row(f), 3);
    /* From the cursor on, and not from the top. */
    press(f, TRACE_KEY_HOME);
    press(f, '/');
    type(f, "INVITE");
    press(f, TRACE_KEY_ENTER);
    assert_int_equal(cursor_row(f), 3);
    press(f, 'n');
    assert_int_equal(cursor_row(f), 2);
    press(f, '/');
    type(f, "failed 48x");
    press(f, TRACE_KEY_BACK);
    press(f, TRACE_KEY_ENTER);
    assert_int_equal(cursor_row(f), 2);
    press(f, '/');
    type(f, "nobody");
    press(f, TRACE_KEY_ENTER);
    assert_row(f, 11, "nothing holds \"nobody\"\n");
    assert_int_equal(cursor_row(f), 2);
    press(f, '/');
    type(f, "second");
    press(f, TRACE_KEY_ESCAPE);
    assert_int_equal(cursor_row(f), 2);
    /* Within a ladder and within a message. */
    press(f, TRACE_KEY_DOWN);
    press(f, TRACE_KEY_ENTER);
    press(f, '/');
    type(f, "2002");
    press(f, TRACE_KEY_ENTER);
    assert_int_equal(cursor_row(f), 5);
    press(f, TRACE_KEY_ENTER);
    press(f, 'n');
    assert_int_equal(cursor_row(f), 5);
    assert_row(f, 5, "<MakeCallResponse><callingDevice>2002");
}

static void test_filter(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    press(f, 'f');
    type(f, "HeldEvent");
    press(f, TRACE_KEY_ENTER);
    assert_row(f, 0, "trace live: 1 dialogs of 3, 8 messages  filter: HeldEvent\n");
    assert_row(f, 2, "00:02:20  HeldEvent");
    press(f, 'f');
    for (int i = 0; i < 20; i++)
        press(f, TRACE_KEY_BACK);
    press(f, TRACE_KEY_ENTER);
    assert_row(f, 0, "trace live: 3 dialogs, 8 messages\n");
}

/* Nothing moves while it is paused, and nothing is lost below the limit. */
static void test_pause(void **state)
{
    struct fixture *f = *state;

    press(f, 'p');
    add(f, &(struct trace_rig_row){ .time_ms = 1, .text = REQUEST("OPTIONS", "fourth") });
    assert_row(f, 0, "trace live: 3 dialogs, 8 messages  PAUSED, 1 wait\n");
    press(f, 'p');
    assert_row(f, 0, "trace live: 4 dialogs, 9 messages\n");
    assert_row(f, 5, "00:00:00  OPTIONS");
}

/* At the end it follows what comes, elsewhere it stays at its dialog. */
static void test_follow(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_DOWN);
    add(f, &(struct trace_rig_row){ .time_ms = 1, .text = REQUEST("OPTIONS", "fourth") });
    assert_int_equal(cursor_row(f), 3);
    press(f, TRACE_KEY_END);
    assert_int_equal(cursor_row(f), 5);
    add(f, &(struct trace_rig_row){ .time_ms = 1, .text = REQUEST("OPTIONS", "fifth") });
    assert_int_equal(cursor_row(f), 6);
    press(f, TRACE_KEY_PAGE_UP);
    assert_int_equal(cursor_row(f), 2);
}

/* The cursor stays at its dialog while older ones go; what is looked at may go, too. */
static void test_gone(void **state)
{
    struct fixture *f = *state;
    char text[256];

    f->store.max_messages = 8;
    press(f, TRACE_KEY_DOWN);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(text, sizeof text, "OPTIONS sip:b SIP/2.0\r\nCall-ID: o%d\r\n\r\n", i);
        add(f, &(struct trace_rig_row){ .time_ms = 150000, .text = text });
    }
    assert_row(f, 2, "00:00:01  INVITE");
    assert_int_equal(cursor_row(f), 2);
    press(f, TRACE_KEY_ENTER);
    for (int i = 2; i < 20; i++) {
        (void)snprintf(text, sizeof text, "OPTIONS sip:b SIP/2.0\r\nCall-ID: o%d\r\n\r\n", i);
        add(f, &(struct trace_rig_row){ .time_ms = 150000, .text = text });
        press(f, i % 2 ? TRACE_KEY_DOWN : TRACE_KEY_UP);
    }
    assert_row(f, 0, "trace live: the dialog has gone to make room\n");
    press(f, TRACE_KEY_ENTER);
    press(f, ' ');
    press(f, 'd');
    press(f, 'q');
    assert_row(f, 0, "trace live: 8 dialogs, 8 messages, 20 older ones gone\n");
}

static void test_clear(void **state)
{
    struct fixture *f = *state;

    press(f, TRACE_KEY_ENTER);
    press(f, 'c');
    assert_seen(f, "trace live: 0 dialogs, 0 messages\n" HEAD_LINE "\n\n\n\n\n\n\n\n\n" KEYS_LINE);
    press(f, TRACE_KEY_ENTER);
    press(f, TRACE_KEY_END);
    press(f, '/');
    type(f, "x");
    press(f, TRACE_KEY_ENTER);
    assert_row(f, 11, "nothing holds \"x\"\n");
}

static void assert_file(char const *path, char const *begin)
{
    char bytes[4096] = "";
    struct stat st;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(bytes, 1, sizeof bytes - 1, file) > 0);
    assert_memory_equal(bytes, begin, strlen(begin));
    assert_int_equal(fstat(fileno(file), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    fclose(file);
}

static void test_save(void **state)
{
    struct fixture *f = *state;
    char path[] = "test_trace_view.XXXXXX", text[64], capture[64], expected[128];

    assert_non_null(mkdtemp(path));
    (void)snprintf(text, sizeof text, "%s/a.txt", path);
    (void)snprintf(capture, sizeof capture, "%s/a.pcapng", path);
    press(f, 's');
    type(f, text);
    press(f, TRACE_KEY_ENTER);
    (void)snprintf(expected, sizeof expected, "%s: 2 messages\n", text);
    assert_row(f, 11, expected);
    assert_file(text,
                "00:00:00.001000  192.0.2.9:5060 -> 192.0.2.1:5062  udp  INVITE  first\ntime ");
    press(f, 'S');
    type(f, capture);
    press(f, TRACE_KEY_ENTER);
    (void)snprintf(expected, sizeof expected, "%s: 8 messages\n", capture);
    assert_row(f, 11, expected);
    assert_file(capture, "\x0a\x0d\x0d\x0a");
    /* Never over what is there. */
    press(f, 's');
    type(f, text);
    press(f, TRACE_KEY_ENTER);
    (void)snprintf(expected, sizeof expected, "%s: File exists\n", text);
    assert_row(f, 11, expected);
    assert_int_equal(unlink(text), 0);
    assert_int_equal(unlink(capture), 0);
    assert_int_equal(rmdir(path), 0);
}

static void test_help(void **state)
{
    struct fixture *f = *state;

    press(f, '?');
    assert_row(f, 0, "trace live: keys\n");
    for (int i = 0; i < 20; i++)
        press(f, '?');
    for (int i = 0; i < 5; i++)
        press(f, 'q');
    assert_row(f, 0, "trace live: 3 dialogs");
}

/* Any size, any screen. */
static void test_sizes(void **state)
{
    struct fixture *f = *state;

    for (int screen = 0; screen < 4; screen++) {
        for (int high = 0; high < 8; high++)
            for (int columns = 0; columns < 30; columns++) {
                assert_int_equal(trace_grid_resize(&f->grid, high, columns), 0);
                if (f->grid.cells)
                    trace_view_draw(f->view, &f->grid);
                trace_view_key(f->view, TRACE_KEY_PAGE_DOWN);
            }
        trace_view_key(f->view, TRACE_KEY_HOME);
        trace_view_key(f->view, TRACE_KEY_ENTER);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_rows, tear_down)
        TEST(test_list),       TEST(test_ladder), TEST(test_ladder_narrow), TEST(test_message),
        TEST(test_difference), TEST(test_search), TEST(test_filter),        TEST(test_pause),
        TEST(test_follow),     TEST(test_gone),   TEST(test_clear),         TEST(test_save),
        TEST(test_help),       TEST(test_sizes),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A phone's documents one after the other, and what its line comes to after each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "dialog_info.h"
#include "pidf.h"
#include "pidf_read.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FROM_CALLEE "' direction='recipient'><state>"
#define FROM_CALLER "' direction='initiator'><state>"
#define END         "</state></dialog>"

/* Each row is the next document of the same phone; version -1: a new subscription, with none yet.
 */
static struct {
    int version;
    char const *state, *dialogs;
    enum dialog_info_result result;
    enum dialog_info_line line;
} const steps[] = {
    { 0, "full", "", DIALOG_INFO_TAKEN, DIALOG_INFO_IDLE },
    { 1, "full", "<dialog id='a" FROM_CALLEE "early" END, DIALOG_INFO_TAKEN, DIALOG_INFO_RINGING },
    { 2, "partial", "<dialog id='a" FROM_CALLEE "confirmed" END, DIALOG_INFO_TAKEN,
      DIALOG_INFO_ENGAGED },
    { 3, "partial", "<dialog id='b" FROM_CALLEE "early" END, DIALOG_INFO_TAKEN,
      DIALOG_INFO_ENGAGED },
    { 4, "partial", "<dialog id='a" FROM_CALLEE " terminated\n" END, DIALOG_INFO_TAKEN,
      DIALOG_INFO_RINGING },
    { 4, "partial", "<dialog id='b" FROM_CALLEE "terminated" END, DIALOG_INFO_OLD,
      DIALOG_INFO_RINGING },
    { 3, "full", "", DIALOG_INFO_OLD, DIALOG_INFO_RINGING },
    { 6, "partial", "<dialog id='b" FROM_CALLEE "terminated" END, DIALOG_INFO_GAP,
      DIALOG_INFO_IDLE },
    { 9, "full", "<dialog id='c" FROM_CALLER "trying" END, DIALOG_INFO_TAKEN, DIALOG_INFO_ENGAGED },
    /* a full document drops what it does not name */
    { 10, "full", "<dialog id='d'><state>proceeding" END, DIALOG_INFO_TAKEN, DIALOG_INFO_RINGING },
    { 11, "full", "<dialog id='d'><state>terminated" END, DIALOG_INFO_TAKEN, DIALOG_INFO_IDLE },
    /* on hold, with everything that phones tell besides */
    { 12, "full",
      "<dialog id='e' call-id='x' local-tag='1' remote-tag='2" FROM_CALLER
      "confirmed</state><duration>5</duration><local><identity>sip:a@b</identity><target "
      "uri='sip:a@b'>"
      "<param pname='+sip.rendering' pval='no'/></target></local><x xmlns='urn:x'/></dialog>",
      DIALOG_INFO_TAKEN, DIALOG_INFO_ENGAGED },
    { 13, "partial", "", DIALOG_INFO_TAKEN, DIALOG_INFO_ENGAGED },
    /* one twice: the last counts */
    { 14, "full",
      "<dialog id='e" FROM_CALLER "confirmed" END "<dialog id='e" FROM_CALLER "terminated" END,
      DIALOG_INFO_TAKEN, DIALOG_INFO_IDLE },
    /* nothing of a bad document is taken */
    { 15, "full", "<dialog id='f" FROM_CALLER "trying" END "<dialog><state>early" END,
      DIALOG_INFO_BAD, DIALOG_INFO_IDLE },
    { 15, "full", "<dialog id='f" FROM_CALLER "trying" END "<", DIALOG_INFO_BAD, DIALOG_INFO_IDLE },
    { 15, "full",
      "<dialog id='1'/><dialog id='2'/><dialog id='3'/><dialog id='4'/><dialog id='5'/>",
      DIALOG_INFO_TOO_MANY, DIALOG_INFO_IDLE },
    { 15, "full", "<dialog id='1'/><dialog id='2'/><dialog id='3'/>", DIALOG_INFO_TAKEN,
      DIALOG_INFO_RINGING },
    { 16, "partial", "<dialog id='4'/><dialog id='5'/>", DIALOG_INFO_TOO_MANY,
      DIALOG_INFO_RINGING },
    { -1, "", "", 0, DIALOG_INFO_IDLE },
    /* the first one was lost */
    { 7, "partial", "<dialog id='a" FROM_CALLEE "early" END, DIALOG_INFO_GAP, DIALOG_INFO_RINGING },
};

static enum dialog_info_result take(struct dialog_info *info, char const *xml)
{
    struct pidf_limits limits = pidf_limits_default;

    limits.max_tuples = 4;
    return dialog_info_take(info, xml, strlen(xml), &limits);
}

static void test_steps(void **state)
{
    struct dialog_info *info = dialog_info_new();

    (void)state;
    assert_non_null(info);
    assert_string_equal(dialog_info_entity(info), "");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char xml[2048];
        if (steps[i].version < 0) {
            dialog_info_free(&info);
            info = dialog_info_new();
            assert_non_null(info);
            continue;
        }
        snprintf(xml, sizeof xml,
                 "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' version='%d' state='%s' "
                 "entity='sip:2001@example.test'>%s</dialog-info>",
                 steps[i].version, steps[i].state, steps[i].dialogs);
        enum dialog_info_result result = take(info, xml);
        if (result != steps[i].result || dialog_info_line(info) != steps[i].line)
            fail_msg("step %zu: %s, %s", i, dialog_info_result_text(result),
                     dialog_info_line_name(dialog_info_line(info)));
        assert_string_equal(dialog_info_entity(info), "sip:2001@example.test");
    }
    dialog_info_free(&info);
    assert_null(info);
}

#define ROOT "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' "
static char const *const bad[] = {
    "",
    "x",
    "<dialog-info version='0' state='full' entity='a'/>",
    "<presence xmlns='urn:ietf:params:xml:ns:dialog-info' version='0' state='full' entity='a'/>",
    ROOT "state='full' entity='a'/>",
    ROOT "version='' state='full' entity='a'/>",
    ROOT "version='-1' state='full' entity='a'/>",
    ROOT "version='1x' state='full' entity='a'/>",
    ROOT "version='4294967296' state='full' entity='a'/>",
    ROOT "version='1' entity='a'/>",
    ROOT "version='1' state='full'/>",
    "<!DOCTYPE x>" ROOT "version='1' state='full' entity='a'/>",
    ROOT "version='1' state='full' entity='a'><dialog id='a'><state>early</dialog></dialog-info>",
};

static void test_bad(void **state)
{
    struct dialog_info *info = dialog_info_new();

    (void)state;
    assert_non_null(info);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(take(info, bad[i]), DIALOG_INFO_BAD);
    assert_int_equal(take(info, ROOT "version='4294967295' state='full' entity='a'/>"),
                     DIALOG_INFO_TAKEN);
    dialog_info_free(&info);
}

static void test_document(void **state)
{
    static struct {
        char const *dialog;
        uint64_t activities;
    } const rows[] = {
        { "", 0 },
        { "<dialog id='a" FROM_CALLEE "early" END, UINT64_C(1) << PIDF_ACTIVITY_ALERTING },
        { "<dialog id='a" FROM_CALLER "early" END, UINT64_C(1) << PIDF_ACTIVITY_ON_THE_PHONE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dialog_info *info = dialog_info_new();
        char xml[512];
        snprintf(xml, sizeof xml, ROOT "version='0' state='full' entity='a'>%s</dialog-info>",
                 rows[i].dialog);
        assert_int_equal(take(info, xml), DIALOG_INFO_TAKEN);
        struct pidf *doc = dialog_info_document(info, "pres:joe@example.test", "line-2001");
        dialog_info_free(&info);
        assert_non_null(doc);
        assert_int_equal(doc->n_parts[PIDF_TUPLE], 1);
        assert_string_equal(doc->parts[PIDF_TUPLE]->id, "line-2001");
        assert_int_equal(doc->parts[PIDF_TUPLE]->basic, PIDF_OPEN);
        assert_int_equal(doc->parts[PIDF_TUPLE]->activities, rows[i].activities);
        pidf_free(&doc);
    }
}

/* What is written is read as what was meant. */
static void test_write(void **state)
{
    static struct {
        struct dialog_info_entry v[2];
        size_t n;
        enum dialog_info_line line;
    } const rows[] = {
        { { { 0 } }, 0, DIALOG_INFO_IDLE },
        { { { "line-2001", DIALOG_INFO_RINGING } }, 1, DIALOG_INFO_RINGING },
        { { { "line-2001", DIALOG_INFO_ENGAGED } }, 1, DIALOG_INFO_ENGAGED },
        { { { "line-<&\">", DIALOG_INFO_RINGING }, { "b", DIALOG_INFO_ENGAGED } },
          2,
          DIALOG_INFO_ENGAGED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dialog_info *info = dialog_info_new();
        struct buf xml;

        buf_init(&xml, 4096);
        assert_int_equal(dialog_info_write("sip:a@x.test", 7, rows[i].v, rows[i].n, &xml), 0);
        assert_non_null(strstr(buf_text(&xml), "version=\"7\" state=\"full\""));
        assert_int_equal(take(info, buf_text(&xml)), DIALOG_INFO_TAKEN);
        assert_int_equal(dialog_info_line(info), rows[i].line);
        assert_string_equal(dialog_info_entity(info), "sip:a@x.test");
        dialog_info_free(&info);
        buf_fini(&xml);
        buf_init(&xml, 20);
        assert_int_equal(dialog_info_write("sip:a@x.test", 7, rows[i].v, rows[i].n, &xml), -ENOMEM);
        buf_fini(&xml);
    }
}

#define ABOUT(dialogs)                                                                             \
    "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' version='0' state='full' "            \
    "entity='sip:a@x.test'>" dialogs "</dialog-info>"

/* Which dialogs a document is about: in any order, in any state. */
static void test_subject(void **state)
{
    static char const *const one = ABOUT("<dialog id='1'><state>early</state></dialog>"
                                         "<dialog id='2'><state>confirmed</state></dialog>");
    static struct {
        char const *text;
        bool is_same;
    } const rows[] = {
        { ABOUT("<dialog id='2'/><dialog id='1'/>"), true },
        { ABOUT("<dialog id='1'><state>terminated</state></dialog><dialog id='2'/>"), true },
        { ABOUT("<dialog id='1'/>"), false },
        { ABOUT("<dialog id='12'/>"), false },
        { ABOUT(""), false },
    };
    struct dialog_info *first = dialog_info_new();

    (void)state;
    assert_true(dialog_info_subject(first) == 0);
    assert_int_equal(take(first, one), DIALOG_INFO_TAKEN);
    assert_true(dialog_info_subject(first) != 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dialog_info *info = dialog_info_new();
        assert_int_equal(take(info, rows[i].text), DIALOG_INFO_TAKEN);
        assert_true((dialog_info_subject(info) == dialog_info_subject(first)) == rows[i].is_same);
        dialog_info_free(&info);
    }
    dialog_info_free(&first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_subject),  cmocka_unit_test(test_steps), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_document), cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

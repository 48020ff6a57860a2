/* SPDX-License-Identifier: Apache-2.0 */
/* Watcher information as it goes out, and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "pidf_read.h"
#include "watcherinfo.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define START                                                                                      \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                 \
    "<watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\" version="
#define LIST "<watcher-list resource=\"sip:professor@example.test\" package=\"presence\""

static struct watcherinfo_watcher two[] = {
    { "8ajksjda7s", "sip:userA@example.test", NULL, WATCHERINFO_ACTIVE, WATCHERINFO_EVENT_APPROVED,
      -1, 509 },
    { "hh8juja87s997-ass7", "sip:b&@example.test", "Mr. \"B\"", WATCHERINFO_PENDING,
      WATCHERINFO_EVENT_SUBSCRIBE, 3600, 0 },
};

static struct {
    struct watcherinfo info;
    char const *xml;
} const vectors[] = {
    { { "sip:professor@example.test", "presence", 0, false, two, 2 },
      START "\"0\" state=\"full\">" LIST ">"
            "<watcher id=\"8ajksjda7s\" status=\"active\" event=\"approved\" "
            "duration-subscribed=\"509\">sip:userA@example.test</watcher>"
            "<watcher id=\"hh8juja87s997-ass7\" status=\"pending\" event=\"subscribe\" "
            "display-name=\"Mr. &quot;B&quot;\" expiration=\"3600\" duration-subscribed=\"0\">"
            "sip:b&amp;@example.test</watcher></watcher-list></watcherinfo>" },
    { { "sip:professor@example.test", "presence", 4294967295, true, two, 1 },
      START "\"4294967295\" state=\"partial\">" LIST ">"
            "<watcher id=\"8ajksjda7s\" status=\"active\" event=\"approved\" "
            "duration-subscribed=\"509\">sip:userA@example.test</watcher>"
            "</watcher-list></watcherinfo>" },
    { { "sip:professor@example.test", "presence", 1, false, NULL, 0 },
      START "\"1\" state=\"full\">" LIST "/></watcherinfo>" },
};

static void check_same(struct watcherinfo const *a, struct watcherinfo const *b)
{
    assert_string_equal(a->resource, b->resource);
    assert_string_equal(a->package, b->package);
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->is_partial, b->is_partial);
    assert_int_equal(a->n_watchers, b->n_watchers);
    for (size_t i = 0; i < a->n_watchers; i++) {
        struct watcherinfo_watcher const *x = &a->watchers[i], *y = &b->watchers[i];
        assert_string_equal(x->id, y->id);
        assert_string_equal(x->uri, y->uri);
        assert_string_equal(x->display_name ? x->display_name : "(none)",
                            y->display_name ? y->display_name : "(none)");
        assert_int_equal(x->status, y->status);
        assert_int_equal(x->event, y->event);
        assert_int_equal(x->expiration_s, y->expiration_s);
        assert_int_equal(x->duration_s, y->duration_s);
    }
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct watcherinfo *info;
        struct buf out;
        buf_init(&out, 4096);
        assert_int_equal(watcherinfo_write(&vectors[i].info, &out), 0);
        assert_string_equal(buf_text(&out), vectors[i].xml);
        assert_int_equal(watcherinfo_read(out.data, out.len, &pidf_limits_default, &info), 0);
        check_same(info, &vectors[i].info);
        watcherinfo_free(&info);
        assert_null(info);
        buf_fini(&out);
    }
}

/* Each word of the tables goes out and comes back. */
static void test_words(void **state)
{
    (void)state;
    for (enum watcherinfo_status status = 0; status < WATCHERINFO_STATUSES; status++)
        for (enum watcherinfo_event event = 0; event < WATCHERINFO_EVENTS; event++) {
            struct watcherinfo_watcher watcher = { "1", "sip:a", NULL, status, event, -1, -1 };
            struct watcherinfo info = { "sip:b", "presence", 0, true, &watcher, 1 }, *again;
            struct buf out;
            buf_init(&out, 4096);
            assert_int_equal(watcherinfo_write(&info, &out), 0);
            assert_int_equal(watcherinfo_read(out.data, out.len, &pidf_limits_default, &again), 0);
            check_same(again, &info);
            watcherinfo_free(&again);
            buf_fini(&out);
        }
}

#define ROOT "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0' state='full'>"
#define L    "<watcher-list resource='sip:a' package='presence'>"
#define END  "</watcher-list></watcherinfo>"
static char const *const bad[] = {
    "",
    "<watcherinfo version='0' state='full'><watcher-list resource='a' package='b'/></watcherinfo>",
    ROOT "</watcherinfo>",
    ROOT "<watcher-list package='presence'/></watcherinfo>",
    ROOT "<watcher-list resource='sip:a'/></watcherinfo>",
    "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' state='full'>" L END,
    "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='x' state='full'>" L END,
    "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0'>" L END,
    ROOT L "<watcher status='active' event='subscribe'>a</watcher>" END,
    ROOT L "<watcher id='1' status='asleep' event='subscribe'>a</watcher>" END,
    ROOT L "<watcher id='1' status='active' event='birthday'>a</watcher>" END,
    ROOT L "<watcher id='1' status='active'>a</watcher>" END,
    ROOT L "<watcher id='1' status='active' event='subscribe'>a" END,
    "<!DOCTYPE x>" ROOT L END,
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct watcherinfo *info;
        int result = watcherinfo_read(bad[i], strlen(bad[i]), &pidf_limits_default, &info);
        if (result != -EINVAL)
            fail_msg("%s: %d", bad[i], result);
        assert_null(info);
    }
}

static void test_limit(void **state)
{
    struct watcherinfo_watcher many[65];
    struct watcherinfo info = { "sip:b", "presence", 0, false, many, 64 }, *again;
    struct buf out;

    (void)state;
    for (size_t i = 0; i < 65; i++)
        many[i] = two[0];
    buf_init(&out, 65536);
    assert_int_equal(watcherinfo_write(&info, &out), 0);
    assert_int_equal(watcherinfo_read(out.data, out.len, &pidf_limits_default, &again), 0);
    watcherinfo_free(&again);
    buf_reset(&out);
    info.n_watchers = 65;
    assert_int_equal(watcherinfo_write(&info, &out), 0);
    assert_int_equal(watcherinfo_read(out.data, out.len, &pidf_limits_default, &again), -EINVAL);
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

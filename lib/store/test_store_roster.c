/* SPDX-License-Identifier: Apache-2.0 */
/* What was agreed on comes back as it was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_rig.h"
#include "store_roster.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct found {
    char text[400];
};

static int note(void *vfound, struct store_roster_row const *row)
{
    struct found *found = vfound;
    size_t used = strlen(found->text);

    (void)snprintf(found->text + used, sizeof found->text - used, "%s %s %s;", row->user, row->jid,
                   row->state);
    return 0;
}

static int refuse(void *ctx, struct store_roster_row const *row)
{
    (void)row;
    ++*(int *)ctx;
    return -ENOBUFS;
}

static void expect(struct store_rig *rig, char const *rows)
{
    struct found found = { "" };

    store_rig_open(rig);
    assert_int_equal(store_roster_each(rig->store, note, &found), 0);
    assert_string_equal(found.text, rows);
    store_rig_start(rig);
}

static void test_rows(void **state)
{
    struct store_roster_row row = { "romeo@sip.test", "juliet@xmpp.test", "to" };
    struct store_roster_row const other = { "romeo@sip.test", "n\xc3\xbcrse@xmpp.test", "none-in" };
    struct store_rig rig;
    int n = 0;

    (void)state;
    store_rig_init(&rig);
    expect(&rig, "");
    assert_int_equal(store_roster_put(rig.link, &row, store_rig_done, &rig), 0);
    row.state = "both";
    assert_int_equal(store_roster_put(rig.link, &row, store_rig_done, &rig), 0);
    assert_int_equal(store_roster_put(rig.link, &other, store_rig_done, &rig), 0);
    assert_int_equal(store_rig_wait(&rig, 3), 0);
    store_rig_close(&rig);
    expect(&rig, "romeo@sip.test juliet@xmpp.test both;"
                 "romeo@sip.test n\xc3\xbcrse@xmpp.test none-in;");
    assert_int_equal(store_roster_drop(rig.link, row.user, row.jid, store_rig_done, &rig), 0);
    assert_int_equal(store_rig_wait(&rig, 4), 0);
    store_rig_close(&rig);
    store_rig_open(&rig);
    assert_int_equal(store_roster_each(rig.store, refuse, &n), -ENOBUFS);
    assert_int_equal(n, 1);
    store_rig_close(&rig);
    expect(&rig, "romeo@sip.test n\xc3\xbcrse@xmpp.test none-in;");
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests_name("store_roster", tests, NULL, NULL);
}

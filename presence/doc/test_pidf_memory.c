/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation fails in turn: every part says that memory is out, blames no document, and leaves
 * nothing behind (which the leak sanitizer sees). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "dialog_info.h"
#include "memory_rig.h"
#include "pidf.h"
#include "pidf_bodies.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include "rlmi.h"
#include "watcherinfo.h"
#include <errno.h>
#include <string.h>

static int read_and_write(char const *xml)
{
    struct pidf_fault fault;
    struct pidf *doc, *copy = NULL;
    struct buf out;
    int result = pidf_read(xml, strlen(xml), &pidf_limits_default, &doc, &fault);

    assert_true(result == 0 || (result == -ENOMEM && fault.error == PIDF_ERROR_MEMORY && !doc));
    buf_init(&out, 1 << 20);
    if (result == 0)
        result = pidf_write(doc, pidf_profiles(), &out);
    if (result == 0 && !(copy = pidf_new_offline("sip:a@b")))
        result = -ENOMEM;
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS && result == 0; kind++)
        if (doc->parts[kind] && !pidf_add_copy(copy, doc->parts[kind]))
            result = -ENOMEM;
    if (result == 0)
        result = pidf_merge_notes(copy, &copy->notes, doc->notes);
    buf_fini(&out);
    pidf_free(&copy);
    pidf_free(&doc);
    return result;
}

static int read_dialogs(char const *xml)
{
    struct dialog_info *info = dialog_info_new();
    struct pidf *doc = NULL;
    enum dialog_info_result result = DIALOG_INFO_NO_MEMORY;

    if (info)
        result = dialog_info_take(info, xml, strlen(xml), &pidf_limits_default);
    assert_true(result == DIALOG_INFO_TAKEN || result == DIALOG_INFO_NO_MEMORY);
    if (result == DIALOG_INFO_TAKEN)
        doc = dialog_info_document(info, "sip:a@b", "line");
    bool done = doc != NULL;
    pidf_free(&doc);
    dialog_info_free(&info);
    return done ? 0 : -ENOMEM;
}

static int read_watchers(char const *xml)
{
    struct watcherinfo *info;
    struct buf out;
    int result = watcherinfo_read(xml, strlen(xml), &pidf_limits_default, &info);

    buf_init(&out, 1 << 20);
    if (result == 0)
        result = watcherinfo_write(info, &out);
    buf_fini(&out);
    watcherinfo_free(&info);
    return result;
}

static int write_list(char const *body)
{
    struct rlmi_resource const resource = { "sip:a", "A",          "1",  RLMI_ACTIVE,
                                            NULL,    "text/plain", body, strlen(body) };
    struct rlmi const list = { "sip:l", "L", 0, true, &resource, 1 };
    char type[RLMI_CONTENT_TYPE];
    struct buf out;

    buf_init(&out, 1 << 20);
    int result = rlmi_write(&list, "abcdefghijklmnopqrstuvwx", "b.test", &out, type);
    buf_fini(&out);
    return result;
}

/* Does @p work with the first allocation failing, then with the second, until none fails. */
static void fail_each(int (*work)(char const *), char const *text)
{
    long n = 0;
    int result;

    do {
        memory_rig_fail_after(n++);
        result = work(text);
        bool failed = memory_rig_has_failed();
        memory_rig_fail_after(-1);
        assert_int_equal(result, failed ? -ENOMEM : 0);
        assert_true(n < 10000);
    } while (result != 0);
    assert_true(n > 3);
}

static void test_documents(void **state)
{
    (void)state;
    for (struct pidf_body const *body = pidf_bodies; body->name; body++)
        fail_each(read_and_write, body->xml);
}

static void test_others(void **state)
{
    (void)state;
    fail_each(read_dialogs,
              "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' version='1' state='full' "
              "entity='sip:a@b'><dialog id='a'><state>early</state></dialog><dialog id='b'/>"
              "</dialog-info>");
    fail_each(read_watchers,
              "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0' state='full'>"
              "<watcher-list resource='sip:a' package='presence'><watcher id='1' status='active' "
              "event='subscribe' display-name='A'>sip:c</watcher></watcher-list></watcherinfo>");
    fail_each(write_list, "hello");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

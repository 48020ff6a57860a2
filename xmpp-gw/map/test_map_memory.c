/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation fails in turn: every part says that memory is out, blames nobody, loses no part
 * of a message in silence, and leaves nothing behind (which the leak sanitizer sees). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "im_map.h"
#include "iq_answer.h"
#include "jid.h"
#include "memory_rig.h"
#include "presence_map.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct im_map_options const options = { .max_bytes = 5000, .cpim = true };

/* What is read of the input must be all there; the input is made while memory is good. */
typedef int work_fn(struct xml_tree const *tree);

static int result_of(enum im_fault fault)
{
    assert_true(fault == IM_FINE || fault == IM_NO_MEMORY);
    return fault == IM_FINE ? 0 : -ENOMEM;
}

static int write_parts(struct im *im)
{
    unsigned parts = im_map_parts(im, &options);
    struct im_sip sip;
    int result = 0;

    for (unsigned part = IM_TEXT; part <= IM_NOTICE && result == 0; part <<= 1)
        if (parts & part)
            result = result_of(im_map_write_sip(im, (enum im_part)part, &options, &sip));
    return result;
}

static int build(struct im const *im, char const *expected)
{
    struct xml_tree *tree = im_map_stanza(im, &options);
    bool done = tree != NULL;

    if (done && !memory_rig_has_failed()) {
        memory_rig_fail_after(-1);
        char *text = stanza_rig_text(tree);
        assert_string_equal(text, expected);
        free(text);
    }
    xml_tree_free(&tree);
    return done ? 0 : -ENOMEM;
}

#define TEXT_STANZA                                                                                \
    "<message xml:lang='en' from='a@b/c' to='d@e' id='1'><subject>s</subject><body>hi</body>"      \
    "<thread>t</thread><request xmlns='" STANZA_NS_RECEIPTS "'/></message>"

static int from_xmpp(struct xml_tree const *tree)
{
    struct im *im;
    int result = result_of(im_map_read_stanza(xml_tree_root(tree), &options, &im));

    if (result == 0)
        result = write_parts(im);
    if (result == 0)
        result = build(im, TEXT_STANZA);
    im_map_free(&im);
    return result;
}

static int from_xhtml(struct xml_tree const *tree)
{
    struct im *im;
    int result = result_of(im_map_read_stanza(xml_tree_root(tree), &options, &im));

    if (result == 0)
        assert_string_equal(im->body, "a\nb");
    im_map_free(&im);
    return result;
}

static int notice(struct xml_tree const *tree)
{
    struct im *im;
    int result = result_of(im_map_read_stanza(xml_tree_root(tree), &options, &im));

    if (result == 0)
        result = write_parts(im);
    im_map_free(&im);
    return result;
}

static int from_sip_body(char const *type, char const *body, char const *expected)
{
    struct im_sip sip = { .from = "sip:a@b;gr=c",
                          .to = "sip:d@e",
                          .branch = "1",
                          .subject = "s",
                          .lang = "en",
                          .call_id = "t",
                          .content_type = type,
                          .body = body,
                          .body_len = strlen(body),
                          .date_ms = IM_TIME_NONE,
                          .expires_s = -1 };
    struct im *im;
    int result = result_of(im_map_read_sip(&sip, &options, &im));

    if (result == 0)
        result = build(im, expected);
    im_map_free(&im);
    return result;
}

static int from_cpim(struct xml_tree const *tree)
{
    (void)tree;
    return from_sip_body("message/cpim",
                         "NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: 1\r\nSubject: s\r\n"
                         "i.Disposition-Notification: positive-delivery\r\n\r\n"
                         "Content-type: text/html\r\n\r\n<b>hi</b>",
                         TEXT_STANZA);
}

static int from_imdn(struct xml_tree const *tree)
{
    (void)tree;
    return from_sip_body(
        "message/imdn+xml",
        "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>m</message-id><datetime>2008-04-04T"
        "12:16:49Z</datetime><delivery-notification><status><delivered/></status>"
        "</delivery-notification></imdn>",
        "<message xml:lang='en' from='a@b/c' to='d@e' id='1'><subject>s</subject>"
        "<thread>t</thread><received xmlns='" STANZA_NS_RECEIPTS "' id='m'/></message>");
}

static int from_composing(struct xml_tree const *tree)
{
    (void)tree;
    return from_sip_body(
        "application/im-iscomposing+xml",
        "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state>"
        "</isComposing>",
        "<message xml:lang='en' from='a@b/c' to='d@e' id='1'><subject>s</subject>"
        "<thread>t</thread><composing xmlns='" STANZA_NS_CHATSTATES "'/></message>");
}

static int presence(struct xml_tree const *stanza)
{
    struct presence_resource told;
    struct presence_list *list = NULL;
    struct presence_map map;
    struct pidf *doc;
    int result;

    presence_map_init(&map);
    assert_true(presence_map_read_stanza(xml_tree_root(stanza), &told));
    doc = presence_map_pidf(&map, "joe@example.test", &told, 1, NULL);
    result = doc ? presence_map_list(&map, doc, &list) : -ENOMEM;
    if (result == 0) {
        struct xml_tree *tree = presence_map_stanza("joe@example.test", "x@y", list->all);
        result = tree ? 0 : -ENOMEM;
        xml_tree_free(&tree);
    }
    presence_map_list_free(&list);
    pidf_free(&doc);
    return result;
}

static int answer(struct xml_tree const *iq)
{
    struct iq_answer_about const about = { DISCO_DEVICE, true, true, "C", "1", 0, 0 };
    struct xml_tree *tree = iq_answer(xml_tree_root(iq), &about);
    bool done = tree != NULL;

    xml_tree_free(&tree);
    return done ? 0 : -ENOMEM;
}

/* Does @p work with the first allocation failing, then with the second, until none fails. */
static void fail_each(work_fn *work, char const *xml)
{
    long n = 0;
    int result;

    do {
        memory_rig_fail_after(-1);
        struct xml_tree *tree = stanza_rig_read(xml);
        assert_non_null(tree);
        memory_rig_fail_after(n++);
        result = work(tree);
        bool failed = memory_rig_has_failed();
        memory_rig_fail_after(-1);
        xml_tree_free(&tree);
        if (failed)
            assert_int_equal(result, -ENOMEM);
        assert_true(n < 10000);
    } while (result != 0);
    assert_true(n > 1);
}

static void test_messages(void **state)
{
    (void)state;
    fail_each(from_xmpp, TEXT_STANZA);
    fail_each(from_xhtml, "<message from='a@b' to='d@e'><html xmlns='" STANZA_NS_XHTML_IM
                          "'><body xmlns='" STANZA_NS_XHTML "'>a<br/>b</body></html></message>");
    fail_each(notice, "<message from='a@b' to='d@e'><displayed xmlns='" STANZA_NS_MARKERS
                      "' id='1'/></message>");
    fail_each(notice, "<message from='a@b' to='d@e'><composing xmlns='" STANZA_NS_CHATSTATES
                      "'/></message>");
    fail_each(from_cpim, "<x/>");
    fail_each(from_imdn, "<x/>");
    fail_each(from_composing, "<x/>");
}

static void test_presence(void **state)
{
    (void)state;
    fail_each(presence, "<presence from='joe@example.test/a'><status xml:lang='en'>s</status>"
                        "<idle xmlns='" STANZA_NS_IDLE "' since='2026-11-21T20:00:00Z'/>"
                        "</presence>");
}

static void test_answers(void **state)
{
    (void)state;
    fail_each(answer, "<iq id='1' type='get'><query xmlns='" STANZA_NS_DISCO_INFO "'/></iq>");
    fail_each(answer, "<iq id='1' type='set'><query xmlns='" STANZA_NS_DISCO_INFO "'/></iq>");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_presence),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

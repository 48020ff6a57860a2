/* SPDX-License-Identifier: Apache-2.0 */
/* Each dialect as it goes out, and every body read, written and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "pidf.h"
#include "pidf_bodies.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include <errno.h>
#include <string.h>

static struct pidf *read_good(char const *xml, size_t len)
{
    struct pidf_fault fault;
    struct pidf *doc;

    if (pidf_read(xml, len, &pidf_limits_default, &doc, &fault) < 0)
        fail_msg("%s in %.*s", fault.text, (int)len, xml);
    return doc;
}

/* Everything at once. */
static char const full[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
    "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "
    "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid' "
    "xmlns:c='urn:ietf:params:xml:ns:pidf:cipid' entity='pres:joe@example.test'><tuple id='t&lt;'>"
    "<status><basic>open</basic><show xmlns='jabber:client'>dnd</show></status><x xmlns='urn:x'/>"
    "<dm:deviceID>urn:d</dm:deviceID><contact priority='0.5'>sip:joe@example.test</contact>"
    "<note xml:lang='de'>a&amp;b</note><timestamp>2001-10-27T16:49:29Z</timestamp></tuple>"
    "<dm:person><r:activities><ce:dnd/><ce:alerting/><r:meeting/><r:other>Tee</r:other><y "
    "xmlns='urn:y'/>"
    "</r:activities><r:user-input idle-threshold='9' "
    "last-input='2001-10-27T16:49:29Z'>idle</r:user-input>"
    "<c:display-name>Joe</c:display-name></dm:person><dm:device id='d'/><note>n</note></presence>";

#define OPENING                                                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
#define MODEL  " xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
#define CARD   " xmlns:c=\"urn:ietf:params:xml:ns:pidf:cipid\""
#define ENTITY " entity=\"pres:joe@example.test\">"
#define REST                                                                                       \
    "<contact priority=\"0.500\">sip:joe@example.test</contact><note "                             \
    "xml:lang=\"de\">a&amp;b</note>"                                                               \
    "<timestamp>2001-10-27T16:49:29Z</timestamp></tuple>"
#define SHOWN                                                                                      \
    "<tuple id=\"t&lt;\"><status><basic>open</basic><show "                                        \
    "xmlns=\"jabber:client\">dnd</show></status>"                                                  \
    "<dm:deviceID>urn:d</dm:deviceID><x xmlns=\"urn:x\"></x>" REST
#define HIDDEN "<tuple id=\"t&lt;\"><status><basic>open</basic></status>" REST
#define INPUT(p)                                                                                   \
    "<" p ":user-input idle-threshold=\"9\" last-input=\"2001-10-27T16:49:29Z\">idle</" p          \
    ":user-input>"

static struct {
    char const *profile, *content_type, *xml;
} const dialects[] = {
    { "standard", "application/pidf+xml",
      OPENING MODEL " xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"" CARD ENTITY SHOWN
                    "<dm:person id=\"unnamed-0\"><rpid:activities><rpid:busy/><rpid:meeting/>"
                    "<rpid:other>Tee</rpid:other><y xmlns=\"urn:y\"></y></rpid:activities>" INPUT(
                        "rpid") "<c:display-name>Joe</c:display-name></dm:person>"
                                "<dm:device id=\"d\"/><note>n</note></presence>" },
    { "cisco", "application/pidf+xml",
      OPENING MODEL " xmlns:e=\"urn:ietf:params:xml:ns:pidf:status:rpid\""
                    " xmlns:ce=\"urn:cisco:params:xml:ns:pidf:rpid\"" CARD ENTITY SHOWN
                    "<dm:person id=\"unnamed-0\"><e:activities><e:meeting/><ce:alerting/><ce:dnd/>"
                    "<e:other>Tee</e:other><y xmlns=\"urn:y\"></y></e:activities>" INPUT(
                        "e") "<c:display-name>Joe</c:display-name></dm:person>"
                             "<dm:device id=\"d\"/><note>n</note></presence>" },
    { "phone", "application/cpim-pidf+xml",
      OPENING MODEL
      " xmlns:e=\"urn:ietf:params:xml:ns:pidf:status:rpid\""
      " xmlns:ce=\"urn:cisco:params:xml:ns:pidf:rpid\"" CARD ENTITY HIDDEN
      "<dm:person id=\"unnamed-0\"><e:activities><e:meeting/><ce:alerting/><ce:dnd/>"
      "<e:other>Tee</e:other></e:activities>" INPUT(
          "e") "<c:display-name>Joe</c:display-name></dm:person><note>n</note></presence>" },
    { "minimal", "application/pidf+xml", OPENING ENTITY HIDDEN "<note>n</note></presence>" },
};

static void test_dialects(void **state)
{
    struct pidf *doc = read_good(full, strlen(full));
    size_t n = 0;

    (void)state;
    while (pidf_profiles()[n].name)
        n++;
    assert_int_equal(n, sizeof dialects / sizeof *dialects); /* each row has its vector */
    for (size_t i = 0; i < n; i++) {
        struct pidf_profile const *profile = pidf_profile_find(dialects[i].profile);
        struct buf out;
        assert_ptr_equal(profile, &pidf_profiles()[i]);
        assert_string_equal(profile->content_type, dialects[i].content_type);
        buf_init(&out, 65536);
        assert_int_equal(pidf_write(doc, profile, &out), 0);
        assert_string_equal(buf_text(&out), dialects[i].xml);
        buf_fini(&out);
    }
    assert_null(pidf_profile_find("klingon"));
    pidf_free(&doc);
}

static void write_as(struct pidf const *doc, char const *profile, struct buf *out)
{
    buf_init(out, 1 << 20);
    assert_int_equal(pidf_write(doc, pidf_profile_find(profile), out), 0);
}

/* What is written reads as the same document, so it is written the same; nothing creeps. */
static void test_round_trips(void **state)
{
    (void)state;
    for (struct pidf_body const *body = pidf_bodies; body->name; body++)
        for (struct pidf_profile const *profile = pidf_profiles(); profile->name; profile++) {
            struct pidf *doc = read_good(body->xml, strlen(body->xml));
            struct buf first, second;
            write_as(doc, profile->name, &first);
            pidf_free(&doc);
            doc = read_good(first.data, first.len);
            write_as(doc, profile->name, &second);
            assert_string_equal(buf_text(&second), buf_text(&first));
            pidf_free(&doc);
            buf_fini(&second);
            buf_fini(&first);
        }
}

/* The dialect of Cisco holds all that we know: through it and back a document is as before. */
static void test_between_dialects(void **state)
{
    (void)state;
    for (struct pidf_body const *body = pidf_bodies; body->name; body++) {
        struct pidf *doc = read_good(body->xml, strlen(body->xml));
        struct buf standard, cisco, again;
        write_as(doc, "standard", &standard);
        write_as(doc, "cisco", &cisco);
        pidf_free(&doc);
        doc = read_good(cisco.data, cisco.len);
        write_as(doc, "standard", &again);
        assert_string_equal(buf_text(&again), buf_text(&standard));
        pidf_free(&doc);
        buf_fini(&again);
        buf_fini(&cisco);
        buf_fini(&standard);
    }
}

static void test_copies(void **state)
{
    struct pidf *doc = read_good(full, strlen(full)), *copy = pidf_new(doc->entity);
    struct buf first, second;

    (void)state;
    assert_non_null(copy);
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next)
            assert_non_null(pidf_add_copy(copy, part));
    assert_int_equal(pidf_merge_notes(copy, &copy->notes, doc->notes), 0);
    assert_int_equal(pidf_merge_notes(copy, &copy->notes, doc->notes), 0); /* adds nothing */
    assert_int_equal(pidf_merge_pieces(copy, &copy->pieces, doc->parts[PIDF_TUPLE]->pieces), 0);
    assert_int_equal(pidf_merge_pieces(copy, &copy->pieces, doc->parts[PIDF_TUPLE]->pieces), 0);
    assert_null(copy->pieces->next);
    copy->pieces = NULL;
    write_as(doc, "cisco", &first);
    pidf_free(&doc);
    write_as(copy, "cisco", &second); /* of the copy's own memory */
    assert_string_equal(buf_text(&second), buf_text(&first));
    pidf_free(&copy);
    buf_fini(&second);
    buf_fini(&first);
}

static void test_no_room(void **state)
{
    struct pidf *doc = pidf_new_offline("pres:a@b");
    struct buf out;

    (void)state;
    assert_non_null(doc);
    buf_init(&out, 60);
    assert_int_equal(pidf_write(doc, pidf_profiles(), &out), -ENOMEM);
    buf_fini(&out);
    pidf_free(&doc);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_dialects), cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_copies),   cmocka_unit_test(test_between_dialects),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

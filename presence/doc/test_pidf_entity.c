/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of presentities in their one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pidf_entity.h"
#include <string.h>

static struct {
    char const *entity;
    char const *key; /* NULL: none */
} const vectors[] = {
    { "pres:joe@example.test", "joe@example.test" },
    { "sip:joe@example.test", "joe@example.test" },
    { "SIPS:joe@Example.TEST", "joe@example.test" },
    { "im:joe@example.test", "joe@example.test" },
    { "joe@example.test", "joe@example.test" },
    { "sip:Joe@example.test", "Joe@example.test" }, /* the user part has case */
    { "sip:joe@example.test.", "joe@example.test" },
    { "sip:joe@example.test:5060;transport=tcp?a=b", "joe@example.test" },
    { "sip:joe@example.test;user=phone", "joe@example.test" },
    { "sip:%6Aoe@example.test", "joe@example.test" },
    { "sip:jo%c3%A9@example.test", "jo%C3%A9@example.test" },
    { "sip:a%40b@example.test", "a%40b@example.test" },
    { "sip:a%3bb@example.test", "a%3Bb@example.test" }, /* not the same as a;b */
    { "sip:a;b@example.test", "a;b@example.test" },
    { "sip:+4930123@192.0.2.1:5070", "+4930123@192.0.2.1" },
    { "sip:joe@[2001:DB8::1]:5060", "joe@[2001:db8::1]" },
    { "", NULL },
    { "sip:", NULL },
    { "sip:example.test", NULL },
    { "sip:@example.test", NULL },
    { "sip:joe@", NULL },
    { "sip:joe@;x", NULL },
    { "tel:+4930123", NULL },
    { "xmpp:joe@example.test", NULL },
    { "sip:joe:secret@example.test", NULL },
    { "sip:joe@exa mple.test", NULL },
    { "sip:jo e@example.test", NULL },
    { "sip:jo\xC3\xA9@example.test", NULL },
    { "sip:joe%4@example.test", NULL },
    { "sip:joe%@example.test", NULL },
    { "sip:joe%00x@example.test", "joe%00x@example.test" },
    { "sip:joe@a@example.test", NULL },
    { "sip:joe@[::1", NULL },
    { "sip:joe@[::1]x", NULL },
};

static void test_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char key[300] = "x";
        bool found = pidf_entity_key(vectors[i].entity, key, sizeof key);
        assert_string_equal(key, vectors[i].key ? vectors[i].key : "");
        assert_int_equal(found, vectors[i].key != NULL);
        if (found) /* a key is its own key */
            assert_true(pidf_entity_is(key, vectors[i].key));
    }
}

static void test_is(void **state)
{
    (void)state;
    assert_true(pidf_entity_is("pres:joe@EXAMPLE.test", "joe@example.test"));
    assert_false(pidf_entity_is("pres:Joe@example.test", "joe@example.test"));
    assert_false(pidf_entity_is("pres:joe@example.test.evil", "joe@example.test"));
    assert_false(pidf_entity_is("pres:joe", "joe"));
    assert_false(pidf_entity_is("", ""));
}

static void test_short_memory(void **state)
{
    char key[17];

    (void)state;
    assert_true(pidf_entity_key("sip:joe@example.test", key, 17));
    assert_false(pidf_entity_key("sip:joe@example.test", key, 16));
    assert_string_equal(key, "");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

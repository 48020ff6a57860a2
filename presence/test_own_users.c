/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of users: one spelling, who is known, who stands twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "own_users.h"
#include "presence_address.h"
#include <stdio.h>
#include <string.h>

/* clang-format off */
static struct {
    char const *uri;
    char const *address; /* NULL: it is none */
} const uris[] = {
    { "sip:alice@example.test", "alice@example.test" },
    { "sips:alice@Example.TEST:5061;transport=tls", "alice@example.test" },
    { "pres:alice@example.test", "alice@example.test" },
    { "sip:%61lice@example.test", "alice@example.test" },
    { "sip:Alice@example.test", "Alice@example.test" },
    { "sip:+1234;ext=5@example.test", "+1234;ext=5@example.test" },
    { "sip:example.test", NULL },
    { "tel:+1234", NULL },
    { "http://alice@example.test", NULL },
};

static struct {
    char const *text;
    bool is_known;
} const people[] = {
    { "alice", true }, { "sip:alice@EXAMPLE.test", true }, { "bob@example.test", true },
    { "bob@other.test", false }, { "zoe@other.test", true }, { "zoe", false }, { "Alice", false },
};
/* clang-format on */

static void test_uris(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        char address[PRESENCE_ADDRESS_BYTES], text[200];
        url_t url;

        print_message("# %s\n", uris[i].uri);
        (void)snprintf(text, sizeof text, "%s", uris[i].uri);
        assert_int_equal(url_d(&url, text), 0);
        int err = presence_address_of(&url, address);
        assert_int_equal(err == 0, uris[i].address != NULL);
        if (err == 0)
            assert_string_equal(address, uris[i].address);
    }
    assert_string_equal(presence_address_domain("alice@example.test"), "example.test");
    assert_string_equal(presence_address_domain("alice"), "");
}

/* A user part as long as a message may have it is refused, not cut. */
static void test_long(void **state)
{
    char address[PRESENCE_ADDRESS_BYTES], user[600];
    url_t url = { .url_type = url_sip, .url_user = user, .url_host = "example.test" };
    size_t fits = PRESENCE_ADDRESS_BYTES - 1 - strlen("@example.test");

    (void)state;
    memset(user, 'a', sizeof user);
    user[fits] = '\0';
    assert_int_equal(presence_address_of(&url, address), 0);
    user[fits] = 'a';
    user[fits + 1] = '\0';
    assert_true(presence_address_of(&url, address) < 0);
}

static void test_known(void **state)
{
    char const *list[] = { "alice", "sip:bob@Example.test", "zoe@other.test" };
    struct cfg_strings const strings = { .v = list, .n = 3 };
    struct own_users users;

    (void)state;
    assert_int_equal(own_users_init(&users, &strings, "Example.Test"), 0);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        char address[PRESENCE_ADDRESS_BYTES];
        print_message("# %s\n", people[i].text);
        assert_int_equal(own_users_address(&users, people[i].text, address), 0);
        assert_int_equal(own_users_have(&users, address), people[i].is_known);
    }
    assert_true(own_users_are_of(&users, "example.test"));
    assert_false(own_users_are_of(&users, "other.test"));
    own_users_fini(&users);
}

static void test_doubles(void **state)
{
    char const *list[] = { "alice", "bob", "sip:alice@EXAMPLE.test", "bob@other.test" };
    struct cfg_strings const strings = { .v = list, .n = 4 };
    struct cfg_faults *faults = cfg_faults_new();

    (void)state;
    own_users_check(&strings, "example.test", faults);
    assert_int_equal(cfg_faults_count(faults), 1);
    cfg_faults_free(&faults);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_uris),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

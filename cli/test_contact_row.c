/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of contact files: limits and reasons of guide part 3, 19.5, and addresses with an @ inside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contact_row.h"
#include <stdio.h>
#include <string.h>

enum { MAX = 256 };

/* Text of a length. */
#define LEN(n) "\1" #n

static struct {
    enum contact_fault fault;
    char const *v[CONTACT_COLUMNS + 1];
    char const *owner, *contact;
} const vectors[] = {
#define U       "userA", "example.com"
#define C       "userB", "example.com"
#define FINE    CONTACT_FINE
#define BAD     CONTACT_BAD_FORMAT
#define DOMAIN_ CONTACT_BAD_DOMAIN
    { FINE, { U, C, "buddyB", "General" }, "userA@example.com", "userB@example.com" },
    { FINE, { U, C, "", "General" }, "userA@example.com", "userB@example.com" },
    { FINE,
      { " userA ", "Example.COM", "\tuserB", "EXAMPLE.com ", "", " G" },
      "userA@example.com",
      "userB@example.com" },
    /* The user ID may hold an @. */
    { FINE,
      { U, "bjones@usa", "example.com", "", "G" },
      "userA@example.com",
      "bjones%40usa@example.com" },
    { FINE,
      { "bjones@usa", "example.com", "x", "example.com", "", "G" },
      "bjones%40usa@example.com",
      NULL },
    { BAD, { U, "@usa", "example.com", "", "G" }, NULL, NULL },
    { BAD, { "usa@", "example.com", C, "", "G" }, NULL, NULL },
    /* Missing or empty. */
    { BAD, { U, C, "" }, NULL, NULL },
    { BAD, { U, C, "n", "G", "x" }, NULL, NULL },
    { BAD, { "", "example.com", C, "n", "G" }, NULL, NULL },
    { BAD, { "userA", "", C, "n", "G" }, NULL, NULL },
    { BAD, { U, "", "example.com", "n", "G" }, NULL, NULL },
    { BAD, { U, "userB", "", "n", "G" }, NULL, NULL },
    { BAD, { U, C, "n", "" }, NULL, NULL },
    { BAD, { U, C, "n", "   " }, NULL, NULL },
    { BAD, { U, C, "n\nm", "G" }, NULL, NULL },
    /* Lengths. */
    { FINE, { LEN(132), "example.com", C, "", "G" }, NULL, NULL },
    { BAD, { LEN(133), "example.com", C, "", "G" }, NULL, NULL },
    { FINE, { U, LEN(132), "example.com", "", "G" }, NULL, NULL },
    { BAD, { U, LEN(133), "example.com", "", "G" }, NULL, NULL },
    { FINE, { U, C, LEN(255), "G" }, NULL, NULL },
    { BAD, { U, C, LEN(256), "G" }, NULL, NULL },
    { FINE, { U, C, "", LEN(255) }, NULL, NULL },
    { BAD, { U, C, "", LEN(256) }, NULL, NULL },
    /* Domains. */
    { FINE, { U, "b", "a-1.x9.test", "", "G" }, NULL, "b@a-1.x9.test" },
    { DOMAIN_, { U, "b", "-a.test", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a-.test", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a_b.test", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a..test", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a.t", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a.t3", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "a.12", "", "G" }, NULL, NULL },
    { DOMAIN_, { U, "b", "192.0.2.1", "", "G" }, NULL, NULL },
    /* Self. */
    { CONTACT_SELF, { U, "userA", "EXAMPLE.com", "", "G" }, NULL, NULL },
    { FINE, { U, "USERA", "example.com", "", "G" }, NULL, "USERA@example.com" },
};

static char *expand(char const *text, char memory[static MAX + 8])
{
    int n = 0;

    (void)snprintf(memory, MAX + 8, "%s", text);
    if (text[0] != '\1')
        return memory;
    for (char const *c = text + 1; *c; c++)
        n = n * 10 + *c - '0';
    memset(memory, 'x', (size_t)n);
    memory[n] = '\0';
    return memory;
}

static void test_rows(void **state)
{
    char memory[CONTACT_COLUMNS + 1][MAX + 8];
    char *fields[CONTACT_COLUMNS + 1];
    struct contact_row row;

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        size_t n = 0;
        for (; n <= CONTACT_COLUMNS && vectors[i].v[n]; n++)
            fields[n] = expand(vectors[i].v[n], memory[n]);
        enum contact_fault fault = contact_row_read(fields, n, &row);
        if (fault != vectors[i].fault)
            fail_msg("vector %zu: %s", i, contact_fault_str(fault));
        if (vectors[i].owner)
            assert_string_equal(row.owner, vectors[i].owner);
        if (vectors[i].contact)
            assert_string_equal(row.contact, vectors[i].contact);
    }
}

static void domain_of(size_t len, size_t label, char *ret)
{
    memset(ret, 'a', len);
    for (size_t i = label; i < len - 3; i += label + 1)
        ret[i] = '.';
    memcpy(ret + len - 3, ".ab", 4);
}

static void test_long_domains(void **state)
{
    static struct {
        size_t len, label;
        enum contact_fault fault;
    } const rows[] = {
        { 128, 63, CONTACT_FINE },
        { 129, 60, CONTACT_BAD_FORMAT },
        { 66, 63, CONTACT_FINE },
        { 67, 64, CONTACT_BAD_DOMAIN },
    };
    char a[] = "userA", b[] = "example.com", c[] = "b", domain[160], n[] = "", g[] = "G";

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *fields[] = { a, b, c, domain, n, g };
        struct contact_row row;
        domain_of(rows[i].len, rows[i].label, domain);
        assert_int_equal(contact_row_read(fields, CONTACT_COLUMNS, &row), rows[i].fault);
    }
}

/* There and back. */
static void test_addresses(void **state)
{
    static struct {
        char const *text, *address, *id, *domain;
    } const rows[] = {
        { "sip:Joe@Example.test", "Joe@example.test", "Joe", "example.test" },
        { "bjones@usa@example.com", "bjones%40usa@example.com", "bjones@usa", "example.com" },
        { "bjones%40usa@example.com", "bjones%40usa@example.com", "bjones@usa", "example.com" },
        { "a+b/c@example.test", "a+b/c@example.test", "a+b/c", "example.test" },
    };
    static char const *const bad[] = { "joe",         "@example.test", "joe@", "a b@example.test",
                                       "joe@-x.test", "sip:@x.test",   "" };
    char address[CONTACT_ADDRESS_BYTES], id[CONTACT_ADDRESS_BYTES], domain[CONTACT_ADDRESS_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(contact_row_address(rows[i].text, address), CONTACT_FINE);
        assert_string_equal(address, rows[i].address);
        assert_true(contact_row_key(rows[i].text, address));
        assert_string_equal(address, rows[i].address);
        assert_true(contact_row_split(address, id, domain));
        assert_string_equal(id, rows[i].id);
        assert_string_equal(domain, rows[i].domain);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(contact_row_address(bad[i], address), CONTACT_FINE);
    assert_false(contact_row_split("joe", id, domain));
}

static void test_words(void **state)
{
    (void)state;
    for (int i = 0; i < CONTACT_FAULTS; i++)
        assert_non_null(contact_fault_str((enum contact_fault)i));
    assert_true(contact_row_fits("", CONTACT_NICKNAME));
    assert_false(contact_row_fits("", CONTACT_GROUP));
    /* Characters, not bytes. */
    char umlauts[2 * 256 + 1] = "";
    for (int i = 0; i < 255; i++)
        memcpy(umlauts + 2 * i, "\xc3\xbc", 3);
    assert_true(contact_row_fits(umlauts, CONTACT_NICKNAME));
    memcpy(umlauts + 510, "u", 2);
    assert_false(contact_row_fits(umlauts, CONTACT_NICKNAME));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long_domains),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

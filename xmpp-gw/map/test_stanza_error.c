/* SPDX-License-Identifier: Apache-2.0 */
/* Errors both ways by the rows of stanza_error.vectors, and error stanzas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "stanza_error.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW_ADDRESS "xmpp:new@example.com"

enum { WORDS = 6, STATUS_MAX = 700 };

/* A row of the file in words; false at its end. */
static bool next_row(FILE *file, char line[static 200], char *words[static WORDS])
{
    size_t n = 0;

    for (;;) {
        if (!fgets(line, 200, file))
            return false;
        if (strlen(line) > 1 && *line != '#')
            break;
    }
    for (char *rest = line, *word; n < WORDS && (word = strsep(&rest, " \n"));)
        if (*word)
            words[n++] = word;
    assert_int_equal(n, strcmp(words[0], "xmpp") == 0 ? 6 : 5);
    return true;
}

static enum stanza_error_type type_of(char const *name)
{
    enum stanza_error_type type = 0;

    while (type < STANZA_ERROR_TYPES && strcmp(stanza_error_type_name(type), name) != 0)
        type++;
    assert_true(type < STANZA_ERROR_TYPES);
    return type;
}

/* xmpp CONDITION TYPE full|bare OPTION STATUS */
static void check_to_sip(char *words[static WORDS], bool seen[static STANZA_ERRORS][2])
{
    bool full = strcmp(words[3], "full") == 0, moved = strcmp(words[4], "address") == 0;
    enum stanza_condition condition = stanza_error_find(words[1]);
    struct stanza_error error = stanza_error_make(condition, NULL);

    assert_string_equal(stanza_error_name(condition), words[1]);
    error.type = type_of(words[2]);
    error.address = moved ? NEW_ADDRESS : NULL;
    error.unresolved = strcmp(words[4], "unresolved") == 0;
    struct stanza_error_answer answer = stanza_error_to_sip(&error, full);
    if (answer.status != (int)strtol(words[5], NULL, 10))
        print_message("%s %s %s\n", words[1], words[2], words[3]);
    assert_int_equal(answer.status, (int)strtol(words[5], NULL, 10));
    assert_string_equal(answer.phrase, stanza_error_phrase(answer.status));
    assert_true(*answer.phrase);
    if (moved)
        assert_string_equal(answer.address, NEW_ADDRESS);
    else
        assert_null(answer.address);
    /* the words of the error are those of the answer */
    error.text = "Gone fishing";
    answer = stanza_error_to_sip(&error, full);
    assert_string_equal(answer.phrase, "Gone fishing");
    seen[condition][full] = true;
}

/* sip STATUS OPTION CONDITION TYPE */
static void check_from_sip(char *words[static WORDS], bool seen[static STATUS_MAX])
{
    bool moved = strcmp(words[2], "address") == 0;
    bool unresolved = strcmp(words[2], "unresolved") == 0;
    int status = (int)strtol(words[1], NULL, 10);
    struct stanza_error error =
        stanza_error_from_sip(status, "Gone fishing", moved ? NEW_ADDRESS : NULL, unresolved);

    if (strcmp(stanza_error_name(error.condition), words[3]) != 0)
        print_message("%d\n", status);
    assert_string_equal(stanza_error_name(error.condition), words[3]);
    assert_string_equal(stanza_error_type_name(error.type), words[4]);
    assert_string_equal(error.text, "Gone fishing");
    if (moved)
        assert_string_equal(error.address, NEW_ADDRESS);
    else
        assert_null(error.address);
    assert_null(stanza_error_from_sip(status, "", NULL, unresolved).text);
    seen[status] = true;
}

static void test_vectors(void **state)
{
    static bool conditions[STANZA_ERRORS][2], statuses[STATUS_MAX];
    static int const rows[] = {
#define SIP_ERROR(status, condition, phrase) status,
#include "sip_errors.def"
#undef SIP_ERROR
    };
    char line[200], *words[WORDS];
    FILE *file = fopen(VECTORS, "r");

    (void)state;
    assert_non_null(file);
    while (next_row(file, line, words))
        if (strcmp(words[0], "xmpp") == 0)
            check_to_sip(words, conditions);
        else
            check_from_sip(words, statuses);
    fclose(file);
    /* no row of the tables without a vector */
    for (enum stanza_condition c = 0; c < STANZA_ERRORS; c++)
        assert_true(conditions[c][0] && conditions[c][1]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(statuses[rows[i]]);
}

/* What no phone may ever hear, whatever the type and the target. */
static void test_never(void **state)
{
    (void)state;
    for (enum stanza_condition c = 0; c < STANZA_ERRORS; c++)
        for (enum stanza_error_type type = 0; type < STANZA_ERROR_TYPES; type++)
            for (int full = 0; full < 2; full++) {
                struct stanza_error error = { .condition = c, .type = type };
                int status = stanza_error_to_sip(&error, full).status;
                assert_true(status >= 300 && status < 700);
                assert_true(status != 401 && status != 407 && status != 503);
            }
}

/* Every answer there is has an error, and a phrase. */
static void test_every_status(void **state)
{
    (void)state;
    for (int status = 300; status < 700; status++) {
        struct stanza_error error = stanza_error_from_sip(status, NULL, NULL, false);
        assert_true(error.condition != STANZA_ERROR_UNDEFINED_CONDITION);
        assert_string_not_equal(stanza_error_phrase(status), "Failed");
    }
    assert_int_equal(stanza_error_from_sip(200, NULL, NULL, false).condition,
                     STANZA_ERROR_UNDEFINED_CONDITION);
    assert_int_equal(stanza_error_from_sip(700, NULL, NULL, false).condition,
                     STANZA_ERROR_UNDEFINED_CONDITION);
}

static void test_phrases(void **state)
{
    static struct {
        char const *text, *phrase;
    } const rows[] = {
        { "Not now", "Not now" },
        { "a\r\nVia: b", "a  Via: b" },
        { "<b>\"100%\"\\{}", " b  100     " },
        { "gr\xC3\xBC\xC3\x9F dich", "gr\xC3\xBC\xC3\x9F dich" },
        { "a\xFF"
          "b",
          "a b" },
        { "", "Forbidden" },
        { "\r\n\t", "Forbidden" },
    };
    char text[500];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stanza_error error = stanza_error_make(STANZA_ERROR_NOT_ALLOWED, rows[i].text);
        assert_string_equal(stanza_error_to_sip(&error, true).phrase, rows[i].phrase);
    }
    /* cut between characters */
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xBC", 3);
    struct stanza_error error = stanza_error_make(STANZA_ERROR_NOT_ALLOWED, text);
    assert_int_equal(strlen(stanza_error_to_sip(&error, true).phrase), STANZA_ERROR_PHRASE - 2);
}

/* --- stanzas ---------------------------------------------------------------------------------- */

static struct xml_tree *make_stanza(char const *name, char const *type)
{
    struct xml_tree *tree = xml_tree_new(10000);
    struct xml_element *root = xml_tree_add(tree, NULL, name, STANZA_NS);

    xml_tree_attribute(tree, root, "from", "a@example.com/x");
    xml_tree_attribute(tree, root, "to", "b@example.net");
    xml_tree_attribute(tree, root, "id", "7");
    xml_tree_attribute(tree, root, "type", type);
    xml_tree_add_text(tree, root, "body", NULL, "hello");
    return tree;
}

static void assert_answer(struct xml_tree *tree, char const *expected)
{
    struct buf out;

    assert_non_null(tree);
    buf_init(&out, 10000);
    xml_element_write(xml_tree_root(tree), STANZA_NS, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void test_answer(void **state)
{
    struct stanza_error error = stanza_error_make(STANZA_ERROR_ITEM_NOT_FOUND, "Nobody");
    struct xml_tree *stanza = make_stanza("message", "chat"), *answer;
    struct stanza_error again;

    (void)state;
    answer = stanza_error_answer(xml_tree_root(stanza), &error, false);
    assert_answer(answer, "<message from='b@example.net' to='a@example.com/x' id='7' type='error'>"
                          "<error type='cancel'><item-not-found xmlns='" STANZA_NS_ERROR "'/>"
                          "<text xmlns='" STANZA_NS_ERROR
                          "' xml:lang='en'>Nobody</text></error></message>");
    assert_true(stanza_error_read(xml_tree_root(answer), &again));
    assert_int_equal(again.condition, STANZA_ERROR_ITEM_NOT_FOUND);
    assert_int_equal(again.type, STANZA_ERROR_CANCEL);
    assert_string_equal(again.text, "Nobody");
    assert_null(again.address);
    assert_null(stanza_error_answer(xml_tree_root(answer), &error, false));
    xml_tree_free(&answer);
    error = stanza_error_make(STANZA_ERROR_GONE, NULL);
    error.address = NEW_ADDRESS;
    answer = stanza_error_answer(xml_tree_root(stanza), &error, true);
    assert_answer(answer, "<message from='b@example.net' to='a@example.com/x' id='7' type='error'>"
                          "<body>hello</body><error type='cancel'><gone xmlns='" STANZA_NS_ERROR
                          "'>" NEW_ADDRESS "</gone></error></message>");
    assert_true(stanza_error_read(xml_tree_root(answer), &again));
    assert_string_equal(again.address, NEW_ADDRESS);
    assert_null(again.text);
    xml_tree_free(&answer);
    xml_tree_free(&stanza);
}

static void test_may_answer(void **state)
{
    static struct {
        char const *name, *type;
        bool may;
    } const rows[] = {
        { "message", NULL, true },      { "message", "error", false }, { "presence", NULL, true },
        { "presence", "error", false }, { "presence", "probe", true }, { "iq", "get", true },
        { "iq", "set", true },          { "iq", "result", false },     { "iq", "error", false },
        { "message", "result", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct xml_tree *stanza = make_stanza(rows[i].name, rows[i].type);
        assert_int_equal(stanza_error_may_answer(xml_tree_root(stanza)), rows[i].may);
        xml_tree_free(&stanza);
    }
}

/* Reads an error whose <error/> is built as told; NULL: there is none. */
static struct stanza_error read_made(char const *type, char const *condition, char const *ns)
{
    struct xml_tree *tree = make_stanza("message", "error");
    struct stanza_error error;

    if (type) {
        struct xml_element *element = xml_tree_add(tree, xml_tree_root(tree), "error", STANZA_NS);
        xml_tree_attribute(tree, element, "type", type);
        xml_tree_add_text(tree, element, "text", STANZA_NS_ERROR, "");
        xml_tree_add(tree, element, condition, ns);
    }
    assert_true(stanza_error_read(xml_tree_root(tree), &error));
    assert_null(error.text);
    assert_null(error.address);
    xml_tree_free(&tree);
    return error;
}

static void test_read_strange(void **state)
{
    struct xml_tree *message = make_stanza("message", "chat");
    struct stanza_error error = read_made(NULL, NULL, NULL);

    (void)state;
    assert_int_equal(error.condition, STANZA_ERROR_UNDEFINED_CONDITION);
    assert_int_equal(error.type, STANZA_ERROR_CANCEL);
    error = read_made("wait", "policy-violation", STANZA_NS_ERROR);
    assert_int_equal(error.condition, STANZA_ERROR_POLICY_VIOLATION);
    assert_int_equal(error.type, STANZA_ERROR_WAIT);
    error = read_made("wait", "never-heard-of", STANZA_NS_ERROR);
    assert_int_equal(error.condition, STANZA_ERROR_UNDEFINED_CONDITION);
    assert_int_equal(error.type, STANZA_ERROR_WAIT);
    error = read_made("nonsense", "forbidden", STANZA_NS_ERROR);
    assert_int_equal(error.type, STANZA_ERROR_AUTH);
    error = read_made("modify", "forbidden", "urn:example");
    assert_int_equal(error.condition, STANZA_ERROR_UNDEFINED_CONDITION);
    assert_false(stanza_error_read(xml_tree_root(message), &error));
    xml_tree_free(&message);
    assert_int_equal(stanza_error_find("payment-required"), STANZA_ERROR_UNDEFINED_CONDITION);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),      cmocka_unit_test(test_never),
        cmocka_unit_test(test_every_status), cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_answer),       cmocka_unit_test(test_may_answer),
        cmocka_unit_test(test_read_strange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the directory's commands, and lists with one word more or less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "people_options.h"
#include <string.h>

enum { ARGS = 8 };

static char const bad[] = "unknown option, or no value for it";

/* For each column what is given, "-" for nothing. */
static struct {
    struct people_kind const *kind;
    char *argv[ARGS];
    char const *words, *given, *why;
} const vectors[] = {
    { &people_kind_user, { "joe" }, "joe", "- - - - -", NULL },
    { &people_kind_user, { "joe", "--rcc" }, "joe", "- - - yes -", NULL },
    { &people_kind_user, { "--rcc", "joe" }, "joe", "- - - yes -", NULL },
    { &people_kind_user, { "joe", "--rcc", "no" }, "joe", "- - - no -", NULL },
    { &people_kind_user, { "--no-rcc", "joe" }, "joe", "- - - no -", NULL },
    { &people_kind_user,
      { "joe", "--mail", "j@x.test", "--sip", "sip:j@x.test", "--groups", "" },
      "joe",
      "- j@x.test sip:j@x.test - ",
      NULL },
    { &people_kind_user, { "--id", "joe" }, "", "", bad },
    { &people_kind_user, { "joe", "--mail" }, "", "", bad },
    { &people_kind_user, { "joe", "--kind", "soft" }, "", "", bad },
    { &people_kind_user, { "joe", "--no-mail" }, "", "", bad },
    { &people_kind_user, { "joe", "--" }, "", "", bad },
    { &people_kind_user, { "a", "b", "c", "d", "e" }, "", "", "too many words" },
    { &people_kind_device,
      { "SEP1", "--kind", "soft", "--registered", "--users", "joe ann" },
      "SEP1",
      "- soft - yes - joe ann",
      NULL },
    { &people_kind_line, { "2001", "SEP1", "--partition", "PT" }, "2001 SEP1", "- PT -", NULL },
};

static void join(char *ret, size_t size, char const *const *v, size_t n)
{
    ret[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(ret);
        (void)snprintf(ret + len, size - len, "%s%s", i ? " " : "", v[i] ? v[i] : "-");
    }
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct people_options options;
        char text[200];
        char *argv[ARGS];
        int argc = 0;

        while (argc < ARGS && vectors[i].argv[argc]) {
            argv[argc] = vectors[i].argv[argc];
            argc++;
        }
        char const *why = people_options_parse(&options, vectors[i].kind, argc, argv);
        print_message("# %s %s\n", argv[0], argc > 1 ? argv[1] : "");
        if (vectors[i].why) {
            assert_non_null(why);
            assert_string_equal(why, vectors[i].why);
            continue;
        }
        assert_null(why);
        join(text, sizeof text, options.words, options.n_words);
        assert_string_equal(text, vectors[i].words);
        join(text, sizeof text, options.given, vectors[i].kind->n);
        assert_string_equal(text, vectors[i].given);
        assert_false(options.dry_run);
    }
}

static void test_dry_run(void **state)
{
    struct people_options options;

    (void)state;
    assert_null(people_options_parse(&options, &people_kind_line, 2,
                                     (char *[]){ "file.csv", "--dry-run" }));
    assert_true(options.dry_run);
    assert_int_equal(options.n_words, 1);
}

static struct {
    char const *list, *word;
    bool wanted, done;
    char const *result;
} const edits[] = {
    { "", "a", true, true, "a" },         { "a b", "c", true, true, "a b c" },
    { "a b", "b", true, false, "a b" },   { "aa ab", "a", true, true, "aa ab a" },
    { "a b c", "b", false, true, "a c" }, { "a", "a", false, true, "" },
    { "a b", "c", false, false, "a b" },  { "", "c", false, false, "" },
};

static void test_edits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        print_message("# \"%s\" %s\n", edits[i].list, edits[i].word);
        assert_int_equal(people_options_edit(edits[i].list, edits[i].word, edits[i].wanted, &out),
                         edits[i].done);
        if (edits[i].done)
            assert_string_equal(buf_text(&out), edits[i].result);
        buf_fini(&out);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_edits),
    };
    return cmocka_run_group_tests_name("people_options", tests, NULL, NULL);
}

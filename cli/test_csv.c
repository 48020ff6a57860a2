/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of RFC 4180, and texts that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csv.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What is read, as "LINE:[a][b]"; the end of a text that is wrong as "LINE!reason". */
static struct {
    char const *text, *read;
} const vectors[] = {
    { "", "" },
    { "\n\r\n\n", "" },
    { "a,b\nc,d\n", "1:[a][b]2:[c][d]" },
    { "a,b\r\nc,d", "1:[a][b]2:[c][d]" },
    { "\xef\xbb\xbf"
      "a\n",
      "1:[a]" },
    { "\n\na,b\n\nc\n", "3:[a][b]5:[c]" },
    { "a,,\n,\n", "1:[a][][]2:[][]" },
    { "\"a\",\"b,c\",\"d\"\"e\"\n", "1:[a][b,c][d\"e]" },
    { "\"two\nlines\",b\nc\n", "1:[two\nlines][b]3:[c]" },
    { "\"two\r\nlines\"\r\nc\r\n", "1:[two\r\nlines]3:[c]" },
    { "\"\",\"\"\n", "1:[][]" },
    { "\"\"\"\"", "1:[\"]" },
    { " a , b \n", "1:[ a ][ b ]" },
    { "a\rb\n", "1:[a\rb]" },
    { "\xc3\xa4,\xe2\x82\xac\n", "1:[\xc3\xa4][\xe2\x82\xac]" },
    { "a\nb\"c\n", "1:[a]2!a quote stands inside a field without quotes" },
    { "a\n\"b\n\n", "1:[a]2!a quote is not closed" },
    { "\"a\"b\n", "1!text stands behind a closing quote" },
    { "\"a\"b,\"\r\nc\n", "1!text stands behind a closing quote2:[c]" },
    { "b\"c\nd\n", "1!a quote stands inside a field without quotes2:[d]" },
    { "\"a\nb\"c\nd\n", "1!text stands behind a closing quote" },
    { "d\n\"e", "1:[d]2!a quote is not closed" },
    { "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33\n",
      "1!too many fields" },
};

static void print(FILE *out, struct csv *csv)
{
    struct csv_row row;
    char const *why = NULL;
    int more;

    csv_row_init(&row);
    do {
        more = csv_read(csv, &row, &why);
        if (more)
            fprintf(out, "%d%c%s", row.line, more < 0 ? '!' : ':', more < 0 ? why : "");
        for (size_t i = 0; more == 1 && i < row.n; i++)
            fprintf(out, "[%s]", row.v[i]);
    } while (more == 1 || (more < 0 && csv_pass_line(csv, &row)));
    csv_row_fini(&row);
}

static void assert_reads(char const *text, size_t len, char const *wanted)
{
    char read[512] = "";
    FILE *out = fmemopen(read, sizeof read, "w");
    struct csv csv;

    csv_init(&csv, text, len);
    print(out, &csv);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(read, wanted);
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_reads(vectors[i].text, strlen(vectors[i].text), vectors[i].read);
    assert_reads("a,b\0c\n", 6, "1!a byte of value 0");
}

static void test_written_is_read(void **state)
{
    char const *const fields[] = { "a", "", "b,c", "d\"e", "two\r\nlines", " f", "g " };
    struct csv_row row;
    struct csv csv;
    struct buf out;
    char const *why;

    (void)state;
    buf_init(&out, 1024);
    csv_write(fields, 7, &out);
    csv_write((char const *const[]){ "x" }, 1, &out);
    assert_string_equal(buf_text(&out),
                        "a,,\"b,c\",\"d\"\"e\",\"two\r\nlines\",\" f\",\"g \"\r\nx\r\n");
    csv_init(&csv, out.data, out.len);
    csv_row_init(&row);
    assert_int_equal(csv_read(&csv, &row, &why), 1);
    assert_int_equal(row.n, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(row.v[i], fields[i]);
    assert_int_equal(csv_read(&csv, &row, &why), 1);
    assert_string_equal(row.v[0], "x");
    assert_int_equal(csv_read(&csv, &row, &why), 0);
    csv_row_fini(&row);
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_written_is_read),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}

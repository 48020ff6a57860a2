/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of HTML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "html_text.h"
#include <string.h>

static struct {
    char const *html, *text;
} const rows[] = {
    { "", "" },
    { "plain", "plain" },
    { "  two \r\n\t words  ", "two words" },
    { "<b>bold</b> and <i>not</i>", "bold and not" },
    { "a<br>b<br/>c<BR />d", "a\nb\nc\nd" },
    { "a<br><br>b", "a\n\nb" },
    { "<p>one</p><p>two</p>", "one\n\ntwo" },
    { "<div>one</div><div>two</div>three", "one\ntwo\nthree" },
    { "<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc" },
    { "<html><head><title>x</title></head><body>hi</body></html>", "hi" },
    { "a<script>if (1 < 2) b</script>c", "ac" },
    { "a<style type='text/css'>p { }</STYLE>c", "ac" },
    { "a<script>never ends", "a" },
    { "a<!-- <b>not</b> -->b", "ab" },
    { "a<!-- never ends", "a" },
    { "<!DOCTYPE html><p>a</p>", "a" },
    { "<?xml version='1.0'?>a", "a" },
    { "1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;x&quot; &apos;", "1 < 2 && 3 > 2 \"x\" '" },
    { "&#65;&#x42;&#xfc;&#8364;&#x1F600;", "AB\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80" },
    { "a&nbsp;b&hellip;", "a b\xE2\x80\xA6" },
    { "a&#0;b&#x110000;c&#xD800;d&#7;e&#xFFFF;f", "a b c d e f" },
    { "AT&T & co; &unknown; &", "AT&T & co; &" },
    { "1 < 2", "1 < 2" },
    { "a <", "a <" },
    { "a </", "a </" },
    { "a <b", "a" },
    { "<a href='x>y'>z</a>", "y'>z" },
    { "<br><p>first</p>", "first" },
    { "gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out, 1000);
        buf_puts(&out, "*");
        html_text(rows[i].html, strlen(rows[i].html), &out);
        assert_string_equal(buf_text(&out) + 1, rows[i].text);
        buf_fini(&out);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See verdict_print.h. */
#include "verdict_print.h"
#include "buf.h"
#include "table.h"
#include <string.h>

enum { STEP_WIDTH = 9, VERDICT_WIDTH = 8, INDENT = 2, WRAP = 100 };

/* Facts stand under the words of the step. */
static char const margin[] = "            ";

char const *verdict_print_text(json_t const *object, char const *name)
{
    char const *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

/* "  name      value", with names in a column. */
void verdict_print_fact(struct buf *out, char const *name, char const *value)
{
    if (!*value)
        return;
    buf_printf(out, "%s%-*s ", margin, STEP_WIDTH + 2, name);
    table_print_text(value, out);
    buf_puts(out, "\n");
}

/* Ours, and therefore wrapped: words up to WRAP columns. */
static void print_words(struct buf *out, char const *name, char const *words)
{
    size_t column = sizeof margin - 1 + STEP_WIDTH + 3, start = column;
    if (!*words)
        return;
    buf_printf(out, "%s%-*s", margin, STEP_WIDTH + 2, name);
    while (*words) {
        size_t len = strcspn(words, " ");
        if (column > start && column + 1 + len > WRAP) {
            buf_printf(out, "\n%*s", (int)start - 1, "");
            column = start;
        }
        buf_puts(out, " ");
        buf_add(out, words, len);
        column += 1 + len;
        words += len + (words[len] == ' ');
    }
    buf_puts(out, "\n");
}

static void print_verdict(struct buf *out, char const *verdict)
{
    bool is_bad = strcmp(verdict, "failed") == 0;
    buf_printf(out, "%-*s", VERDICT_WIDTH, is_bad ? "FAILED" : verdict);
}

/* A column that nothing follows leaves no spaces. */
static void end_line(struct buf *out)
{
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    buf_puts(out, "\n");
}

void verdict_print_step(json_t const *step, struct buf *out)
{
    json_t const *ms = json_object_get(step, "ms");
    buf_printf(out, "%*s%-*s ", INDENT, "", STEP_WIDTH, verdict_print_text(step, "step"));
    print_verdict(out, verdict_print_text(step, "verdict"));
    if (ms)
        buf_printf(out, "%7.1f ms", json_real_value(ms));
    end_line(out);
}

void verdict_print_finding(json_t const *step, struct buf *out)
{
    verdict_print_fact(out, "detail", verdict_print_text(step, "detail"));
    print_words(out, "cause", verdict_print_text(step, "cause"));
    print_words(out, "remedy", verdict_print_text(step, "remedy"));
}

static void print_certificate(json_t const *cert, char const *name, struct buf *out)
{
    struct buf line;
    buf_init(&line, 65536);
    buf_printf(&line, "%s (%s), issued by %s", verdict_print_text(cert, "subject"),
               verdict_print_text(cert, "key"), verdict_print_text(cert, "issuer"));
    verdict_print_fact(out, name, buf_text(&line));
    buf_reset(&line);
    buf_printf(&line, "%.10s to %.10s", verdict_print_text(cert, "from"),
               verdict_print_text(cert, "to"));
    verdict_print_fact(out, "  valid", buf_text(&line));
    verdict_print_fact(out, "  names", verdict_print_text(cert, "names"));
    buf_fini(&line);
}

static void print_shown(json_t const *tls, struct buf *out)
{
    json_t const *cert;
    size_t i;
    json_array_foreach(json_object_get(tls, "shown"), i, cert)
        print_certificate(cert, i ? "behind it" : "it shows", out);
    int more = (int)json_integer_value(json_object_get(tls, "shown_more"));
    if (more)
        buf_printf(out, "%s%-*s %d more\n", margin, STEP_WIDTH + 2, "behind it", more);
    verdict_print_fact(out, "trusted by", verdict_print_text(tls, "trust_anchor"));
}

static void print_accepts(json_t const *tls, struct buf *out)
{
    json_t const *issuer;
    size_t i;
    json_array_foreach(json_object_get(tls, "accepts"), i, issuer)
        verdict_print_fact(out, i ? "" : "  issued by", json_string_value(issuer));
}

static void print_ours(json_t const *tls, struct buf *out)
{
    json_t const *ours = json_object_get(tls, "our_certificate");
    if (!json_is_true(json_object_get(tls, "asks_for_certificate"))) {
        verdict_print_fact(out, "it asks", "for no certificate of ours");
        return;
    }
    verdict_print_fact(out, "it asks", "for our certificate");
    print_accepts(tls, out);
    if (json_is_object(ours))
        print_certificate(ours, "we show", out);
    else
        verdict_print_fact(out, "we show", "none");
}

void verdict_print_dns(json_t const *dns, struct buf *out)
{
    json_t const *question;
    size_t i;
    verdict_print_step(dns, out);
    json_array_foreach(json_object_get(dns, "questions"), i, question)
    {
        buf_puts(out, margin);
        table_print_text(verdict_print_text(question, "question"), out);
        buf_puts(out, ": ");
        table_print_text(verdict_print_text(question, "answer"), out);
        buf_puts(out, "\n");
    }
    verdict_print_finding(dns, out);
}

void verdict_print_certificates(json_t const *tls, struct buf *out)
{
    print_shown(tls, out);
    if (json_array_size(json_object_get(tls, "shown")))
        print_ours(tls, out);
}

void verdict_print_end(json_t const *answer, struct buf *out)
{
    buf_puts(out, "\n");
    print_verdict(out, verdict_print_text(answer, "verdict"));
    end_line(out);
}

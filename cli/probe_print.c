/* SPDX-License-Identifier: Apache-2.0 */
/* Steps, certificates, causes and remedies of a probe: see probe_print.h. */
#include "probe_print.h"
#include "buf.h"
#include "table.h"
#include <string.h>

enum { STEP_WIDTH = 9, VERDICT_WIDTH = 8, INDENT = 2, WRAP = 100 };

/* Facts stand under the words of the step. */
static char const margin[] = "            ";

static char const *text(json_t const *object, char const *name)
{
    char const *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

/* "  name      value", with names in a column. */
static void print_fact(struct buf *out, char const *name, char const *value)
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

static void print_step(json_t const *step, struct buf *out)
{
    json_t const *ms = json_object_get(step, "ms");
    buf_printf(out, "%*s%-*s ", INDENT, "", STEP_WIDTH, text(step, "step"));
    print_verdict(out, text(step, "verdict"));
    if (ms)
        buf_printf(out, "%7.1f ms", json_real_value(ms));
    end_line(out);
}

static void print_finding(json_t const *step, struct buf *out)
{
    print_fact(out, "detail", text(step, "detail"));
    print_words(out, "cause", text(step, "cause"));
    print_words(out, "remedy", text(step, "remedy"));
}

/* --- DNS ---------------------------------------------------------------------------------------
 */

static void print_dns(json_t const *dns, struct buf *out)
{
    json_t const *question;
    size_t i;
    print_step(dns, out);
    json_array_foreach(json_object_get(dns, "questions"), i, question)
    {
        buf_puts(out, margin);
        table_print_text(text(question, "question"), out);
        buf_puts(out, ": ");
        table_print_text(text(question, "answer"), out);
        buf_puts(out, "\n");
    }
    print_finding(dns, out);
}

/* --- TLS ---------------------------------------------------------------------------------------
 */

static void print_certificate(json_t const *cert, char const *name, struct buf *out)
{
    struct buf line;
    buf_init(&line, 65536);
    buf_printf(&line, "%s (%s), issued by %s", text(cert, "subject"), text(cert, "key"),
               text(cert, "issuer"));
    print_fact(out, name, buf_text(&line));
    buf_reset(&line);
    buf_printf(&line, "%.10s to %.10s", text(cert, "from"), text(cert, "to"));
    print_fact(out, "  valid", buf_text(&line));
    print_fact(out, "  names", text(cert, "names"));
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
    print_fact(out, "trusted by", text(tls, "trust_anchor"));
}

static void print_accepts(json_t const *tls, struct buf *out)
{
    json_t const *issuer;
    size_t i;
    json_array_foreach(json_object_get(tls, "accepts"), i, issuer)
        print_fact(out, i ? "" : "  issued by", json_string_value(issuer));
}

static void print_ours(json_t const *tls, struct buf *out)
{
    json_t const *ours = json_object_get(tls, "our_certificate");
    if (!json_is_true(json_object_get(tls, "asks_for_certificate"))) {
        print_fact(out, "it asks", "for no certificate of ours");
        return;
    }
    print_fact(out, "it asks", "for our certificate");
    print_accepts(tls, out);
    if (json_is_object(ours))
        print_certificate(ours, "we show", out);
    else
        print_fact(out, "we show", "none");
}

static void print_as_client(json_t const *tls, struct buf *out)
{
    json_t const *entry;
    size_t i;
    json_array_foreach(json_object_get(tls, "as_client"), i, entry)
    {
        char const *subject = text(entry, "subject");
        struct buf line;
        buf_init(&line, 65536);
        if (*subject)
            buf_printf(&line, "context \"%s\" lets it in as \"%s\" (%s)", text(entry, "context"),
                       subject, text(entry, "by"));
        else
            buf_printf(&line, "context \"%s\" has none of its names among its subjects",
                       text(entry, "context"));
        print_fact(out, i ? "" : "as client", buf_text(&line));
        buf_fini(&line);
    }
}

static void print_tls(json_t const *tls, struct buf *out)
{
    struct buf line;
    buf_init(&line, 4096);
    buf_printf(&line, "context \"%s\", looking for \"%s\"", text(tls, "context"),
               text(tls, "server_name"));
    print_fact(out, "under", buf_text(&line));
    buf_reset(&line);
    if (*text(tls, "version"))
        buf_printf(&line, "%s, %s", text(tls, "version"), text(tls, "cipher"));
    print_fact(out, "agreed on", buf_text(&line));
    buf_fini(&line);
    print_shown(tls, out);
    if (json_array_size(json_object_get(tls, "shown")))
        print_ours(tls, out);
    print_as_client(tls, out);
}

/* --- OPTIONS -----------------------------------------------------------------------------------
 */

static void print_answer(json_t const *answer, struct buf *out)
{
    struct buf line;
    buf_init(&line, 4096);
    buf_printf(&line, "%d %s", (int)json_integer_value(json_object_get(answer, "status")),
               text(answer, "phrase"));
    print_fact(out, "answer", buf_text(&line));
    buf_fini(&line);
    print_fact(out, "server", text(answer, "server"));
    print_fact(out, "allow", text(answer, "allow"));
    print_fact(out, "sees us as", text(answer, "seen_as"));
}

static void print_address(json_t const *address, struct buf *out)
{
    json_t const *step, *answer = json_object_get(address, "answer");
    json_t const *tls = json_object_get(address, "tls");
    size_t i;
    buf_printf(out, "\n%s", text(address, "address"));
    if (*text(address, "from"))
        buf_printf(out, " from %s", text(address, "from"));
    buf_puts(out, "\n");
    json_array_foreach(json_object_get(address, "steps"), i, step)
    {
        print_step(step, out);
        if (strcmp(text(step, "step"), "tls") == 0 && tls)
            print_tls(tls, out);
        if (strcmp(text(step, "step"), "options") == 0 && answer)
            print_answer(answer, out);
        print_finding(step, out);
    }
}

void probe_print(json_t const *answer, struct buf *out)
{
    json_t const *address;
    size_t i;
    buf_printf(out, "%s, %s\n", text(answer, "uri"), text(answer, "chosen"));
    print_dns(json_object_get(answer, "dns"), out);
    json_array_foreach(json_object_get(answer, "addresses"), i, address)
        print_address(address, out);
    buf_puts(out, "\n");
    print_verdict(out, text(answer, "verdict"));
    end_line(out);
}

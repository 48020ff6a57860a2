/* SPDX-License-Identifier: Apache-2.0 */
/* Steps, certificates, causes and remedies of a probe: see probe_print.h. */
#include "probe_print.h"
#include "buf.h"
#include "verdict_print.h"
#include <string.h>

/* --- TLS ---------------------------------------------------------------------------------------
 */

static void print_as_client(json_t const *tls, struct buf *out)
{
    json_t const *entry;
    size_t i;
    json_array_foreach(json_object_get(tls, "as_client"), i, entry)
    {
        char const *subject = verdict_print_text(entry, "subject");
        struct buf line;
        buf_init(&line, 65536);
        if (*subject)
            buf_printf(&line, "context \"%s\" lets it in as \"%s\" (%s)",
                       verdict_print_text(entry, "context"), subject,
                       verdict_print_text(entry, "by"));
        else
            buf_printf(&line, "context \"%s\" has none of its names among its subjects",
                       verdict_print_text(entry, "context"));
        verdict_print_fact(out, i ? "" : "as client", buf_text(&line));
        buf_fini(&line);
    }
}

static void print_tls(json_t const *tls, struct buf *out)
{
    struct buf line;
    buf_init(&line, 4096);
    buf_printf(&line, "context \"%s\", looking for \"%s\"", verdict_print_text(tls, "context"),
               verdict_print_text(tls, "server_name"));
    verdict_print_fact(out, "under", buf_text(&line));
    buf_reset(&line);
    if (*verdict_print_text(tls, "version"))
        buf_printf(&line, "%s, %s", verdict_print_text(tls, "version"),
                   verdict_print_text(tls, "cipher"));
    verdict_print_fact(out, "agreed on", buf_text(&line));
    buf_fini(&line);
    verdict_print_certificates(tls, out);
    print_as_client(tls, out);
}

/* --- OPTIONS -----------------------------------------------------------------------------------
 */

static void print_answer(json_t const *answer, struct buf *out)
{
    struct buf line;
    buf_init(&line, 4096);
    buf_printf(&line, "%d %s", (int)json_integer_value(json_object_get(answer, "status")),
               verdict_print_text(answer, "phrase"));
    verdict_print_fact(out, "answer", buf_text(&line));
    buf_fini(&line);
    verdict_print_fact(out, "server", verdict_print_text(answer, "server"));
    verdict_print_fact(out, "allow", verdict_print_text(answer, "allow"));
    verdict_print_fact(out, "sees us as", verdict_print_text(answer, "seen_as"));
}

static void print_address(json_t const *address, struct buf *out)
{
    json_t const *step, *answer = json_object_get(address, "answer");
    json_t const *tls = json_object_get(address, "tls");
    size_t i;
    buf_printf(out, "\n%s", verdict_print_text(address, "address"));
    if (*verdict_print_text(address, "from"))
        buf_printf(out, " from %s", verdict_print_text(address, "from"));
    buf_puts(out, "\n");
    json_array_foreach(json_object_get(address, "steps"), i, step)
    {
        verdict_print_step(step, out);
        if (strcmp(verdict_print_text(step, "step"), "tls") == 0 && tls)
            print_tls(tls, out);
        if (strcmp(verdict_print_text(step, "step"), "options") == 0 && answer)
            print_answer(answer, out);
        verdict_print_finding(step, out);
    }
}

void probe_print(json_t const *answer, struct buf *out)
{
    json_t const *address;
    size_t i;
    buf_printf(out, "%s, %s\n", verdict_print_text(answer, "uri"),
               verdict_print_text(answer, "chosen"));
    verdict_print_dns(json_object_get(answer, "dns"), out);
    json_array_foreach(json_object_get(answer, "addresses"), i, address)
        print_address(address, out);
    verdict_print_end(answer, out);
}

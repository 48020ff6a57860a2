/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a check of a domain, see domain_print.h; certificates stand under the step "chain". */
#include "domain_print.h"
#include "buf.h"
#include "verdict_print.h"
#include <string.h>

enum { LINE_BYTES = 65536 };

static bool is_step(json_t const *step, char const *name)
{
    return strcmp(verdict_print_text(step, "step"), name) == 0;
}

/* How long the certificate of the server itself is good for. */
static void print_end(json_t const *tls, struct buf *out)
{
    json_t const *own = json_array_get(json_object_get(tls, "shown"), 0);
    int days = (int)json_integer_value(json_object_get(own, "days_left"));
    char const *plural = days == 1 || days == -1 ? "" : "s";
    struct buf line;

    if (!own)
        return;
    buf_init(&line, LINE_BYTES);
    if (days >= 0)
        buf_printf(&line, "%.10s, in %d day%s", verdict_print_text(own, "to"), days, plural);
    else
        buf_printf(&line, "%.10s, %d day%s ago", verdict_print_text(own, "to"), -days, plural);
    verdict_print_fact(out, "ends", buf_text(&line));
    buf_fini(&line);
}

static void print_one(json_t const *step, json_t const *tls, struct buf *out)
{
    json_t const *own = json_array_get(json_object_get(tls, "shown"), 0);

    verdict_print_step(step, out);
    if (is_step(step, "chain") && tls) {
        print_end(tls, out);
        verdict_print_certificates(tls, out);
    }
    if (is_step(step, "names")) {
        verdict_print_fact(out, "wanted", verdict_print_text(tls, "server_name"));
        verdict_print_fact(out, "there are", verdict_print_text(own, "names"));
    }
    verdict_print_finding(step, out);
}

static void print_address(json_t const *address, struct buf *out)
{
    bool is_direct = strcmp(verdict_print_text(address, "begins"), "tls") == 0;
    json_t const *tls = json_object_get(address, "tls"), *step;
    size_t i;

    buf_printf(out, "\n%s", verdict_print_text(address, "address"));
    if (*verdict_print_text(address, "from"))
        buf_printf(out, " from %s", verdict_print_text(address, "from"));
    buf_puts(out, is_direct ? ", which begins with TLS\n" : "\n");
    json_array_foreach(json_object_get(address, "steps"), i, step) print_one(step, tls, out);
}

void domain_print(json_t const *answer, struct buf *out)
{
    json_t const *allowed = json_object_get(answer, "allowed"), *address;
    size_t i;

    buf_printf(out, "%s\n", verdict_print_text(answer, "domain"));
    verdict_print_step(allowed, out);
    verdict_print_finding(allowed, out);
    verdict_print_dns(json_object_get(answer, "dns"), out);
    json_array_foreach(json_object_get(answer, "addresses"), i, address)
        print_address(address, out);
    verdict_print_end(answer, out);
}

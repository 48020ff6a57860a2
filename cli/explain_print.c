/* SPDX-License-Identifier: Apache-2.0 */
/* Steps, outcome, targets, headers: see explain_print.h. */
#include "explain_print.h"
#include "buf.h"
#include <string.h>

enum { STEP_WIDTH = 24 };

static char const *text(json_t const *object, char const *name)
{
    char const *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static void print_steps(json_t const *answer, struct buf *out)
{
    json_t const *step;
    size_t i;
    json_array_foreach(json_object_get(answer, "steps"), i, step)
    {
        bool taken = json_is_true(json_object_get(step, "taken"));
        buf_printf(out, "%3zu %s %-*s  %s\n", i + 1, taken ? "=>" : "  ", STEP_WIDTH,
                   text(step, "step"), text(step, "why"));
    }
}

static void print_addresses(json_t const *target, struct buf *out)
{
    json_t const *address;
    size_t i;
    json_array_foreach(json_object_get(target, "addresses"), i, address)
        buf_printf(out, "%s%s", i ? ", " : "", json_string_value(address));
    buf_puts(out, text(target, "why_not"));
}

static void print_targets(json_t const *answer, struct buf *out)
{
    json_t const *target;
    size_t i;
    json_array_foreach(json_object_get(answer, "targets"), i, target)
    {
        char const *name = text(target, "name"), *uri = text(target, "next_hop");
        bool named = *name && strcmp(name, uri) != 0;
        buf_printf(out, "  %zu. group %d  %s%s%s at ", i + 1,
                   (int)json_integer_value(json_object_get(target, "group")), named ? name : "",
                   named ? "  " : "", uri);
        print_addresses(target, out);
        if (*text(target, "request_uri"))
            buf_printf(out, "  as %s", text(target, "request_uri"));
        buf_puts(out, "\n");
    }
}

static void print_outcome(json_t const *answer, struct buf *out)
{
    char const *verdict = text(answer, "verdict");
    if (strcmp(verdict, "forward") == 0) {
        buf_printf(out, "\nForwarded by %s, to\n", text(answer, "rule"));
        print_targets(answer, out);
        return;
    }
    if (strcmp(verdict, "register") == 0) {
        buf_printf(out, "\nTo the %s: %s\n", text(answer, "rule"), text(answer, "phrase"));
        return;
    }
    buf_printf(out, "\n%s by %s: %d %s\n", strcmp(verdict, "refuse") == 0 ? "Refused" : "Answered",
               text(answer, "rule"), (int)json_integer_value(json_object_get(answer, "status")),
               text(answer, "phrase"));
}

static void print_headers(json_t const *answer, struct buf *out)
{
    json_t const *headers = json_object_get(answer, "headers"), *line;
    size_t i;
    if (json_array_size(headers))
        buf_puts(out, "\nHeaders on the way to the first of them\n");
    json_array_foreach(headers, i, line)
        buf_printf(out, "  %s %s\n", text(line, "change"), text(line, "line"));
}

void explain_print(json_t const *answer, struct buf *out)
{
    json_t const *origin = json_object_get(answer, "origin");
    buf_printf(out, "%s\nfrom %s over %s, received at %s", text(answer, "request"),
               text(origin, "from"), text(origin, "transport"), text(origin, "listener"));
    if (*text(origin, "context"))
        buf_printf(out, ", TLS context %s", text(origin, "context"));
    if (*text(origin, "subject"))
        buf_printf(out, ", TLS subject \"%s\"", text(origin, "subject"));
    buf_puts(out, "\n\n");
    print_steps(answer, out);
    print_outcome(answer, out);
    print_headers(answer, out);
}

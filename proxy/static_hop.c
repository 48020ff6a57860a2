/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops, sorted to find equal ones: see static_hop.h. */
#include "static_hop.h"
#include "next_hop.h"
#include "static_conf.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "sip:[" "]:65535;transport=tcp" and NUL */
enum { EXTRA_BYTES = 32 };

static int compare_hops(struct static_conf const *a, struct static_conf const *b)
{
    int order = strcasecmp(a->next_hop, b->next_hop);
    if (order == 0)
        order = (a->port > b->port) - (a->port < b->port);
    return order ? order : a->transport - b->transport;
}

static int compare(void const *va, void const *vb, void *vrows)
{
    struct static_conf const *rows = vrows;
    uint32_t const *a = va, *b = vb;
    return compare_hops(&rows[*a], &rows[*b]);
}

/* Indices of the rows that have a next hop, equal ones side by side. */
static uint32_t *sorted_rows(struct static_conf const *rows, size_t n, size_t *ret_n)
{
    uint32_t *sorted = malloc((n + 1) * sizeof *sorted);
    *ret_n = 0;
    for (size_t i = 0; sorted && i < n; i++)
        if (rows[i].next_hop && *rows[i].next_hop)
            sorted[(*ret_n)++] = (uint32_t)i;
    if (sorted)
        qsort_r(sorted, *ret_n, sizeof *sorted, compare, (void *)(uintptr_t)rows);
    return sorted;
}

static int reserve(struct static_hops *hops, struct static_conf const *rows, uint32_t const *sorted,
                   size_t n)
{
    size_t n_hops = 0, bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && compare_hops(&rows[sorted[i]], &rows[sorted[i - 1]]) == 0)
            continue;
        n_hops++;
        bytes += 2 * (strlen(rows[sorted[i]].next_hop) + EXTRA_BYTES);
    }
    hops->v = calloc(n_hops + 1, sizeof *hops->v);
    hops->texts = malloc(bytes + 1);
    return hops->v && hops->texts ? 0 : -ENOMEM;
}

/* Puts the URI down and returns it. */
static char *add_text(struct static_hops *hops, struct static_conf const *row)
{
    char host[NEXT_HOP_HOST], port[8] = "";
    char *text = hops->texts + hops->n_texts;
    size_t room = strlen(row->next_hop) + EXTRA_BYTES;
    if (row->port)
        (void)snprintf(port, sizeof port, ":%u", (unsigned)row->port);
    hops->n_texts += 1 + (size_t)snprintf(text, room, "sip:%s%s;transport=%s",
                                          next_hop_host(row->next_hop, host), port,
                                          static_conf_transport_name(row));
    return text;
}

int static_hops_init(struct static_hops *hops, struct static_conf const *rows, size_t n,
                     uint32_t *ret_index)
{
    size_t n_sorted;
    uint32_t *sorted = sorted_rows(rows, n, &n_sorted);
    *hops = (struct static_hops){ .n = 0 };
    int error = sorted ? reserve(hops, rows, sorted, n_sorted) : -ENOMEM;
    for (size_t i = 0; i < n; i++)
        ret_index[i] = STATIC_HOP_NONE;
    for (size_t i = 0; error == 0 && i < n_sorted; i++) {
        struct static_conf const *row = &rows[sorted[i]];
        if (i == 0 || compare_hops(row, &rows[sorted[i - 1]]) != 0) {
            struct static_hop *hop = &hops->v[hops->n++];
            hop->text = add_text(hops, row);
            /* url_d() takes its text apart. */
            (void)url_d(hop->uri, add_text(hops, row));
        }
        ret_index[sorted[i]] = (uint32_t)(hops->n - 1);
    }
    free(sorted);
    return error;
}

void static_hops_fini(struct static_hops *hops)
{
    free(hops->v);
    free(hops->texts);
    *hops = (struct static_hops){ .n = 0 };
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See resolve_rig.h. */
#include "resolve_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int resolve_rig_setup(void **state, struct dns_row const *zone, size_t n_rows)
{
    struct resolve_rig *rig = calloc(1, sizeof *rig);

    dns_rig_init(&rig->dns, zone, n_rows);
    *state = rig;
    return 0;
}

int resolve_rig_teardown(void **state)
{
    struct resolve_rig *rig = *state;

    dns_rig_fini(&rig->dns);
    free(rig);
    return 0;
}

static void on_answer(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct resolve_rig *rig = ctx;
    char addr[NET_ADDR_TEXT];
    size_t used = 0;

    rig->answers++;
    rig->text[0] = '\0';
    assert_true(n > 0 ? !why_not : why_not != NULL);
    if (!n)
        snprintf(rig->text, sizeof rig->text, "%s", why_not);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(rig->text + used, sizeof rig->text - used, "%s%s:%s", i ? " " : "",
                                 transport_kind_name(list[i].kind),
                                 net_addr_print(&list[i].addr, addr));
}

struct resolve_query *resolve_rig_ask(struct resolve_rig *rig, char const *uri)
{
    char text[512];
    url_t url;

    snprintf(text, sizeof text, "%s", uri);
    assert_int_equal(url_d(&url, text), 0);
    rig->answers = 0;
    return resolve_uri(rig->dns.resolver, &url, TRANSPORT_UDP, on_answer, rig);
}

void resolve_rig_expect(struct resolve_rig *rig, char const *uri, char const *answer)
{
    int had = rig->dns.questions;
    bool now = resolve_rig_ask(rig, uri) == NULL;

    assert_int_equal(rig->answers, now);
    dns_rig_run(&rig->dns);
    if (rig->answers != 1 || strcmp(rig->text, answer) != 0)
        fail_msg("%s: %d answers after %d questions, \"%s\" instead of \"%s\"", uri, rig->answers,
                 rig->dns.questions - had, rig->text, answer);
}

void resolve_rig_expect_rows(struct resolve_rig *rig, struct resolve_rig_row const *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        resolve_rig_expect(rig, rows[i].uri, rows[i].answer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of a context: what adds to them, and that they outlive it. */
#include "secure_counts.h"
#include "secure_link.h"
#include "secure_rig.h"
#include "secure_set.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20 };

struct ends {
    struct secure_link *client, *server;
};

static struct ends shake(struct secure_context *client, struct secure_context *server)
{
    struct ends ends = { secure_link_new(client, "a.test", MAX_OUT),
                         secure_link_new(server, NULL, MAX_OUT) };

    secure_rig_talk(ends.client, ends.server);
    return ends;
}

static void finish(struct ends *ends)
{
    secure_link_free(&ends->client);
    secure_link_free(&ends->server);
}

#define EXPECT(context, ...) expect(context, (int64_t const[SECURE_COUNTS]){ __VA_ARGS__ })

static void expect(struct secure_context *context, int64_t const counts[static SECURE_COUNTS])
{
    for (int i = 0; i < SECURE_COUNTS; i++)
        if (secure_counts_get(secure_context_counts(context), (enum secure_count)i) != counts[i])
            fail_msg("count %d is not %d", i, (int)counts[i]);
}

static int64_t failed(struct secure_context *context, enum secure_cause cause)
{
    return secure_counts_failed(secure_context_counts(context), cause);
}

static void test_opened(void **state)
{
    struct secure_settings const old = { .min_version = SECURE_TLS_1_0,
                                         .max_version = SECURE_TLS_1_1 },
                                 new = { .verify_server = true },
                                 some = { .max_version = SECURE_TLS_1_2 };
    struct secure_context *server = secure_rig_context(
        *state, "a", "ca", &(struct secure_settings){ .min_version = SECURE_TLS_1_0 });
    struct secure_settings const *const clients[] = { &old, &some, &new };
    struct ends ends[3];

    for (int i = 0; i < 3; i++) {
        struct secure_context *client = secure_rig_context(*state, NULL, "ca", clients[i]);
        ends[i] = shake(client, server);
        secure_context_unref(&client);
    }
    EXPECT(server, [SECURE_COUNT_ACCEPTED] = 3, [SECURE_COUNT_OPEN] = 3, [SECURE_COUNT_OLD] = 1,
           [SECURE_COUNT_TLS_1_2] = 1, [SECURE_COUNT_TLS_1_3] = 1);
    EXPECT(secure_link_context(ends[2].client), [SECURE_COUNT_OPENED] = 1, [SECURE_COUNT_OPEN] = 1,
           [SECURE_COUNT_TLS_1_3] = 1);
    /* However it ends, a connection ends once. */
    secure_link_close(ends[0].client);
    secure_rig_talk(ends[0].client, ends[0].server);
    secure_link_close(ends[1].server);
    finish(&ends[0]);
    finish(&ends[1]);
    EXPECT(server, [SECURE_COUNT_ACCEPTED] = 3, [SECURE_COUNT_OPEN] = 1, [SECURE_COUNT_OLD] = 1,
           [SECURE_COUNT_TLS_1_2] = 1, [SECURE_COUNT_TLS_1_3] = 1);
    assert_int_equal(secure_counts_failures(secure_context_counts(server)), 0);
    finish(&ends[2]);
    EXPECT(server, [SECURE_COUNT_ACCEPTED] = 3, [SECURE_COUNT_OLD] = 1, [SECURE_COUNT_TLS_1_2] = 1,
           [SECURE_COUNT_TLS_1_3] = 1);
    secure_context_unref(&server);
}

static void test_failed(void **state)
{
    struct secure_settings const demands = { .verify_peer = SECURE_VERIFY_REQUIRED };
    struct secure_context *server = secure_rig_context(*state, "a", "ca", &demands);
    struct secure_context *nobody = secure_rig_context(*state, NULL, "ca", NULL);
    struct secure_context *stranger = secure_rig_context(*state, "b", "other", NULL);
    struct ends ends = shake(nobody, server);

    /* TLS 1.3: the client was open when it was refused. */
    assert_int_equal(failed(server, SECURE_no_certificate), 1);
    assert_int_equal(failed(nobody, SECURE_not_accepted), 1);
    EXPECT(server, 0);
    EXPECT(nobody, [SECURE_COUNT_OPENED] = 1, [SECURE_COUNT_TLS_1_3] = 1);
    finish(&ends);
    ends = shake(stranger, server);
    assert_int_equal(failed(stranger, SECURE_untrusted), 1);
    assert_int_equal(failed(server, SECURE_not_accepted), 1);
    finish(&ends);
    ends = (struct ends){ .server = secure_link_new(server, NULL, MAX_OUT) };
    secure_link_abort(ends.server, SECURE_late, "");
    secure_link_abort(ends.server, SECURE_closed, "");
    assert_int_equal(secure_link_cause(ends.server), SECURE_late);
    assert_int_equal(failed(server, SECURE_late), 1);
    assert_int_equal(failed(server, SECURE_closed), 0);
    assert_int_equal(secure_counts_failures(secure_context_counts(server)), 3);
    secure_link_free(&ends.server);
    secure_context_unref(&server);
    secure_context_unref(&nobody);
    secure_context_unref(&stranger);
}

static struct secure_context *put(struct secure_set *set, struct secure_rig *rig, char const *name)
{
    struct secure_settings const like = { .name = name };
    struct secure_context *context = secure_rig_context(rig, "a", "ca", &like);
    struct secure_context *borrowed = context;

    secure_set_put(set, context);
    secure_context_unref(&context);
    return borrowed;
}

/* A context of the same name goes on, with the connections that are still open under the former. */
static void test_inherited(void **state)
{
    struct secure_set former, next;

    secure_set_init(&former);
    secure_set_init(&next);
    struct secure_context *old = put(&former, *state, "one");
    put(&former, *state, "gone");
    struct secure_context *added = put(&next, *state, "added"), *new = put(&next, *state, "one");
    struct ends ends = shake(old, old);
    secure_set_inherit(&next, &former);
    secure_set_fini(&former);
    EXPECT(new, [SECURE_COUNT_ACCEPTED] = 1, [SECURE_COUNT_OPENED] = 1, [SECURE_COUNT_OPEN] = 2,
           [SECURE_COUNT_TLS_1_3] = 2);
    EXPECT(added, 0);
    finish(&ends);
    EXPECT(new, [SECURE_COUNT_ACCEPTED] = 1, [SECURE_COUNT_OPENED] = 1, [SECURE_COUNT_TLS_1_3] = 2);
    secure_set_fini(&next);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "other", .cn = "Other", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
    };

    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_opened),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_inherited),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}

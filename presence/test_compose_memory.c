/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of a composition fails in turn: it says so, and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compose.h"
#include "memory_rig.h"
#include "pidf.h"
#include <errno.h>

static void fail_each(struct compose_input const *in)
{
    int result = -ENOMEM;

    for (long n = 0; result != 0; n++) {
        struct compose_result composed;
        memory_rig_fail_after(n);
        result = compose_run(in, &composed);
        bool failed = memory_rig_has_failed();
        memory_rig_fail_after(-1);
        assert_int_equal(result, failed ? -ENOMEM : 0);
        if (result == 0)
            compose_result_fini(&composed);
        assert_true(n < 1000);
    }
}

static void test_sources(void **state)
{
    struct pidf *doc = compose_statement("sip:a@b", "t", COMPOSE_AVAILABLE, "here");
    struct compose_source const sources[] = {
        { .kind = COMPOSE_DEVICE, .name = "a", .doc = doc },
        { .kind = COMPOSE_LINE, .name = "b", .doc = doc },
        { .kind = COMPOSE_MANUAL, .name = "m", .doc = doc },
    };

    (void)state;
    assert_non_null(doc);
    for (unsigned n = 0; n <= 3; n++)
        fail_each(&(struct compose_input){ "sip:a@b", sources, n });
    /* an idle line alone: with the tuple that says offline */
    fail_each(&(struct compose_input){ "sip:a@b", sources + 1, 1 });
    pidf_free(&doc);
}

static void test_statement(void **state)
{
    struct pidf *doc = NULL;

    (void)state;
    for (long n = 0; !doc; n++) {
        memory_rig_fail_after(n);
        doc = compose_statement("sip:a@b", "t", COMPOSE_DND, "note");
        assert_int_equal(doc == NULL, memory_rig_has_failed());
        memory_rig_fail_after(-1);
        assert_true(n < 100);
    }
    pidf_free(&doc);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

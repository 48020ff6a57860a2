/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of rest: which evidence changes the state of an address, and for how long it rests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peer_health.h"
#include <string.h>

static struct peer_rules const rules = { .backoff_min_ms = 1000, .backoff_max_ms = 60000 };

enum op { END, FAIL, PROBE_FAIL, ANSWER, REST_ENDS };

struct step {
    enum op op;
    uint64_t started, now, retry_after;
    bool news;
    enum peer_state state;
    uint64_t pause;
};

struct script {
    char const *name;
    struct step steps[12];
};

/* clang-format off */
static struct script const scripts[] = {
    { "a failure makes it rest, an answer of later brings it back", {
        { ANSWER, 100, 110, 0, true, PEER_UP, 0 },
        { ANSWER, 120, 130, 0, false, PEER_UP, 0 },
        { FAIL, 200, 210, 0, true, PEER_RESTING, 1000 },
        { ANSWER, 300, 310, 0, true, PEER_UP, 0 },
    } },
    { "pauses double up to the longest", {
        { FAIL, 100, 200, 0, true, PEER_RESTING, 1000 },
        { PROBE_FAIL, 1200, 1300, 0, true, PEER_RESTING, 2000 },
        { PROBE_FAIL, 3300, 3400, 0, true, PEER_RESTING, 4000 },
        { PROBE_FAIL, 8000, 8000, 0, true, PEER_RESTING, 8000 },
        { PROBE_FAIL, 20000, 20000, 0, true, PEER_RESTING, 16000 },
        { PROBE_FAIL, 40000, 40000, 0, true, PEER_RESTING, 32000 },
        { PROBE_FAIL, 80000, 80000, 0, true, PEER_RESTING, 60000 },
        { PROBE_FAIL, 180000, 180000, 0, true, PEER_RESTING, 60000 },
    } },
    { "an answer makes the next pause short again", {
        { FAIL, 100, 200, 0, true, PEER_RESTING, 1000 },
        { PROBE_FAIL, 1200, 1300, 0, true, PEER_RESTING, 2000 },
        { ANSWER, 3300, 3310, 0, true, PEER_UP, 0 },
        { FAIL, 4000, 4100, 0, true, PEER_RESTING, 1000 },
    } },
    { "requests that die together are one failure", {
        { ANSWER, 100, 110, 0, true, PEER_UP, 0 },
        { FAIL, 200, 500, 0, true, PEER_RESTING, 1000 },
        { FAIL, 300, 500, 0, false, PEER_RESTING, 1000 },
        { FAIL, 600, 700, 0, false, PEER_RESTING, 1000 }, /* tried all the same */
    } },
    { "what was sent before says nothing about the state", {
        { ANSWER, 100, 110, 0, true, PEER_UP, 0 },
        { FAIL, 200, 500, 0, true, PEER_RESTING, 1000 },
        { ANSWER, 400, 600, 0, false, PEER_RESTING, 1000 },
        { ANSWER, 600, 700, 0, true, PEER_UP, 0 },
        { FAIL, 650, 800, 0, false, PEER_UP, 0 },
        { FAIL, 700, 900, 0, true, PEER_RESTING, 1000 },
    } },
    { "without probes the end of the rest is a question, and the pause is not forgotten", {
        { FAIL, 100, 200, 0, true, PEER_RESTING, 1000 },
        { REST_ENDS, 0, 1200, 0, false, PEER_UNKNOWN, 1000 },
        { FAIL, 1100, 1300, 0, false, PEER_UNKNOWN, 1000 },
        { FAIL, 1200, 1300, 0, true, PEER_RESTING, 2000 },
    } },
    { "Retry-After is heard, but not for ever", {
        { FAIL, 100, 200, 5000, true, PEER_RESTING, 5000 },
        { PROBE_FAIL, 6000, 6000, 500, true, PEER_RESTING, 2000 },
        { PROBE_FAIL, 9000, 9000, UINT64_C(86400000), true, PEER_RESTING, 60000 },
    } },
};
/* clang-format on */

static bool play(struct peer_health *health, struct step const *step)
{
    switch (step->op) {
    case FAIL:
    case PROBE_FAIL:
        return peer_health_failed(health, &rules, step->op == PROBE_FAIL, step->started, step->now,
                                  step->retry_after, "why");
    case ANSWER:
        return peer_health_answered(health, step->started, step->now);
    default:
        peer_health_end_rest(health, step->now);
        return false;
    }
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct peer_health health = { .state = PEER_UNKNOWN };
        for (struct step const *step = scripts[i].steps; step->op != END; step++) {
            bool news = play(&health, step);
            if (news != step->news || health.state != step->state ||
                (step->pause > 0 && health.pause_ms != step->pause))
                fail_msg("%s: step %d: news=%d state=%s pause=%d", scripts[i].name,
                         (int)(step - scripts[i].steps), news, peer_health_state(health.state),
                         (int)health.pause_ms);
            if (news && health.state == PEER_RESTING)
                assert_int_equal(health.due_ms, step->now + step->pause);
        }
    }
}

/* How long it has been down is counted from the first failure. */
static void test_since(void **state)
{
    struct peer_health health = { .state = PEER_UNKNOWN };
    (void)state;
    assert_true(peer_health_failed(&health, &rules, false, 10, 20, 0, "503 from 192.0.2.1"));
    assert_true(peer_health_failed(&health, &rules, true, 1020, 1030, 0, "no answer"));
    assert_int_equal(health.since_ms, 20);
    assert_int_equal(health.failures, 2);
    assert_string_equal(health.why, "no answer");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

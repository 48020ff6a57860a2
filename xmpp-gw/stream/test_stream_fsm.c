/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of streams: sound, and its way through lives of each role. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_fsm.h"
#include <string.h>

struct life {
    uint8_t state;
    char did[64]; /* one letter for each action */
};

static int note(void *obj, char action)
{
    struct life *life = obj;
    size_t n = strlen(life->did);

    assert_true(n + 1 < sizeof life->did);
    life->did[n] = action;
    return FSM_OK;
}

#define ACTION(name, letter)                                                                       \
    int stream_act_##name(void *obj, void *arg)                                                    \
    {                                                                                              \
        (void)arg;                                                                                 \
        return note(obj, letter);                                                                  \
    }
ACTION(open, 'o')
ACTION(secure, 's')
ACTION(starttls, 't')
ACTION(proceed, 'p')
ACTION(reopen, 'O')
ACTION(handshake, 'h')
ACTION(offer, 'f')
ACTION(accepted, 'a')
ACTION(auth, 'x')
ACTION(dial, 'd')
ACTION(ready, 'R')
ACTION(refused, 'r')
ACTION(fault, 'F')
ACTION(late, 'L')
ACTION(unanswered, 'U')
ACTION(end, 'e')
ACTION(dead, '.')

enum { END = -1 };
#define E(name) STREAM_EV_##name

/* clang-format off */
static struct {
    char const *what;
    int events[16];
    char const *did;
} const lives[] = {
    { "component", { E(OPEN), E(HEADER_COMPONENT), E(READY), E(LOST), END }, "ohR." },
    { "component, wrong secret", { E(OPEN), E(HEADER_COMPONENT), E(END), E(LOST), END }, "ohe." },
    { "out: TLS and EXTERNAL",
      { E(OPEN), E(HEADER_OUT), E(WANT_TLS), E(PROCEED), E(SECURE), E(HEADER_OUT), E(WANT_SASL),
        E(PROVED), E(HEADER_OUT), E(READY), E(END), E(END), END }, "oatsOaxOaRe." },
    { "out: EXTERNAL is refused",
      { E(OPEN_DIRECT), E(SECURE), E(HEADER_OUT), E(WANT_SASL), E(REFUSED), END },
      "sOaxr" },
    { "out: EXTERNAL is refused, dialback is not",
      { E(OPEN_DIRECT), E(SECURE), E(HEADER_OUT), E(WANT_SASL), E(WANT_DIALBACK), E(READY), END },
      "sOaxdR" },
    { "out: dialback about a third one",
      { E(OPEN), E(HEADER_OUT), E(WANT_DIALBACK), E(END), E(LOST), END }, "oade." },
    { "out: dialback is refused",
      { E(OPEN), E(HEADER_OUT), E(WANT_DIALBACK), E(REFUSED), E(END), END }, "oadr." },
    { "out: dialback is not answered",
      { E(OPEN), E(HEADER_OUT), E(WANT_DIALBACK), E(TIMEOUT), E(TIMEOUT), END }, "oadU." },
    { "out: TLS is refused",
      { E(OPEN), E(HEADER_OUT), E(WANT_TLS), E(REFUSED), E(TIMEOUT), END }, "oatr." },
    { "in: TLS and EXTERNAL",
      { E(OPEN), E(HEADER_IN), E(PROCEED), E(SECURE), E(HEADER_IN), E(PROVED), E(HEADER_IN),
        E(READY), END },
      "ofpOfOfR" },
    { "in: a fault in the header", { E(OPEN), E(FAULT), E(LOST), END }, "oF." },
    { "in: TLS breaks", { E(OPEN), E(HEADER_IN), E(PROCEED), E(LOST), END }, "ofp." },
    { "in: silent", { E(OPEN), E(TIMEOUT), E(TIMEOUT), END }, "oL." },
    { "no connection", { E(TIMEOUT), END }, "." },
};
/* clang-format on */

static void test_table_is_sound(void **state)
{
    char fault[200] = "";

    (void)state;
    if (fsm_lint(&stream_fsm_table, fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

static void test_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        struct life life = { .state = STREAM_CONNECTING };
        for (int const *event = lives[i].events; *event != END; event++)
            assert_int_equal(fsm_step(&stream_fsm_table, &life.state, &life, *event, NULL, "x"), 0);
        if (strcmp(life.did, lives[i].did) != 0)
            fail_msg("%s: %s instead of %s", lives[i].what, life.did, lives[i].did);
    }
}

static void test_nothing_without_its_turn(void **state)
{
    struct life life = { .state = STREAM_OPENING };

    (void)state;
    assert_int_equal(fsm_step(&stream_fsm_table, &life.state, &life, E(READY), NULL, "x"), -71);
    assert_int_equal(life.state, STREAM_OPENING);
    assert_string_equal(life.did, "");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_nothing_without_its_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

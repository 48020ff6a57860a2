/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of a session: sound, and its way through lives of sessions. The actions here only
 * write down that they ran; the two that send BYE can fail as the real ones do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_fsm.h"
#include <stdbool.h>
#include <string.h>

/* What a session has come to. */
struct life {
    uint8_t state;
    bool bye_fails;
    char did[64]; /* one letter for each action */
};

static void note(struct life *life, char action)
{
    size_t n = strlen(life->did);

    assert_true(n + 1 < sizeof life->did);
    life->did[n] = action;
}

static int note_end(struct life *life, char action)
{
    note(life, action);
    return life->bye_fails ? SESSION_EV_DONE : FSM_OK;
}

int session_act_acked(void *obj, void *arg)
{
    (void)arg;
    note(obj, 'a');
    return FSM_OK;
}

int session_act_gone(void *obj, void *arg)
{
    (void)arg;
    note(obj, 'g');
    return FSM_OK;
}

int session_act_bye(void *obj, void *arg)
{
    (void)arg;
    note(obj, 'b');
    return FSM_OK;
}

int session_act_expired(void *obj, void *arg)
{
    (void)arg;
    return note_end(obj, 'x');
}

int session_act_lost(void *obj, void *arg)
{
    (void)arg;
    note(obj, 'l');
    return FSM_OK;
}

int session_act_forbidden(void *obj, void *arg)
{
    (void)arg;
    return note_end(obj, 'f');
}

int session_act_stopped(void *obj, void *arg)
{
    (void)arg;
    note(obj, 's');
    return FSM_OK;
}

int session_act_turn(void *obj, void *arg)
{
    (void)arg;
    return note_end(obj, 't');
}

int session_act_no_ack(void *obj, void *arg)
{
    (void)arg;
    return note_end(obj, 'n');
}

enum { ACK = SESSION_EV_ACK, BYE, EXPIRED, LOST, FORBIDDEN, STOPPED, TURN, NO_ACK, DONE, END = -1 };

/* clang-format off */
static struct {
    char const *what;
    int events[8];
    bool bye_fails;
    enum session_state state;
    char const *did;
} const lives[] = {
    { "sign-in and sign-out", { ACK, BYE, END }, false, SESSION_ENDED, "ab" },
    { "ACK repeated", { ACK, ACK, END }, false, SESSION_ACTIVE, "aa" },
    { "BYE before the ACK", { BYE, END }, false, SESSION_ENDED, "b" },
    { "no ACK", { NO_ACK, END }, false, SESSION_ENDING, "n" },
    { "no ACK of a re-INVITE", { ACK, NO_ACK, DONE, END }, false, SESSION_ENDED, "ang" },
    { "no refresh", { ACK, EXPIRED, DONE, END }, false, SESSION_ENDED, "axg" },
    { "no refresh, and our BYE is never answered", { ACK, EXPIRED, EXPIRED, END }, false,
      SESSION_ENDED, "axg" },
    { "no refresh in setup", { EXPIRED, END }, false, SESSION_ENDING, "x" },
    { "connection lost", { ACK, LOST, END }, false, SESSION_LEAVING, "al" },
    { "connection lost, and told so", { ACK, LOST, TURN, END }, false, SESSION_ENDING, "alt" },
    { "connection lost before the ACK", { LOST, ACK, TURN, DONE, END }, false, SESSION_ENDED,
      "latg" },
    { "connection lost again while ending", { ACK, LOST, LOST, TURN, LOST, DONE, END }, false,
      SESSION_ENDED, "altg" },
    { "the turn never comes", { ACK, LOST, EXPIRED, END }, false, SESSION_ENDING, "alt" },
    { "the user is not allowed any more", { ACK, FORBIDDEN, DONE, END }, false, SESSION_ENDED,
      "afg" },
    { "not allowed any more, before the ACK", { FORBIDDEN, END }, false, SESSION_ENDING, "f" },
    { "the gateway stops", { ACK, STOPPED, TURN, END }, false, SESSION_ENDING, "ast" },
    { "the gateway stops before the ACK", { STOPPED, TURN, END }, true, SESSION_ENDED, "stg" },
    { "both say BYE", { ACK, LOST, TURN, BYE, END }, false, SESSION_ENDED, "altg" },
    { "BYE before our turn", { ACK, LOST, BYE, END }, false, SESSION_ENDED, "alg" },
    { "BYE cannot be sent after expiry", { ACK, EXPIRED, END }, true, SESSION_ENDED, "axg" },
    { "BYE cannot be sent after loss", { LOST, TURN, END }, true, SESSION_ENDED, "ltg" },
    { "BYE cannot be sent without ACK", { NO_ACK, END }, true, SESSION_ENDED, "ng" },
};

static struct {
    enum session_state state;
    int event;
} const unlisted[] = {
    { SESSION_SETUP, DONE }, { SESSION_ACTIVE, DONE }, { SESSION_ENDING, NO_ACK },
    { SESSION_ENDED, ACK }, { SESSION_ENDED, BYE }, { SESSION_ENDED, EXPIRED },
    { SESSION_ENDING, FORBIDDEN }, { SESSION_ENDED, FORBIDDEN },
    { SESSION_ENDING, STOPPED }, { SESSION_ENDED, STOPPED },
    { SESSION_SETUP, TURN }, { SESSION_ACTIVE, TURN }, { SESSION_ENDING, TURN },
    { SESSION_ENDED, TURN }, { SESSION_LEAVING, STOPPED }, { SESSION_LEAVING, NO_ACK },
    { SESSION_LEAVING, DONE }, { SESSION_LEAVING, FORBIDDEN },
    { SESSION_ENDED, LOST }, { SESSION_ENDED, NO_ACK }, { SESSION_ENDED, DONE },
};
/* clang-format on */

static void test_lint(void **state)
{
    char fault[100] = "";
    (void)state;

    int err = fsm_lint(session_fsm(), fault, sizeof fault);
    assert_string_equal(fault, "");
    assert_int_equal(err, 0);
    assert_int_equal(session_fsm()->initial, SESSION_SETUP);
}

static void test_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        struct life life = { .state = SESSION_SETUP, .bye_fails = lives[i].bye_fails };

        print_message("# %s\n", lives[i].what);
        for (int const *event = lives[i].events; *event != END; event++)
            assert_int_equal(fsm_step(session_fsm(), &life.state, &life, *event, NULL, "life"), 0);
        assert_int_equal(life.state, lives[i].state);
        assert_string_equal(life.did, lives[i].did);
    }
}

/* All pairs but these have a row. */
static void test_unlisted(void **state)
{
    uint64_t before = fsm_unlisted();
    size_t refused = 0;
    (void)state;

    for (size_t i = 0; i < sizeof unlisted / sizeof *unlisted; i++) {
        struct life life = { .state = unlisted[i].state };
        assert_true(fsm_step(session_fsm(), &life.state, &life, unlisted[i].event, NULL, "x") < 0);
        assert_int_equal(life.state, unlisted[i].state);
        assert_string_equal(life.did, "");
    }
    assert_int_equal(fsm_unlisted() - before, sizeof unlisted / sizeof *unlisted);
    for (int in = 0; in < SESSION_STATES; in++) {
        for (int event = 0; event < SESSION_EVENTS; event++) {
            struct life life = { .state = (uint8_t)in };
            refused += fsm_step(session_fsm(), &life.state, &life, event, NULL, "x") < 0;
        }
    }
    assert_int_equal(refused, sizeof unlisted / sizeof *unlisted);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lint),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_unlisted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

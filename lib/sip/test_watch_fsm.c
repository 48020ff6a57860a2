/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of subscriptions of ours: sound, and what becomes of each answer. The
 * actions here only write down that they ran. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch_fsm.h"
#include <string.h>

struct life {
    uint8_t state;
    char did; /* the last action */
};

#define ACTION(name, letter)                                                                       \
    int name(void *obj, void *arg)                                                                 \
    {                                                                                              \
        (void)arg;                                                                                 \
        ((struct life *)obj)->did = letter;                                                        \
        return FSM_OK;                                                                             \
    }

ACTION(watch_act_ask, 'a')
ACTION(watch_act_refresh, 'r')
ACTION(watch_act_hold, 'h')
ACTION(watch_act_again, 'g')
ACTION(watch_act_longer, 'l')
ACTION(watch_act_back_off, 'b')
ACTION(watch_act_told, 't')
ACTION(watch_act_stop, 's')
ACTION(watch_act_turn, 'n')
ACTION(watch_act_unsubscribe, 'u')
ACTION(watch_act_last, 'e')
ACTION(watch_act_go, 'o')

/* clang-format off */
static struct {
    enum watch_state from;
    enum watch_event event;
    char did; /* 0: nothing, the pair is not listed; '-': it is, and nothing is to be done */
    enum watch_state to;
} const steps[] = {
    { WATCH_WAITING,    WATCH_EV_TIMER,     'a', WATCH_ASKING },
    { WATCH_WAITING,    WATCH_EV_TOLD,      0,   WATCH_WAITING },
    /* a request that failed is under way, and is not any more in these */
    { WATCH_WAITING,    WATCH_EV_FAILED,    0,   WATCH_WAITING },
    { WATCH_ACTIVE,     WATCH_EV_FAILED,    0,   WATCH_ACTIVE },
    { WATCH_STOPPED,    WATCH_EV_FAILED,    0,   WATCH_STOPPED },
    { WATCH_ASKING,     WATCH_EV_TOLD,      't', WATCH_ASKING }, /* NOTIFY before the 2xx */
    { WATCH_ASKING,     WATCH_EV_ACCEPTED,  'h', WATCH_ACTIVE },
    { WATCH_ASKING,     WATCH_EV_FAILED,    'b', WATCH_WAITING },
    { WATCH_ASKING,     WATCH_EV_GONE,      'b', WATCH_WAITING },
    { WATCH_ASKING,     WATCH_EV_TOO_BRIEF, 'l', WATCH_WAITING },
    { WATCH_ASKING,     WATCH_EV_TIMER,     'b', WATCH_WAITING },
    { WATCH_ACTIVE,     WATCH_EV_TIMER,     'r', WATCH_REFRESHING },
    { WATCH_ACTIVE,     WATCH_EV_SILENT,    'b', WATCH_WAITING },
    { WATCH_ACTIVE,     WATCH_EV_TOLD,      't', WATCH_ACTIVE },
    { WATCH_ACTIVE,     WATCH_EV_ENDED,     'g', WATCH_WAITING },
    { WATCH_ACTIVE,     WATCH_EV_PUT_OFF,   'b', WATCH_WAITING },
    { WATCH_ACTIVE,     WATCH_EV_REFUSED,   's', WATCH_STOPPED },
    { WATCH_REFRESHING, WATCH_EV_ACCEPTED,  'h', WATCH_ACTIVE },
    { WATCH_REFRESHING, WATCH_EV_GONE,      'g', WATCH_WAITING },
    { WATCH_REFRESHING, WATCH_EV_FAILED,    'b', WATCH_WAITING },
    { WATCH_REFRESHING, WATCH_EV_ENDED,     'g', WATCH_WAITING },
    { WATCH_STOPPED,    WATCH_EV_TIMER,     0,   WATCH_STOPPED },
    { WATCH_ASKING,     WATCH_EV_REFUSED,   's', WATCH_STOPPED },
    /* nobody wants it any more: the other side is told, once what is under way is answered */
    { WATCH_WAITING,    WATCH_EV_LEAVE,     'o', WATCH_GONE },
    { WATCH_STOPPED,    WATCH_EV_LEAVE,     'o', WATCH_GONE },
    { WATCH_ASKING,     WATCH_EV_LEAVE,     '-', WATCH_LEAVING },
    { WATCH_REFRESHING, WATCH_EV_LEAVE,     '-', WATCH_LEAVING },
    { WATCH_ACTIVE,     WATCH_EV_LEAVE,     'n', WATCH_LEAVING },
    { WATCH_LEAVING,    WATCH_EV_TOLD,      '-', WATCH_LEAVING },
    { WATCH_LEAVING,    WATCH_EV_ACCEPTED,  'n', WATCH_LEAVING },
    { WATCH_LEAVING,    WATCH_EV_TIMER,     'u', WATCH_ENDING },
    { WATCH_LEAVING,    WATCH_EV_FAILED,    'o', WATCH_GONE },
    { WATCH_LEAVING,    WATCH_EV_ENDED,     'o', WATCH_GONE },
    { WATCH_ENDING,     WATCH_EV_ACCEPTED,  'e', WATCH_ENDING },
    { WATCH_ENDING,     WATCH_EV_TOLD,      '-', WATCH_ENDING },
    { WATCH_ENDING,     WATCH_EV_ENDED,     'o', WATCH_GONE },
    { WATCH_ENDING,     WATCH_EV_REFUSED,   'o', WATCH_GONE },
    { WATCH_ENDING,     WATCH_EV_GONE,      'o', WATCH_GONE },
    { WATCH_ENDING,     WATCH_EV_FAILED,    'o', WATCH_GONE },
    { WATCH_ENDING,     WATCH_EV_TIMER,     'o', WATCH_GONE },
};
/* clang-format on */

static void test_lint(void **state)
{
    char fault[200];

    (void)state;
    if (fsm_lint(watch_fsm(), fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

static void test_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct life life = { .state = (uint8_t)steps[i].from };
        int err = fsm_step(watch_fsm(), &life.state, &life, (int)steps[i].event, NULL, "w");
        print_message("# %zu\n", i);
        assert_int_equal(err == 0, steps[i].did != 0);
        assert_int_equal(life.did, steps[i].did == '-' ? 0 : steps[i].did);
        assert_int_equal(life.state, steps[i].to);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_lint), cmocka_unit_test(test_steps) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

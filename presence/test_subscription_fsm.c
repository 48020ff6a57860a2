/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of a subscription: sound, and its way through lives of subscriptions. The actions
 * here only write down that they ran. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subscription_fsm.h"
#include <stdbool.h>
#include <string.h>

/* What a subscription has come to. */
struct life {
    uint8_t state;
    bool is_last; /* the NOTIFY that is answered next */
    char did[64]; /* one letter for each action */
};

static int note(struct life *life, char action)
{
    size_t n = strlen(life->did);

    assert_true(n + 1 < sizeof life->did);
    life->did[n] = action;
    return FSM_OK;
}

#define ACTION(name, letter)                                                                       \
    int name(void *obj, void *arg)                                                                 \
    {                                                                                              \
        (void)arg;                                                                                 \
        return note(obj, letter);                                                                  \
    }

ACTION(subscription_act_allow, 'a')
ACTION(subscription_act_hold, 'h')
ACTION(subscription_act_tell, 't')
ACTION(subscription_act_change, 'c')
ACTION(subscription_act_go_on, 'n')
ACTION(subscription_act_expire, 'x')
ACTION(subscription_act_end, 'e')
ACTION(subscription_act_fail, 'f')
ACTION(subscription_act_go, 'g')
ACTION(subscription_act_put_off, 'p')

/* The NOTIFY that was under way when the end came is followed by the last one. */
int subscription_act_last(void *obj, void *arg)
{
    struct life *life = obj;
    bool was_last = life->is_last;

    (void)arg;
    note(life, 'l');
    life->is_last = true;
    return was_last ? SUBSCRIPTION_EV_FAILED : FSM_OK;
}

enum {
    ALLOWED = SUBSCRIPTION_EV_ALLOWED,
    HELD,
    ASKED,
    CHANGED,
    PACED,
    EXPIRED,
    END,
    TOLD,
    FAILED,
    PUT_OFF,
    OVER = -1
};

/* clang-format off */
static struct {
    char const *what;
    int events[8];
    bool is_last;
    enum subscription_state state;
    char const *did;
} const lives[] = {
    { "allowed, told, changed", { ALLOWED, TOLD, CHANGED, TOLD, OVER }, false,
      SUBSCRIPTION_ACTIVE, "ancn" },
    { "a refresh", { ALLOWED, ASKED, TOLD, OVER }, false, SUBSCRIPTION_ACTIVE, "atn" },
    { "one that waits hears of no change", { ASKED, CHANGED, TOLD, OVER }, false,
      SUBSCRIPTION_PENDING, "tn" },
    { "allowed after it has waited", { ASKED, TOLD, ALLOWED, OVER }, false, SUBSCRIPTION_ACTIVE,
      "tna" },
    { "has to wait again", { ALLOWED, HELD, OVER }, false, SUBSCRIPTION_PENDING, "ah" },
    { "nothing new from policy", { HELD, ALLOWED, ALLOWED, OVER }, false, SUBSCRIPTION_ACTIVE,
      "a" },
    { "the interval is over", { ALLOWED, CHANGED, PACED, OVER }, false, SUBSCRIPTION_ACTIVE,
      "acn" },
    { "expires and is told so", { ALLOWED, EXPIRED, TOLD, OVER }, true, SUBSCRIPTION_ENDED,
      "axlg" },
    { "one look", { EXPIRED, TOLD, OVER }, true, SUBSCRIPTION_ENDED, "xlg" },
    { "ends while a NOTIFY is under way", { ALLOWED, END, TOLD, TOLD, OVER }, false,
      SUBSCRIPTION_ENDED, "aellg" },
    { "ends twice", { ALLOWED, END, END, OVER }, false, SUBSCRIPTION_ENDING, "ae" },
    { "the last NOTIFY is never answered", { ALLOWED, END, EXPIRED, OVER }, true,
      SUBSCRIPTION_ENDED, "aeg" },
    { "the last NOTIFY fails", { ALLOWED, END, FAILED, OVER }, true, SUBSCRIPTION_ENDED, "aeg" },
    { "no memory for the last NOTIFY", { ALLOWED, END, PACED, OVER }, false, SUBSCRIPTION_ENDING,
      "aen" },
    { "a NOTIFY fails", { ALLOWED, CHANGED, FAILED, OVER }, false, SUBSCRIPTION_ENDED, "acf" },
    { "not reached after a restart, then told", { ALLOWED, PUT_OFF, PACED, TOLD, OVER }, false,
      SUBSCRIPTION_ACTIVE, "apnn" },
    { "not reached with the last NOTIFY", { ALLOWED, EXPIRED, PUT_OFF, PACED, TOLD, OVER }, true,
      SUBSCRIPTION_ENDED, "axpnlg" },
    { "a NOTIFY fails while it waits", { ASKED, FAILED, OVER }, false, SUBSCRIPTION_ENDED, "tf" },
};

static struct {
    enum subscription_state state;
    int event;
} const unlisted[] = {
    { SUBSCRIPTION_ENDING, ALLOWED }, { SUBSCRIPTION_ENDING, HELD },
    { SUBSCRIPTION_ENDING, ASKED }, { SUBSCRIPTION_ENDING, CHANGED },
    { SUBSCRIPTION_ENDED, ALLOWED }, { SUBSCRIPTION_ENDED, HELD },
    { SUBSCRIPTION_ENDED, ASKED }, { SUBSCRIPTION_ENDED, CHANGED },
    { SUBSCRIPTION_ENDED, PACED }, { SUBSCRIPTION_ENDED, EXPIRED },
    { SUBSCRIPTION_ENDED, END }, { SUBSCRIPTION_ENDED, TOLD },
    { SUBSCRIPTION_ENDED, FAILED }, { SUBSCRIPTION_ENDED, PUT_OFF },
};
/* clang-format on */

static void test_lint(void **state)
{
    char fault[100] = "";
    (void)state;

    int err = fsm_lint(subscription_fsm(), fault, sizeof fault);
    assert_string_equal(fault, "");
    assert_int_equal(err, 0);
    assert_int_equal(subscription_fsm()->initial, SUBSCRIPTION_PENDING);
}

static void test_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        struct life life = { .state = SUBSCRIPTION_PENDING, .is_last = lives[i].is_last };

        print_message("# %s\n", lives[i].what);
        for (int const *event = lives[i].events; *event != OVER; event++)
            assert_int_equal(fsm_step(subscription_fsm(), &life.state, &life, *event, NULL, "life"),
                             0);
        assert_int_equal(life.state, lives[i].state);
        assert_string_equal(life.did, lives[i].did);
    }
}

/* All pairs but these have a row. */
static void test_unlisted(void **state)
{
    size_t refused = 0;
    (void)state;

    for (size_t i = 0; i < sizeof unlisted / sizeof *unlisted; i++) {
        struct life life = { .state = (uint8_t)unlisted[i].state };
        assert_true(fsm_step(subscription_fsm(), &life.state, &life, unlisted[i].event, NULL, "x") <
                    0);
        assert_int_equal(life.state, unlisted[i].state);
        assert_string_equal(life.did, "");
    }
    for (int in = 0; in < SUBSCRIPTION_STATES; in++)
        for (int event = 0; event < SUBSCRIPTION_EVENTS; event++) {
            struct life life = { .state = (uint8_t)in };
            refused += fsm_step(subscription_fsm(), &life.state, &life, event, NULL, "x") < 0;
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

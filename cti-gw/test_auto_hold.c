/* SPDX-License-Identifier: Apache-2.0 */
/* The way of an AnswerCall over a provider that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auto_hold.h"
#include "cti_metrics.h"
#include <errno.h>
#include <string.h>

static struct {
    enum csta_type type, replied;
    char call[16], device[16], error[40];
    driver_reply_fn *reply;
    void *ctx;
    int err, asked;
} last;

int provider_request(struct provider *provider, unsigned index, struct csta_msg const *request,
                     driver_reply_fn *reply, void *ctx)
{
    char const *device = request->device ? request->device : request->conn.device_id;

    assert_null(provider);
    assert_int_equal(index, 3);
    last.type = request->type;
    snprintf(last.device, sizeof last.device, "%s", device);
    snprintf(last.call, sizeof last.call, "%s", request->conn.call_id ? request->conn.call_id : "");
    last.reply = reply;
    last.ctx = ctx;
    last.asked++;
    return last.err;
}

static void on_reply(void *ctx, struct csta_msg const *reply)
{
    assert_ptr_equal(ctx, &last);
    last.replied = reply->type;
    snprintf(last.error, sizeof last.error, "%s", reply->error.value ? reply->error.value : "");
}

static int start(void **state)
{
    struct csta_msg const answer = { .type = CSTA_AnswerCall,
                                     .edition = CSTA_ED3,
                                     .conn = { "c2", "2001" } };

    (void)state;
    memset(&last, 0, sizeof last);
    assert_int_equal(auto_hold_answer(NULL, 3, &answer, on_reply, &last), 0);
    assert_int_equal(last.type, CSTA_SnapshotDevice);
    assert_string_equal(last.device, "2001");
    return 0;
}

static void give_snapshot(enum csta_connection_state first)
{
    struct csta_snapshot_item items[] = {
        { .conn = { "c1", "2001" }, .state = first },
        { .conn = { "c2", "2001" }, .state = CSTA_STATE_alerting },
    };
    struct csta_msg const reply = { .type = CSTA_SnapshotDeviceResponse,
                                    .items = items,
                                    .n_items = 2 };

    last.reply(last.ctx, &reply);
}

static void expect_answer(void)
{
    struct csta_msg const yes = { .type = CSTA_AnswerCallResponse };

    assert_int_equal(last.type, CSTA_AnswerCall);
    assert_string_equal(last.call, "c2");
    assert_string_equal(last.device, "2001");
    assert_int_equal(last.replied, CSTA_NONE);
    last.reply(last.ctx, &yes);
    assert_int_equal(last.replied, CSTA_AnswerCallResponse);
}

static void test_active_call(void **state)
{
    struct csta_msg const held = { .type = CSTA_HoldCallResponse };
    (void)state;

    give_snapshot(CSTA_STATE_connected);
    assert_int_equal(last.type, CSTA_HoldCall);
    assert_string_equal(last.call, "c1");
    assert_string_equal(last.device, "2001");
    last.reply(last.ctx, &held);
    expect_answer();
}

static void test_nothing_to_hold(void **state)
{
    (void)state;
    give_snapshot(CSTA_STATE_hold);
    expect_answer();
    assert_int_equal(last.asked, 2);
}

/* Neither a snapshot nor a hold that fails takes the answer from the client. */
static void test_errors(void **state)
{
    struct csta_msg const error = { .type = CSTA_CSTAErrorCode,
                                    .error = { CSTA_ERROR_operation, "invalidCallID" } };
    (void)state;

    give_snapshot(CSTA_STATE_connected);
    last.reply(last.ctx, &error);
    expect_answer();
    start(state);
    last.reply(last.ctx, &error);
    expect_answer();
}

/* Too many of all users together is another error than too many of this one. */
static void test_lost_on_the_way(void **state)
{
    (void)state;
    last.err = -ENOTCONN;
    give_snapshot(CSTA_STATE_connected);
    assert_int_equal(last.type, CSTA_AnswerCall);
    assert_int_equal(last.replied, CSTA_CSTAErrorCode);
    assert_string_equal(last.error, "resourceOutOfService");
    assert_int_equal(met_get(&cti_metrics, M_refused_limit), 0);
    start(state);
    last.err = -EBUSY;
    give_snapshot(CSTA_STATE_connected);
    assert_int_equal(last.replied, CSTA_CSTAErrorCode);
    assert_string_equal(last.error, "performanceLimitExceeded");
    assert_int_equal(met_get(&cti_metrics, M_refused_limit), 1);
}

static void test_not_even_asked(void **state)
{
    struct csta_msg const answer = { .type = CSTA_AnswerCall, .conn = { NULL, "2001" } };
    (void)state;

    memset(&last, 0, sizeof last);
    last.err = -EBUSY;
    assert_int_equal(auto_hold_answer(NULL, 3, &answer, on_reply, &last), -EBUSY);
    assert_int_equal(last.replied, CSTA_NONE);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup(test_active_call, start),
        cmocka_unit_test_setup(test_nothing_to_hold, start),
        cmocka_unit_test_setup(test_errors, start),
        cmocka_unit_test_setup(test_lost_on_the_way, start),
        cmocka_unit_test(test_not_even_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

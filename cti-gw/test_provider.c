/* SPDX-License-Identifier: Apache-2.0 */
/* The list of CTI connections over a driver of our own: who gets the next session, and what happens
 * when connections go and come (guide-rcc 2). This program's driver_find() stands for the list of
 * drivers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cti_conf.h"
#include "cti_metrics.h"
#include "ctl.h"
#include "provider.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 10 };

struct driver_conn {
    struct driver_options options;
    struct driver_host const *host;
    void *ctx;
};

/* What the driver was told, and what the gateway was. */
static struct world {
    struct driver_conn *conns[MOST];
    size_t opened, closed, fail_at;
    unsigned lost[MOST];
    char const *reason;
    unsigned event_index, status_index, statuses;
    enum csta_system_status status;
    enum csta_type cannot; /* what the other end takes off */
    struct csta_msg const *event, *request;
    struct driver_conn *asked;
    int answer;
} world;

static struct driver_conn *fake_open(struct driver_options const *options,
                                     struct driver_host const *host, void *ctx)
{
    if (world.opened == world.fail_at)
        return NULL;
    struct driver_conn *conn = calloc(1, sizeof *conn);
    *conn = (struct driver_conn){ *options, host, ctx };
    assert_true(world.opened < MOST);
    world.conns[world.opened++] = conn;
    return conn;
}

static void fake_close(struct driver_conn **pconn)
{
    world.closed += *pconn != NULL;
    free(*pconn);
    *pconn = NULL;
}

static int fake_service(struct driver_conn *conn, struct csta_msg const *request,
                        driver_reply_fn *reply, void *ctx)
{
    struct csta_msg const response = { .type = csta_response_of(request->type) };

    world.asked = conn;
    world.request = request;
    if (world.answer == 0)
        reply(ctx, &response);
    return world.answer;
}

static void fake_narrow(struct driver_conn const *conn, struct csta_set *set)
{
    assert_ptr_equal(conn, world.conns[0]);
    if (world.cannot)
        set->bits[world.cannot / 64] &= ~(UINT64_C(1) << world.cannot % 64);
}

static struct driver const fake = {
    .name = "fake",
    .open = fake_open,
    .close = fake_close,
    .narrow = fake_narrow,
    .service = { [CSTA_MonitorStart] = fake_service, [CSTA_MakeCall] = fake_service },
    .events = { .bits = { CSTA_BIT(CSTA_DeliveredEvent, 0), CSTA_BIT(CSTA_DeliveredEvent, 1) } },
};

struct driver const *driver_find(char const *name)
{
    return strcmp(name, "fake") == 0 ? &fake : NULL;
}

static void on_lost(void *ctx, unsigned index, char const *reason)
{
    assert_ptr_equal(ctx, &world);
    world.lost[index]++;
    world.reason = reason;
}

static void on_event(void *ctx, unsigned index, struct csta_msg const *event)
{
    assert_ptr_equal(ctx, &world);
    world.event_index = index;
    world.event = event;
}

static void on_status(void *ctx, unsigned index, enum csta_system_status status)
{
    assert_ptr_equal(ctx, &world);
    world.status_index = index;
    world.status = status;
    world.statuses++;
}

static char const *whose(void *ctx, unsigned index, char const *monitor_xref)
{
    (void)ctx, (void)index, (void)monitor_xref;
    return "";
}

static struct provider_handlers const handlers = { on_lost, on_event, on_status, whose };

static char const *addresses[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5",
                                   "192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9" };

static struct provider *start(size_t n)
{
    struct cti_conf const conf = { .driver = "fake", .connections = { .v = addresses, .n = n } };
    struct driver_options const base = { .password = "secret", .heartbeat_s = 30 };

    world = (struct world){ .fail_at = world.fail_at };
    return provider_new(&conf, &base, &handlers, &world);
}

static int start_fresh(void **state)
{
    (void)state;
    world = (struct world){ .fail_at = MOST };
    return 0;
}

static void up(size_t i)
{
    world.conns[i]->host->on_up(world.conns[i]->ctx, "identity");
}

static void down(size_t i, char const *reason)
{
    world.conns[i]->host->on_down(world.conns[i]->ctx, reason);
}

static int64_t ups(void)
{
    return met_get(&cti_metrics, M_connections_up);
}

static void test_open(void **state)
{
    struct provider *provider = start(3);
    (void)state;

    assert_non_null(provider);
    assert_int_equal(world.opened, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(world.conns[i]->options.address, addresses[i]);
        assert_string_equal(world.conns[i]->options.password, "secret");
        assert_int_equal(world.conns[i]->options.heartbeat_s, 30);
        assert_false(provider_is_up(provider, (unsigned)i));
    }
    provider_free(&provider);
    assert_null(provider);
    assert_int_equal(world.closed, 3);
    provider_free(&provider);
}

static void test_no_more_than_eight(void **state)
{
    struct provider *provider = start(9);
    (void)state;

    assert_int_equal(world.opened, 8);
    provider_free(&provider);
    assert_int_equal(world.closed, 8);
}

static void test_open_fails(void **state)
{
    (void)state;
    world.fail_at = 2;
    assert_null(start(3));
    assert_int_equal(world.opened, 2);
    assert_int_equal(world.closed, 2);
}

/* A script of ups, downs and choices: "+1" up, "-1" down, "=1" the next session goes to 1, "!" is
 * refused. */
/* clang-format off */
static struct {
    char const *what, *script;
} const choices[] = {
    { "nothing is up yet", "!" },
    { "one is up", "+1 =1 =1 =1" },
    { "round robin in configured order", "+2 +0 +1 =0 =1 =2 =0 =1 =2" },
    { "round robin over those that are up", "+0 +2 =0 =2 =0 =2" },
    { "the next one is down", "+0 +1 +2 =0 -1 =2 =0 =2" },
    { "the last one is down", "+0 +1 +2 =0 =1 -2 =0 =1 =0" },
    { "came back", "+0 +1 +2 =0 -1 =2 +1 =0 =1 =2" },
    { "all down", "+0 +1 +2 =0 -0 -1 -2 ! !" },
    { "all down, one came back", "+0 +1 +2 -2 -1 -0 ! +1 =1 =1 -1 ! +2 =2" },
};
/* clang-format on */

static void play(struct provider *provider, char const *script)
{
    for (char const *at = script; *at; at++) {
        size_t i = at[1] ? (size_t)(at[1] - '0') : 0;
        if (*at == '+')
            up(i);
        else if (*at == '-')
            down(i, "gone");
        else if (*at == '=')
            assert_int_equal(provider_choose(provider), i);
        else if (*at == '!')
            assert_int_equal(provider_choose(provider), -ENOTCONN);
    }
}

static void test_choose(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        struct provider *provider = start(3);
        print_message("# %s\n", choices[i].what);
        play(provider, choices[i].script);
        provider_free(&provider);
        assert_int_equal(ups(), 0);
    }
}

static void test_lost(void **state)
{
    struct provider *provider = start(2);
    int64_t lost = met_get(&cti_metrics, M_connections_lost);
    (void)state;

    down(1, "connection refused");
    assert_int_equal(world.lost[1], 0);
    assert_int_equal(ups(), 0);
    up(1);
    assert_true(provider_is_up(provider, 1));
    assert_int_equal(ups(), 1);
    down(1, "silent");
    assert_false(provider_is_up(provider, 1));
    assert_int_equal(world.lost[1], 1);
    assert_string_equal(world.reason, "silent");
    down(1, "connection refused");
    assert_int_equal(world.lost[0] + world.lost[1], 1);
    assert_int_equal(met_get(&cti_metrics, M_connections_lost) - lost, 1);
    assert_int_equal(ups(), 0);
    provider_free(&provider);
}

static void test_event(void **state)
{
    struct csta_msg const event = { .type = CSTA_DeliveredEvent };
    struct provider *provider = start(2);
    (void)state;

    up(1);
    world.conns[1]->host->on_event(world.conns[1]->ctx, &event);
    assert_int_equal(world.event_index, 1);
    assert_ptr_equal(world.event, &event);
    provider_free(&provider);
}

/* Heartbeats repeat the status; only a change is news, and a new link starts as normal. */
static void test_status(void **state)
{
    struct provider *provider = start(2);
    (void)state;

    up(1);
    struct driver_conn *conn = world.conns[1];
    assert_int_equal(provider_status(provider, 1), CSTA_STATUS_normal);
    conn->host->on_status(conn->ctx, CSTA_STATUS_normal);
    assert_int_equal(world.statuses, 0);
    conn->host->on_status(conn->ctx, CSTA_STATUS_overloadReached);
    conn->host->on_status(conn->ctx, CSTA_STATUS_overloadReached);
    assert_int_equal(world.statuses, 1);
    assert_int_equal(world.status_index, 1);
    assert_int_equal(world.status, CSTA_STATUS_overloadReached);
    assert_int_equal(provider_status(provider, 1), CSTA_STATUS_overloadReached);
    conn->host->on_down(conn->ctx, "test");
    up(1);
    assert_int_equal(provider_status(provider, 1), CSTA_STATUS_normal);
    provider_free(&provider);
}

/* A switch that says that it is disabled gets no new sessions; those that it has stay. */
static void test_disabled(void **state)
{
    struct provider *provider = start(2);
    (void)state;

    up(0);
    up(1);
    struct driver_conn *conn = world.conns[0];
    conn->host->on_status(conn->ctx, CSTA_STATUS_disabled);
    assert_true(provider_is_up(provider, 0));
    assert_false(provider_is_usable(provider, 0));
    assert_int_equal(provider_choose(provider), 1);
    assert_int_equal(provider_choose(provider), 1);
    down(1, "test");
    assert_int_equal(provider_choose(provider), -ENOTCONN);
    conn->host->on_status(conn->ctx, CSTA_STATUS_partiallyDisabled);
    assert_int_equal(provider_choose(provider), 0);
    provider_free(&provider);
}

/* Of each kind of fault one line a link, and each is counted. */
static void test_faults(void **state)
{
    static struct {
        enum driver_fault fault;
        enum cti_metric metric;
    } const rows[] = {
        { DRIVER_FAULT_MESSAGE, M_switch_messages_skipped },
        { DRIVER_FAULT_ANSWER, M_switch_answers_stray },
        { DRIVER_FAULT_EVENT, M_switch_events_stray },
        { DRIVER_FAULT_FRAME, M_switch_frames_wrong },
        { DRIVER_FAULT_HALF, M_switch_frames_slow },
    };
    struct provider *provider = start(1);
    (void)state;

    assert_int_equal(sizeof rows / sizeof *rows, DRIVER_FAULTS - 1);
    up(0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t before = met_get(&cti_metrics, rows[i].metric);
        world.conns[0]->host->on_fault(world.conns[0]->ctx, rows[i].fault, "test");
        provider_fault(provider, 0, rows[i].fault, "test");
        assert_int_equal(met_get(&cti_metrics, rows[i].metric) - before, 2);
    }
    provider_free(&provider);
}

static void on_reply(void *ctx, struct csta_msg const *reply)
{
    *(enum csta_type *)ctx = reply->type;
}

static void test_request(void **state)
{
    struct csta_msg const make = { .type = CSTA_MakeCall }, hold = { .type = CSTA_HoldCall };
    struct provider *provider = start(2);
    enum csta_type replied = CSTA_NONE;
    (void)state;

    up(0);
    up(1);
    assert_int_equal(provider_request(provider, 1, &make, on_reply, &replied), 0);
    assert_ptr_equal(world.asked, world.conns[1]);
    assert_ptr_equal(world.request, &make);
    assert_int_equal(replied, CSTA_MakeCallResponse);
    world.answer = -EBUSY;
    assert_int_equal(provider_request(provider, 0, &make, on_reply, &replied), -EBUSY);
    assert_ptr_equal(world.asked, world.conns[0]);
    world.asked = NULL;
    assert_int_equal(provider_request(provider, 0, &hold, on_reply, &replied), -EOPNOTSUPP);
    assert_null(world.asked);
    provider_free(&provider);
}

/* Only what the driver has slots for, and the other end has not said it cannot do, is offered and
 * served. */
static void test_features(void **state)
{
    struct provider *provider = start(1);
    struct csta_set set;
    (void)state;

    provider_features(provider, 0, &set);
    for (int type = 0; type < CSTA_TYPES; type++) {
        bool is_slot = type == CSTA_MonitorStart || type == CSTA_MakeCall;
        assert_int_equal(csta_set_has(&set, (enum csta_type)type),
                         is_slot || type == CSTA_DeliveredEvent);
        assert_int_equal(provider_serves(provider, 0, (enum csta_type)type), is_slot);
    }
    world.cannot = CSTA_MakeCall;
    assert_false(provider_serves(provider, 0, CSTA_MakeCall));
    assert_true(provider_serves(provider, 0, CSTA_MonitorStart));
    provider_features(provider, 0, &set);
    assert_false(csta_set_has(&set, CSTA_MakeCall));
    assert_true(csta_set_has(&set, CSTA_MonitorStart));
    provider_free(&provider);
}

static void assert_row(json_t const *table, size_t i, char const *wanted)
{
    char *row = json_dumps(json_array_get(json_object_get(table, "rows"), i), JSON_COMPACT);

    assert_non_null(row);
    assert_string_equal(row, wanted);
    free(row);
}

/* The time of a loss stands out of what is compared, if it is one. */
static void hide_moment(json_t *table, size_t i)
{
    json_t *row = json_array_get(json_object_get(table, "rows"), i);
    char const *at = json_string_value(json_array_get(row, 5));

    assert_int_equal(strlen(at), strlen("2026-01-02T03:04:05Z"));
    json_array_set_new(row, 5, json_string("then"));
}

static void test_rows(void **state)
{
    json_t *table = ctl_table("connection", "state", "identity", "sessions", "round trip ms",
                              "lost at", "last loss", "last attempt", NULL);
    struct provider *provider = start(4);
    (void)state;

    up(0);
    world.conns[0]->host->on_beat(world.conns[0]->ctx, 1500);
    provider_session(provider, 0, 1);
    provider_session(provider, 0, 1);
    provider_session(provider, 0, -1);
    up(1);
    world.conns[1]->host->on_beat(world.conns[1]->ctx, 1500);
    down(1, "silent");
    down(1, "connection refused");
    down(2, "connection refused");
    up(3);
    down(3, "silent");
    down(3, "connection refused");
    up(3);
    provider_rows(provider, table);
    hide_moment(table, 1);
    hide_moment(table, 3);
    assert_row(table, 0, "[\"192.0.2.1\",\"up\",\"identity\",1,1.5,\"\",\"\",\"\"]");
    assert_row(table, 1,
               "[\"192.0.2.2\",\"down\",\"\",0,\"\",\"then\",\"silent\",\"connection refused\"]");
    assert_row(table, 2, "[\"192.0.2.3\",\"down\",\"\",0,\"\",\"\",\"\",\"connection refused\"]");
    assert_row(table, 3, "[\"192.0.2.4\",\"up\",\"identity\",0,\"\",\"then\",\"silent\",\"\"]");
    json_decref(table);
    provider_free(&provider);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup(test_open, start_fresh),
        cmocka_unit_test_setup(test_no_more_than_eight, start_fresh),
        cmocka_unit_test_setup(test_open_fails, start_fresh),
        cmocka_unit_test_setup(test_choose, start_fresh),
        cmocka_unit_test_setup(test_lost, start_fresh),
        cmocka_unit_test_setup(test_event, start_fresh),
        cmocka_unit_test_setup(test_status, start_fresh),
        cmocka_unit_test_setup(test_disabled, start_fresh),
        cmocka_unit_test_setup(test_faults, start_fresh),
        cmocka_unit_test_setup(test_request, start_fresh),
        cmocka_unit_test_setup(test_features, start_fresh),
        cmocka_unit_test_setup(test_rows, start_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

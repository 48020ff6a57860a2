/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how a script of requests is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "phone.h"
#include "services_rig.h"
#include "station.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 8192 };

static void add_event(struct services_rig *rig, enum csta_type type)
{
    char const *name = csta_type_str(type), *end = strstr(name, "Event");
    buf_printf(&rig->events, "%s%.*s", rig->events.len ? " " : "",
               end ? (int)(end - name) : (int)strlen(name), name);
}

static void on_event(void *ctx, struct call_event const *event)
{
    add_event(ctx, event->type);
}

static void on_line_event(void *ctx, struct line_event const *event)
{
    if (event->type != CSTA_HookswitchEvent)
        add_event(ctx, event->type);
}

static void tell(void *ctx, struct csta_msg const *message)
{
    add_event(ctx, message->type);
}

static void on_end(void *ctx, struct call *call)
{
    struct services_rig *rig = ctx;
    monitor_end(&rig->ex.monitors, call);
}

void services_rig_init(struct services_rig *rig)
{
    static char const *devices[][2] = { { "SEP001122334455", NULL },
                                        { "SEP001122334466", NULL },
                                        { "SEPA", "SEPB" } };
    static struct switch_line_conf lines[] = {
        { .number = "2001", .devices.v = devices[0], .devices.n = 1 },
        { .number = "2002", .devices.v = devices[1], .devices.n = 1 },
        { .number = "2003" },
        { .number = "2004", .devices.v = devices[2], .devices.n = 2 },
    };
    static struct switch_trunk_conf trunk = { .name = "T1", .prefix = "+", .max_calls = 2 };
    *rig = (struct services_rig){ .conf = { .lines = { lines, 4 },
                                            .trunks = { &trunk, 1 },
                                            .max_monitors = 3,
                                            .max_monitors_per_line = 2,
                                            .max_calls = 10,
                                            .max_calls_per_line = 2,
                                            .max_conference = 3,
                                            .max_diversions = 3,
                                            .dial_timeout_s = 4,
                                            .call_waiting = true } };
    rig->wheel = wheel_new(clock_now_ms());
    TAILQ_INIT(&rig->monitors);
    buf_init(&rig->events, TEXT_MAX);
    buf_init(&rig->text, TEXT_MAX);
    assert_int_equal(exchange_init(&rig->ex, &rig->conf, "secret", rig->wheel), 0);
    rig->ex.calls.options.on_event = on_event;
    rig->ex.calls.options.on_end = on_end;
    rig->ex.calls.options.ctx = rig;
    rig->ex.lines.on_event = on_line_event;
    rig->ex.lines.ctx = rig;
}

void services_rig_fini(struct services_rig *rig)
{
    monitor_stop_all(&rig->ex.monitors, &rig->monitors);
    exchange_fini(&rig->ex);
    wheel_free(&rig->wheel);
    buf_fini(&rig->events);
    buf_fini(&rig->text);
}

static char const *call_text(struct call const *call)
{
    return call ? call->id : "none";
}

/* Puts the real value for one of the names; how many characters it took, 0 if it is none. */
static size_t expand_name(struct services_rig *rig, char const *p)
{
    struct call const *last = TAILQ_LAST(&rig->ex.calls.all, calls);
    if (strncmp(p, "NS", 2) == 0 && (p[2] == '>' || p[2] == '/'))
        buf_printf(&rig->text, "xmlns=\"%s\"", csta_namespace(CSTA_ED3));
    else if (strncmp(p, "$C", 2) == 0)
        buf_puts(&rig->text, call_text(last));
    else if (strncmp(p, "$B", 2) == 0)
        buf_puts(&rig->text, call_text(last ? TAILQ_PREV(last, calls, link) : NULL));
    else if (strncmp(p, "$X", 2) == 0)
        buf_puts(&rig->text, rig->xref);
    else
        return 0;
    return 2;
}

static char const *expand(struct services_rig *rig, char const *text)
{
    buf_reset(&rig->text);
    while (*text) {
        size_t n = expand_name(rig, text);
        if (n == 0)
            buf_add(&rig->text, text, 1);
        text += n ? n : 1;
    }
    return buf_text(&rig->text);
}

static void run_request(struct services_rig *rig, char const *xml, struct buf *ret)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct services_client client = { &rig->monitors, &rig->registration, tell, rig };
    struct csta_msg request, reply;
    struct csta_fault fault;
    su_home_init(home);
    if (csta_decode(home, xml, strlen(xml), &request, &fault) < 0)
        services_refuse(&fault, &reply);
    else
        services_run(&rig->ex, &client, &request, home, &reply);
    if (reply.monitor_xref)
        snprintf(rig->xref, sizeof rig->xref, "%s", reply.monitor_xref);
    assert_int_equal(reply.edition, CSTA_ED3);
    assert_int_equal(csta_encode(&reply, ret), 0);
    su_home_deinit(home);
}

static void press_key(struct services_rig *rig, char const *text)
{
    char words[3][24] = { "", "", "" };
    struct line_ref at;
    text += strlen("phone ");
    for (size_t i = 0; i < 3; i++) {
        size_t len = strcspn(text, " ");
        snprintf(words[i], sizeof words[i], "%.*s", (int)len, text);
        text += len + (text[len] == ' ');
    }
    assert_true(line_resolve(&rig->ex.lines, words[0], &at));
    assert_int_equal(phone_act(&rig->ex, at, words[1], words[2][0] ? words[2] : NULL), PHONE_OK);
}

static void run_step(struct services_rig *rig, struct services_rig_step const *step)
{
    buf_reset(&rig->events);
    if (strncmp(step->request, "phone ", 6) == 0) {
        press_key(rig, step->request);
    } else {
        struct buf answer;
        buf_init(&answer, TEXT_MAX);
        run_request(rig, expand(rig, step->request), &answer);
        print_message("# %s\n", strchr(buf_text(&answer), '\n') + 1);
        assert_non_null(strstr(buf_text(&answer), expand(rig, step->answer)));
        buf_fini(&answer);
    }
    assert_string_equal(buf_text(&rig->events), step->events);
}

void services_rig_play(struct services_rig_script const *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct services_rig rig;
        services_rig_init(&rig);
        for (struct services_rig_step const *s = scripts[i].steps;
             s < scripts[i].steps + SERVICES_RIG_STEPS && s->request; s++) {
            print_message("# %s: %s\n", scripts[i].name, s->request);
            run_step(&rig, s);
        }
        services_rig_fini(&rig);
    }
}

struct scripts {
    struct services_rig_script const *v;
    size_t n;
};

static void test_scripts(void **state)
{
    struct scripts const *scripts = *state;
    services_rig_play(scripts->v, scripts->n);
}

int services_rig_main(struct services_rig_script const *scripts, size_t n)
{
    struct scripts all = { scripts, n };
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_prestate(test_scripts, &all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-switch: a small CSTA III call server. Owns the process: what it is made of, and in
 * which order it starts and stops. */
#include "association.h"
#include "exchange.h"
#include "link.h"
#include "log.h"
#include "password.h"
#include "svc.h"
#include "switch_commands.h"
#include "switch_conf.h"
#include "switch_metrics.h"
#include <errno.h>
#include <string.h>

static struct {
    struct exchange exchange; /* first: the control commands' state */
    struct link_server *links;
    uv_timer_t patience; /* with applications, at a planned stop */
    char password[PASSWORD_MAX + 1];
} process;

static int init(struct svc *svc)
{
    struct switch_conf const *conf = svc_conf(svc);
    svc_set_state(svc, &process.exchange);
    int error = exchange_init(&process.exchange, conf, process.password, svc_wheel(svc));
    if (error == 0)
        error = password_load(conf->password_file, process.password);
    if (error < 0) {
        log_error(NULL, "cannot start reason=\"%s\" password_file=\"%s\"", strerror(-error),
                  conf->password_file);
        return error;
    }
    struct link_options options = {
        .loop = svc_loop(svc),
        .wheel = svc_wheel(svc),
        .tap = svc_tap(svc),
        .max_links = (size_t)conf->max_links,
        .max_write_queue = (size_t)conf->max_write_queue,
        .frame_timeout_ms = (uint64_t)conf->frame_timeout_s * 1000,
    };
    net_addr_parse(&options.listen, conf->listen, 2750);
    process.links = link_server_new(&options, &association_host, &process.exchange);
    return process.links ? 0 : -EADDRINUSE;
}

static void on_patience_over(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* A planned stop: applications hear of it, and can tell their users, before their links end. */
static void say_goodbye(struct svc *svc)
{
    struct switch_conf const *conf = svc_conf(svc);
    uv_loop_t *loop = svc_loop(svc);
    association_say_goodbye(&process.exchange);
    uv_timer_init(loop, &process.patience);
    uv_timer_start(&process.patience, on_patience_over, (uint64_t)conf->stop_ms, 0);
    while (association_owes_answer(&process.exchange) &&
           uv_is_active((uv_handle_t *)&process.patience))
        uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&process.patience, NULL);
}

static void deinit(struct svc *svc)
{
    if (process.links)
        say_goodbye(svc);
    link_server_free(&process.links);
    exchange_fini(&process.exchange);
}

static struct met_set const *const metrics[] = { &switch_metrics, NULL };

static const struct svc_desc switch_svc = {
    .name = "crosspoint-switch",
    .summary = "small CSTA III call server",
    .schema = &switch_conf_schema,
    .check = switch_conf_check,
    .commands = switch_commands,
    .metrics = metrics,
    .init = init,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&switch_svc, argc, argv);
}

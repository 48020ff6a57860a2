/* SPDX-License-Identifier: Apache-2.0 */
/* From the taps to the collectors: see hep_export.h. */
#include "hep_export.h"
#include "alarm.h"
#include "buf.h"
#include "capture_alarms.h"
#include "capture_look.h"
#include "capture_mask.h"
#include "ctl.h"
#include "hep.h"
#include "hep_conf.h"
#include "hep_peer.h"
#include "log.h"
#include "password.h"
#include "wheel.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 50, TURN = 1000, MASKED_MAX = 1 << 26, CORRELATION = 256 };

struct collector {
    struct hep_conf const *conf;
    struct hep_peer *peer;
    char password[PASSWORD_MAX + 1];
    bool tcp;
};

struct hep_export {
    struct hep_export_options options;
    struct capture_source *source;
    struct wheel_timer timer;
    struct collector collectors[HEP_CONF_MAX];
    size_t n;
    struct buf masked, packet;
};

static void send_to(struct hep_export *export, struct collector *collector,
                    struct capture_message const *message, char const *correlation)
{
    int error;

    buf_reset(&export->packet);
    error = hep_write(&export->packet, message, (uint32_t)collector->conf->id, collector->password,
                      correlation, collector->tcp ? HEP_MAX : HEP_MAX_UDP);
    if (error < 0)
        hep_peer_drop(collector->peer);
    else
        hep_peer_send(collector->peer, export->packet.data, export->packet.len);
}

static void send_message(struct hep_export *export, struct capture_message const *message)
{
    struct capture_message masked = *message;
    char id[CORRELATION];
    struct capture_look look;

    if (*message->id) {
        capture_look_print_span((struct capture_span){ message->id, strlen(message->id) }, id,
                                sizeof id);
    } else {
        capture_look(message, &look);
        capture_look_print_span(look.call_id, id, sizeof id);
    }
    int error = capture_mask_message(&masked, &export->masked);
    for (size_t i = 0; i < export->n; i++) {
        struct collector *collector = &export->collectors[i];

        if (collector->conf->unmask)
            send_to(export, collector, message, id);
        else if (error < 0)
            hep_peer_drop(collector->peer);
        else
            send_to(export, collector, &masked, id);
    }
}

static void on_timer(struct wheel_timer *timer)
{
    struct hep_export *export =
        (struct hep_export *)((char *)timer - offsetof(struct hep_export, timer));
    struct capture_message message;
    int rc = 1;

    for (int i = 0; i < TURN && rc == 1; i++) {
        rc = capture_source_next(export->source, &message);
        if (rc == 1)
            send_message(export, &message);
    }
    if (rc < 0)
        log_error(NULL, "HEP ends error=\"%s\"", strerror(-rc));
    else
        wheel_arm(export->options.wheel, &export->timer, rc == 1 ? 0 : LOOK_MS, on_timer);
}

static int add_collector(struct hep_export *export, struct hep_conf const *conf)
{
    struct collector *collector = &export->collectors[export->n];
    struct hep_peer_options options = {
        .loop = export->options.loop,
        .wheel = export->options.wheel,
        .alarms = export->options.alarms,
        .name = conf->to,
        .max_queue = (size_t)conf->max_queue,
    };
    int error = hep_conf_address(conf->to, &options.tcp, &options.to);

    if (error == 0 && *conf->password_file)
        error = password_load(conf->password_file, collector->password);
    if (error < 0)
        return error;
    collector->conf = conf;
    collector->tcp = options.tcp;
    collector->peer = hep_peer_new(&options);
    if (!collector->peer)
        return -ENOMEM;
    export->n++;
    if (conf->unmask) {
        log_warn(NULL, "HEP shows the words of people and their digests to=%s", conf->to);
        alarm_raise(options.alarms, CAPTURE_ALARM_unmasked, conf->to);
    }
    return 0;
}

struct hep_export *hep_export_new(struct hep_export_options const *options,
                                  struct capture_source *source)
{
    struct hep_export *export = calloc(1, sizeof *export);
    struct hep_conf const *entries = options->entries->v;
    int error = export ? 0 : -ENOMEM;

    if (!export) {
        capture_source_free(&source);
        return NULL;
    }
    export->options = *options;
    export->source = source;
    buf_init(&export->masked, MASKED_MAX);
    buf_init(&export->packet, 2 * HEP_MAX);
    for (size_t i = 0; error == 0 && i < options->entries->n; i++) {
        error = add_collector(export, &entries[i]);
        if (error < 0)
            log_error(NULL, "HEP not started to=%s error=\"%s\"", entries[i].to, strerror(-error));
    }
    if (error < 0)
        hep_export_free(&export);
    else
        wheel_arm(options->wheel, &export->timer, LOOK_MS, on_timer);
    return export;
}

void hep_export_free(struct hep_export **pexport)
{
    struct hep_export *export = *pexport;

    *pexport = NULL;
    if (!export)
        return;
    wheel_disarm(&export->timer);
    for (size_t i = 0; i < export->n; i++)
        hep_peer_free(&export->collectors[i].peer);
    capture_source_free(&export->source);
    buf_fini(&export->masked);
    buf_fini(&export->packet);
    free(export);
}

json_t *hep_export_show(struct hep_export const *export)
{
    json_t *table = ctl_table("to", "id", "state", "sent", "dropped", "waiting bytes", NULL);

    for (size_t i = 0; export && i < export->n; i++) {
        struct collector const *collector = &export->collectors[i];
        struct hep_peer_counts counts = hep_peer_counts(collector->peer);

        ctl_table_row(table, json_pack("[s,I,s,I,I,I]", collector->conf->to,
                                       (json_int_t)collector->conf->id,
                                       hep_peer_state(collector->peer), (json_int_t)counts.sent,
                                       (json_int_t)counts.dropped, (json_int_t)counts.waiting));
    }
    return table;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See cert_watch.h. */
#define LOG_SUBSYSTEM LOG_TLS
#include "cert_watch.h"
#include "log.h"
#include "proxy_alarms.h"
#include "proxy_metrics.h"
#include "secure_set.h"

static void gauge(enum proxy_metric row, int64_t value)
{
    met_add(&proxy_metrics, row, value - met_get(&proxy_metrics, row));
}

static void on_counts(struct secure_watch_counts const *counts)
{
    gauge(M_certificates, counts->n);
    gauge(M_certificates_due, counts->due);
    gauge(M_certificates_expired, counts->expired);
    gauge(M_certificate_days_left, counts->days_left);
    gauge(M_trusted_certificates_expired, counts->trust_expired);
    gauge(M_crls_expired, counts->crls_expired);
}

struct secure_watch *cert_watch_new(struct wheel *wheel, struct alarm_board *alarms)
{
    static struct secure_watch_handlers const handlers = { alarm_raise, alarm_clear,
                                                           PROXY_ALARM_certificate_due_warning,
                                                           on_counts };

    return secure_watch_new(wheel, &handlers, alarms);
}

void cert_watch_set(struct secure_watch *watch, struct secure_set const *set,
                    struct secure_watch_limits const *limits)
{
    if (secure_watch_set(watch, set->contexts, (size_t)set->n, limits) < 0)
        log_error(NULL, "certificates not watched error=\"out of memory\"");
}

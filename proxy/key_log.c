/* SPDX-License-Identifier: Apache-2.0 */
/* Telling who may read along: see key_log.h. */
#define LOG_SUBSYSTEM LOG_AUDIT
#include "key_log.h"
#include "alarm.h"
#include "log.h"
#include "proxy_alarms.h"
#include <string.h>

void key_log_init(struct key_log *log, struct alarm_board *alarms)
{
    log->alarms = alarms;
    secure_set_init(&log->set);
}

static void switch_on(struct key_log *log, struct secure_context *context)
{
    char const *name = secure_context_name(context), *path = secure_context_key_log(context);
    int error = secure_context_log_keys(context, true);
    if (error < 0) {
        log_error(NULL, "TLS secrets cannot be written context=\"%s\" path=\"%s\" error=\"%s\"",
                  name, path, strerror(-error));
        return;
    }
    log_warn(NULL, "TLS secrets are written to a file from now on context=\"%s\" path=\"%s\"", name,
             path);
    alarm_raise(log->alarms, PROXY_ALARM_tls_secrets_written, name);
}

/* The context of @p set that goes on writing what @p former wrote, or NULL. */
static struct secure_context *heir(struct secure_set const *set, struct secure_context *former)
{
    struct secure_context *next =
        secure_set_at(set, secure_set_find(set, secure_context_name(former)));
    char const *path = next ? secure_context_key_log(next) : NULL;
    return path && strcmp(path, secure_context_key_log(former)) == 0 ? next : NULL;
}

static void switch_off(struct key_log *log, struct secure_context *context, bool goes_on)
{
    char const *name = secure_context_name(context);
    (void)secure_context_log_keys(context, false);
    if (goes_on)
        return;
    log_warn(NULL, "TLS secrets are no longer written context=\"%s\" path=\"%s\"", name,
             secure_context_key_log(context));
    alarm_clear(log->alarms, PROXY_ALARM_tls_secrets_written, name);
}

void key_log_use(struct key_log *log, struct secure_set const *set)
{
    for (int i = 0; i < log->set.n; i++)
        if (secure_context_key_log(log->set.contexts[i]))
            switch_off(log, log->set.contexts[i], heir(set, log->set.contexts[i]) != NULL);
    secure_set_copy(&log->set, set);
    for (int i = 0; i < set->n; i++)
        if (secure_context_key_log(set->contexts[i]))
            switch_on(log, set->contexts[i]);
}

void key_log_fini(struct key_log *log)
{
    struct secure_set none;
    secure_set_init(&none);
    key_log_use(log, &none);
}

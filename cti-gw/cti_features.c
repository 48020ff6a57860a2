/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: driver, gateway, policy. */
#include "cti_features.h"
#include "policy.h"
#include "service.h"
#include "service_rules.h"
#include "session.h"

void cti_features_of(struct session const *session, struct csta_set *ret)
{
    provider_features(session->gw->provider, session->connection, ret);
    for (int type = 0; type < CSTA_TYPES; type++) {
        struct service_rule const *rule = service_rules_of((enum csta_type)type);
        if (rule && rule->here)
            csta_set_add(ret, (enum csta_type)type);
    }
    csta_set_add(ret, CSTA_SwitchingFunctionDevices);
    policy_apply(&session->policy, ret);
}

static void mask(struct csta_set *set, struct csta_set const *by)
{
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        set->bits[i] &= by->bits[i];
}

void cti_features_permit(struct session const *session, struct csta_msg *msg)
{
    struct csta_set features;

    cti_features_of(session, &features);
    mask(&msg->permitted, &features);
    for (size_t i = 0; i < msg->n_items; i++)
        mask(&msg->items[i].permitted, &features);
}

void cti_features_tell(struct service_request *r)
{
    struct csta_msg reply = { 0 };

    cti_features_of(r->session, &reply.features);
    service_reply(r, reply);
}

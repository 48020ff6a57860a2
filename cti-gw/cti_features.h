/* SPDX-License-Identifier: Apache-2.0 */
/* GetCSTAFeatures: what this client may ask for here. */
#pragma once
#include "csta.h"

struct service_request;
struct session;

/** What the session's driver can do and the gateway itself, less what the user's policy takes. */
void cti_features_of(struct session const *session, struct csta_set *ret);

/** Takes off servicesPermitted of an event or a snapshot what the session's user cannot ask for: a
 *  button that would be refused is not to be shown. */
void cti_features_permit(struct session const *session, struct csta_msg *msg);

/** Answers GetCSTAFeatures. Clients show no more than is told here (csta-rcc 1.5). */
void cti_features_tell(struct service_request *r);

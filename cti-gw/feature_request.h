/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE of phones to as-feature-event: which line, whether the phone may, and what it sets.
 *
 * A phone is known by its From: the number of the line itself, a device that the line stands on in
 * the directory, or a user who may control the line. It has to come through one of cti.proxies. */
#pragma once
#include "transaction.h"

struct gateway;

/** Answers a SUBSCRIBE, in a dialog or not. */
void feature_request_take(struct gateway *gw, struct server_transaction *st);

/* SPDX-License-Identifier: Apache-2.0 */
/* AnswerCall for phones that do not hold the active call by themselves (cti.auto_hold): the gateway
 * looks at the device, holds what is connected there, and answers then. */
#pragma once
#include "provider.h"

/** As provider_request() for the AnswerCall @p answer; what comes before it is not answered to
 *  anybody. A call that cannot be held does not keep the switch from judging the answer. */
int auto_hold_answer(struct provider *provider, unsigned index, struct csta_msg const *answer,
                     driver_reply_fn *reply, void *ctx);

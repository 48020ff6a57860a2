/* SPDX-License-Identifier: Apache-2.0 */
/* What a refusal means and where to look: SIP statuses and CSTA errors in words. */
#pragma once
#include "csta.h"

/** Likely cause of a SIP status as answer to a sign-in or a service, "" if there is nothing to say.
 */
char const *rcc_words_status(int status);

/** Meaning of a CSTAErrorCode, never empty. */
char const *rcc_words_error(struct csta_error const *error);

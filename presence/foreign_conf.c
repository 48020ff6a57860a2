/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of contacts of other domains. */
#include "foreign_conf.h"
#include "gateway_conf.h"
#include <stddef.h>

#define NUMBER_ROW(key, lo, hi, dflt, of, text)                                                    \
    CFG_ROW_INT(#key, struct foreign_conf, key, .min = lo, .max = hi, .default_text = #dflt,       \
                .unit = of, .effect = CFG_RESTART, .help = text)

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("outbound", struct foreign_conf, outbound,
                   .default_text = "sip:127.0.0.1:5049;transport=tcp", .max = 255,
                   .check = gateway_conf_check_uri, .effect = CFG_RESTART,
                   .help =
                       "The proxy, at an internal listener; the domain stands in its `domains`. "
                       "Empty: straight to the contact's domain."),
    NUMBER_ROW(expires, 60, 86400, 3600, "s",
               "Time that subscriptions are asked for. A domain that is gone is seen at the "
               "refresh at the latest."),
    NUMBER_ROW(rate, 1, 10000, 20, NULL,
               "SUBSCRIBE sent to one domain a second; more wait for their turn."),
    NUMBER_ROW(max_per_domain, 0, 10000000, 10000, NULL,
               "Subscriptions to the contacts of one domain; those beyond are named in lists "
               "without a state."),
    NUMBER_ROW(retry, 1, 86400, 30, "s",
               "Pause after a failure; doubled each time, unless Retry-After says more."),
    NUMBER_ROW(max_retry, 1, 86400, 600, "s", "Longest such pause."),
};

struct cfg_schema const foreign_conf_schema = {
    .group = "presence foreign",
    .size = sizeof(struct foreign_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "how contacts of other domains are subscribed to, for the lists that hold them.",
};

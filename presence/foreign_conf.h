/* SPDX-License-Identifier: Apache-2.0 */
/* How contacts of other domains are asked for: a group in the group "presence". */
#pragma once
#include "cfg.h"

struct foreign_conf {
    struct cfg_where where;
    char const *outbound;
    int64_t expires, rate, max_per_domain, retry, max_retry;
};
extern struct cfg_schema const foreign_conf_schema;

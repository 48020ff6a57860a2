/* SPDX-License-Identifier: Apache-2.0 */
/* What a look at a server (stream_look.h) means for its domain: a verdict on each step, with cause
 * and remedy of what failed. A pure function of what was seen. */
#pragma once
#include "domain_cause.h"
#include "stream_look.h"

enum domain_verdict { DOMAIN_SKIPPED, DOMAIN_OK, DOMAIN_WARNING, DOMAIN_FAILED };

enum domain_step_id {
    DOMAIN_CONNECT,
    DOMAIN_STREAM, /* it speaks XMPP, and what it offers */
    DOMAIN_TLS,
    DOMAIN_CHAIN,  /* whose its certificate is, until when */
    DOMAIN_NAMES,  /* for which domains that is */
    DOMAIN_THEIRS, /* how it proves to us who it is */
    DOMAIN_OURS,   /* how we do to it */
    DOMAIN_STEPS
};

enum { DOMAIN_DETAIL = 320 };

struct domain_step {
    enum domain_verdict verdict;
    struct domain_finding finding;
    uint64_t took_us; /* 0: it has no time of its own */
    char detail[DOMAIN_DETAIL];
};

/** The row of the domain, and what else decides. */
struct domain_rules {
    bool needs_tls, dialback;
    int64_t now_s, soon_days; /* the time since 1970; a certificate that ends in so many days */
};

void domain_verdict_judge(struct stream_seen const *seen, struct domain_rules const *rules,
                          struct domain_step ret[static DOMAIN_STEPS]);

/** The worst of them. */
enum domain_verdict domain_verdict_worst(struct domain_step const steps[static DOMAIN_STEPS]);

/** Whole days until @p to_s; negative: it has passed. */
int64_t domain_verdict_days(int64_t to_s, int64_t now_s);

/** "ok", "warning", "failed", "skipped"; "connect", "its proof" and so on. Static. */
char const *domain_verdict_str(enum domain_verdict verdict);
char const *domain_verdict_step_str(enum domain_step_id step);

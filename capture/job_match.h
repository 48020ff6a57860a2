/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a job wants: every condition that is given must hold. */
#pragma once
#include "capture_message.h"

enum { JOB_MATCH_TEXT = 256 };

struct job_match {
    /* "": any. Of the user the part before @, or all of it; upper and lower case are one. */
    char user[JOB_MATCH_TEXT];
    char call_id[JOB_MATCH_TEXT];
    char method[JOB_MATCH_TEXT];  /* also of the request that a response answers */
    char service[JOB_MATCH_TEXT]; /* CSTA service or event */
    bool has_peer;
    struct net_cidr peer; /* one of the two addresses */
    uint16_t peer_port;   /* 0: any */
};

/** Sets the peer: "192.0.2.1", "192.0.2.0/24", "192.0.2.1:5060". 0 or -EINVAL. */
int job_match_set_peer(struct job_match *match, char const *text);

bool job_match_wants(struct job_match const *match, struct capture_message const *message);

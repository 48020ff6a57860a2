/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of clients, told apart by their User-Agent: what each of them tolerates and wants
 * (csta-rcc 1.6, 1.13). Rows of the list "peer_classes" of group "cti". The address says nothing
 * here, for clients come through the proxy and the server in front of it. */
#pragma once
#include "cfg.h"

enum peer_error_style { PEER_ERROR_BODY200, PEER_ERROR_STATUS4XX };
enum peer_relaxed_cseq { PEER_CSEQ_GLOBAL, PEER_CSEQ_AUTO, PEER_CSEQ_ALWAYS, PEER_CSEQ_NEVER };

struct peer_class {
    struct cfg_where where;
    char const *name, *user_agent;
    int error_style, relaxed_cseq;
};

extern struct cfg_schema const peer_class_schema;

/** The first class of @p list whose user_agent @p user_agent (may be NULL) starts with. NULL: none,
 *  so errors are 200 with CSTAErrorCode, and the CSeq is as for all. */
struct peer_class const *peer_class_of(struct cfg_groups const *list, char const *user_agent);

/** Names that stand twice, and classes that one before them hides. */
void peer_class_check(struct cfg_groups const *list, struct cfg_faults *faults);

/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of the csta_tcp driver, for its lint test and for pictures. */
#pragma once
#include "fsm.h"

struct fsm_table const *csta_tcp_fsm(void);

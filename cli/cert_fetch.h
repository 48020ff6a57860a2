/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert fetch`: the chain that a peer shows, printed and, if wanted, trusted
 * (guide-part2 §3.5). */
#pragma once
#include "cert_run.h"

cert_run_fn cert_fetch;

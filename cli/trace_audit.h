/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks at messages unmasked is told to the audit log of every running program first. */
#pragma once

struct cli;

/** @p what as the programs call it: "unmasked trace". Returns CLI_OK, or the exit code after a
 *  complaint: nothing may be shown then. */
int trace_audit(struct cli *cli, char const *what);

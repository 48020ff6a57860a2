/* SPDX-License-Identifier: Apache-2.0 */
/* Text of one configuration file, made safe for libconfig. Inner part of lib/svc's configuration.
 */
#pragma once

struct buf;
struct cfg_faults;

/** Reads the file @p path into @p text, with the suffix behind big numbers that libconfig wants.
 *  Returns 0, or a negative errno after adding the fault. */
int cfg_text_read(struct buf *text, char const *path, struct cfg_faults *faults);

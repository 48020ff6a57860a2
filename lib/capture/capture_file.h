/* SPDX-License-Identifier: Apache-2.0 */
/* Messages out of a capture file of any size, or a pipe, in constant memory: pcap and pcapng, any
 * mixture of link types. Who wrote it does not matter. */
#pragma once
#include "capture_counts.h"
#include "capture_source.h"

/** Opens @p path; "-" is standard input. 0 or a negative errno. What is wrong with the content
 *  comes out when it is read. */
int capture_file_open(char const *path, struct capture_source **ret);

/** As capture_file_open(), of what is open already; takes over @p fd, also when it fails. Of a pipe
 *  that does not wait (O_NONBLOCK) next() returns 0 also when nothing has come yet. */
int capture_file_open_fd(int fd, struct capture_source **ret);

/** Nothing more comes, now or later, but what next() still has. */
bool capture_file_has_ended(struct capture_source const *source);

/** What the negative result of capture_source_next() meant: "offset 4711: the file ends within a
 *  packet: 3 bytes of 60". "" if there was none. */
char const *capture_file_error(struct capture_source const *source);

/** Until now. */
struct capture_counts const *capture_file_counts(struct capture_source const *source);

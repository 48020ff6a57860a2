/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of several programs as one source: out of the ring files of their taps, in the order
 * of time, with what was decided about them. A message between two of the programs is given once,
 * with what both know. The programs may run, may have ended, or crashed; they do not notice. */
#pragma once
#include "capture_source.h"

struct capture_taps_options {
    char const *run_dir;         /* where the programs have their files */
    char const *const *programs; /* "proxy": the file proxy.tap there. With a slash in it: the path
                                    of a ring file */
    size_t n;
    /* Goes on with what comes: next() returns 0 when nothing new has settled yet, and should be
     * asked again in 50 ms. Programs may start and end meanwhile. A message is given 200 ms after
     * it was read: what is decided later, such as after a slow lookup in DNS, is not with it. */
    bool follow;
    bool from_now; /* leaves out what is in the rings already */
};

/** Opens the files; one that cannot be opened is left out, and with `follow` tried again. NULL when
 *  out of memory. Strings are copied. */
struct capture_source *capture_taps_open(struct capture_taps_options const *options);

/** Why no more comes from the file of programs[@p i]: 0, or a negative errno: -ENOENT there is
 *  none, -EACCES, -EBADMSG it is damaged. */
int capture_taps_error(struct capture_source const *source, size_t i);

/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments of IP packets put together again.
 *
 * A bounded number of packets is kept; one that is not whole after 30 s of the capture's time, or
 * that must make room, is lost. A byte that comes twice must be the same byte: else somebody plays
 * tricks, and receivers drop such packets (RFC 5722). */
#pragma once
#include "capture_ip.h"
#include <stdint.h>

struct capture_counts;
struct capture_fragments;

enum { CAPTURE_FRAGMENTS_MAX = 256, CAPTURE_FRAGMENT_TIMEOUT_S = 30 };

/** Counts what is lost in @p counts, which must outlive it. NULL when out of memory. */
struct capture_fragments *capture_fragment_new(struct capture_counts *counts);
void capture_fragment_free(struct capture_fragments **pfragments);

/** Takes the fragment @p ip of time @p time_us. True if its packet is whole with it: then @p ip
 *  is that, and its payload stands there until the next call. */
bool capture_fragment_add(struct capture_fragments *fragments, uint64_t time_us,
                          struct capture_ip *ip);

/** At the end of a capture: what is not whole is lost. */
void capture_fragment_end(struct capture_fragments *fragments);

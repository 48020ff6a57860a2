/* SPDX-License-Identifier: Apache-2.0 */
/* Sends every message of the taps to the collectors of the configuration, masked unless an entry
 * says otherwise. Belongs to the loop. */
#pragma once
#include "capture_source.h"
#include "cfg.h"
#include <jansson.h>
#include <uv.h>

struct alarm_board;
struct hep_export;
struct wheel;

struct hep_export_options {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct alarm_board *alarms;
    struct cfg_groups const *entries; /* of struct hep_conf; borrowed */
};

/** Starts; @p source is its own from now on, also on failure. NULL after logging why. */
struct hep_export *hep_export_new(struct hep_export_options const *options,
                                  struct capture_source *source);
void hep_export_free(struct hep_export **pexport);

/** A table of the collectors; @p export may be NULL. Caller owns the result. */
json_t *hep_export_show(struct hep_export const *export);

/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a folder of its own, with a loop and a link: for the tests of this folder. */
#pragma once
#include "store.h"

struct store_rig {
    char folder[64], path[96];
    uv_loop_t loop;
    struct store *store;
    struct store_link *link;
    int told;  /* callbacks so far */
    int error; /* of the last one */
};

/** Makes the folder; nothing is opened yet. */
void store_rig_init(struct store_rig *rig);

/** Opens the store, not yet started. */
void store_rig_open(struct store_rig *rig);

/** Starts it, with a link. */
void store_rig_start(struct store_rig *rig);

/** Frees the link and closes the store; the file stays. */
void store_rig_close(struct store_rig *rig);

/** Removes folder and file. */
void store_rig_fini(struct store_rig *rig);

/** A store_done_fn; @p ctx is the rig. */
void store_rig_done(void *rig, int error);

/** Runs the loop until @p told callbacks have come in all; returns the error of the last. */
int store_rig_wait(struct store_rig *rig, int told);

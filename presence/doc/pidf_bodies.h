/* SPDX-License-Identifier: Apache-2.0 */
/* Presence documents as real peers write them, for tests. */
#pragma once

struct pidf_body {
    char const *name; /* NULL ends the list */
    char const *xml;
    char const *read; /* what test_pidf_read.c is to find in it */
};
extern struct pidf_body const pidf_bodies[];

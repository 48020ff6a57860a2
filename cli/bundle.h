/* SPDX-License-Identifier: Apache-2.0 */
/* One bundle as it is being made: the archive, and the list of what is in it and what is not. The
 * parts (bundle_*.c) add what they find; what is missing is said, and keeps nobody from the
 * rest. */
#pragma once
#include "buf.h"
#include "bundle_options.h"
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

enum { BUNDLE_TEXT_MAX = 256 << 20 };

struct bundle_archive;
struct cli;
struct program;

struct bundle {
    struct cli *cli;
    struct bundle_options const *options;
    struct bundle_archive *archive;
    uint64_t now_us;
    bool has_conf; /* the configuration can be read */
    struct buf files, notes;
    json_t *missing; /* array of {what, why} */
};

/** Does a feature that was asked for concern the program? */
bool bundle_wants(struct bundle const *bundle, char const *program);

/** And does it belong to this node, as far as the configuration can say? */
bool bundle_has(struct bundle const *bundle, struct program const *program);

/** The time that the oldest line or message may have. */
uint64_t bundle_since_us(struct bundle const *bundle);

/** Adds a file; one without bytes is missing. What goes wrong is known when the archive ends. */
void bundle_add(struct bundle *bundle, char const *name, void const *bytes, size_t len);
void bundle_add_text(struct bundle *bundle, char const *name, struct buf const *text);
void bundle_add_file(struct bundle *bundle, char const *name, FILE *file);

/** Adds what the file @p path holds, which may be one of the kernel that has no size. */
void bundle_add_path(struct bundle *bundle, char const *name, char const *path);

/** Something is not there. */
void bundle_miss(struct bundle *bundle, char const *what, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A line of the manifest. */
void bundle_note(struct bundle *bundle, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The parts, in the order of the manifest. */

/** What is installed and what it runs on; faults of the configuration; certificates. */
void bundle_node_add(struct bundle *bundle);

/** Configuration, tables and limits of each program. */
void bundle_programs_add(struct bundle *bundle);

/** Has each running program tell the audit log. Returns CLI_OK, or the exit code after a complaint:
 *  one that must tell it, because nothing is masked, does not. */
int bundle_programs_audit(struct bundle *bundle);

/** Entries of the journal. */
void bundle_logs_add(struct bundle *bundle);

/** Messages of the taps. */
void bundle_messages_add(struct bundle *bundle);

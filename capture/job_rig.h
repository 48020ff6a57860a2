/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of jobs: a folder of their own, a source that says what it is told, and a look at the
 * blocks of the files. */
#pragma once
#include "job.h"

enum { RIG_INTERFACE = 1, RIG_STATISTICS = 5, RIG_PACKET = 6, RIG_SECRETS = 10 };

struct job_rig {
    char dir[64];
    char folder[96], key_log[96]; /* in dir */
    char const *key_logs[1];
    struct job_place place;
};

void job_rig_init(struct job_rig *rig);
void job_rig_fini(struct job_rig *rig);

/** A source of @p n messages "MESSAGE sip:bob@example.test" with digest and body, CSeq from 1. */
struct capture_source *job_rig_source(unsigned n);

/** Has it miss @p n messages. */
void job_rig_lose(struct capture_source *source, uint64_t n);

/** Options of the job "job" with further ones in JSON: "{'files': '2'}". */
struct job_options job_rig_options(char const *more);

/** Starts a job on job_rig_source(@p n), which must be possible. */
struct job *job_rig_start(struct job_rig *rig, char const *more, unsigned n);

/** How many blocks of @p type the file has; it must consist of whole blocks. -1: it is not there.
 */
int job_rig_blocks(struct job_rig const *rig, char const *file, unsigned type);

/** Where @p text stands in the file, -1 if nowhere. */
long job_rig_find(struct job_rig const *rig, char const *file, char const *text);
long job_rig_size(struct job_rig const *rig, char const *file);

/* SPDX-License-Identifier: Apache-2.0 */
/* The files of one job: NAME.pcapng, or NAME-00001.pcapng and so on where the size of a file is
 * limited; of these the newest are kept. What is written reaches the disk block by block, so a file
 * can be read whatever happens to the next one. */
#pragma once
#include "buf.h"
#include "capture_save.h"
#include <stdint.h>

struct job_folder;
struct job_options;

enum { JOB_OUTPUT_NAME = 96 };

struct job_output {
    struct job_folder const *folder;
    struct job_options const *options;
    char const *application;
    struct capture_save *save;  /* NULL: no file is open */
    struct buf pending;         /* blocks that are not in the file yet */
    char name[JOB_OUTPUT_NAME]; /* of the newest file */
    unsigned number;
    int fd;
    bool has_failed;                   /* nothing can be written any more */
    uint64_t size;                     /* of the newest file */
    uint64_t started_us, file_dropped; /* of the newest file */
    uint64_t in_file, in_pending;      /* messages */
    uint64_t bytes, messages, dropped; /* of the job */
};

/** All of them are borrowed and outlive it. */
void job_output_init(struct job_output *output, struct job_folder const *folder,
                     struct job_options const *options, char const *application);

/** Makes room for a message of @p len bytes. 1: in a new file, where nothing stands yet; 0: in the
 *  one that was open; or a negative errno. */
int job_output_prepare(struct job_output *output, uint64_t len);

/** After job_output_prepare(). A message that the format has no form for is counted as dropped.
 *  0 or a negative errno. */
int job_output_message(struct job_output *output, struct capture_message const *message);
int job_output_packet(struct job_output *output, struct capture_packet const *packet);
int job_output_secrets(struct job_output *output, void const *key_log, size_t len);

/** So many messages were wanted, and are not there to be written. */
void job_output_lost(struct job_output *output, uint64_t n);

/** Puts into the file what is pending. 0 or a negative errno. */
int job_output_flush(struct job_output *output);

/** Ends the newest file in order, if its disk lets it; a file without anything in it is removed. */
void job_output_fini(struct job_output *output);

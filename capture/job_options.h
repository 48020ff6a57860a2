/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture job is to do, as the control command "capture start" says it: members of a JSON
 * object whose values are texts.
 *
 *   name       of the job and of its files: letters, digits, "-", "_" and "."
 *   format     "pcapng" (default) or "pcap"
 *   user, call_id, method, peer, service   see job_match.h
 *   file_size, bytes   with k, M or G behind the number; of one file, of all files
 *   files      so many are kept, the oldest goes
 *   seconds, messages
 *   secrets, unmask, history   "yes" or "no" */
#pragma once
#include "capture_save.h"
#include "job_match.h"
#include <jansson.h>

enum { JOB_NAME_MAX = 64, JOB_FAULT = 256 };

struct job_options {
    char name[JOB_NAME_MAX + 1];
    enum capture_format format;
    struct job_match match;
    /* 0: no limit */
    uint64_t file_size, files, bytes, seconds, messages;
    bool secrets; /* the TLS key log goes into the file */
    bool unmask;  /* nothing is masked */
    bool history; /* begins with what the taps still hold */
};

/** Reads @p args. Returns 0, or -EINVAL with the reason for people in @p fault. */
int job_options_read(struct job_options *ret, json_t const *args, char fault[static JOB_FAULT]);

/** Whether @p name can be a file in a folder and nothing else. */
bool job_options_is_name(char const *name);

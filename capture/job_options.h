/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture job is to do, as the control command "capture start" says it: members of a JSON
 * object whose values are texts.
 *
 *   name       of the job and of its files: letters, digits, "-", "_" and "."
 *   format     "pcapng" (default) or "pcap"
 *   interface  its packets, that filter lets pass, and not the messages of the taps
 *   user, call_id, method, peer, service, text, filter   see capture_filter.h
 *   file_size, bytes   with k, M or G behind the number; of one file, of all files
 *   files      so many are kept, the oldest goes
 *   seconds, messages
 *   secrets, unmask, history   "yes" or "no" */
#pragma once
#include "capture_save.h"
#include <jansson.h>
#include <stdint.h>

struct capture_filter;

enum { JOB_NAME_MAX = 64, JOB_FAULT = 256, JOB_TEXT = 256, JOB_EXPRESSION = 1024 };

struct job_options {
    char name[JOB_NAME_MAX + 1];
    char interface[JOB_TEXT]; /* "": messages of the taps */
    enum capture_format format;
    /* "": any */
    char user[JOB_TEXT], call_id[JOB_TEXT], method[JOB_TEXT], peer[JOB_TEXT];
    char service[JOB_TEXT], text[JOB_TEXT], filter[JOB_EXPRESSION];
    /* 0: no limit */
    uint64_t file_size, files, bytes, seconds, messages;
    bool secrets; /* the TLS key log goes into the file */
    bool unmask;  /* nothing is masked */
    bool history; /* begins with what the taps still hold */
};

/** Reads @p args. Returns 0, or -EINVAL with the reason for people in @p fault. */
int job_options_read(struct job_options *ret, json_t const *args, char fault[static JOB_FAULT]);

/** The filter that it says; caller frees. NULL with the reason in @p fault. */
struct capture_filter *job_options_filter(struct job_options const *options,
                                          char fault[static JOB_FAULT]);

/** Whether @p name can be a file in a folder and nothing else. */
bool job_options_is_name(char const *name);

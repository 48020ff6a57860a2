/* SPDX-License-Identifier: Apache-2.0 */
/* What capture_records.c (pcap, and which of the two it is) and capture_pcapng.c share. */
#pragma once
#include "capture_counts.h"
#include "capture_input.h"
#include "capture_records.h"

enum { CAPTURE_INTERFACES_MAX = 4096, CAPTURE_INTERFACE_NAME = 64, CAPTURE_COMMENT = 2048 };

struct capture_interface {
    unsigned link_type;
    uint32_t snap_length;
    uint8_t resolution; /* if_tsresol */
    int64_t offset_s;   /* if_tsoffset */
    char name[CAPTURE_INTERFACE_NAME];
    bool decrypted; /* its description says so, as capture_save.c writes it */
};

struct capture_records {
    struct capture_input input;
    struct capture_counts *counts;
    int (*next)(struct capture_records *records, struct capture_record *ret); /* by format */
    bool swapped;
    int failed; /* negative errno that ended it */
    uint64_t number;
    char error[CAPTURE_ERROR];
    /* pcap */
    bool nanoseconds;
    /* pcapng; of a pcap file the one interface */
    struct capture_interface *interfaces;
    size_t n_interfaces, room;
    uint64_t last_us;
    char comment[CAPTURE_COMMENT];
};

/** Ends the file, unless more will come. Returns -EPROTO; -EIO if reading failed; -EAGAIN. */
int capture_records_fail(struct capture_records *records, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A fresh interface behind the others, or NULL. */
struct capture_interface *capture_records_add_interface(struct capture_records *records);

/** The next packet of a pcapng file, whose first block begins where the input stands. */
int capture_records_next_block(struct capture_records *records, struct capture_record *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of an interface for a job: crosspoint-netcap(8), which somebody with the right to do so
 * starts for each connection to a Unix socket, sends them as pcapng. Nothing here waits. */
#pragma once
#include "capture_save.h"

struct job_packets;

enum { JOB_PACKETS_FAULT = 160 };

/** Connects to @p path and asks for the packets of @p interface that @p filter ("": none) lets
 *  pass; neither may hold a line end. 0 or a negative errno. */
int job_packets_open(char const *path, char const *interface, char const *filter,
                     struct job_packets **ret);
void job_packets_free(struct job_packets **ppackets);

/** 1: the next one, until the next call; 0: none now; -ENOLINK: none any more, job_packets_fault()
 *  says why. */
int job_packets_next(struct job_packets *packets, struct capture_packet *ret);

/** Whether the interface has been opened. */
bool job_packets_are_open(struct job_packets const *packets);

/** Printable. */
char const *job_packets_fault(struct job_packets const *packets);

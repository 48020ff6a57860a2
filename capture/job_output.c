/* SPDX-License-Identifier: Apache-2.0 */
/* Ring files of a job: see job_output.h. */
#include "job_output.h"
#include "capture_metrics.h"
#include "clock.h"
#include "job_folder.h"
#include "job_options.h"
#include "pcapng_write.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* What stands in a file for a message beside its bytes: an interface, headers, the comment, and the
 * statistics at the end. */
enum { BESIDE_BYTES = 4096, FLUSH_BYTES = 16384, PENDING_MAX = 4 << 20 };

void job_output_init(struct job_output *output, struct job_folder const *folder,
                     struct job_options const *options, char const *application)
{
    *output = (struct job_output){
        .folder = folder,
        .options = options,
        .application = application,
        .fd = -1,
    };
    buf_init(&output->pending, PENDING_MAX);
}

static void print_name(struct job_output const *output, unsigned number,
                       char ret[static JOB_OUTPUT_NAME])
{
    char const *suffix = output->options->format == CAPTURE_PCAP ? "pcap" : "pcapng";

    if (output->options->file_size)
        (void)snprintf(ret, JOB_OUTPUT_NAME, "%s-%05u.%s", output->options->name, number, suffix);
    else
        (void)snprintf(ret, JOB_OUTPUT_NAME, "%s.%s", output->options->name, suffix);
}

static void count_dropped(struct job_output *output, uint64_t n)
{
    output->dropped += n;
    met_add(&capture_metrics, M_messages_dropped, (int64_t)n);
}

int job_output_flush(struct job_output *output)
{
    uint64_t len = output->pending.len;
    int error;

    if (len == 0)
        return 0;
    error = job_folder_append(output->folder, output->fd, &output->size, output->pending.data, len);
    if (error < 0) {
        output->has_failed = true;
        count_dropped(output, output->in_pending);
    } else {
        output->bytes += len;
        output->messages += output->in_pending;
        met_add(&capture_metrics, M_bytes_written, (int64_t)len);
        met_add(&capture_metrics, M_messages_written, (int64_t)output->in_pending);
        output->in_file += output->in_pending;
    }
    output->in_pending = 0;
    buf_reset(&output->pending);
    return error;
}

static void close_file(struct job_output *output)
{
    if (!output->save)
        return;
    /* After a failure interfaces may be missing that the end would speak of. */
    if (job_output_flush(output) == 0 && !output->has_failed) {
        capture_save_end(output->save, output->started_us, clock_wall_us(), output->file_dropped,
                         &output->pending);
        (void)job_output_flush(output);
    }
    close(output->fd);
    output->fd = -1;
    capture_save_free(&output->save);
    if (output->size == 0)
        job_folder_remove(output->folder, output->name);
}

static int open_file(struct job_output *output)
{
    char oldest[JOB_OUTPUT_NAME];
    uint64_t kept = output->options->files;

    output->number++;
    print_name(output, output->number, output->name);
    output->fd = job_folder_create(output->folder, output->name);
    if (output->fd < 0)
        return output->fd;
    output->size = output->in_file = output->file_dropped = 0;
    output->started_us = clock_wall_us();
    output->save = capture_save_new(output->options->format, PCAPNG_LINK_RAW_IP);
    if (!output->save) {
        close(output->fd);
        job_folder_remove(output->folder, output->name);
        return -ENOMEM;
    }
    if (kept && output->number > kept) {
        print_name(output, output->number - (unsigned)kept, oldest);
        job_folder_remove(output->folder, oldest);
    }
    capture_save_begin(output->save, output->application, &output->pending);
    return job_output_flush(output);
}

int job_output_prepare(struct job_output *output, uint64_t len)
{
    uint64_t limit = output->options->file_size;
    int error;

    if (output->save && (limit == 0 || output->in_file + output->in_pending == 0 ||
                         output->size + output->pending.len + len + BESIDE_BYTES <= limit))
        return 0;
    close_file(output);
    error = open_file(output);
    return error < 0 ? error : 1;
}

/* After an attempt to put one more into what is pending. */
static int count_in(struct job_output *output, size_t before, int error)
{
    if (error == -ENOMEM)
        return error;
    if (error < 0) {
        /* An interface may stand there already; it is of use to those that follow. */
        job_output_lost(output, 1);
        return 0;
    }
    output->in_pending += output->pending.len > before;
    return output->pending.len >= FLUSH_BYTES ? job_output_flush(output) : 0;
}

int job_output_message(struct job_output *output, struct capture_message const *message)
{
    size_t before = output->pending.len;

    return count_in(output, before, capture_save_message(output->save, message, &output->pending));
}

int job_output_packet(struct job_output *output, struct capture_packet const *packet)
{
    size_t before = output->pending.len;

    return count_in(output, before, capture_save_packet(output->save, packet, &output->pending));
}

int job_output_secrets(struct job_output *output, void const *key_log, size_t len)
{
    capture_save_secrets(output->save, key_log, len, &output->pending);
    return buf_ok(&output->pending) ? 0 : -ENOMEM;
}

void job_output_lost(struct job_output *output, uint64_t n)
{
    count_dropped(output, n);
    output->file_dropped += n;
}

void job_output_fini(struct job_output *output)
{
    close_file(output);
    buf_fini(&output->pending);
}

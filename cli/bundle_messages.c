/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the taps as one pcapng file, which `crosspoint ladder` and Wireshark read. They go
 * through a file without a name, for a ring may be large. */
#include "bundle.h"
#include "capture_mask.h"
#include "capture_save.h"
#include "capture_taps.h"
#include "cfg.h"
#include "cli.h"
#include "config.h"
#include "program.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS_MAX = 32 << 20, MESSAGE_MAX = 16 << 20 };

static char const name[] = "messages.pcapng";

/* The rings of all programs that are wanted, and those that crashes have left. */
struct rings {
    char paths[2 * PROGRAMS][PATH_MAX];
    char const *list[2 * PROGRAMS];
    size_t n;
};

struct writing {
    struct bundle *bundle;
    struct capture_save *save;
    FILE *file;
    struct buf blocks, masked;
    uint64_t first_us, last_us;
    unsigned long written, left_out;
};

static char const *run_dir(struct bundle const *bundle)
{
    char const *dir = getenv("CROSSPOINT_RUN_DIR");

    if (bundle->has_conf)
        return cfg_get_node(bundle->cli->cfg)->run_dir;
    return dir && *dir ? dir : "/run/crosspoint";
}

static void find_rings(struct bundle const *bundle, struct rings *ret)
{
    static char const *const tails[] = { "tap", "tap.1" };

    ret->n = 0;
    for (size_t i = 0; i < 2 * PROGRAMS; i++) {
        char const *program = program_table[i / 2].name;
        char *path = ret->paths[ret->n];
        if (!bundle_wants(bundle, program))
            continue;
        /* Only those that should run must have one; bundle_programs.c says who is not there. */
        bool must = i % 2 == 0 && bundle_has(bundle, &program_table[i / 2]);
        snprintf(path, PATH_MAX, "%s/%s.%s", run_dir(bundle), program, tails[i % 2]);
        if (must || access(path, F_OK) == 0)
            ret->list[ret->n++] = path;
    }
}

static void flush(struct writing *w)
{
    if (w->blocks.len)
        fwrite(w->blocks.data, 1, w->blocks.len, w->file);
    buf_reset(&w->blocks);
}

static void write_one(struct writing *w, struct capture_message *message)
{
    int error = 0;

    if (message->time_us < bundle_since_us(w->bundle))
        return;
    if (!w->bundle->options->unmask)
        error = capture_mask_message(message, &w->masked);
    if (!error)
        error = capture_save_message(w->save, message, &w->blocks);
    flush(w);
    w->written += error == 0;
    w->left_out += error != 0;
    w->first_us = w->first_us ? w->first_us : message->time_us;
    w->last_us = message->time_us;
}

/* Returns 0, or a negative errno: messages are missing. */
static int write_all(struct writing *w, struct capture_source *source)
{
    struct capture_message message;
    int rc;

    capture_save_begin(w->save, "crosspoint bundle " PACKAGE_VERSION, &w->blocks);
    flush(w);
    while ((rc = capture_source_next(source, &message)) > 0)
        write_one(w, &message);
    capture_save_end(w->save, w->first_us, w->last_us, w->left_out, &w->blocks);
    flush(w);
    return rc < 0 ? rc : ferror(w->file) ? -EIO : 0;
}

static void tell(struct bundle *bundle, struct rings const *rings,
                 struct capture_source const *source, struct writing const *w)
{
    for (size_t i = 0; i < rings->n; i++) {
        int error = capture_taps_error(source, i);
        if (error)
            bundle_miss(bundle, name, "%s: %s", rings->list[i], strerror(-error));
    }
    if (w->left_out)
        bundle_miss(bundle, name, "%lu messages could not be written", w->left_out);
    bundle_note(bundle, "%lu messages, %s.\n", w->written,
                bundle->options->unmask
                    ? "as they were, with what people said and how they signed in"
                    : "masked: stars stand for what people said, and for what lets somebody in");
}

void bundle_messages_add(struct bundle *bundle)
{
    struct rings *rings = calloc(1, sizeof *rings);
    struct writing w = { .bundle = bundle,
                         .save = capture_save_new(CAPTURE_PCAPNG, 0),
                         .file = tmpfile() };
    struct capture_source *source = NULL;
    int error = -ENOMEM;

    buf_init(&w.blocks, BLOCKS_MAX);
    buf_init(&w.masked, MESSAGE_MAX);
    if (rings)
        find_rings(bundle, rings);
    if (rings && w.save && w.file)
        source = capture_taps_open(
            &(struct capture_taps_options){ .programs = rings->list, .n = rings->n });
    if (source)
        error = write_all(&w, source);
    if (error)
        bundle_miss(bundle, name, "%s", strerror(-error));
    if (source)
        tell(bundle, rings, source, &w);
    if (source && w.written)
        bundle_add_file(bundle, name, w.file);
    capture_source_free(&source);
    capture_save_free(&w.save);
    buf_fini(&w.masked);
    buf_fini(&w.blocks);
    if (w.file)
        fclose(w.file);
    free(rings);
}

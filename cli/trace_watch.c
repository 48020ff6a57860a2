/* SPDX-License-Identifier: Apache-2.0 */
/* The loop around a view: messages in, keys in, cells out. */
#include "trace_watch.h"
#include "cli.h"
#include "program.h"
#include "trace_grid.h"
#include "trace_options.h"
#include "trace_reading.h"
#include "trace_signals.h"
#include "trace_source.h"
#include "trace_store.h"
#include "trace_term.h"
#include "trace_view.h"
#include <string.h>
#include <unistd.h>

enum { POLL_MS = 50, AT_ONCE = 2000 /* messages between two looks at the keys */, FAULT = 1024 };

struct watch {
    struct trace_reading *reading;
    struct trace_term *term;
    struct trace_store store;
    struct trace_view *view;
    struct trace_grid grid;
    int signals;
    bool is_read; /* there will be no more */
    bool changed;
};

/* Says on the screen what is wrong with the source. */
static void say_faults(struct watch *watch)
{
    char fault[FAULT];
    int code;

    for (size_t i = 0; trace_source_fault(watch->reading->source, i, fault, sizeof fault, &code);
         i++)
        if (*fault)
            trace_view_say(watch->view, "%s", fault);
}

/* Returns for how long to wait. */
static int collect(struct watch *watch)
{
    struct capture_message message;
    bool more = false;
    int n = 0, got = 0;

    while (!watch->is_read && n < AT_ONCE &&
           (got = trace_reading_next(watch->reading, &message, &more)) > 0) {
        n++;
        if (trace_store_add(&watch->store, &message) < 0)
            trace_view_say(watch->view, "out of memory: a message is not shown");
    }
    watch->changed |= n > 0;
    if (got > 0 || more)
        return 0;
    if (trace_source_is_live(watch->reading->source))
        return POLL_MS;
    if (!watch->is_read) {
        watch->is_read = watch->changed = true;
        say_faults(watch);
    }
    return -1;
}

static void take_keys(struct watch *watch)
{
    uint32_t key;

    while (!trace_view_has_ended(watch->view) && trace_term_key(watch->term, &key)) {
        trace_view_key(watch->view, key);
        watch->changed = true;
    }
}

static void draw(struct watch *watch)
{
    if (!trace_term_fit(watch->term, &watch->grid) && !watch->changed)
        return;
    watch->changed = false;
    if (!watch->grid.cells)
        return;
    trace_view_draw(watch->view, &watch->grid);
    trace_term_show(watch->term, &watch->grid);
}

static void run(struct watch *watch)
{
    int timeout_ms = 0;

    watch->changed = true;
    do {
        take_keys(watch);
        if (trace_view_has_ended(watch->view))
            break;
        timeout_ms = collect(watch);
        draw(watch);
    } while (!trace_signals_wait(watch->signals, trace_term_fd(watch->term), timeout_ms));
}

static char const *name_of(struct trace_options const *options)
{
    char const *slash;

    if (options->n_files != 1)
        return options->n_files ? "files" : "live";
    slash = strrchr(options->files[0], '/');
    return slash ? slash + 1 : options->files[0];
}

int trace_watch(struct trace_reading *reading, struct trace_term *term)
{
    struct trace_options const *options = reading->options;
    char const *programs[PROGRAMS];
    struct watch watch = { .reading = reading, .term = term, .signals = trace_signals_open() };
    for (int i = 0; i < PROGRAMS; i++)
        programs[i] = program_table[PROGRAMS - 1 - i].name;
    trace_store_init(&watch.store, options->max_messages, options->max_bytes);
    watch.view = trace_view_new(&watch.store, name_of(options), programs, PROGRAMS);
    if (watch.view && watch.signals >= 0)
        run(&watch);
    trace_term_free(&watch.term);
    int code = watch.view ? trace_source_complain(reading->source) : EX_OSERR;
    trace_view_free(&watch.view);
    trace_store_fini(&watch.store);
    trace_grid_fini(&watch.grid);
    if (watch.signals >= 0)
        close(watch.signals);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Children of `crosspoint run`: one state machine each. */
#include "supervisor.h"
#include "backoff.h"
#include "clock.h"
#include "fsm.h"
#include "line_reader.h"
#include "supervisor_fsm.h"
#include "wheel.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { LINE_TEXT = 256 };

struct child {
    struct supervisor *supervisor;
    struct supervisor_child const *conf;
    uint8_t state; /* enum child_state, assigned by fsm_step only */
    struct wheel_timer timer;
    struct backoff backoff;
    uv_process_t process;
    uv_pipe_t out, err;
    struct line_reader out_lines, err_lines;
    char chunk[4096];
    unsigned handles; /* open libuv handles of the present life */
    int64_t exit_status;
    int term_signal;
};

struct supervisor {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct supervisor_owner const *owner;
    void *ctx;
    struct wheel_timer begin;
    bool stopping, was_ready, ended;
    int code;
    size_t n;
    struct child children[];
};

static size_t index_of(struct child const *child)
{
    return (size_t)(child - child->supervisor->children);
}

static void child_event(struct child *child, enum child_event event)
{
    fsm_step(&supervisor_fsm, &child->state, child, event, NULL, child->conf->name);
}

static void on_timer(struct wheel_timer *timer)
{
    struct child *child = (struct child *)((char *)timer - offsetof(struct child, timer));

    child_event(child, CHILD_EV_TIMER);
}

static void arm(struct child *child, uint64_t ms)
{
    wheel_arm(child->supervisor->wheel, &child->timer, ms, on_timer);
}

static void say(struct child *child, char const *text)
{
    child->supervisor->owner->on_line(child->supervisor->ctx, child->conf->name, text);
}

/* --- the order of things: who is next -------------------------------------------------------- */

static bool all_are(struct supervisor const *s, enum child_state state)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->children[i].state != state)
            return false;
    return true;
}

/* Starts the next child that never ran, or tells the owner that all are ready. */
static void go_on(struct supervisor *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->children[i].state == CHILD_NEW) {
            child_event(&s->children[i], CHILD_EV_START);
            return;
        }
    }
    if (!s->was_ready && all_are(s, CHILD_UP)) {
        s->was_ready = true;
        s->owner->on_ready(s->ctx);
    }
}

/* Stops the last child that still lives; ends the run when none does. */
static void stop_next(struct supervisor *s)
{
    for (size_t i = s->n; i-- > 0;) {
        if (s->children[i].state == CHILD_DEAD)
            continue;
        child_event(&s->children[i], CHILD_EV_STOP);
        if (s->children[i].state != CHILD_DEAD)
            return;
    }
    if (!s->ended) {
        s->ended = true;
        s->owner->on_end(s->ctx, s->code);
    }
}

void supervisor_stop(struct supervisor *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    wheel_disarm(&s->begin);
    stop_next(s);
}

void supervisor_reload(struct supervisor *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->children[i].state == CHILD_UP)
            uv_process_kill(&s->children[i].process, SIGHUP);
}

/* --- one life of a child ---------------------------------------------------------------------- */

static bool is_hopeless(struct child const *child)
{
    return !child->supervisor->was_ready && !child->term_signal &&
           (child->exit_status == EX_USAGE || child->exit_status == EX_UNAVAILABLE ||
            child->exit_status == EX_CONFIG);
}

/* The process is gone and its pipes are empty: tell the state machine. */
static void on_handle_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;

    if (--child->handles == 0)
        child_event(child, is_hopeless(child) ? CHILD_EV_HOPELESS : CHILD_EV_GONE);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct child *child = handle->data;
    (void)suggested;

    *ret = uv_buf_init(child->chunk, sizeof child->chunk);
}

static void on_child_line(void *ctx, char const *line)
{
    say(ctx, line);
}

static void on_output(uv_stream_t *stream, ssize_t n, uv_buf_t const *chunk)
{
    struct child *child = stream->data;
    struct line_reader *lines =
        stream == (uv_stream_t *)&child->out ? &child->out_lines : &child->err_lines;

    if (n > 0) {
        line_reader_feed(lines, chunk->base, (size_t)n, on_child_line, child);
    } else if (n < 0) {
        line_reader_end(lines, on_child_line, child);
        uv_close((uv_handle_t *)stream, on_handle_closed);
    }
}

/* Takes the child's last words; something that it left behind may hold the pipe open for ever. */
static void drain(struct child *child, uv_pipe_t *pipe, struct line_reader *lines)
{
    uv_os_fd_t fd;
    ssize_t n;

    if (uv_is_closing((uv_handle_t *)pipe))
        return;
    while (uv_fileno((uv_handle_t *)pipe, &fd) == 0 &&
           (n = read(fd, child->chunk, sizeof child->chunk)) > 0)
        line_reader_feed(lines, child->chunk, (size_t)n, on_child_line, child);
    line_reader_end(lines, on_child_line, child);
    uv_close((uv_handle_t *)pipe, on_handle_closed);
}

static void on_child_exit(uv_process_t *process, int64_t exit_status, int term_signal)
{
    struct child *child = process->data;

    child->exit_status = exit_status;
    child->term_signal = term_signal;
    drain(child, &child->out, &child->out_lines);
    drain(child, &child->err, &child->err_lines);
    uv_close((uv_handle_t *)process, on_handle_closed);
}

static void open_pipe(struct child *child, uv_pipe_t *pipe, uv_stdio_container_t *ret)
{
    uv_pipe_init(child->supervisor->loop, pipe, 0);
    pipe->data = child;
    child->handles++;
    ret->flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    ret->data.stream = (uv_stream_t *)pipe;
}

static int spawn(struct child *child)
{
    uv_stdio_container_t stdio[3] = { { .flags = UV_IGNORE } };
    uv_process_options_t options = {
        .exit_cb = on_child_exit,
        .file = child->conf->argv[0],
        .args = (char **)child->conf->argv,
        .stdio = stdio,
        .stdio_count = 3,
        /* Ctrl-C at the terminal is for us: we stop them, in our order. */
        .flags = UV_PROCESS_DETACHED,
    };
    int rc;

    memset(&child->process, 0, sizeof child->process);
    child->process.data = child;
    child->exit_status = child->term_signal = 0;
    open_pipe(child, &child->out, &stdio[1]);
    open_pipe(child, &child->err, &stdio[2]);
    child->handles++;
    rc = uv_spawn(child->supervisor->loop, &child->process, &options);
    if (rc == 0) {
        uv_read_start((uv_stream_t *)&child->out, on_alloc, on_output);
        uv_read_start((uv_stream_t *)&child->err, on_alloc, on_output);
    } else {
        child->exit_status = EX_UNAVAILABLE;
        uv_close((uv_handle_t *)&child->out, on_handle_closed);
        uv_close((uv_handle_t *)&child->err, on_handle_closed);
        uv_close((uv_handle_t *)&child->process, on_handle_closed);
    }
    return rc;
}

int supervisor_act_start(void *obj, void *arg)
{
    struct child *child = obj;
    char text[LINE_TEXT];
    int rc;
    (void)arg;

    backoff_started(&child->backoff, clock_now_ms());
    rc = spawn(child);
    if (rc < 0) {
        snprintf(text, sizeof text, "%s: %s", child->conf->argv[0], uv_strerror(rc));
        say(child, text);
    }
    arm(child, SUPERVISOR_POLL_MS);
    return FSM_OK;
}

int supervisor_act_poll(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    if (child->supervisor->owner->is_ready(child->supervisor->ctx, index_of(child)))
        return CHILD_EV_READY;
    arm(child, SUPERVISOR_POLL_MS);
    return FSM_OK;
}

int supervisor_act_ready(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    go_on(child->supervisor);
    return FSM_OK;
}

static void say_how_it_ended(struct child *child, char const *and_then)
{
    char text[LINE_TEXT];

    if (child->term_signal)
        snprintf(text, sizeof text, "killed by signal %d%s", child->term_signal, and_then);
    else
        snprintf(text, sizeof text, "ended with code %d%s", (int)child->exit_status, and_then);
    say(child, text);
}

int supervisor_act_restart_later(void *obj, void *arg)
{
    struct child *child = obj;
    uint64_t delay_ms = backoff_died(&child->backoff, clock_now_ms());
    char text[LINE_TEXT];
    (void)arg;

    snprintf(text, sizeof text, "; starting it again in %llu ms", (unsigned long long)delay_ms);
    say_how_it_ended(child, text);
    arm(child, delay_ms);
    return FSM_OK;
}

int supervisor_act_give_up(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    wheel_disarm(&child->timer);
    say_how_it_ended(child, "; it cannot work like this");
    child->supervisor->code = (int)child->exit_status;
    supervisor_stop(child->supervisor);
    return FSM_OK;
}

int supervisor_act_terminate(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    uv_process_kill(&child->process, SIGTERM);
    arm(child, SUPERVISOR_PATIENCE_MS);
    return FSM_OK;
}

int supervisor_act_kill(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    say(child, "does not stop; killing it");
    uv_process_kill(&child->process, SIGKILL);
    arm(child, SUPERVISOR_PATIENCE_MS);
    return FSM_OK;
}

int supervisor_act_gone(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    wheel_disarm(&child->timer);
    stop_next(child->supervisor);
    return FSM_OK;
}

int supervisor_act_forget(void *obj, void *arg)
{
    struct child *child = obj;
    (void)arg;

    wheel_disarm(&child->timer);
    return FSM_OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void on_begin(struct wheel_timer *timer)
{
    struct supervisor *s =
        (struct supervisor *)((char *)timer - offsetof(struct supervisor, begin));

    go_on(s);
}

struct supervisor *supervisor_new(uv_loop_t *loop, struct wheel *wheel,
                                  struct supervisor_child const *children, size_t n,
                                  struct supervisor_owner const *owner, void *ctx)
{
    struct supervisor *s = calloc(1, sizeof *s + n * sizeof s->children[0]);

    if (!s || n > SUPERVISOR_CHILDREN)
        goto fail;
    s->loop = loop;
    s->wheel = wheel;
    s->owner = owner;
    s->ctx = ctx;
    s->n = n;
    for (size_t i = 0; i < n; i++) {
        s->children[i].supervisor = s;
        s->children[i].conf = &children[i];
    }
    wheel_arm(wheel, &s->begin, 0, on_begin);
    return s;
fail:
    free(s);
    return NULL;
}

void supervisor_free(struct supervisor **psupervisor)
{
    struct supervisor *s = *psupervisor;

    *psupervisor = NULL;
    if (!s)
        return;
    wheel_disarm(&s->begin);
    for (size_t i = 0; i < s->n; i++)
        wheel_disarm(&s->children[i].timer);
    free(s);
}

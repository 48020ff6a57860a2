/* SPDX-License-Identifier: Apache-2.0 */
/* A client's lines become calls of commands, and the calls' results become its answers. */
#define LOG_SUBSYSTEM LOG_CTL
#include "ctl_link.h"
#include "log.h"
#include "svc_metrics.h"
#include <stdlib.h>
#include <string.h>

struct ctl_call {
    struct ctl_link *link; /* NULL once the link is gone: the answer is dropped */
};

struct write {
    uv_write_t req;
    char *text;
};

static void advance(struct ctl_link *link);

static bool is_closing(struct ctl_link const *link)
{
    return uv_is_closing((uv_handle_t const *)&link->pipe);
}

static void on_closed(uv_handle_t *handle)
{
    struct ctl_link *link = handle->data;

    buf_fini(&link->in);
    free(link);
}

void ctl_link_close(struct ctl_link *link)
{
    if (is_closing(link))
        return;
    if (link->call)
        link->call->link = NULL;
    link->call = NULL;
    ctl_server_forget(link->server, link);
    uv_close((uv_handle_t *)&link->pipe, on_closed);
}

/* --- answers --- */

static void on_written(uv_write_t *req, int status)
{
    struct write *write = (struct write *)req;
    struct ctl_link *link = req->handle->data;

    free(write->text);
    free(write);
    link->writing = false;
    if (status < 0 || link->ending)
        ctl_link_close(link);
    else
        advance(link);
}

static char *dump(json_t *answer)
{
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

    json_decref(answer);
    if (text && strlen(text) > CTL_LINK_ANSWER_BYTES) {
        free(text);
        return strdup("{\"ok\":false,\"error\":\"the answer is too long\",\"code\":\"too-long\"}");
    }
    return text;
}

/* Takes @p answer. */
static void send_answer(struct ctl_link *link, json_t *answer)
{
    char *text = dump(answer);
    size_t len = text ? strlen(text) : 0;
    struct write *write = text ? calloc(1, sizeof *write) : NULL;

    if (!write)
        goto fail;
    /* The line's end takes the place of the zero byte: uv_write() may need it long after we left.
     */
    text[len] = '\n';
    write->text = text;
    uv_buf_t line = uv_buf_init(text, (unsigned)len + 1);
    if (uv_write(&write->req, (uv_stream_t *)&link->pipe, &line, 1, on_written) < 0)
        goto fail;
    link->writing = true;
    return;

fail:
    free(write);
    free(text);
    ctl_link_close(link);
}

static void end_call(struct ctl_call *call, json_t *answer)
{
    struct ctl_link *link = call->link;

    free(call);
    svc_count(M_ctl_calls);
    if (link) {
        link->call = NULL;
        send_answer(link, answer);
    } else {
        json_decref(answer);
    }
}

static json_t *error_answer(char const *code, char const *text)
{
    json_t *error = json_string(text);

    return json_pack("{s:b,s:o,s:s}", "ok", 0, "error", error ? error : json_string("(not UTF-8)"),
                     "code", code);
}

void ctl_reply(struct ctl_call *call, json_t *result)
{
    json_t *answer = json_pack("{s:b,s:o}", "ok", 1, "result", result ? result : json_null());

    end_call(call, answer);
}

void ctl_fail(struct ctl_call *call, char const *code, char const *format, ...)
{
    struct buf text;
    va_list args;

    buf_init(&text, 4096);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    svc_count(M_ctl_failed);
    end_call(call, error_answer(code, buf_text(&text)));
    buf_fini(&text);
}

struct ctl_peer const *ctl_call_peer(struct ctl_call const *call)
{
    return call->link ? &call->link->peer : NULL;
}

/* --- lines --- */

static void run_command(struct ctl_link *link, char const *name, json_t const *args)
{
    struct ctl_command const *command = ctl_server_command(link->server, name);
    struct ctl_call *call = calloc(1, sizeof *call);

    if (!call) {
        ctl_link_close(link);
        return;
    }
    call->link = link;
    link->call = call;
    if (!command) {
        ctl_fail(call, "unknown-command", "unknown command \"%s\"", name);
    } else if (command->priv == CTL_WRITE && !link->may_write) {
        svc_count(M_ctl_refused);
        log_warn(NULL, "control command refused command=\"%s\" reason=privilege", name);
        ctl_fail(call, "not-allowed", "\"%s\" is for root and the program's own user", name);
    } else {
        command->fn(ctl_server_svc(link->server), call, args);
    }
}

static void refuse_line(struct ctl_link *link, char const *why)
{
    svc_count(M_ctl_bad_lines);
    log_warn(NULL, "control line refused reason=\"%s\"", why);
    link->ending = true;
    send_answer(link, error_answer("bad-line", why));
}

static void take_line(struct ctl_link *link, char const *text, size_t len)
{
    json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    char const *name = json_string_value(json_object_get(message, "command"));
    json_t *args = json_object_get(message, "args");

    ctl_server_touch(link->server, link);
    if (name && (!args || json_is_object(args)))
        run_command(link, name, args);
    else
        refuse_line(link, "not a JSON object with a command");
    json_decref(message);
}

static bool is_busy(struct ctl_link const *link)
{
    return link->call || link->writing || link->ending;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct ctl_link *link = handle->data;

    (void)suggested;
    *ret = uv_buf_init(link->chunk, sizeof link->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *data)
{
    struct ctl_link *link = stream->data;

    if (n == UV_EOF)
        link->at_end = true;
    else if (n < 0)
        ctl_link_close(link);
    else
        buf_add(&link->in, data->base, (size_t)n);
    advance(link);
}

/* Takes the next line if there is one and nothing else is going on; reads on only then. */
static void advance(struct ctl_link *link)
{
    while (!is_closing(link) && !is_busy(link) && link->in.len) {
        char const *end = memchr(link->in.data, '\n', link->in.len);
        size_t len = end ? (size_t)(end - link->in.data) : link->in.len;
        if (len > CTL_LINK_LINE_BYTES || !buf_ok(&link->in))
            refuse_line(link, "line too long");
        else if (end)
            take_line(link, link->in.data, len);
        else
            break;
        buf_consume(&link->in, end ? len + 1 : len);
    }
    if (is_closing(link))
        return;
    uv_read_stop((uv_stream_t *)&link->pipe);
    if (is_busy(link))
        return;
    if (link->at_end || uv_read_start((uv_stream_t *)&link->pipe, on_alloc, on_read) < 0)
        ctl_link_close(link);
}

struct ctl_link *ctl_link_accept(uv_stream_t *stream, struct ctl_server *server)
{
    struct ctl_link *link = calloc(1, sizeof *link);

    if (!link)
        return NULL;
    if (uv_pipe_init(stream->loop, &link->pipe, 0) < 0) {
        free(link);
        return NULL;
    }
    link->pipe.data = link;
    link->server = server;
    buf_init(&link->in, CTL_LINK_LINE_BYTES + sizeof link->chunk);
    if (uv_accept(stream, (uv_stream_t *)&link->pipe) < 0) {
        uv_close((uv_handle_t *)&link->pipe, on_closed);
        return NULL;
    }
    return link;
}

void ctl_link_start(struct ctl_link *link)
{
    advance(link);
}

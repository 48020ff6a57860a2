/* SPDX-License-Identifier: Apache-2.0 */
/* Of each part its next message waits; the oldest of these is given. */
#include "trace_source.h"
#include "capture_file.h"
#include "capture_taps.h"
#include "cfg.h"
#include "cli.h"
#include "ladder_taps.h"
#include "netcap_child.h"
#include "program.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAULT = 1024 };

struct part {
    struct capture_source *source;
    char const *path; /* NULL: of taps */
    bool follows;     /* more may come later */
    bool waits;       /* its message is there */
    bool ended;
    int error;
    struct capture_message message;
};

struct trace_source {
    struct netcap_child child; /* its source is that of the part */
    char **rings;              /* of the part that reads ring files: their paths, or programs */
    size_t n_rings;
    struct part *given;
    size_t n;
    struct part parts[];
};

static struct trace_source *new_source(size_t room)
{
    struct trace_source *source = calloc(1, sizeof *source + (room + 1) * sizeof(struct part));

    if (source)
        source->rings = calloc(room + 1, sizeof *source->rings);
    if (source && !source->rings) {
        free(source);
        source = NULL;
    }
    return source;
}

void trace_source_free(struct trace_source **psource)
{
    struct trace_source *source = *psource;

    *psource = NULL;
    if (!source)
        return;
    for (size_t i = 0; i < source->n; i++)
        capture_source_free(&source->parts[i].source);
    (void)netcap_child_close(&source->child);
    for (size_t i = 0; i < source->n_rings; i++)
        free(source->rings[i]);
    free(source->rings);
    free(source);
}

static int add_ring(struct trace_source *source, char const *folder, char const *name)
{
    if (asprintf(&source->rings[source->n_rings], "%s%s", folder, name) < 0)
        return EX_OSERR;
    source->n_rings++;
    return CLI_OK;
}

static int open_rings(struct trace_source *source, struct capture_taps_options options)
{
    struct part *part = &source->parts[source->n];

    options.programs = (char const *const *)source->rings;
    options.n = source->n_rings;
    part->source = capture_taps_open(&options);
    part->follows = options.follow;
    source->n += part->source != NULL;
    return part->source ? CLI_OK : EX_OSERR;
}

int trace_source_open_taps(struct cli *cli, bool all, struct trace_source **ret)
{
    struct trace_source *source = NULL;
    int code = cli_load(cli);

    *ret = NULL;
    if (code)
        return code;
    source = new_source(PROGRAMS);
    if (!source)
        return EX_OSERR;
    for (int i = 0; !code && i < PROGRAMS; i++)
        if (cli_is_enabled(cli, &program_table[i]))
            code = add_ring(source, "", program_table[i].name);
    if (!code)
        code = open_rings(source,
                          (struct capture_taps_options){ .run_dir = cfg_get_node(cli->cfg)->run_dir,
                                                         .follow = true,
                                                         .from_now = !all });
    /* Without the right to look nothing would come, ever. */
    if (!code && trace_source_complain(source) == EX_NOPERM)
        code = EX_NOPERM;
    if (code)
        trace_source_free(&source);
    *ret = source;
    return code;
}

/* A pipe, opened once more so as not to wait for it: keys and signals would wait, too. A negative
 * errno: standard input is something else. */
static int open_pipe(struct part *part)
{
    struct stat st;
    int fd;

    if (fstat(STDIN_FILENO, &st) < 0 || !S_ISFIFO(st.st_mode))
        return -ENOTSUP;
    fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    part->follows = true;
    return capture_file_open_fd(fd, &part->source);
}

static int open_file(struct trace_source *source, char const *path)
{
    struct part *part = &source->parts[source->n];
    int result = strcmp(path, "-") == 0 ? open_pipe(part) : -ENOTSUP;

    if (result < 0) {
        part->follows = false;
        result = capture_file_open(path, &part->source);
    }
    if (result < 0) {
        cli_complain("%s: %s", path, strerror(-result));
        return EX_NOINPUT;
    }
    part->path = path;
    source->n++;
    return CLI_OK;
}

int trace_source_open_files(char const *const *paths, size_t n, struct trace_source **ret)
{
    struct trace_source *source = new_source(n);
    int code = source ? CLI_OK : EX_OSERR;

    for (size_t i = 0; !code && i < n; i++)
        if (ladder_taps_is_ring(paths[i]))
            /* What has no slash would be the name of a program. */
            code = add_ring(source, strchr(paths[i], '/') ? "" : "./", paths[i]);
        else
            code = open_file(source, paths[i]);
    if (!code && source->n_rings)
        code = open_rings(source, (struct capture_taps_options){ 0 });
    if (code)
        trace_source_free(&source);
    *ret = source;
    return code;
}

int trace_source_open_interface(char const *interface, char const *filter,
                                struct trace_source **ret)
{
    struct netcap_child_options const options = { .interface = interface, .filter = filter };
    struct trace_source *source = new_source(1);
    int code = source ? netcap_child_open(&source->child, &options) : EX_OSERR;

    if (code) {
        trace_source_free(&source);
    } else {
        source->n = 1;
        source->parts[0] =
            (struct part){ .source = source->child.source, .path = interface, .follows = true };
        source->child.source = NULL;
    }
    *ret = source;
    return code;
}

bool trace_source_is_live(struct trace_source const *source)
{
    for (size_t i = 0; i < source->n; i++)
        if (source->parts[i].follows && !source->parts[i].ended)
            return true;
    return false;
}

/* Of a pipe or an interface: has it come to its end? Taps never do. */
static bool has_ended(struct part const *part)
{
    return !part->follows || (part->path && capture_file_has_ended(part->source));
}

static void look(struct part *part)
{
    int got;

    if (part->waits || part->ended)
        return;
    got = capture_source_next(part->source, &part->message);
    part->waits = got > 0;
    part->ended = got < 0 || (got == 0 && has_ended(part));
    part->error = got < 0 ? got : 0;
}

int trace_source_next(struct trace_source *source, struct capture_message *ret)
{
    struct part *oldest = NULL;

    if (source->given)
        source->given->waits = false;
    for (size_t i = 0; i < source->n; i++) {
        struct part *part = &source->parts[i];

        look(part);
        if (part->waits && (!oldest || part->message.time_us < oldest->message.time_us))
            oldest = part;
    }
    source->given = oldest;
    if (oldest)
        *ret = oldest->message;
    return oldest != NULL;
}

/* Of a file: damage, else what in it is no message and should be. */
static char const *file_fault(struct part const *part, char *text, size_t size, int *ret_code)
{
    char counts[512];

    if (part->error < 0) {
        snprintf(text, size, "%s: %s", part->path, capture_file_error(part->source));
        *ret_code = EX_DATAERR;
        return text;
    }
    capture_counts_print(capture_file_counts(part->source), counts, sizeof counts);
    if (*counts)
        snprintf(text, size, "%s: not understood: %s", part->path, counts);
    return text;
}

static char const *ring_fault(struct trace_source const *source, size_t i, char *text, size_t size,
                              int *ret_code)
{
    int error = capture_taps_error(source->parts[source->n - 1].source, i);

    /* Programs come and go; but nobody gets a right that he does not have. */
    if (!error || (source->parts[source->n - 1].follows && error == -ENOENT))
        return text;
    snprintf(text, size, "%s: %s", source->rings[i],
             error == -EBADMSG ? "the ring is damaged here" : strerror(-error));
    *ret_code = error == -EACCES ? EX_NOPERM : EX_DATAERR;
    return text;
}

char const *trace_source_fault(struct trace_source *source, size_t i, char *text, size_t size,
                               int *ret_code)
{
    size_t files = source->n - (source->n_rings > 0);

    *text = '\0';
    if (i < files)
        return file_fault(&source->parts[i], text, size, ret_code);
    if (i - files < source->n_rings)
        return ring_fault(source, i - files, text, size, ret_code);
    return NULL;
}

static uint64_t lost(struct trace_source const *source)
{
    uint64_t n = 0;

    for (size_t i = 0; i < source->n; i++)
        n += capture_source_lost(source->parts[i].source);
    return n;
}

int trace_source_complain(struct trace_source *source)
{
    char fault[FAULT];
    int code = CLI_OK;

    for (size_t i = 0; trace_source_fault(source, i, fault, sizeof fault, &code); i++)
        if (*fault)
            cli_complain("%s", fault);
    if (lost(source))
        cli_complain("%llu messages were overwritten before they could be read",
                     (unsigned long long)lost(source));
    return code;
}

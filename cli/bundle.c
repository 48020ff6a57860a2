/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a bundle do to it: files go into the archive, and what is missing on a list. */
#include "bundle.h"
#include "bundle_archive.h"
#include "bundle_feature.h"
#include "cli.h"
#include "program.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { DAY_S = 86400, US = 1000000 };

bool bundle_wants(struct bundle const *bundle, char const *program)
{
    for (size_t i = 0; i < bundle->options->n; i++)
        if (bundle_feature_has_program(bundle->options->features[i], program))
            return true;
    return false;
}

bool bundle_has(struct bundle const *bundle, struct program const *program)
{
    return bundle_wants(bundle, program->name) &&
           (!bundle->has_conf || cli_is_enabled(bundle->cli, program));
}

uint64_t bundle_since_us(struct bundle const *bundle)
{
    uint64_t days_us = (uint64_t)bundle->options->days * DAY_S * US;

    return bundle->now_us > days_us ? bundle->now_us - days_us : 0;
}

void bundle_add(struct bundle *bundle, char const *name, void const *bytes, size_t len)
{
    if (!len) {
        bundle_miss(bundle, name, "there is nothing in it");
        return;
    }
    (void)bundle_archive_add(bundle->archive, name, bytes, len);
    buf_printf(&bundle->files, "%10zu  %s\n", len, name);
}

void bundle_add_text(struct bundle *bundle, char const *name, struct buf const *text)
{
    if (!buf_ok(text))
        bundle_miss(bundle, name, "the rest of it is too much");
    bundle_add(bundle, name, buf_text(text), text->len);
}

void bundle_add_file(struct bundle *bundle, char const *name, FILE *file)
{
    (void)bundle_archive_add_file(bundle->archive, name, file);
    buf_printf(&bundle->files, "%10ld  %s\n", ftell(file), name);
}

void bundle_miss(struct bundle *bundle, char const *what, char const *format, ...)
{
    struct buf why;
    va_list args;

    buf_init(&why, BUNDLE_TEXT_MAX);
    va_start(args, format);
    buf_vprintf(&why, format, args);
    va_end(args);
    json_array_append_new(bundle->missing,
                          json_pack("{s:s,s:s}", "what", what, "why", buf_text(&why)));
    buf_fini(&why);
}

void bundle_note(struct bundle *bundle, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(&bundle->notes, format, args);
    va_end(args);
}

void bundle_add_path(struct bundle *bundle, char const *name, char const *path)
{
    FILE *file = fopen(path, "re");
    struct buf text;
    char chunk[4096];
    size_t n;

    if (!file) {
        bundle_miss(bundle, name, "%s: %s", path, strerror(errno));
        return;
    }
    buf_init(&text, BUNDLE_TEXT_MAX);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(&text, chunk, n);
    bundle_add_text(bundle, name, &text);
    buf_fini(&text);
    fclose(file);
}

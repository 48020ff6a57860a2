/* SPDX-License-Identifier: Apache-2.0 */
/* Watcher information, written and read. */
#include "watcherinfo.h"
#include "buf.h"
#include "pidf_read.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>

#define NS "urn:ietf:params:xml:ns:watcherinfo"

/* What watcherinfo_read() returns: the document, and the home of all its texts. */
struct owned {
    su_home_t home[1];
    struct watcherinfo info;
};

static char const *const statuses[] = {
#define STATUS(id, name) name,
#define EVENT(id, name)
#include "watcherinfo.def"
#undef STATUS
#undef EVENT
};

static char const *const events[] = {
#define STATUS(id, name)
#define EVENT(id, name) name,
#include "watcherinfo.def"
#undef STATUS
#undef EVENT
};

char const *watcherinfo_status_name(enum watcherinfo_status status)
{
    return statuses[status];
}

char const *watcherinfo_event_name(enum watcherinfo_event event)
{
    return events[event];
}

static void number(struct xml_writer *xml, char const *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    if (value >= 0)
        xml_writer_attribute(xml, name, text);
}

static void write_watcher(struct xml_writer *xml, struct watcherinfo_watcher const *watcher)
{
    xml_writer_open_bound(xml, NULL, "watcher");
    xml_writer_attribute(xml, "id", watcher->id);
    xml_writer_attribute(xml, "status", watcherinfo_status_name(watcher->status));
    xml_writer_attribute(xml, "event", watcherinfo_event_name(watcher->event));
    if (watcher->display_name)
        xml_writer_attribute(xml, "display-name", watcher->display_name);
    number(xml, "expiration", watcher->expiration_s);
    number(xml, "duration-subscribed", watcher->duration_s);
    xml_writer_text(xml, watcher->uri);
    xml_writer_close(xml);
}

int watcherinfo_write(struct watcherinfo const *info, struct buf *out)
{
    struct xml_writer *xml = xml_writer_new(out);
    if (!xml)
        return -ENOMEM;

    xml_writer_open(xml, "watcherinfo", NS);
    number(xml, "version", info->version);
    xml_writer_attribute(xml, "state", info->is_partial ? "partial" : "full");
    xml_writer_open_bound(xml, NULL, "watcher-list");
    xml_writer_attribute(xml, "resource", info->resource);
    xml_writer_attribute(xml, "package", info->package);
    for (size_t i = 0; i < info->n_watchers; i++)
        write_watcher(xml, &info->watchers[i]);
    return xml_writer_finish(&xml);
}

/* -1: no number from 0 to INT64_MAX. */
static int64_t parse_number(char const *text)
{
    int64_t value = 0;

    if (!text || !*text)
        return -1;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return -1;
    return *text ? -1 : value;
}

static int find_name(char const *const *names, int n, char const *name)
{
    int i = 0;

    while (name && i < n && strcmp(names[i], name) != 0)
        i++;
    return name && i < n ? i : -1;
}

static bool is_element(struct xml_reader const *reader, char const *name)
{
    return strcmp(xml_reader_name(reader), name) == 0 &&
           strcmp(xml_reader_namespace(reader), NS) == 0;
}

/* The attribute, copied. -EINVAL if it must be there and is not. */
static int take_attribute(struct owned *owned, struct xml_reader const *reader, char const *name,
                          bool must, char const **ret)
{
    char const *value = xml_reader_attribute(reader, name, NULL);

    *ret = value ? su_strdup(owned->home, value) : NULL;
    if (value)
        return *ret ? 0 : -ENOMEM;
    return must ? -EINVAL : 0;
}

static int read_watcher(struct owned *owned, struct xml_reader *reader,
                        struct pidf_limits const *limits, struct watcherinfo_watcher *watcher)
{
    int status =
        find_name(statuses, WATCHERINFO_STATUSES, xml_reader_attribute(reader, "status", NULL));
    int event = find_name(events, WATCHERINFO_EVENTS, xml_reader_attribute(reader, "event", NULL));
    struct buf text;
    int result = take_attribute(owned, reader, "id", true, &watcher->id);

    if (result == 0)
        result = take_attribute(owned, reader, "display-name", false, &watcher->display_name);
    if (result < 0 || status < 0 || event < 0)
        return result < 0 ? result : -EINVAL;
    watcher->status = (enum watcherinfo_status)status;
    watcher->event = (enum watcherinfo_event)event;
    watcher->expiration_s = parse_number(xml_reader_attribute(reader, "expiration", NULL));
    watcher->duration_s = parse_number(xml_reader_attribute(reader, "duration-subscribed", NULL));
    buf_init(&text, limits->max_bytes);
    if (xml_reader_collect(reader, &text) != XML_END)
        result = -EINVAL;
    else if (!buf_ok(&text) || !(watcher->uri = su_strdup(owned->home, buf_text(&text))))
        result = -ENOMEM;
    buf_fini(&text);
    return result;
}

static int read_list(struct owned *owned, struct xml_reader *reader,
                     struct pidf_limits const *limits)
{
    int result = take_attribute(owned, reader, "resource", true, &owned->info.resource);
    enum xml_event event;

    if (result == 0)
        result = take_attribute(owned, reader, "package", true, &owned->info.package);
    owned->info.watchers =
        su_zalloc(owned->home, (isize_t)(limits->max_tuples * sizeof *owned->info.watchers + 1));
    if (result < 0 || !owned->info.watchers)
        return result < 0 ? result : -ENOMEM;
    while ((event = xml_reader_next(reader)) != XML_END) {
        if (event == XML_ERROR || event == XML_END_DOCUMENT)
            return -EINVAL;
        if (event != XML_START)
            continue;
        if (!is_element(reader, "watcher"))
            result = xml_reader_skip(reader) == XML_END ? 0 : -EINVAL;
        else if (owned->info.n_watchers >= limits->max_tuples)
            result = -EINVAL;
        else
            result = read_watcher(owned, reader, limits,
                                  &owned->info.watchers[owned->info.n_watchers++]);
        if (result < 0)
            return result;
    }
    return 0;
}

static int read_document(struct owned *owned, struct xml_reader *reader,
                         struct pidf_limits const *limits)
{
    enum xml_event event = xml_reader_next(reader);
    int result = 0;

    if (event != XML_START || !is_element(reader, "watcherinfo"))
        return -EINVAL;
    int64_t version = parse_number(xml_reader_attribute(reader, "version", NULL));
    char const *state = xml_reader_attribute(reader, "state", NULL);
    if (version < 0 || version > UINT32_MAX || !state)
        return -EINVAL;
    owned->info.version = (uint32_t)version;
    owned->info.is_partial = strcmp(state, "partial") == 0;
    while (result == 0 && (event = xml_reader_next(reader)) != XML_END_DOCUMENT) {
        if (event == XML_ERROR)
            return -EINVAL;
        if (event == XML_START && is_element(reader, "watcher-list") && !owned->info.resource)
            result = read_list(owned, reader, limits);
        else if (event == XML_START)
            result = xml_reader_skip(reader) == XML_END ? 0 : -EINVAL;
    }
    return result == 0 && !owned->info.resource ? -EINVAL : result;
}

int watcherinfo_read(char const *body, size_t len, struct pidf_limits const *limits,
                     struct watcherinfo **ret)
{
    struct xml_limits xml = xml_limits_default;
    struct owned *owned = su_home_new(sizeof *owned);
    int result = -ENOMEM;

    *ret = NULL;
    xml.max_bytes = limits->max_bytes;
    xml.max_depth = limits->max_depth;
    struct xml_reader *reader = xml_reader_new(body, len, &xml);
    if (owned && reader)
        result = read_document(owned, reader, limits);
    if (result == -EINVAL && xml_reader_is_out_of_memory(reader))
        result = -ENOMEM;
    xml_reader_free(&reader);
    if (result == 0)
        *ret = &owned->info;
    else if (owned)
        su_home_unref(owned->home);
    return result;
}

void watcherinfo_free(struct watcherinfo **pinfo)
{
    struct watcherinfo *info = *pinfo;

    *pinfo = NULL;
    if (info)
        su_home_unref(((struct owned *)((char *)info - offsetof(struct owned, info)))->home);
}

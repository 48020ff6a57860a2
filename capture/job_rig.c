/* SPDX-License-Identifier: Apache-2.0 */
/* Folder, source and files for tests: see job_rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "job_rig.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct script {
    struct capture_source source;
    unsigned at, n;
    uint64_t lost;
    char text[512];
};

static int script_next(struct capture_source *source, struct capture_message *ret)
{
    struct script *script = (struct script *)source;

    if (script->at == script->n)
        return 0;
    script->at++;
    *ret = (struct capture_message){
        .time_us = UINT64_C(1700000000000000) + script->at,
        .number = script->at,
        .protocol = TAP_SIP,
        .transport = "udp",
        .program = "proxy",
        .interface = "udp:192.0.2.1:5060",
        .subject = "",
        .id = "",
        .note = "",
        .bytes = script->text,
    };
    net_addr_parse(&ret->source, "192.0.2.9:5060", 0);
    net_addr_parse(&ret->destination, "192.0.2.1:5060", 0);
    ret->len = (size_t)snprintf(
        script->text, sizeof script->text,
        "MESSAGE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK%u\r\n"
        "From: <sip:alice@example.test>;tag=1\r\nTo: <sip:bob@example.test>\r\nCall-ID: call-%u\r\n"
        "CSeq: %u MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nsecret",
        script->at, script->at % 2, script->at);
    return 1;
}

static void script_free(struct capture_source *source)
{
    free(source);
}

static uint64_t script_lost(struct capture_source const *source)
{
    return ((struct script const *)source)->lost;
}

void job_rig_lose(struct capture_source *source, uint64_t n)
{
    ((struct script *)source)->lost += n;
}

struct capture_source *job_rig_source(unsigned n)
{
    static struct capture_source_ops const ops = { script_next, script_free, script_lost };
    struct script *script = calloc(1, sizeof *script);

    assert_non_null(script);
    script->source.ops = &ops;
    script->n = n;
    return &script->source;
}

void job_rig_init(struct job_rig *rig)
{
    *rig = (struct job_rig){ .dir = "/tmp/crosspoint-job-XXXXXX" };
    assert_non_null(mkdtemp(rig->dir));
    (void)snprintf(rig->folder, sizeof rig->folder, "%s/capture", rig->dir);
    (void)snprintf(rig->key_log, sizeof rig->key_log, "%s/keys", rig->dir);
    rig->key_logs[0] = rig->key_log;
    rig->place.application = "crosspoint";
    rig->place.key_logs = (struct cfg_strings){ .v = rig->key_logs, .n = 1 };
    assert_int_equal(job_folder_init(&rig->place.folder, rig->folder, 0), 0);
}

static void remove_files(char const *folder)
{
    DIR *dir = opendir(folder);
    struct dirent const *entry;
    char path[512];

    while (dir && (entry = readdir(dir))) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    if (dir)
        closedir(dir);
    (void)rmdir(folder);
}

void job_rig_fini(struct job_rig *rig)
{
    job_folder_fini(&rig->place.folder);
    remove_files(rig->folder);
    remove_files(rig->dir);
}

struct job_options job_rig_options(char const *more)
{
    char text[512], fault[JOB_FAULT];
    struct job_options options;
    json_t *args, *rest;

    (void)snprintf(text, sizeof text, "%s", more);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    args = json_pack("{s:s}", "name", "job");
    rest = json_loads(text, 0, NULL);
    assert_non_null(rest);
    json_object_update(args, rest);
    assert_int_equal(job_options_read(&options, args, fault), 0);
    json_decref(rest);
    json_decref(args);
    return options;
}

struct job *job_rig_start(struct job_rig *rig, char const *more, unsigned n)
{
    struct job_options options = job_rig_options(more);
    int error;
    struct job *job = job_new(&rig->place, &options, job_rig_source(n), &error);

    assert_int_equal(error, 0);
    assert_non_null(job);
    return job;
}

static char *read_file(struct job_rig const *rig, char const *file, long *ret_len)
{
    char path[256], *bytes;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/%s", rig->folder, file);
    in = fopen(path, "rb");
    *ret_len = -1;
    if (!in)
        return NULL;
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    *ret_len = ftell(in);
    rewind(in);
    bytes = malloc((size_t)*ret_len + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)*ret_len, in), *ret_len);
    fclose(in);
    return bytes;
}

int job_rig_blocks(struct job_rig const *rig, char const *file, unsigned type)
{
    long len, at = 0;
    char *bytes = read_file(rig, file, &len);
    int n = 0;

    if (!bytes)
        return -1;
    while (at < len) {
        uint32_t head[2];

        assert_true(len - at >= 12);
        memcpy(head, bytes + at, sizeof head);
        assert_in_range(head[1], 12, len - at);
        n += head[0] == type;
        at += head[1];
    }
    free(bytes);
    return n;
}

long job_rig_find(struct job_rig const *rig, char const *file, char const *text)
{
    long len, at = -1;
    char *bytes = read_file(rig, file, &len);
    char const *found = bytes ? memmem(bytes, (size_t)len, text, strlen(text)) : NULL;

    if (found)
        at = found - bytes;
    free(bytes);
    return at;
}

long job_rig_size(struct job_rig const *rig, char const *file)
{
    long len;

    free(read_file(rig, file, &len));
    return len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The rig of the store's tests. */
#include "store_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void store_rig_init(struct store_rig *rig)
{
    *rig = (struct store_rig){ .told = 0 };
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/crosspoint-store-%d", (int)getpid());
    assert_int_equal(mkdir(rig->folder, 0700), 0);
    (void)snprintf(rig->path, sizeof rig->path, "%s/test.db", rig->folder);
    assert_int_equal(uv_loop_init(&rig->loop), 0);
}

void store_rig_open(struct store_rig *rig)
{
    assert_int_equal(store_open(&rig->store, rig->path, 10000), 0);
}

void store_rig_start(struct store_rig *rig)
{
    assert_int_equal(store_start(rig->store), 0);
    rig->link = store_link_new(rig->store, &rig->loop);
    assert_non_null(rig->link);
}

void store_rig_close(struct store_rig *rig)
{
    store_link_free(&rig->link);
    store_close(&rig->store);
    assert_int_equal(uv_run(&rig->loop, UV_RUN_DEFAULT), 0);
}

void store_rig_fini(struct store_rig *rig)
{
    static char const *const ends[] = { "", "-wal", "-shm", "-journal" };
    char path[128];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(path, sizeof path, "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig->folder), 0);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
}

void store_rig_done(void *vrig, int error)
{
    struct store_rig *rig = vrig;
    rig->told++;
    rig->error = error;
}

int store_rig_wait(struct store_rig *rig, int told)
{
    while (rig->told < told)
        (void)uv_run(&rig->loop, UV_RUN_ONCE);
    assert_int_equal(rig->told, told);
    return rig->error;
}

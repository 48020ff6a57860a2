/* SPDX-License-Identifier: Apache-2.0 */
/* The list of jobs: how many run, which names, and what is remembered of those that ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "job_rig.h"
#include "jobs.h"
#include <stdio.h>
#include <string.h>

struct rig {
    struct job_rig files;
    struct jobs jobs;
    unsigned n;   /* messages of the next source */
    bool history; /* of the last source */
    char fault[JOB_FAULT];
    char const *code;
};

static int open_source(void *ctx, bool history, struct capture_source **ret)
{
    struct rig *rig = ctx;

    rig->history = history;
    *ret = job_rig_source(rig->n);
    return 0;
}

static void setup(struct rig *rig)
{
    *rig = (struct rig){ .n = 5 };
    job_rig_init(&rig->files);
    rig->jobs = (struct jobs){ .place = rig->files.place,
                               .wheel = wheel_new(clock_now_ms()),
                               .open = open_source,
                               .ctx = rig,
                               .max = 2,
                               .default_bytes = 1 << 20,
                               .default_seconds = 100 };
    rig->files.place.folder.fd = -1;
    jobs_init(&rig->jobs);
}

static void teardown(struct rig *rig)
{
    jobs_fini(&rig->jobs);
    wheel_free(&rig->jobs.wheel);
    job_rig_fini(&rig->files);
}

static struct job *start(struct rig *rig, char const *name, char const *more)
{
    struct job_options options = job_rig_options(more);

    (void)snprintf(options.name, sizeof options.name, "%s", name);
    return jobs_start(&rig->jobs, &options, &rig->code, rig->fault);
}

static void pass(struct rig *rig, uint64_t ms)
{
    clock_advance_ms(ms);
    wheel_run(rig->jobs.wheel, clock_now_ms());
}

static void test_runs_by_itself(void **state)
{
    struct rig rig;
    (void)state;

    setup(&rig);
    struct job *job = start(&rig, "a", "{'history': 'yes'}");
    assert_non_null(job);
    assert_true(rig.history);
    assert_int_equal(jobs_running(&rig.jobs), 1);
    pass(&rig, 20);
    assert_int_equal(job->output.messages, 5);
    /* nobody said how long it is to run */
    pass(&rig, 100000);
    assert_int_equal(jobs_running(&rig.jobs), 0);
    assert_string_equal(jobs_find(&rig.jobs, "a")->reason, "seconds reached");
    assert_false(rig.jobs.timer.armed);
    /* the timer runs again for the next one */
    job = start(&rig, "b", "{}");
    assert_false(rig.history);
    pass(&rig, 20);
    assert_int_equal(job->output.messages, 5);
    teardown(&rig);
}

static void test_refusals(void **state)
{
    struct rig rig;
    (void)state;

    setup(&rig);
    assert_non_null(start(&rig, "a", "{}"));
    assert_null(start(&rig, "a", "{}"));
    assert_non_null(strstr(rig.fault, "of this name runs"));
    assert_non_null(start(&rig, "b", "{}"));
    assert_null(start(&rig, "c", "{}"));
    assert_non_null(strstr(rig.fault, "max_jobs"));
    job_end(jobs_find(&rig.jobs, "a"), "stopped");
    assert_null(start(&rig, "a", "{}"));
    assert_non_null(strstr(rig.fault, "is there already"));
    rig.jobs.place.key_logs.n = 0;
    assert_null(start(&rig, "d", "{'secrets': 'yes'}"));
    assert_non_null(strstr(rig.fault, "key_logs"));
    job_end(jobs_find(&rig.jobs, "b"), "stopped");
    rig.jobs.place.folder.min_free = UINT64_C(1) << 60;
    assert_null(start(&rig, "d", "{}"));
    assert_non_null(strstr(rig.fault, "min_free"));
    rig.jobs.place.folder.min_free = 0;
    assert_non_null(start(&rig, "d", "{}"));
    teardown(&rig);
}

static void test_folder_is_missing(void **state)
{
    struct rig rig;
    (void)state;

    setup(&rig);
    rig.jobs.place.folder.path = "/nonexistent/folder";
    assert_null(start(&rig, "a", "{}"));
    assert_string_equal(rig.code, "unavailable");
    assert_string_equal(rig.fault, "/nonexistent/folder: not there, nor the folder to make it in; "
                                   "make one that node.user may write, or set capture.folder");
    teardown(&rig);
}

/* A ring of files may go on until its time is over; all else has a limit. */
static void test_default_limits(void **state)
{
    struct rig rig;
    (void)state;

    setup(&rig);
    struct job *job = start(&rig, "a", "{'file_size': '16k', 'files': '2'}");
    assert_int_equal(job->options.bytes, 0);
    assert_int_equal(job->options.seconds, 100);
    job = start(&rig, "b", "{'seconds': '7'}");
    assert_int_equal(job->options.bytes, 1 << 20);
    assert_int_equal(job->options.seconds, 7);
    teardown(&rig);
}

static void test_forgets_the_oldest(void **state)
{
    char name[16];
    struct rig rig;
    (void)state;

    setup(&rig);
    for (int i = 0; i < JOBS_ENDED_MAX + 3; i++) {
        (void)snprintf(name, sizeof name, "j%d", i);
        assert_non_null(start(&rig, name, "{'messages': '1'}"));
        pass(&rig, 20);
        assert_int_equal(jobs_running(&rig.jobs), 0);
    }
    assert_null(jobs_find(&rig.jobs, "j2"));
    assert_non_null(jobs_find(&rig.jobs, "j3"));
    teardown(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_runs_by_itself),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_folder_is_missing),  cmocka_unit_test(test_default_limits),
        cmocka_unit_test(test_forgets_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One job: its limits, its ring of files, what it hides, and how it ends when the disk is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alarm.h"
#include "capture_alarms.h"
#include "capture_metrics.h"
#include "clock.h"
#include "job_rig.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { ALL = 100000 };

/* One file with all of them; it can be read before the job has ended. */
static void test_writes_what_comes(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{}", 10);
    assert_false(job_run(job, ALL));
    assert_false(job_is_over(job));
    assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_PACKET), 10);
    assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_STATISTICS), 0);
    job_end(job, "stopped");
    assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_PACKET), 10);
    assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_STATISTICS), 1);
    assert_true(job_rig_find(&rig, "job.pcapng", "id call-1") > 0);
    assert_int_equal(job->output.messages, 10);
    assert_int_equal(job->output.bytes, job_rig_size(&rig, "job.pcapng"));
    job_free(&job);
    job_rig_fini(&rig);
}

/* The file says so, too: isb_ifdrop. */
static void test_misses_messages(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{}", 10);
    job_run(job, 5);
    job_rig_lose(job->source, 0x77665544);
    job_run(job, 1);
    job_run(job, ALL);
    assert_int_equal(job->output.dropped, 0x77665544);
    job_end(job, "stopped");
    assert_true(job_rig_find(&rig, "job.pcapng", "\x44\x55\x66\x77") > 0);
    assert_int_equal(job->output.messages, 10);
    job_free(&job);
    job_rig_fini(&rig);
}

static void test_takes_turns(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{}", 10);
    assert_true(job_run(job, 4));
    assert_int_equal(job->output.messages, 4);
    assert_true(job_run(job, 4));
    assert_false(job_run(job, 4));
    assert_int_equal(job->output.messages, 10);
    job_free(&job);
    job_rig_fini(&rig);
}

static struct {
    char const *more, *reason;
    uint64_t least, most; /* messages */
} const limits[] = {
    { "{'messages': '7'}", "messages reached", 7, 7 },
    { "{'bytes': '4k'}", "bytes reached", 5, 12 },
    { "{'messages': '7', 'bytes': '1G'}", "messages reached", 7, 7 },
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct job_rig rig;

        job_rig_init(&rig);
        struct job *job = job_rig_start(&rig, limits[i].more, 50);
        assert_false(job_run(job, ALL));
        assert_true(job_is_over(job));
        assert_string_equal(job->reason, limits[i].reason);
        assert_in_range(job->output.messages, limits[i].least, limits[i].most);
        assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_PACKET), job->output.messages);
        job_free(&job);
        job_rig_fini(&rig);
    }
}

static void test_seconds(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{'seconds': '60'}", 3);
    clock_advance_ms(59000);
    assert_false(job_run(job, ALL));
    assert_false(job_is_over(job));
    clock_advance_ms(1000);
    assert_false(job_run(job, ALL));
    assert_string_equal(job->reason, "seconds reached");
    job_free(&job);
    job_rig_fini(&rig);
}

static void count_end(struct job *job, void *ctx)
{
    (void)job;
    ++*(int *)ctx;
}

/* What was said before still comes; and whoever stops it hears of the end once. */
static void test_stop_waits_for_what_has_not_settled(void **state)
{
    struct job_rig rig;
    int ended = 0;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{}", 3);
    assert_int_equal(job_stop(job, count_end, &ended), 0);
    assert_int_equal(job_stop(job, count_end, &ended), -EALREADY);
    job_run(job, ALL);
    assert_false(job_is_over(job));
    assert_int_equal(job->output.messages, 3);
    clock_advance_ms(1000);
    job_run(job, ALL);
    assert_true(job_is_over(job));
    assert_string_equal(job->reason, "stopped");
    assert_int_equal(ended, 1);
    job_free(&job);
    assert_int_equal(ended, 1);
    job_rig_fini(&rig);
}

/* The newest are kept; none is larger than it may be; each begins anew and ends in order. */
static void test_ring_of_files(void **state)
{
    char name[JOB_OUTPUT_NAME];
    struct job_rig rig;
    int packets = 0, files = 0;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{'file_size': '16k', 'files': '3'}", 500);
    while (job_run(job, 20))
        continue;
    job_end(job, "stopped");
    assert_true(job->output.number > 5);
    for (unsigned i = 1; i <= job->output.number; i++) {
        (void)snprintf(name, sizeof name, "job-%05u.pcapng", i);
        if (i + 3 <= job->output.number) {
            assert_int_equal(job_rig_blocks(&rig, name, RIG_PACKET), -1);
            continue;
        }
        files++;
        packets += job_rig_blocks(&rig, name, RIG_PACKET);
        assert_in_range(job_rig_size(&rig, name), 1, 16384);
        assert_int_equal(job_rig_blocks(&rig, name, RIG_INTERFACE), 1);
        assert_int_equal(job_rig_blocks(&rig, name, RIG_STATISTICS), 1);
    }
    assert_int_equal(files, 3);
    assert_in_range(packets, 30, 499);
    assert_int_equal(job->output.messages, 500);
    assert_true(job_rig_find(&rig, job->output.name, "CSeq: 500 ") > 0);
    job_free(&job);
    job_rig_fini(&rig);
}

static void test_masked_unless_asked(void **state)
{
    struct alarm_board *alarms = alarm_board_new(&capture_alarms);
    struct job_rig rig;
    (void)state;

    for (int unmask = 0; unmask < 2; unmask++) {
        job_rig_init(&rig);
        rig.place.alarms = alarms;
        struct job *job = job_rig_start(&rig, unmask ? "{'unmask': 'yes'}" : "{}", 3);
        job_run(job, ALL);
        assert_int_equal(job_rig_find(&rig, "job.pcapng", "secret") >= 0, unmask);
        assert_true(job_rig_find(&rig, "job.pcapng", "sip:alice@example.test") > 0);
        assert_int_equal(alarm_count(alarms), unmask);
        job_end(job, "stopped");
        assert_int_equal(alarm_count(alarms), 0);
        job_free(&job);
        job_rig_fini(&rig);
    }
    alarm_board_free(&alarms);
}

static struct {
    char const *more;
    uint64_t messages; /* of 10 */
} const filters[] = {
    { "{'call_id': 'call-0'}", 5 },
    { "{'user': 'alice'}", 10 },
    { "{'user': 'carol'}", 0 },
    { "{'method': 'MESSAGE'}", 10 },
    { "{'method': 'INVITE'}", 0 },
    { "{'peer': '192.0.2.9'}", 10 },
    { "{'peer': '192.0.2.9:5061'}", 0 },
    { "{'service': 'MakeCall'}", 0 },
    { "{'text': 'CSeq: 7 '}", 1 },
    { "{'filter': 'host 192.0.2.1'}", 10 },
    { "{'filter': 'host 192.0.2.3'}", 0 },
};

static void test_filter(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct job_rig rig;

        job_rig_init(&rig);
        struct job *job = job_rig_start(&rig, filters[i].more, 10);
        job_run(job, ALL);
        assert_int_equal(job->output.messages, filters[i].messages);
        assert_int_equal(job->output.dropped, 0);
        job_free(&job);
        job_rig_fini(&rig);
    }
}

static void add_keys(struct job_rig const *rig, char const *lines)
{
    FILE *out = fopen(rig->key_log, "a");

    assert_non_null(out);
    fputs(lines, out);
    fclose(out);
}

/* Before the packets of each file; and while they come, before the next packet. */
static void test_secrets(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    add_keys(&rig, "CLIENT_RANDOM 1 a\n");
    struct job *job = job_rig_start(&rig, "{'secrets': 'yes', 'file_size': '16k'}", 200);
    assert_true(job_run(job, 2));
    assert_int_equal(job_rig_blocks(&rig, "job-00001.pcapng", RIG_SECRETS), 1);
    assert_true(job_rig_find(&rig, "job-00001.pcapng", "CLIENT_RANDOM 1 a\n") <
                job_rig_find(&rig, "job-00001.pcapng", "MESSAGE sip"));
    add_keys(&rig, "CLIENT_RANDOM 2 b\nCLIENT_RANDOM 3");
    assert_true(job_run(job, 2));
    assert_int_equal(job_rig_blocks(&rig, "job-00001.pcapng", RIG_SECRETS), 2);
    assert_true(job_rig_find(&rig, "job-00001.pcapng", "CLIENT_RANDOM 2 b\n") <
                job_rig_find(&rig, "job-00001.pcapng", "CSeq: 3 "));
    assert_int_equal(job_rig_find(&rig, "job-00001.pcapng", "CLIENT_RANDOM 3"), -1);
    while (job_run(job, 2))
        continue;
    assert_true(job_rig_find(&rig, "job-00002.pcapng", "CLIENT_RANDOM 1 a\nCLIENT_RANDOM 2 b\n") >
                0);
    assert_int_equal(job_rig_blocks(&rig, "job-00002.pcapng", RIG_SECRETS), 1);
    job_free(&job);
    job_rig_fini(&rig);
}

/* Who wants them must not get a file without them. */
static void test_secrets_cannot_be_read(void **state)
{
    struct job_options options = job_rig_options("{'secrets': 'yes'}");
    struct job_rig rig;
    int error;
    (void)state;

    job_rig_init(&rig);
    rig.key_logs[0] = "/dev/null";
    assert_null(job_new(&rig.place, &options, job_rig_source(1), &error));
    assert_int_equal(error, -ENOKEY);
    job_rig_fini(&rig);
}

static void test_no_secrets_unless_asked(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    add_keys(&rig, "CLIENT_RANDOM 1 a\n");
    struct job *job = job_rig_start(&rig, "{'unmask': 'yes'}", 2);
    job_run(job, ALL);
    assert_int_equal(job_rig_find(&rig, "job.pcapng", "CLIENT_RANDOM"), -1);
    job_free(&job);
    job_rig_fini(&rig);
}

static void test_pcap(void **state)
{
    struct job_rig rig;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{'format': 'pcap'}", 2);
    job_run(job, ALL);
    job_end(job, "stopped");
    assert_int_equal(job_rig_find(&rig, "job.pcap", "\xd4\xc3\xb2\xa1"), 0);
    assert_int_equal(job->output.bytes, job_rig_size(&rig, "job.pcap"));
    job_free(&job);
    job_rig_fini(&rig);
}

/* A file is never overwritten. */
static void test_file_is_there(void **state)
{
    struct job_options options = job_rig_options("{}");
    struct job_rig rig;
    int error;
    (void)state;

    job_rig_init(&rig);
    struct job *job = job_rig_start(&rig, "{}", 2);
    job_run(job, ALL);
    job_free(&job);
    long size = job_rig_size(&rig, "job.pcapng");
    assert_null(job_new(&rig.place, &options, job_rig_source(1), &error));
    assert_int_equal(error, -EEXIST);
    assert_int_equal(job_rig_size(&rig, "job.pcapng"), size);
    job_rig_fini(&rig);
}

/* As the kernel says it when there is no room: the file keeps its whole blocks, and nothing speaks
 * of interfaces that did not get into it. */
static void test_file_cannot_grow(void **state)
{
    struct rlimit before, limit;
    (void)state;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    for (rlim_t size = 200; size < 3000; size += 50) {
        struct job_rig rig;

        job_rig_init(&rig);
        struct job *job = job_rig_start(&rig, "{}", 50);
        limit = (struct rlimit){ size, before.rlim_max };
        setrlimit(RLIMIT_FSIZE, &limit);
        while (job_run(job, 1))
            continue;
        setrlimit(RLIMIT_FSIZE, &before);
        assert_true(job_is_over(job));
        assert_string_equal(job->reason, "failed: File too large");
        assert_in_range(job_rig_size(&rig, "job.pcapng"), 1, size);
        assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_PACKET), job->output.messages);
        assert_true(job_rig_blocks(&rig, "job.pcapng", RIG_STATISTICS) <=
                    job_rig_blocks(&rig, "job.pcapng", RIG_INTERFACE));
        assert_int_equal(job->output.dropped, 1);
        job_free(&job);
        job_rig_fini(&rig);
    }
}

/* The metrics are the sum of what the jobs tell; of each file the first and the last bytes, too. */
static void assert_counted(struct job const *job, int64_t const before[static 3])
{
    assert_int_equal(met_get(&capture_metrics, M_messages_written) - before[0],
                     job->output.messages);
    assert_int_equal(met_get(&capture_metrics, M_messages_dropped) - before[1],
                     job->output.dropped);
    assert_int_equal(met_get(&capture_metrics, M_bytes_written) - before[2], job->output.bytes);
}

static void test_disk_is_full(void **state)
{
    int64_t const before[] = { met_get(&capture_metrics, M_messages_written),
                               met_get(&capture_metrics, M_messages_dropped),
                               met_get(&capture_metrics, M_bytes_written) };
    struct alarm_board *alarms = alarm_board_new(&capture_alarms);
    struct job_options options = job_rig_options("{}");
    struct job_rig rig;
    int error;
    (void)state;

    job_rig_init(&rig);
    rig.place.alarms = alarms;
    struct job *job = job_rig_start(&rig, "{}", 10);
    assert_true(job_run(job, 5));
    rig.place.folder.min_free = UINT64_C(1) << 60;
    assert_false(job_run(job, 5));
    assert_string_equal(job->reason, "failed: disk full");
    assert_int_equal(job_rig_blocks(&rig, "job.pcapng", RIG_PACKET), 5);
    assert_int_equal(job->output.messages, 5);
    assert_int_equal(job->output.dropped, 5);
    assert_counted(job, before);
    assert_int_equal(alarm_count(alarms), 1);
    job_free(&job);
    /* The next one cannot even begin, and leaves no file behind. */
    options.name[0] = 'x';
    assert_null(job_new(&rig.place, &options, job_rig_source(1), &error));
    assert_int_equal(error, -ENOSPC);
    assert_int_equal(job_rig_size(&rig, "xob.pcapng"), -1);
    rig.place.folder.min_free = 0;
    job = job_new(&rig.place, &options, job_rig_source(1), &error);
    job_run(job, ALL);
    assert_int_equal(alarm_count(alarms), 0);
    job_free(&job);
    job_rig_fini(&rig);
    alarm_board_free(&alarms);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_writes_what_comes),
        cmocka_unit_test(test_misses_messages),
        cmocka_unit_test(test_takes_turns),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_stop_waits_for_what_has_not_settled),
        cmocka_unit_test(test_ring_of_files),
        cmocka_unit_test(test_masked_unless_asked),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_secrets_cannot_be_read),
        cmocka_unit_test(test_no_secrets_unless_asked),
        cmocka_unit_test(test_pcap),
        cmocka_unit_test(test_file_is_there),
        cmocka_unit_test(test_file_cannot_grow),
        cmocka_unit_test(test_disk_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

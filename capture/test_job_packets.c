/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to crosspoint-netcap, with a test at its other end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "job_packets.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct rig {
    char dir[64], path[108];
    int listener, peer;
    struct job_packets *packets;
    struct buf file;
};

static void setup(struct rig *rig, char const *filter, char const *request)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    char got[256] = "";

    *rig = (struct rig){ .dir = "/tmp/crosspoint-packets-XXXXXX" };
    assert_non_null(mkdtemp(rig->dir));
    (void)snprintf(rig->path, sizeof rig->path, "%s/netcap", rig->dir);
    memcpy(addr.sun_path, rig->path, sizeof addr.sun_path);
    rig->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(rig->listener, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(listen(rig->listener, 1), 0);
    assert_int_equal(job_packets_open(rig->path, "eth0", filter, &rig->packets), 0);
    rig->peer = accept(rig->listener, NULL, NULL);
    assert_int_equal(recv(rig->peer, got, sizeof got - 1, 0), strlen(request));
    assert_string_equal(got, request);
    buf_init(&rig->file, 1 << 20);
}

static void teardown(struct rig *rig)
{
    job_packets_free(&rig->packets);
    close(rig->peer);
    close(rig->listener);
    unlink(rig->path);
    rmdir(rig->dir);
    buf_fini(&rig->file);
}

static void say(struct rig *rig, void const *bytes, size_t len)
{
    assert_int_equal(send(rig->peer, bytes, len, 0), len);
}

static void assert_end(struct rig *rig, char const *fault)
{
    struct capture_packet packet;

    assert_int_equal(job_packets_next(rig->packets, &packet), -ENOLINK);
    assert_string_equal(job_packets_fault(rig->packets), fault);
}

static void make_file(struct rig *rig)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_packet const packet = {
        .interface = "eth0",
        .description = "",
        .link_type = 1,
        .time_us = 1700000000000001,
        .bytes = "packet",
        .len = 6,
        .wire_len = 60,
    };

    assert_non_null(save);
    capture_save_begin(save, "test", &rig->file);
    assert_int_equal(capture_save_packet(save, &packet, &rig->file), 0);
    assert_int_equal(capture_save_packet(save, &packet, &rig->file), 0);
    capture_save_free(&save);
}

static void test_packets(void **state)
{
    struct capture_packet packet;
    struct rig rig;

    (void)state;
    setup(&rig, "udp port 5060", "--quiet\n--interface\neth0\n--filter\nudp port 5060\n\n");
    make_file(&rig);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    assert_false(job_packets_are_open(rig.packets));
    say(&rig, rig.file.data, 5);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    assert_true(job_packets_are_open(rig.packets));
    say(&rig, rig.file.data + 5, rig.file.len - 6);
    assert_int_equal(job_packets_next(rig.packets, &packet), 1);
    assert_string_equal(packet.interface, "eth0");
    assert_int_equal(packet.link_type, 1);
    assert_int_equal(packet.time_us, 1700000000000001);
    assert_int_equal(packet.len, 6);
    assert_int_equal(packet.wire_len, 60);
    assert_memory_equal(packet.bytes, "packet", 6);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    say(&rig, rig.file.data + rig.file.len - 1, 1);
    assert_int_equal(job_packets_next(rig.packets, &packet), 1);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    shutdown(rig.peer, SHUT_WR);
    assert_end(&rig, "crosspoint-netcap has ended; its log says why");
    teardown(&rig);
}

static void test_refused(void **state)
{
    struct capture_packet packet;
    struct rig rig;
    char text[600];

    (void)state;
    setup(&rig, "", "--quiet\n--interface\neth0\n\n");
    say(&rig, "eth0: No such", 13);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    say(&rig, " dev\x1bice\nmore", 14);
    assert_end(&rig, "eth0: No such dev?ice");
    assert_false(job_packets_are_open(rig.packets));
    teardown(&rig);
    /* who speaks without end */
    setup(&rig, "", "--quiet\n--interface\neth0\n\n");
    memset(text, 'a', sizeof text);
    say(&rig, text, sizeof text);
    text[JOB_PACKETS_FAULT - 1] = '\0';
    assert_end(&rig, text);
    teardown(&rig);
}

static void test_ends(void **state)
{
    struct capture_packet packet;
    struct rig rig;

    (void)state;
    setup(&rig, "", "--quiet\n--interface\neth0\n\n");
    shutdown(rig.peer, SHUT_RDWR);
    assert_end(&rig, "crosspoint-netcap has ended; its log says why");
    teardown(&rig);
    /* within a block; and with damage */
    setup(&rig, "", "--quiet\n--interface\neth0\n\n");
    make_file(&rig);
    say(&rig, rig.file.data, 20);
    assert_int_equal(job_packets_next(rig.packets, &packet), 0);
    shutdown(rig.peer, SHUT_RDWR);
    assert_end(&rig, "offset 0: the file ends within a section header");
    teardown(&rig);
    setup(&rig, "", "--quiet\n--interface\neth0\n\n");
    say(&rig, "\n is no file", 12);
    assert_end(&rig, "offset 0: the file is neither pcap nor pcapng");
    teardown(&rig);
}

static void test_nobody_there(void **state)
{
    struct job_packets *packets;
    char path[200];

    (void)state;
    assert_int_equal(job_packets_open("/nonexistent/netcap", "eth0", "", &packets), -ENOENT);
    assert_null(packets);
    memset(path, 'a', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(job_packets_open(path, "eth0", "", &packets), -ENAMETOOLONG);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_packets),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See talker.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "talker.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

static uint64_t end_of_patience(void)
{
    return uv_hrtime() + (uint64_t)PATIENCE_S * 1000000000;
}

int talker_begin(struct stream_rig *rig, struct secure_rig *certs)
{
    stream_rig_init(rig, certs, "b");
    secure_context_unref(&rig->a.own.context);
    rig->a.peer.tls = STREAMS_TLS_OPTIONAL;
    rig->a.peer.dialback = true;
    stream_rig_open(&rig->a);
    return talker_listen(rig->a.host);
}

int talker_listen(char ret[static 64])
{
    struct net_addr addr;
    socklen_t len = sizeof addr;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    assert_int_equal(net_addr_parse(&addr, "127.0.0.1", 0), 0);
    assert_int_equal(bind(fd, &addr.sa, net_addr_len(&addr)), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, &addr.sa, &len), 0);
    net_addr_print(&addr, ret);
    return fd;
}

struct talker talker_accept(struct stream_rig *rig, int listener)
{
    struct talker talker = { .rig = rig, .fd = -1 };
    uint64_t end = end_of_patience();

    while (talker.fd < 0) {
        stream_rig_settle(rig);
        talker.fd = accept(listener, NULL, NULL);
        if (uv_hrtime() > end)
            fail_msg("nobody connects");
    }
    return talker;
}

struct talker talker_connect(struct stream_rig *rig)
{
    struct talker talker = { .rig = rig, .fd = socket(AF_INET, SOCK_STREAM, 0) };

    assert_int_equal(connect(talker.fd, &rig->a.addr.sa, net_addr_len(&rig->a.addr)), 0);
    talker_say(&talker, TALKER_HEADER);
    talker_until(&talker, "</stream:features>");
    return talker;
}

struct talker talker_enter(struct stream_rig *rig, int listener)
{
    struct talker talker = talker_connect(rig);

    talker_say(&talker, TALKER_RESULT ">key</db:result>");
    struct talker server = talker_accept(rig, listener);
    talker_say(&server, TALKER_FEATURES);
    talker_judge(&server, "valid");
    talker_until(&talker, "type='valid'");
    talker_close(&server);
    return talker;
}

void talker_close(struct talker *talker)
{
    close(talker->fd);
    stream_rig_settle(talker->rig);
}

void talker_say(struct talker *talker, char const *text)
{
    assert_int_equal(write(talker->fd, text, strlen(text)), strlen(text));
}

bool talker_heard(struct talker *talker, char const *wanted)
{
    stream_rig_settle(talker->rig);
    ssize_t n = recv(talker->fd, talker->text + talker->n, sizeof talker->text - 1 - talker->n,
                     MSG_DONTWAIT);
    talker->n += n > 0 ? (size_t)n : 0;
    talker->text[talker->n] = '\0';
    return strstr(talker->text, wanted) != NULL;
}

void talker_until(struct talker *talker, char const *wanted)
{
    uint64_t end = end_of_patience();

    while (!talker_heard(talker, wanted))
        if (uv_hrtime() > end)
            fail_msg("no %s in %s", wanted, talker->text);
}

bool talker_is_closed(struct talker *talker)
{
    char byte;

    (void)talker_heard(talker, "");
    ssize_t n = recv(talker->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

void talker_judge(struct talker *talker, char const *type)
{
    char answer[512];

    talker_until(talker, "</db:verify>");
    char const *asked = strstr(talker->text, "<db:verify "), *id = strstr(asked, " id='");
    char const *from = strstr(asked, " from='");
    assert_true(id && from);
    (void)snprintf(answer, sizeof answer, "<db:verify from='b.test' to=%.*s%.*s type='%s'/>",
                   (int)(strchr(from + 7, '\'') + 1 - (from + 6)), from + 6,
                   (int)(strchr(id + 5, '\'') + 1 - id), id, type);
    talker_say(talker, answer);
    stream_rig_settle(talker->rig);
}

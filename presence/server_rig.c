/* SPDX-License-Identifier: Apache-2.0 */
/* The rig: see server_rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "message.h"
#include "pidf_read.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include "server_rig.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

enum { DOCUMENT_BYTES = 4000 };

void server_rig_init(struct server_rig *rig)
{
    rig->conf = (struct presence_conf){ .max_presentities = 100,
                                        .max_list_bytes = 32768,
                                        .limits = { .max_message_bytes = 65536 },
                                        .list_suffix = "-list",
                                        .max_waiting = 100,
                                        .waiting_ttl = 1000,
                                        .availability_sharing = true,
                                        .auto_authorise = true };
    rig->server = (struct event_server){ .conf = &rig->conf, .wheel = wheel_new(clock_now_ms()) };
    assert_non_null(rig->server.wheel);
    TAILQ_INIT(&rig->server.waiting);
    LIST_INIT(&rig->server.all);
    tally_init(&rig->server.watchers);
    tally_init(&rig->server.domains);
    server_rig_users(rig, 4);
    throttle_init(&rig->server.changes, 0, clock_now_ms());
}

void server_rig_users(struct server_rig *rig, size_t n)
{
    static char const *names[] = { "a", "b", "c", "d" };
    struct cfg_strings const users = { .v = names, .n = n };

    own_users_fini(&rig->server.users);
    assert_int_equal(own_users_init(&rig->server.users, &users, "x.test"), 0);
}

void server_rig_fini(struct server_rig *rig)
{
    struct htab_entry *entry;

    while ((entry = htab_next(&rig->server.publications, NULL))) {
        struct publication *p = (struct publication *)entry;
        publication_end(&p);
    }
    assert_int_equal(rig->server.presentities.n, 0);
    wheel_disarm(&rig->server.turn);
    own_users_fini(&rig->server.users);
    htab_fini(&rig->server.presentities);
    htab_fini(&rig->server.publications);
    htab_fini(&rig->server.subscriptions);
    tally_fini(&rig->server.watchers);
    tally_fini(&rig->server.domains);
    wheel_free(&rig->server.wheel);
}

void server_rig_pass(struct server_rig *rig, uint64_t ms)
{
    clock_advance_ms(ms);
    wheel_run(rig->server.wheel, clock_now_ms());
}

size_t server_rig_write(char *out, size_t size, char const *user, char const *body)
{
    int len = snprintf(out, size,
                       "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
                       "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "
                       "xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid' "
                       "xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid' "
                       "entity='sip:%s'>%s</presence>",
                       user, body);

    assert_in_range(len, 1, size - 1);
    return (size_t)len;
}

struct published *server_rig_parse(char const *user, char const *body)
{
    struct published_fault fault;
    char xml[DOCUMENT_BYTES];
    size_t len = server_rig_write(xml, sizeof xml, user, body);
    struct published *content = published_parse(published_package_find("presence"), user, xml, len,
                                                &pidf_limits_default, &fault);

    assert_non_null(content);
    return content;
}

struct publication *server_rig_publish(struct server_rig *rig, char const *user, char const *body)
{
    struct presentity *presentity = presentity_get(&rig->server, user);
    struct publication_id id;

    assert_non_null(presentity);
    publication_id_make(&id);
    struct publication *p = publication_new(presentity, server_rig_parse(user, body), &id, 60);
    assert_non_null(p);
    presentity_changed(presentity);
    return p;
}

void server_rig_renew(struct publication *p, struct published *content)
{
    struct publication_id id;

    publication_id_make(&id);
    assert_int_equal(publication_renew(p, content, &id, 60), 0);
}

msg_t *server_rig_notify(void)
{
    static char const bytes[] = "NOTIFY sip:w@x.test SIP/2.0\r\n"
                                "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n"
                                "From: <sip:a@x.test>;tag=1\r\nTo: <sip:w@x.test>;tag=2\r\n"
                                "Call-ID: 1\r\nCSeq: 1 NOTIFY\r\nContent-Length: 0\r\n\r\n";
    msg_t *notify = message_parse(bytes, sizeof bytes - 1);

    assert_non_null(notify);
    return notify;
}

char const *server_rig_body(msg_t *notify, size_t *ret_len)
{
    sip_payload_t const *body = sip_object(notify)->sip_payload;

    *ret_len = body ? body->pl_len : 0;
    return body ? body->pl_data : "";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A loop of its own around the resolver: see doctor_server.h. */
#include "doctor_server.h"
#include "resolve.h"
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>

static char const name_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
enum { SIP_PORT = 5060, PORT_DIGITS = 5 };

struct search {
    bool is_done;
    json_t *found;
    char *why;
    size_t size;
};

bool doctor_server_is_name(char const *text)
{
    size_t len = strspn(text, name_chars);
    char const *port = text + len + 1;

    if (len == 0 || !text[len])
        return len > 0;
    return text[len] == ':' && port[0] && strlen(port) <= PORT_DIGITS &&
           port[strspn(port, "0123456789")] == '\0';
}

static void on_found(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct search *search = ctx;
    char text[NET_ADDR_TEXT];

    search->is_done = true;
    if (n == 0) {
        (void)snprintf(search->why, search->size, "%s", why_not);
        return;
    }
    search->why[0] = '\0';
    search->found = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(search->found, json_string(net_addr_print(&list[i].addr, text)));
}

static void ask(uv_loop_t *loop, struct resolver *resolver, char const *name, struct search *search)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    bool has_port = strchr(name, ':') != NULL;
    char uri[300];

    /* With a port: a name that signs in has addresses, whatever its SRV records say. */
    (void)snprintf(uri, sizeof uri, has_port ? "sip:%s;transport=tcp" : "sip:%s:%d;transport=tcp",
                   name, SIP_PORT);
    url_t *url = url_make(home, uri);
    if (url)
        (void)resolve_uri(resolver, url, TRANSPORT_TCP, on_found, search);
    while (url && !search->is_done)
        uv_run(loop, UV_RUN_ONCE);
    su_home_deinit(home);
}

json_t *doctor_server_find(char const *name, char const *dns_servers, char *why, size_t size)
{
    struct search search = { .why = why, .size = size };
    struct resolver *resolver;
    uv_loop_t loop;

    (void)snprintf(why, size, "out of memory, or the DNS servers are no addresses");
    if (uv_loop_init(&loop) < 0)
        return NULL;
    resolver = resolver_new(&loop, *dns_servers ? dns_servers : NULL);
    if (resolver)
        ask(&loop, resolver, name, &search);
    resolver_free(&resolver);
    uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    return search.found;
}

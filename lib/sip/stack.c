/* SPDX-License-Identifier: Apache-2.0 */
/* Wiring transport, transactions and resolver together; listener texts. */
#include "stack_internal.h"
#include "transport.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SIP_PORT = 5060 };

struct stack {
    struct wheel *wheel;
    struct transport *transport;
    struct transaction_layer *transactions;
    struct resolver *resolver;
    struct outgoing_list outgoing;
};

static void on_message(void *ctx, struct origin const *from, msg_t *msg)
{
    struct stack *stack = ctx;

    transaction_receive(stack->transactions, from, msg);
}

struct stack *stack_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                        struct stack_limits const *limits, char const *dns_servers,
                        struct transaction_handlers const *handlers, void *ctx)
{
    static struct transport_handlers const transport_handlers = { on_message };
    struct stack *stack = calloc(1, sizeof *stack);

    if (!stack)
        return NULL;
    LIST_INIT(&stack->outgoing);
    stack->wheel = wheel;
    stack->resolver = resolver_new(loop, dns_servers);
    stack->transport = transport_new(loop, wheel, tap, limits, &transport_handlers, stack);
    if (stack->transport)
        stack->transactions = transaction_layer_new(stack->transport, wheel, limits, handlers, ctx);
    if (!stack->resolver || !stack->transactions)
        stack_free(&stack);
    else
        resolver_use_transport(stack->resolver, stack->transport);
    return stack;
}

void stack_free(struct stack **pstack)
{
    struct stack *stack = *pstack;

    *pstack = NULL;
    if (!stack)
        return;
    outgoing_free_all(&stack->outgoing);
    transaction_layer_free(&stack->transactions);
    transport_free(&stack->transport);
    resolver_free(&stack->resolver);
    free(stack);
}

int stack_share(struct stack *stack, struct steer *steer, unsigned worker)
{
    transaction_layer_number(stack->transactions, worker);
    return transport_share(stack->transport, steer, worker);
}

/* "tcp:127.0.0.1:5060;name=outside", taken apart. */
struct listen_text {
    enum transport_kind kind;
    struct net_addr addr;
    char name[TRANSPORT_NAME_BYTES];
};

/* What stands behind the address: NULL, or what is wrong. */
static char const *parse_params(char const *params, struct listen_text *ret)
{
    static char const allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    if (!*params)
        return NULL;
    if (strncmp(params, ";name=", 6) != 0)
        return "only ;name=NAME may stand behind the address";
    params += 6;
    if (!*params || params[strspn(params, allowed)])
        return "only letters, digits and - _ . may be in a name";
    if (strlen(params) >= sizeof ret->name)
        return "the name is longer than 64 bytes";
    memcpy(ret->name, params, strlen(params) + 1);
    return NULL;
}

static char const *parse_addr(char const *text, struct listen_text *ret)
{
    char addr[NET_ADDR_TEXT];
    size_t len = strcspn(text, ";");

    if (len < sizeof addr) {
        memcpy(addr, text, len);
        addr[len] = '\0';
    }
    if (len >= sizeof addr || net_addr_parse(&ret->addr, addr, SIP_PORT) < 0)
        return "wants an IP address behind the transport, perhaps with :port";
    return parse_params(text + len, ret);
}

/* NULL, or what is wrong. */
static char const *parse_listener(char const *text, struct listen_text *ret)
{
    static enum transport_kind const kinds[] = { TRANSPORT_UDP, TRANSPORT_TCP };

    *ret = (struct listen_text){ .name = "" };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char const *name = transport_kind_name(kinds[i]);
        size_t len = strlen(name);
        if (strncmp(text, name, len) != 0 || text[len] != ':')
            continue;
        ret->kind = kinds[i];
        return parse_addr(text + len + 1, ret);
    }
    return strncmp(text, "tls:", 4) == 0 ? "TLS is not available yet"
                                         : "wants udp:ADDRESS:PORT or tcp:ADDRESS:PORT";
}

char const *stack_listen_check(char const *text)
{
    struct listen_text parts;

    return parse_listener(text, &parts);
}

char const *stack_listen_name(char const *text, char name[static TRANSPORT_NAME_BYTES])
{
    struct listen_text parts;

    name[0] = '\0';
    if (!parse_listener(text, &parts))
        memcpy(name, parts.name, sizeof parts.name);
    return name;
}

int stack_listen(struct stack *stack, char const *text, char const *advertised)
{
    struct listen_text parts;

    if (parse_listener(text, &parts))
        return -EINVAL;
    int listener = transport_listen(stack->transport, parts.kind, &parts.addr, advertised);
    if (listener >= 0)
        (void)transport_name_listener(stack->transport, (uint16_t)listener, parts.name);
    return listener;
}

struct transport *stack_transport(struct stack *stack)
{
    return stack->transport;
}

struct transaction_layer *stack_transactions(struct stack *stack)
{
    return stack->transactions;
}

struct resolver *stack_resolver(struct stack *stack)
{
    return stack->resolver;
}

struct wheel *stack_wheel(struct stack *stack)
{
    return stack->wheel;
}

struct outgoing_list *stack_outgoing(struct stack *stack)
{
    return &stack->outgoing;
}

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

/* "tcp:127.0.0.1:5060" -> kind and address; NULL, or what is wrong. */
static char const *parse_listener(char const *text, enum transport_kind *ret_kind,
                                  struct net_addr *ret_addr)
{
    static enum transport_kind const kinds[] = { TRANSPORT_UDP, TRANSPORT_TCP };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char const *name = transport_kind_name(kinds[i]);
        size_t len = strlen(name);
        if (strncmp(text, name, len) != 0 || text[len] != ':')
            continue;
        *ret_kind = kinds[i];
        return net_addr_parse(ret_addr, text + len + 1, SIP_PORT) < 0
                   ? "wants an IP address behind the transport, perhaps with :port"
                   : NULL;
    }
    return strncmp(text, "tls:", 4) == 0 ? "TLS is not available yet"
                                         : "wants udp:ADDRESS:PORT or tcp:ADDRESS:PORT";
}

char const *stack_listen_check(char const *text)
{
    enum transport_kind kind;
    struct net_addr addr;

    return parse_listener(text, &kind, &addr);
}

int stack_listen(struct stack *stack, char const *text, char const *advertised)
{
    enum transport_kind kind;
    struct net_addr addr;

    if (parse_listener(text, &kind, &addr))
        return -EINVAL;
    return transport_listen(stack->transport, kind, &addr, advertised);
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

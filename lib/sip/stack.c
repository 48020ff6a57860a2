/* SPDX-License-Identifier: Apache-2.0 */
/* Wiring transport, transactions and resolver together; listener texts. */
#include "stack_internal.h"
#include "transport.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SIP_PORT = 5060, SIPS_PORT = 5061 };

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

static bool may_answer(void *ctx, struct origin const *from)
{
    struct stack *stack = ctx;

    return transaction_may_answer(stack->transactions, from);
}

struct stack *stack_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                        struct stack_limits const *limits, char const *dns_servers,
                        struct transaction_handlers const *handlers, void *ctx)
{
    static struct transport_handlers const transport_handlers = { on_message, may_answer };
    struct stack *stack = calloc(1, sizeof *stack);

    if (!stack)
        return NULL;
    LIST_INIT(&stack->outgoing);
    stack->wheel = wheel;
    stack->resolver = resolver_new(loop, dns_servers);
    stack->transport = transport_new(loop, wheel, tap, limits, &transport_handlers, stack);
    if (stack->transport)
        stack->transactions = transaction_layer_new(stack->transport, wheel, limits, handlers, ctx);
    if (!stack->resolver || !stack->transactions) {
        stack_free(&stack);
        return NULL;
    }
    resolver_use_transport(stack->resolver, stack->transport);
    transaction_layer_use_resolver(stack->transactions, stack->resolver);
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

static char const *parse_name(char const *value, size_t len, char ret[static TRANSPORT_NAME_BYTES])
{
    static char const allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    if (!len || strspn(value, allowed) < len)
        return "only letters, digits and - _ . may be in a name";
    if (len >= TRANSPORT_NAME_BYTES)
        return "the name is longer than 64 bytes";
    if (*ret)
        return "a parameter stands twice";
    memcpy(ret, value, len);
    ret[len] = '\0';
    return NULL;
}

/* What stands behind the address: NULL, or what is wrong. */
static char const *parse_params(char const *params, struct stack_listener *ret)
{
    static char const name[] = ";name=", context[] = ";context=";
    char const *wrong = NULL;

    while (*params && !wrong) {
        bool is_name = strncmp(params, name, strlen(name)) == 0;
        bool is_context =
            ret->kind == TRANSPORT_TLS && strncmp(params, context, strlen(context)) == 0;
        if (!is_name && !is_context)
            return ret->kind == TRANSPORT_TLS
                       ? "only ;name=NAME and ;context=NAME may stand behind the address"
                       : "only ;name=NAME may stand behind the address";
        params += strlen(is_name ? name : context);
        size_t len = strcspn(params, ";");
        wrong = parse_name(params, len, is_name ? ret->name : ret->context);
        params += len;
    }
    return wrong;
}

static char const *parse_addr(char const *text, struct stack_listener *ret)
{
    char addr[NET_ADDR_TEXT];
    size_t len = strcspn(text, ";");

    if (len < sizeof addr) {
        memcpy(addr, text, len);
        addr[len] = '\0';
    }
    if (len >= sizeof addr ||
        net_addr_parse(&ret->addr, addr, ret->kind == TRANSPORT_TLS ? SIPS_PORT : SIP_PORT) < 0)
        return "wants an IP address behind the transport, perhaps with :port";
    return parse_params(text + len, ret);
}

char const *stack_listener_parse(char const *text, struct stack_listener *ret)
{
    *ret = (struct stack_listener){ .name = "" };
    for (ret->kind = 0; ret->kind < TRANSPORT_KINDS; ret->kind++) {
        char const *name = transport_kind_name(ret->kind);
        size_t len = strlen(name);
        if (strncmp(text, name, len) == 0 && text[len] == ':')
            return parse_addr(text + len + 1, ret);
    }
    return "wants udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT";
}

char const *stack_listen_check_tls(char const *text)
{
    struct stack_listener listener;

    return stack_listener_parse(text, &listener);
}

char const *stack_listen_check(char const *text)
{
    struct stack_listener listener;
    char const *wrong = stack_listener_parse(text, &listener);

    if (!wrong && listener.kind == TRANSPORT_TLS)
        wrong = "TLS is for the proxy alone";
    return wrong;
}

char const *stack_listen_name(char const *text, char name[static TRANSPORT_NAME_BYTES])
{
    struct stack_listener listener;

    name[0] = '\0';
    if (!stack_listener_parse(text, &listener))
        memcpy(name, listener.name, sizeof listener.name);
    return name;
}

int stack_listen(struct stack *stack, char const *text, char const *advertised)
{
    struct transport *t = stack->transport;
    struct stack_listener as;
    int listener;

    if (stack_listener_parse(text, &as))
        return -EINVAL;
    if (as.kind == TRANSPORT_TLS)
        listener = transport_listen_tls(t, &as.addr, advertised, *as.context ? as.context : NULL);
    else
        listener = transport_listen(t, as.kind, &as.addr, advertised);
    if (listener >= 0)
        (void)transport_name_listener(t, (uint16_t)listener, as.name);
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

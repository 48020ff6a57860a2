/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a DNS answer is read for SRV and for NAPTR, as the resolver does it. What comes out
 * is bounded, usable and in order. */
#include "resolve_naptr.h"
#include "resolve_srv.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The draws are the bytes of the answer, again and again. */
struct draws {
    uint8_t const *bytes;
    size_t n, next;
};

static uint32_t draw(void *ctx, uint32_t below)
{
    struct draws *draws = ctx;

    return draws->n ? draws->bytes[draws->next++ % draws->n] * 16843009u % below : 0;
}

static void check_srv(uint8_t const *data, size_t size)
{
    struct draws draws = { data, size, 0 };
    struct resolve_srv srv;
    int error = resolve_srv_read(&srv, data, (int)size, draw, &draws);

    require(srv.n <= RESOLVE_SRV_MAX && (error == 0 || srv.n == 0));
    for (size_t i = 0; i < srv.n; i++) {
        require(memchr(srv.v[i].host, '\0', sizeof srv.v[i].host) != NULL);
        require(*srv.v[i].host && srv.v[i].port);
        require(i == 0 || srv.v[i - 1].priority <= srv.v[i].priority);
    }
}

static void check_naptr(uint8_t const *data, size_t size, unsigned kinds)
{
    struct resolve_naptr naptr;
    int error = resolve_naptr_read(&naptr, data, (int)size, kinds);

    require(naptr.n <= RESOLVE_NAPTR_MAX && (error == 0 || naptr.n == 0));
    for (size_t i = 0; i < naptr.n; i++) {
        require(memchr(naptr.v[i].name, '\0', sizeof naptr.v[i].name) != NULL);
        require(*naptr.v[i].name && naptr.v[i].kind < TRANSPORT_KINDS);
        require(kinds >> naptr.v[i].kind & 1);
    }
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    check_srv(data, size);
    for (unsigned kinds = 0; kinds < 1u << TRANSPORT_KINDS; kinds++)
        check_naptr(data, size, kinds);
    return 0;
}

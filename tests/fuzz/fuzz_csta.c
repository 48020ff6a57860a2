/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a CSTA document is read; what was understood is written, and must read back as a
 * message that is written the same. Also the quick look at the root's name. */
#include "buf.h"
#include "csta.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* A fault says what and why, in one printable line. */
static void check_fault(int result, struct csta_fault const *fault)
{
    require((result == 0) == (fault->kind == CSTA_FAULT_NONE));
    require(result == 0 || fault->text[0]);
    for (char const *c = fault->text; *c; c++)
        require((unsigned char)*c >= 0x20 && *c != 0x7f);
}

/* Escapes make a document longer, so a message near the limit may not read back. */
static void check_round_trip(su_home_t *home, struct csta_msg const *msg)
{
    struct csta_msg again;
    struct csta_fault fault;
    struct buf first, second;

    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    int result = csta_encode(msg, &first);
    require(result == 0 || result == -EINVAL);
    if (result == 0 && first.len <= 65536) {
        require(csta_decode(home, first.data, first.len, &again, &fault) == 0);
        require(again.type == msg->type && again.edition == msg->edition);
        require(csta_encode(&again, &second) == 0);
        require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    }
    buf_fini(&second);
    buf_fini(&first);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    struct csta_fault fault;
    char name[24];

    csta_peek_name((char const *)data, size, name, sizeof name);
    require(strlen(name) < sizeof name);
    int result = csta_decode(home, (char const *)data, size, &msg, &fault);
    check_fault(result, &fault);
    if (result == 0)
        check_round_trip(home, &msg);
    su_home_deinit(home);
    return 0;
}

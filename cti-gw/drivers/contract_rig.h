/* SPDX-License-Identifier: Apache-2.0 */
/* What the contract test (test_driver_contract.c) needs of each driver: the system at the other
 * end, played by a rig. Driver X of drivers.def has its `contract_rig_X` in contract_rig_X.c;
 * without one the test does not link.
 *
 * A rig serves one connection, in the words of struct csta_msg whatever the driver's own protocol
 * is. Time passes by `pass` only. */
#pragma once
#include "driver.h"

enum {
    CONTRACT_HEARTBEAT_S = 3600,
    CONTRACT_REQUEST_MS = 2000,
    CONTRACT_RETRY_MS = 1000,
    CONTRACT_REQUESTS = 4
};

struct contract_rig {
    /* Opens a connection with the limits above. */
    struct driver_conn *(*open)(struct driver_host const *host, void *ctx);
    /* Takes the driver's next attempt to connect and what it says first; it is up then. */
    void (*let_in)(void);
    /* Waits for the next request that the gateway has made; it is a @p type. Returns its name for
     * answer(). */
    unsigned (*take)(enum csta_type type);
    void (*answer)(unsigned id, struct csta_msg const *answer);
    void (*send_event)(struct csta_msg const *event);
    /* Says how the system is. */
    void (*send_status)(enum csta_system_status status);
    /* Ends the link from the other side. */
    void (*cut)(void);
    /* Returns when the driver has seen all that was sent. */
    void (*settle)(void);
    void (*pass)(uint64_t ms);
    /* The connection is closed: frees everything, and fails if something of the driver is left on
     * the loop. */
    void (*finish)(void);
};

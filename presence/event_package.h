/* SPDX-License-Identifier: Apache-2.0 */
/* The event packages that we are a notifier of (RFC 6665 5.4): what a NOTIFY of each tells. */
#pragma once
#include <sofia-sip/msg_types.h>
#include <stdbool.h>
#include <stdint.h>

struct subscription;

struct event_package {
    char const *name;     /* as Event names it */
    char const *document; /* the type of what is told, for 406 */
    /* Of what would be told now: another one when it has changed. Never 0. */
    uint64_t (*tag)(struct subscription const *subscription);
    /* Adds what is told to a NOTIFY; @p tag is of it. Returns 0 or a negative errno. */
    int (*add)(struct subscription *subscription, msg_t *notify, uint64_t tag);
    bool is_private; /* who else than the user subscribes is refused */
};

/** The one called @p name, NULL if it is not served. Static. */
struct event_package const *event_package_find(char const *name);

/** What becomes of presence when the resource is a list (RFC 4662). Static. */
struct event_package const *event_package_list(void);

/** Is it that of presence itself, of one user? Of the dialogs of a user's lines? Of a list? */
bool event_package_is_presence(struct event_package const *package);
bool event_package_is_dialog(struct event_package const *package);
bool event_package_is_list(struct event_package const *package);

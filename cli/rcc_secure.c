/* SPDX-License-Identifier: Apache-2.0 */
/* One TLS context for what rcc opens and accepts: see rcc_secure.h. */
#include "rcc_secure.h"
#include "secure_set.h"
#include "stack.h"
#include <errno.h>
#include <stdio.h>

int rcc_secure_use(struct stack *stack, struct rcc_secure_options const *options, char *why,
                   size_t size)
{
    struct secure_settings const settings = {
        .name = "rcc",
        .certificates = { &options->certificate, 1 },
        .keys = { &options->key, options->key != NULL },
        .ca = options->ca,
        /* Who connects to us must be as trusted as whom we connect to. */
        .verify_peer = options->ca ? SECURE_VERIFY_REQUIRED : SECURE_VERIFY_NONE,
        .verify_server = true,
    };
    struct secure_fault fault;
    struct secure_set set;
    struct secure_context *context = NULL;
    int rc = -EINVAL;

    if (!options->certificate) {
        snprintf(why, size, "a proxy over TLS wants --certificate");
        return -EINVAL;
    }
    secure_set_init(&set);
    context = secure_context_new(&settings, &fault);
    if (!context) {
        snprintf(why, size, "--%s: %s", fault.setting, fault.text);
        goto out;
    }
    set.server = set.client = secure_set_put(&set, context);
    transport_use_contexts(stack_transport(stack), &set);
    rc = 0;
out:
    secure_context_unref(&context);
    secure_set_fini(&set);
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Asserted identities: see identity.h. */
#include "identity.h"
#include "message.h"
#include <sofia-sip/sip_header.h>
#include <string.h>
#include <strings.h>

static char const asserted[] = "P-Asserted-Identity", preferred[] = "P-Preferred-Identity";

static bool take_out(msg_t *msg, char const *name)
{
    bool found = message_unknown(sip_object(msg), name) != NULL;
    if (found)
        message_remove(msg, name);
    return found;
}

/* A Privacy that cannot be read, or a second one, may ask for anything. */
static bool is_privacy_unclear(sip_t const *sip)
{
    for (sip_error_t const *error = sip->sip_error; error; error = error->er_next)
        if (error->er_name && strcasecmp(error->er_name, "Privacy") == 0)
            return true;
    return false;
}

static bool asks_for_privacy(sip_t const *sip)
{
    if (is_privacy_unclear(sip))
        return true;
    if (!sip->sip_privacy || !sip->sip_privacy->priv_values)
        return false;
    for (msg_param_t const *value = sip->sip_privacy->priv_values; *value; value++)
        if (strcasecmp(*value, "id") == 0)
            return true;
    return false;
}

bool identity_is_claimed(sip_t const *sip)
{
    for (sip_unknown_t const *un = sip->sip_unknown; un; un = un->un_next)
        if (un->un_name && strncasecmp(un->un_name, "P-", 2) == 0 &&
            (strcasecmp(un->un_name, asserted) == 0 || strcasecmp(un->un_name, preferred) == 0))
            return true;
    return false;
}

bool identity_distrust(msg_t *msg)
{
    bool claimed = take_out(msg, asserted);
    return take_out(msg, preferred) || claimed;
}

bool identity_conceal(msg_t *msg)
{
    bool concealed = asks_for_privacy(sip_object(msg)) && take_out(msg, asserted);
    return take_out(msg, preferred) || concealed;
}

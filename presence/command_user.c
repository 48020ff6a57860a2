/* SPDX-License-Identifier: Apache-2.0 */
/* Users in commands: see command_user.h. */
#include "command_user.h"
#include "ctl.h"
#include "event_server.h"

bool command_user_address(struct event_server const *server, struct ctl_call *call,
                          char const *text, char ret[static PRESENCE_ADDRESS_BYTES])
{
    bool fine = text && own_users_address(&server->users, text, ret) == 0;

    if (!fine)
        ctl_fail(call, "bad-argument", "%s is no address", text ? text : "nothing");
    return fine;
}

bool command_user_read(struct event_server const *server, struct ctl_call *call, char const *text,
                       char ret[static PRESENCE_ADDRESS_BYTES])
{
    if (!command_user_address(server, call, text, ret))
        return false;
    if (event_server_has_user(server, ret))
        return true;
    ctl_fail(call, "not-found", "%s is no user here", ret);
    return false;
}

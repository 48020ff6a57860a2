/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing the device of a line: see cmd_line.h. */
#include "cmd_line.h"
#include "buf.h"
#include "line_uri.h"
#include "session.h"
#include "session_device.h"
#include "svc.h"
#include <errno.h>
#include <string.h>

enum { LIST_BYTES = 4096 };

static void fail_device(struct ctl_call *call, struct users const *users, char const *id,
                        char const *number, char const *device)
{
    struct device_choice_phone phones[USERS_PHONES_MAX];
    size_t n = users_phones(users, id, number, "", phones, USERS_PHONES_MAX);
    struct buf list;

    buf_init(&list, LIST_BYTES);
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", phones[i].name);
    ctl_fail(call, "not-found", "the user has no device \"%s\" with that line; there is: %s",
             device, n ? buf_text(&list) : "none");
    buf_fini(&list);
}

/* Sessions of the user on the line go over; how many. */
static int move_sessions(struct gateway *gw, char const *user, char const *number,
                         char const *device)
{
    struct session *session;
    int moved = 0;

    LIST_FOREACH(session, &gw->all, link)
    {
        if (session_is_open(session) && strcmp(session->user, user) == 0 &&
            strcmp(session->number, number) == 0 &&
            (!session->device || strcmp(session->device, device) != 0) &&
            session_device_move(session, device) == 0) {
            device_ring_end(session);
            moved++;
        }
    }
    return moved;
}

void cmd_line_select(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct gateway *gw = svc_state(svc);
    char const *device = ctl_arg(args, "device"), *line = ctl_arg(args, "line");
    char const *id = ctl_arg(args, "user");
    struct users_person const *user = id ? users_by_id(gw->directory.users, id) : NULL;
    struct line_uri uri;

    if (!device || !line || line_uri_parse(line, &uri) < 0) {
        ctl_fail(call, "bad-argument", "wants a user, a line and a device");
        return;
    }
    if (!user) {
        ctl_fail(call, "not-found", "there is no user \"%s\"", id ? id : "");
        return;
    }
    if (!users_has_phone(gw->directory.users, id, uri.number, device)) {
        fail_device(call, gw->directory.users, id, uri.number, device);
        return;
    }
    int error = directory_choose(&gw->directory, id, uri.number, device);
    if (error < 0)
        ctl_fail(call, "unavailable", "the choice is not kept: %s", strerror(-error));
    else
        ctl_reply(call, json_pack("{s:s,s:s,s:s,s:i}", "user", id, "line", uri.number, "device",
                                  device, "sessions", move_sessions(gw, id, uri.number, device)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the trunk has published of a line (RFC 3903). A presence document is about the whole line,
 * so a new one takes the place of all; of dialogs (RFC 4235) each call may be a publication of its
 * own, as Kamailio makes them, and the line is as the most engaged of them says. A new one about
 * the same call takes the place of the one before: Kamailio makes such when a call goes on before
 * it has the tag. trunk.c calls this. */
#pragma once
#include "phone_line.h"

struct trunk_publication {
    LIST_ENTRY(trunk_publication) of_line;
    struct phone_line *line;
    struct event_server *server;
    struct published_package const *package;
    struct pidf *doc; /* owned; NULL while it is new */
    uint64_t subject; /* of dialogs: of which ones */
    struct wheel_timer expiry;
    char etag[PHONE_LINE_ETAG + 1];
};

/** That of @p line whose tag is @p etag, if it is of @p package; or NULL. */
struct trunk_publication *trunk_publication_find(struct phone_line const *line,
                                                 struct published_package const *package,
                                                 char const *etag);

/** Beside how many would a new one of @p package about @p subject stand? */
unsigned trunk_publication_beside(struct phone_line const *line,
                                  struct published_package const *package, uint64_t subject);

/** New one, which says nothing yet. NULL: out of memory. */
struct trunk_publication *trunk_publication_new(struct event_server *server,
                                                struct phone_line *line,
                                                struct published_package const *package);

/** It has a new tag, and holds for @p expires_s. */
void trunk_publication_hold(struct trunk_publication *publication, uint32_t expires_s);

/** It says @p doc (taken) about @p subject; those of which it takes the place are gone. The line is
 *  not told. */
void trunk_publication_say(struct trunk_publication *publication, struct pidf *doc,
                           uint64_t subject);

/** The line is as its publications say. */
void trunk_publication_tell(struct event_server *server, struct phone_line *line);

/** Ends it, and tells the line. */
void trunk_publication_end(struct trunk_publication **ppublication);

/** Forgets all of a line, without a word. */
void trunk_publication_clear(struct phone_line *line);

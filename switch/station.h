/* SPDX-License-Identifier: Apache-2.0 */
/* Phones: whether they work, their handset, speakers and microphones; and the event of a line. */
#pragma once
#include "csta.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct call_conn;
struct feature_forward;
struct line;
struct line_table;

/** Where one hears and speaks at a phone; CSTA names them "1", "2", "3". */
enum station_apparatus { STATION_HANDSET, STATION_HEADSET, STATION_SPEAKER, STATION_APPARATUS };

enum { STATION_VOLUME_MAX = 100, STATION_VOLUME = 50 };

struct station_audio {
    bool speaker_mute, microphone_mute;
    unsigned volume; /* of the speaker, 0..STATION_VOLUME_MAX */
};

struct station {
    TAILQ_ENTRY(station) link;
    char const *name; /* borrowed */
    bool in_service;
    bool off_hook; /* as the hook was told */
    struct station_audio audio[STATION_APPARATUS];
    TAILQ_HEAD(, call_conn) conns; /* that are at this phone, of all its lines; oldest first */
    struct line **lines;           /* owned array of the lines that it has */
    size_t n_lines;
};

/** What changed about a line or phone. */
struct line_event {
    enum csta_type type;
    struct line *line;
    struct station const *station; /* NULL: the line itself */
    struct feature_forward const *forward;
    bool on; /* do not disturb, message waiting; of a handset: on the hook */
};

/** A new phone that works. NULL when out of memory; owned by the caller. */
struct station *station_new(char const *name);
void station_free(struct station **pstation);

/** Notes that the phone has @p line. Returns 0 or -ENOMEM. */
int station_add_line(struct station *station, struct line *line);

/** Takes back the last station_add_line(), if it was for @p line. */
void station_remove_line(struct station *station, struct line const *line);

/** Takes a phone into or out of service and tells the lines whose state that changes: with the
 *  phone, and as a whole when it is the first or the last that works. */
void station_set_service(struct line_table *tab, struct station *station, bool on);

/** Looks whether the handset is off the hook now, and tells the phone's lines when that is new. */
void station_update_hook(struct line_table *tab, struct station *station);

/** The apparatus that @p id names, -1 if none; NULL or "" is the handset. */
int station_apparatus_parse(char const *id);
char const *station_apparatus_str(enum station_apparatus apparatus);

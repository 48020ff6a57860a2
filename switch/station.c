/* SPDX-License-Identifier: Apache-2.0 */
/* Owns phones, and who is told of what happens to them. */
#include "station.h"
#include "call.h"
#include "line.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char const *const apparatus_names[STATION_APPARATUS] = {
    [STATION_HANDSET] = "1",
    [STATION_HEADSET] = "2",
    [STATION_SPEAKER] = "3",
};

struct station *station_new(char const *name)
{
    struct station *station = calloc(1, sizeof *station);
    if (!station)
        return NULL;
    *station = (struct station){ .name = name, .in_service = true };
    TAILQ_INIT(&station->conns);
    for (size_t i = 0; i < STATION_APPARATUS; i++)
        station->audio[i].volume = STATION_VOLUME;
    return station;
}

void station_free(struct station **pstation)
{
    struct station *station = *pstation;
    *pstation = NULL;
    if (!station)
        return;
    free(station->lines);
    free(station);
}

int station_add_line(struct station *station, struct line *line)
{
    struct line **lines = realloc(station->lines, (station->n_lines + 1) * sizeof *lines);
    if (!lines)
        return -ENOMEM;
    station->lines = lines;
    station->lines[station->n_lines++] = line;
    return 0;
}

void station_remove_line(struct station *station, struct line const *line)
{
    if (station->n_lines > 0 && station->lines[station->n_lines - 1] == line)
        station->n_lines--;
}

static void tell_lines(struct line_table *tab, struct line_event event)
{
    for (size_t i = 0; tab->on_event && i < event.station->n_lines; i++) {
        event.line = event.station->lines[i];
        tab->on_event(tab->ctx, &event);
    }
}

void station_set_service(struct line_table *tab, struct station *station, bool on)
{
    if (station->in_service == on)
        return;
    station->in_service = on;
    tell_lines(tab,
               (struct line_event){ .type = on ? CSTA_BackInServiceEvent : CSTA_OutOfServiceEvent,
                                    .station = station });
}

void station_update_hook(struct line_table *tab, struct station *station)
{
    struct call_conn const *conn;
    bool off_hook = false;
    TAILQ_FOREACH(conn, &station->conns, on_station)
    {
        off_hook = off_hook || call_is_off_hook(conn);
    }
    if (off_hook == station->off_hook)
        return;
    station->off_hook = off_hook;
    tell_lines(tab, (struct line_event){
                        .type = CSTA_HookswitchEvent, .station = station, .on = !off_hook });
}

int station_apparatus_parse(char const *id)
{
    if (!id || !id[0])
        return STATION_HANDSET;
    for (int i = 0; i < STATION_APPARATUS; i++)
        if (strcmp(apparatus_names[i], id) == 0)
            return i;
    return -1;
}

char const *station_apparatus_str(enum station_apparatus apparatus)
{
    return apparatus_names[apparatus];
}

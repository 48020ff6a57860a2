/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the services about a line and its phones: forwarding, do not disturb, message waiting,
 * speakers and microphones. */
#include "events.h"
#include "services_parts.h"

enum { RINGS_MAX = 100 };

/* --- the line --------------------------------------------------------------------------------- */

static struct csta_error find(struct service *s, struct line_ref *ret)
{
    return services_find_device(s, s->request->device, ret);
}

/* The types for all callers are always there; those for some when they were ever set. */
static struct csta_error get_forwarding(struct service *s)
{
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (error.category)
        return error;
    struct csta_forward *list =
        su_zalloc(s->home, (isize_t)(FEATURE_SCOPES * FEATURE_REASONS * sizeof *list));
    if (!list)
        return services_no_resources("resourceBusy");
    s->reply->forwards = list;
    for (int i = 0; i < FEATURE_SCOPES * FEATURE_REASONS; i++) {
        struct feature_forward const *forward =
            &ref.line->features.forwards[i / FEATURE_REASONS][i % FEATURE_REASONS];
        if (forward->scope != FEATURE_ALL && !forward->to[0])
            continue;
        list[s->reply->n_forwards++] = (struct csta_forward){
            .type = events_forwarding(forward),
            .on = forward->active,
            .number = forward->to[0] ? forward->to : NULL,
            .ring_count = forward->rings,
        };
    }
    return services_ok;
}

/* Without a type the switch's own default is meant: at once. */
static struct csta_error set_forwarding(struct service *s)
{
    struct csta_msg const *request = s->request;
    struct feature_forward wanted = { .active = request->on, .rings = request->ring_count };
    char const *number = request->directory_number;
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (error.category)
        return error;
    if (request->forwarding && !events_parse_forwarding(request->forwarding, &wanted))
        return services_operation("invalidForwardingType");
    if (wanted.rings > RINGS_MAX)
        return services_operation("invalidParameterValue");
    if (number && number[0] && number_parse(number, wanted.to) < 0)
        return services_operation("invalidForwardingDestination");
    enum feature_fault fault = feature_set_forward(&s->ex->lines, ref.line, &wanted);
    return fault == FEATURE_OK ? services_ok : services_operation("invalidForwardingDestination");
}

static struct csta_error get_do_not_disturb(struct service *s)
{
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (!error.category)
        s->reply->on = ref.line->features.dnd;
    return error;
}

static struct csta_error set_do_not_disturb(struct service *s)
{
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (!error.category)
        feature_set_dnd(&s->ex->lines, ref.line, s->request->on);
    return error;
}

static struct csta_error get_message_waiting(struct service *s)
{
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (error.category)
        return error;
    s->reply->on = ref.line->features.message_waiting;
    s->reply->lamp_is_present = true;
    return services_ok;
}

static struct csta_error set_message_waiting(struct service *s)
{
    struct line_ref ref;
    struct csta_error error = find(s, &ref);
    if (!error.category)
        feature_set_message_waiting(&s->ex->lines, ref.line, s->request->on);
    return error;
}

/* --- the phone -------------------------------------------------------------------------------- */

struct choice {
    struct station *station;
    size_t first, end; /* of its apparatus; all where none is named */
};

static struct csta_error choose(struct service *s, struct choice *ret)
{
    struct line_ref ref;
    char const *id = s->request->apparatus;
    struct csta_error error = find(s, &ref);
    if (error.category)
        return error;
    int one = station_apparatus_parse(id);
    if (one < 0)
        return services_operation("invalidParameterValue");
    ret->station = ref.station ? ref.station : line_pick_station(ref.line);
    ret->first = id && id[0] ? (size_t)one : 0;
    ret->end = id && id[0] ? (size_t)one + 1 : STATION_APPARATUS;
    return services_ok;
}

static struct csta_error list_apparatus(struct service *s, struct choice *ret)
{
    struct csta_error error = choose(s, ret);
    if (error.category)
        return error;
    size_t n = ret->end - ret->first;
    s->reply->apparatuses = su_zalloc(s->home, (isize_t)(n * sizeof *s->reply->apparatuses));
    if (!s->reply->apparatuses)
        return services_no_resources("resourceBusy");
    s->reply->n_apparatuses = n;
    for (size_t i = 0; i < n; i++)
        s->reply->apparatuses[i].id =
            station_apparatus_str((enum station_apparatus)(ret->first + i));
    return services_ok;
}

static bool *mute_of(struct choice const *choice, size_t i, bool microphone)
{
    struct station_audio *audio = &choice->station->audio[i];
    return microphone ? &audio->microphone_mute : &audio->speaker_mute;
}

static struct csta_error get_mute(struct service *s, bool microphone)
{
    struct choice choice = { NULL, 0, 0 };
    struct csta_error error = list_apparatus(s, &choice);
    for (size_t i = choice.first; !error.category && i < choice.end; i++)
        s->reply->apparatuses[i - choice.first].muted = *mute_of(&choice, i, microphone);
    return error;
}

static struct csta_error set_mute(struct service *s, bool microphone)
{
    struct choice choice = { NULL, 0, 0 };
    struct csta_error error = choose(s, &choice);
    for (size_t i = choice.first; !error.category && i < choice.end; i++)
        *mute_of(&choice, i, microphone) = s->request->on;
    return error;
}

static struct csta_error get_speaker_mute(struct service *s)
{
    return get_mute(s, false);
}

static struct csta_error set_speaker_mute(struct service *s)
{
    return set_mute(s, false);
}

static struct csta_error get_microphone_mute(struct service *s)
{
    return get_mute(s, true);
}

static struct csta_error set_microphone_mute(struct service *s)
{
    return set_mute(s, true);
}

static struct csta_error get_speaker_volume(struct service *s)
{
    struct choice choice = { NULL, 0, 0 };
    struct csta_error error = list_apparatus(s, &choice);
    for (size_t i = choice.first; !error.category && i < choice.end; i++)
        s->reply->apparatuses[i - choice.first].volume = choice.station->audio[i].volume;
    return error;
}

static struct csta_error set_speaker_volume(struct service *s)
{
    struct choice choice = { NULL, 0, 0 };
    struct csta_error error = choose(s, &choice);
    if (!error.category && s->request->volume > STATION_VOLUME_MAX)
        return services_operation("invalidParameterValue");
    for (size_t i = choice.first; !error.category && i < choice.end; i++)
        choice.station->audio[i].volume = s->request->volume;
    return error;
}

struct services_row const services_device[] = {
    { CSTA_GetForwarding, get_forwarding },
    { CSTA_SetForwarding, set_forwarding },
    { CSTA_GetDoNotDisturb, get_do_not_disturb },
    { CSTA_SetDoNotDisturb, set_do_not_disturb },
    { CSTA_GetMessageWaitingIndicator, get_message_waiting },
    { CSTA_SetMessageWaitingIndicator, set_message_waiting },
    { CSTA_GetSpeakerMute, get_speaker_mute },
    { CSTA_SetSpeakerMute, set_speaker_mute },
    { CSTA_GetSpeakerVolume, get_speaker_volume },
    { CSTA_SetSpeakerVolume, set_speaker_volume },
    { CSTA_GetMicrophoneMute, get_microphone_mute },
    { CSTA_SetMicrophoneMute, set_microphone_mute },
    { CSTA_NONE, NULL },
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The message in the middle, and its table of faults. */
#include "im_map.h"

struct im_map_options const im_map_options_default = { .max_bytes = IM_MAX_BYTES };

static struct {
    int status;
    enum stanza_condition condition;
    char const *words;
} const faults[] = {
#define IM_FAULT(id, code, name, text) [IM_##id] = { code, STANZA_ERROR_##name, text },
#include "im_faults.def"
#undef IM_FAULT
};

char const *im_map_fault_text(enum im_fault fault)
{
    return fault < IM_FAULTS ? faults[fault].words : "";
}

int im_map_fault_status(enum im_fault fault)
{
    return fault < IM_FAULTS ? faults[fault].status : 500;
}

enum stanza_condition im_map_fault_condition(enum im_fault fault)
{
    return fault < IM_FAULTS ? faults[fault].condition : STANZA_ERROR_UNDEFINED_CONDITION;
}

struct im *im_map_new(void)
{
    struct im *im = su_home_new(sizeof *im);

    if (im) {
        im->time_ms = im->notice_time_ms = IM_TIME_NONE;
        im->error = stanza_error_make(STANZA_ERROR_RECIPIENT_UNAVAILABLE, NULL);
    }
    return im;
}

void im_map_free(struct im **pim)
{
    struct im *im = *pim;

    *pim = NULL;
    if (im)
        su_home_unref(im->home);
}

static unsigned notice_part(struct im const *im, struct im_map_options const *options)
{
    /* A notice without the id of what it is about tells nothing. */
    return options->cpim && im->notice_id ? IM_NOTICE : 0;
}

unsigned im_map_parts(struct im const *im, struct im_map_options const *options)
{
    unsigned parts = im->notice != IM_NO_NOTICE ? notice_part(im, options) : 0;

    if (im->body)
        return parts | IM_TEXT;
    /* Nothing ends in pager mode, so nobody has gone. */
    if (im->notice == IM_NO_NOTICE && im->state != IM_NO_STATE && im->state != IM_GONE)
        parts |= IM_STATE;
    return parts;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of guide-rcc 3, row by row: see device_choice.h. */
#include "device_choice.h"
#include <string.h>

#define NOBODY ((size_t)-1)

static struct device_choice one(size_t index, char const *why)
{
    return (struct device_choice){ DEVICE_CHOICE_ONE, index, why };
}

static struct device_choice other(enum device_choice_kind kind, char const *why)
{
    return (struct device_choice){ kind, NOBODY, why };
}

static size_t find(struct device_choice_options const *options, char const *name)
{
    for (size_t i = 0; i < options->n; i++)
        if (strcmp(options->phones[i].name, name) == 0)
            return i;
    return NOBODY;
}

static size_t first_registered(struct device_choice_options const *options)
{
    for (size_t i = 0; i < options->n; i++)
        if (options->phones[i].registered)
            return i;
    return NOBODY;
}

/* The user chooses in the phone-selection page; until then the sign-in does not wait. */
static struct device_choice choose_ocs(struct device_choice_options const *options)
{
    size_t i = *options->chosen ? find(options, options->chosen) : NOBODY;

    if (i != NOBODY)
        return one(i, "chosen last");
    i = first_registered(options);
    return i != NOBODY ? one(i, "first registered") : one(0, "first of the line");
}

/* Two soft phones are not in the guide: the one that is registered, else as two hard phones. */
static struct device_choice choose_lcs(struct device_choice_options const *options)
{
    struct device_choice_phone const *phones = options->phones;

    if (options->n > 2)
        return other(DEVICE_CHOICE_REFUSED,
                     "the line has three or more devices and the line URI names none");
    if (phones[0].soft != phones[1].soft) {
        size_t soft = phones[0].soft ? 0 : 1;
        return phones[soft].registered ? one(soft, "registered soft phone")
                                       : one(1 - soft, "soft phone is not registered");
    }
    if (phones[0].soft && phones[0].registered != phones[1].registered)
        return one(phones[0].registered ? 0 : 1, "registered soft phone");
    return other(DEVICE_CHOICE_RING, "both ring, answering selects");
}

struct device_choice device_choice_make(struct device_choice_options const *options)
{
    if (*options->named) {
        size_t i = find(options, options->named);
        return i != NOBODY ? one(i, "named by the line URI")
                           : other(DEVICE_CHOICE_REFUSED,
                                   "the device of the line URI has not got the line, or is not "
                                   "the user's");
    }
    if (options->n == 0)
        return other(DEVICE_CHOICE_LINE, "no device is known");
    if (options->n == 1)
        return one(0, "only device");
    return options->server_type == CTI_SERVER_LCS ? choose_lcs(options) : choose_ocs(options);
}

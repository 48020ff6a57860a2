/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line, one by one. */
#include "bundle_options.h"
#include "bundle_feature.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_feature(struct bundle_options *options, char const *name, char *fault)
{
    struct bundle_feature const *feature = bundle_feature_find(name);
    char const *nearest = feature ? NULL : bundle_feature_nearest(name);

    if (!feature) {
        snprintf(fault, BUNDLE_OPTIONS_FAULT, "no feature is called \"%.64s\"%s%s%s", name,
                 nearest ? "; did you mean \"" : "; see: crosspoint bundle --list",
                 nearest ? nearest : "", nearest ? "\"?" : "");
        return -1;
    }
    for (size_t i = 0; i < options->n; i++)
        if (options->features[i] == feature)
            return 0;
    if (options->n == BUNDLE_OPTIONS_FEATURES) {
        snprintf(fault, BUNDLE_OPTIONS_FAULT, "too many features");
        return -1;
    }
    options->features[options->n++] = feature;
    return 0;
}

static int set_days(struct bundle_options *options, char const *text, char *fault)
{
    char *end;

    errno = 0;
    options->days = strtol(text, &end, 10);
    if (!errno && end != text && !*end && options->days >= 1 &&
        options->days <= BUNDLE_OPTIONS_DAYS)
        return 0;
    snprintf(fault, BUNDLE_OPTIONS_FAULT, "--days wants a number from 1 to %d",
             BUNDLE_OPTIONS_DAYS);
    return -1;
}

/* An option that has a value. */
static int take_pair(struct bundle_options *options, char const *name, char const *value,
                     char *fault)
{
    if (value && strcmp(name, "--feature") == 0)
        return add_feature(options, value, fault);
    if (value && strcmp(name, "--days") == 0)
        return set_days(options, value, fault);
    if (value && strcmp(name, "--out") == 0 && *value) {
        options->out = value;
        return 0;
    }
    snprintf(fault, BUNDLE_OPTIONS_FAULT, "unknown option, or no value for it: %.64s", name);
    return -1;
}

int bundle_options_parse(int argc, char **argv, struct bundle_options *ret,
                         char fault[static BUNDLE_OPTIONS_FAULT])
{
    *ret = (struct bundle_options){ .days = 1 };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--unmask") == 0)
            ret->unmask = true;
        else if (strcmp(argv[i], "--list") == 0)
            ret->list = true;
        else if (take_pair(ret, argv[i], i + 1 < argc ? argv[i + 1] : NULL, fault) < 0)
            return -1;
        else
            i++;
    }
    return ret->n ? 0 : add_feature(ret, bundle_feature_table[0].name, fault);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs as rows. */
#include "rcc_script.h"
#include "command.h"
#include "csta.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct {
    char const *name;
    enum rcc_verb verb;
    enum csta_type service;
    char const *arg;
} const verbs[] = {
    { "call", RCC_CALL, CSTA_MakeCall, "a number" },
    { "answer", RCC_ANSWER, CSTA_AnswerCall, NULL },
    { "hold", RCC_HOLD, CSTA_HoldCall, NULL },
    { "retrieve", RCC_RETRIEVE, CSTA_RetrieveCall, NULL },
    { "clear", RCC_CLEAR, CSTA_ClearConnection, NULL },
    { "hangup", RCC_CLEAR, CSTA_ClearConnection, NULL },
    { "snapshot", RCC_SNAPSHOT, CSTA_SnapshotDevice, NULL },
    { "features", RCC_FEATURES, CSTA_GetCSTAFeatures, NULL },
    { "monitor", RCC_MONITOR, CSTA_NONE, NULL },
    { "wait", RCC_WAIT, CSTA_NONE, "an event" },
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

/* "Delivered" or "DeliveredEvent", in any case. */
static enum csta_type parse_event(char const *text)
{
    for (int type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        char const *name = csta_type_str(type);
        size_t len = strlen(name);

        if (!csta_is_event(type))
            continue;
        if (strcasecmp(name, text) == 0 ||
            (strlen(text) + strlen("Event") == len && strncasecmp(name, text, strlen(text)) == 0))
            return type;
    }
    return CSTA_NONE;
}

static int unknown_verb(char const *typed, char *why, size_t size)
{
    char const *names[VERBS];
    char const *nearest;

    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    nearest = command_nearest(typed, names, VERBS);
    snprintf(why, size, "unknown verb \"%s\"%s%s%s", typed, nearest ? "; did you mean \"" : "",
             nearest ? nearest : "", nearest ? "\"?" : "");
    return -EINVAL;
}

static int parse_step(int argc, char **argv, struct rcc_step *ret, char *why, size_t size)
{
    size_t i = 0;

    while (i < VERBS && strcmp(verbs[i].name, argv[0]) != 0)
        i++;
    if (i == VERBS)
        return unknown_verb(argv[0], why, size);
    *ret = (struct rcc_step){ verbs[i].verb, argv[0], NULL, verbs[i].service, CSTA_NONE };
    if (!verbs[i].arg)
        return 1;
    if (argc < 2) {
        snprintf(why, size, "\"%s\" needs %s", argv[0], verbs[i].arg);
        return -EINVAL;
    }
    ret->arg = argv[1];
    if (ret->verb == RCC_WAIT && !(ret->event = parse_event(argv[1]))) {
        snprintf(why, size, "unknown event \"%s\"; Delivered, Established ... are known", argv[1]);
        return -EINVAL;
    }
    return 2;
}

int rcc_script_parse(int argc, char **argv, struct rcc_step ret[static RCC_SCRIPT_MAX], char *why,
                     size_t size)
{
    int n = 0;

    for (int at = 0; at < argc;) {
        int used;

        if (n == RCC_SCRIPT_MAX) {
            snprintf(why, size, "more than %d steps", RCC_SCRIPT_MAX);
            return -EINVAL;
        }
        used = parse_step(argc - at, argv + at, &ret[n], why, size);
        if (used < 0)
            return used;
        at += used;
        n++;
    }
    if (n == 0) {
        snprintf(why, size, "what shall it do? See: crosspoint help rcc");
        return -EINVAL;
    }
    return n;
}

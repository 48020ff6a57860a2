/* SPDX-License-Identifier: Apache-2.0 */
/* The tables: defaults, and rows of a configuration. */
#include "presence_map.h"
#include <string.h>

static char const *const show_names[] = {
    [PRESENCE_UNAVAILABLE] = "unavailable",
    [PRESENCE_AVAILABLE] = "available",
    [PRESENCE_CHAT] = "chat",
    [PRESENCE_AWAY] = "away",
    [PRESENCE_XA] = "xa",
    [PRESENCE_DND] = "dnd",
};

char const *presence_map_show_name(enum presence_show show)
{
    return show < PRESENCE_SHOWS ? show_names[show] : "";
}

static enum presence_show find_show(char const *name)
{
    enum presence_show show = 0;

    while (show < PRESENCE_SHOWS && strcmp(show_names[show], name) != 0)
        show++;
    return show;
}

void presence_map_init(struct presence_map *ret)
{
    static struct presence_row const rows[] = {
#define TO_PIDF(of, is_basic, as, rpid, cisco)                                                     \
    [PRESENCE_##                                                                                   \
        of] = { PIDF_##is_basic, PIDF_SHOW_##as, PIDF_ACTIVITY_##rpid, PIDF_ACTIVITY_##cisco },
#define FROM_PIDF(when, to, tell)
#include "presence_map.def"
#undef TO_PIDF
#undef FROM_PIDF
    };

    *ret = (struct presence_map){ .n_rules = 0 };
    memcpy(ret->rows, rows, sizeof rows);
#define TO_PIDF(of, is_basic, as, rpid, cisco)
#define FROM_PIDF(when, to, tell) presence_map_add_rule(ret, when, show_names[PRESENCE_##to], tell);
#include "presence_map.def"
#undef TO_PIDF
#undef FROM_PIDF
}

/* --- rows of a configuration ------------------------------------------------------------------ */

static bool read_basic(char const *text, enum pidf_basic *ret)
{
    *ret = strcmp(text, "open") == 0 ? PIDF_OPEN : PIDF_CLOSED;
    return *ret == PIDF_OPEN || strcmp(text, "closed") == 0;
}

static bool read_pidf_show(char const *text, enum pidf_show *ret)
{
    for (*ret = PIDF_SHOW_NONE; *ret <= PIDF_SHOW_DND; ++*ret)
        if (strcmp(pidf_show_name(*ret), text) == 0)
            return true;
    return false;
}

static bool read_activity(char const *text, enum pidf_activity *ret)
{
    *ret = *text ? pidf_activity_find(text) : PIDF_ACTIVITY_NONE;
    return !*text || *ret != PIDF_ACTIVITY_NONE;
}

char const *presence_map_set_row(struct presence_map *map, char const *show, char const *basic,
                                 char const *jabber_show, char const *activity,
                                 char const *cisco_activity)
{
    enum presence_show of = find_show(show);
    struct presence_row row;

    if (of == PRESENCE_SHOWS)
        return "show is unavailable, available, chat, away, xa or dnd";
    if (!read_basic(basic, &row.basic))
        return "basic is open or closed";
    if ((of == PRESENCE_UNAVAILABLE) != (row.basic == PIDF_CLOSED))
        return "unavailable is closed, and nothing else is (RFC 8048 3.3)";
    if (!read_pidf_show(jabber_show, &row.show))
        return "the show of the tuple is chat, away, xa or dnd";
    if (!read_activity(activity, &row.activity) ||
        (*activity && pidf_activity_is_cisco(row.activity)))
        return "activity is none of RFC 4480";
    if (!read_activity(cisco_activity, &row.cisco_activity))
        return "Cisco's activity is none";
    map->rows[of] = row;
    return NULL;
}

static bool read_activities(char const *text, uint64_t *ret)
{
    char word[40];

    *ret = 0;
    while (*text == ' ') {
        size_t len = strcspn(++text, " ");
        if (len >= sizeof word)
            return false;
        memcpy(word, text, len);
        word[len] = '\0';
        uint64_t bit = pidf_activity_bit(pidf_activity_find(word));
        if (!bit)
            return false;
        *ret |= bit;
        text += len;
    }
    return *ret != 0 && !*text;
}

char const *presence_map_add_rule(struct presence_map *map, char const *when, char const *show,
                                  bool tell)
{
    struct presence_rule rule = { .when = PRESENCE_ALWAYS, .result = find_show(show) };

    rule.tell = tell;
    if (map->n_rules == PRESENCE_MAX_RULES)
        return "there are 32 rules already";
    if (rule.result == PRESENCE_SHOWS)
        return "show is unavailable, available, chat, away, xa or dnd";
    if (strncmp(when, "show ", 5) == 0) {
        rule.when = PRESENCE_IF_SHOW;
        if (!read_pidf_show(when + 5, &rule.show) || rule.show == PIDF_SHOW_NONE)
            return "when: show chat, away, xa or dnd";
    } else if (strncmp(when, "activity ", 9) == 0) {
        rule.when = PRESENCE_IF_ACTIVITY;
        if (!read_activities(when + 8, &rule.activities))
            return "when: activity, and names of activities with one space between";
    } else if (strcmp(when, "idle") == 0) {
        rule.when = PRESENCE_IF_IDLE;
    } else if (strcmp(when, "any") != 0) {
        return "when is \"show NAME\", \"activity NAME ...\", \"idle\" or \"any\"";
    }
    map->rules[map->n_rules++] = rule;
    return NULL;
}

void presence_map_clear_rules(struct presence_map *map)
{
    map->n_rules = 0;
}

/* --- priorities ------------------------------------------------------------------------------- */

int presence_map_priority_to_pidf(int priority)
{
    return priority < 0 || priority > 127 ? PIDF_PRIORITY_NONE : priority * PIDF_PRIORITY_MAX / 127;
}

int presence_map_priority_to_xmpp(int thousandths)
{
    if (thousandths < 0)
        return 0;
    return thousandths >= PIDF_PRIORITY_MAX
               ? 127
               : (thousandths * 127 + PIDF_PRIORITY_MAX - 1) / PIDF_PRIORITY_MAX;
}

/* --- who stands for the person ---------------------------------------------------------------- */

static int rank_of(enum presence_show show)
{
    static int const ranks[] = {
        [PRESENCE_CHAT] = 5, [PRESENCE_AVAILABLE] = 4, [PRESENCE_DND] = 3,
        [PRESENCE_AWAY] = 2, [PRESENCE_XA] = 1,        [PRESENCE_UNAVAILABLE] = 0,
    };

    return ranks[show];
}

static bool is_before(struct presence_resource const *a, struct presence_resource const *b)
{
    bool a_gone = a->show == PRESENCE_UNAVAILABLE, b_gone = b->show == PRESENCE_UNAVAILABLE;

    if (a_gone != b_gone)
        return b_gone;
    return a->priority != b->priority ? a->priority > b->priority
                                      : rank_of(a->show) > rank_of(b->show);
}

struct presence_resource const *presence_map_best(struct presence_resource const *told, size_t n)
{
    struct presence_resource const *best = n ? told : NULL;

    for (size_t i = 1; i < n; i++)
        if (is_before(&told[i], best))
            best = &told[i];
    return best;
}

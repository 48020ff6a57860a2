/* SPDX-License-Identifier: Apache-2.0 */
/* Number rules on PCRE2: see number_rules.h. With number_conf.c the whole of it; nothing else knows
 * the library. */
#define LOG_SUBSYSTEM         LOG_CSTA
#define PCRE2_CODE_UNIT_WIDTH 8
#include "number_rules.h"
#include "cti_metrics.h"
#include "log.h"
#include "number_conf.h"
#include <ctype.h>
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GROUPS_MAX = 99, HEAP_KIB = 1024 };

/* A rule is for whole numbers: one that matched a part would change numbers that nobody meant. */
enum { COMPILE_OPTIONS = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C };

struct rule {
    struct number_conf const *conf;
    pcre2_code *code;
};

struct number_rules {
    pcre2_match_context *limits;
    pcre2_match_data *match;
    size_t n;
    struct rule v[];
};

/* --- replacements ----------------------------------------------------------------------------- */

/* Reads the group behind a dollar sign at @p at; returns what follows it, NULL if there is none. */
static char const *read_group(char const *at, unsigned *ret)
{
    *ret = 0;
    if (isdigit((unsigned char)*at)) {
        *ret = (unsigned)(*at - '0');
        return at + 1;
    }
    if (*at++ != '{' || !isdigit((unsigned char)*at))
        return NULL;
    for (; isdigit((unsigned char)*at) && *ret <= GROUPS_MAX; at++)
        *ret = *ret * 10 + (unsigned)(*at - '0');
    return *at == '}' ? at + 1 : NULL;
}

static int check_replacement(char const *text, unsigned groups, char *why, size_t size)
{
    while ((text = strchr(text, '$'))) {
        char const *at = text + 1;
        unsigned group = 0;
        text = *at == '$' ? at + 1 : read_group(at, &group);
        if (!text) {
            snprintf(why, size, "replacement: a dollar sign wants a number behind it, or another");
            return -EINVAL;
        }
        if (group > groups) {
            snprintf(why, size, "replacement: $%u, but the expression has %u groups", group,
                     groups);
            return -EINVAL;
        }
    }
    return 0;
}

static size_t append(char *ret, size_t len, char const *bytes, size_t n)
{
    if (len + n >= NUMBER_RULES_TEXT)
        return NUMBER_RULES_TEXT;
    memcpy(ret + len, bytes, n);
    return len + n;
}

/* Groups that took no part in the match are empty. */
static int expand(char const *text, char const *subject, pcre2_match_data *match, char *ret)
{
    PCRE2_SIZE const *at = pcre2_get_ovector_pointer(match);
    uint32_t pairs = pcre2_get_ovector_count(match);
    size_t len = 0;

    while (*text && len < NUMBER_RULES_TEXT) {
        unsigned group = 0;
        if (*text != '$' || text[1] == '$') {
            len = append(ret, len, text, 1);
            text += 1 + (*text == '$');
            continue;
        }
        text = read_group(text + 1, &group);
        if (!text)
            return -EINVAL;
        if (group < pairs && at[2 * group] != PCRE2_UNSET)
            len = append(ret, len, subject + at[2 * group], at[2 * group + 1] - at[2 * group]);
    }
    ret[len < NUMBER_RULES_TEXT ? len : 0] = '\0';
    return len < NUMBER_RULES_TEXT ? 0 : -EINVAL;
}

/* --- rules ------------------------------------------------------------------------------------ */

static pcre2_code *compile(char const *expression, char *why, size_t size)
{
    PCRE2_UCHAR text[128];
    PCRE2_SIZE offset;
    int error;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, COMPILE_OPTIONS,
                                     &error, &offset, NULL);

    if (!code) {
        pcre2_get_error_message(error, text, sizeof text);
        snprintf(why, size, "expression: %s at character %zu", (char *)text, (size_t)offset + 1);
    }
    return code;
}

int number_rules_check(char const *expression, char const *replacement, char *why, size_t size)
{
    pcre2_code *code = compile(expression, why, size);
    uint32_t groups = 0;

    if (!code)
        return -EINVAL;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    pcre2_code_free(code);
    if (groups > GROUPS_MAX) {
        snprintf(why, size, "expression: %u groups, at most %d are allowed", groups, GROUPS_MAX);
        return -EINVAL;
    }
    return check_replacement(replacement, groups, why, size);
}

struct number_rules *number_rules_new(struct cfg_groups const *list, int64_t match_limit,
                                      int64_t depth_limit)
{
    struct number_conf const *all = list->v;
    struct number_rules *rules = calloc(1, sizeof *rules + list->n * sizeof rules->v[0]);
    char why[200];

    if (!rules)
        return NULL;
    rules->limits = pcre2_match_context_create(NULL);
    rules->match = pcre2_match_data_create(GROUPS_MAX + 1, NULL);
    if (!rules->limits || !rules->match)
        goto fail;
    pcre2_set_match_limit(rules->limits, (uint32_t)match_limit);
    pcre2_set_depth_limit(rules->limits, (uint32_t)depth_limit);
    pcre2_set_heap_limit(rules->limits, HEAP_KIB);
    for (; rules->n < list->n; rules->n++) {
        struct rule *rule = &rules->v[rules->n];
        rule->conf = &all[rules->n];
        rule->code = compile(rule->conf->expression, why, sizeof why);
        if (!rule->code)
            goto fail;
    }
    return rules;

fail:
    number_rules_free(&rules);
    return NULL;
}

void number_rules_free(struct number_rules **prules)
{
    struct number_rules *rules = *prules;

    *prules = NULL;
    if (!rules)
        return;
    for (size_t i = 0; i < rules->n; i++)
        pcre2_code_free(rules->v[i].code);
    pcre2_match_data_free(rules->match);
    pcre2_match_context_free(rules->limits);
    free(rules);
}

int number_rules_subject(char const *text, char ret[static NUMBER_RULES_TEXT])
{
    if (strncasecmp(text, "tel:", 4) == 0 || strncasecmp(text, "sip:", 4) == 0)
        text += 4;
    else if (strncasecmp(text, "sips:", 5) == 0)
        text += 5;
    size_t len = strcspn(text, ";@");
    if (len >= NUMBER_RULES_TEXT)
        return -EINVAL;
    memcpy(ret, text, len);
    ret[len] = '\0';
    return 0;
}

enum number_rules_result number_rules_try(struct number_rules *rules, size_t i, char const *subject,
                                          char ret[static NUMBER_RULES_TEXT])
{
    struct rule const *rule = &rules->v[i];
    int found = pcre2_match(rule->code, (PCRE2_SPTR)subject, strlen(subject), 0, 0, rules->match,
                            rules->limits);

    if (found == PCRE2_ERROR_NOMATCH)
        return NUMBER_RULES_NO_MATCH;
    if (found < 0) {
        cti_count(M_number_limits);
        log_warn(NULL, "number rule gave up line=%d error=%d number=\"%s\"", rule->conf->where.line,
                 found, subject);
        return NUMBER_RULES_LIMIT;
    }
    return expand(rule->conf->replacement, subject, rules->match, ret) == 0 ? NUMBER_RULES_MATCH
                                                                            : NUMBER_RULES_TOO_LONG;
}

int number_rules_apply(struct number_rules *rules, char const *text,
                       char ret[static NUMBER_RULES_TEXT])
{
    char subject[NUMBER_RULES_TEXT];

    if (rules->n == 0 || number_rules_subject(text, subject) < 0)
        return -1;
    for (size_t i = 0; i < rules->n; i++) {
        enum number_rules_result result = number_rules_try(rules, i, subject, ret);
        if (result == NUMBER_RULES_MATCH)
            return (int)i;
        if (result == NUMBER_RULES_TOO_LONG)
            return -1;
    }
    return -1;
}

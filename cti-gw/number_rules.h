/* SPDX-License-Identifier: Apache-2.0 */
/* Normalisation of numbers (guide-rcc 3): ordered pairs of expression and replacement; the first
 * whose expression matches the whole number decides, and without one the number stays.
 *
 * Expressions are PCRE2, with limits on matching and depth, for a number comes from the network.
 * One list serves what clients write (inbound), another what they are shown (outbound). Used from
 * one thread. */
#pragma once
#include "cfg.h"

struct number_rules;

enum { NUMBER_RULES_TEXT = 256 };

/** What a rule did to a number. */
enum number_rules_result {
    NUMBER_RULES_NO_MATCH,
    NUMBER_RULES_MATCH,
    NUMBER_RULES_LIMIT,    /* a limit was reached: counts as no match */
    NUMBER_RULES_TOO_LONG, /* matches, but the result is too long: the number stays as it is */
};

/** Compiles @p list (of struct number_conf, checked; borrowed). NULL when out of memory. */
struct number_rules *number_rules_new(struct cfg_groups const *list, int64_t match_limit,
                                      int64_t depth_limit);
/** Accepts NULL inside. */
void number_rules_free(struct number_rules **prules);

/** The part of @p text that rules are about: without scheme, parameters and host. Returns 0, or
 *  -EINVAL when it is too long. */
int number_rules_subject(char const *text, char ret[static NUMBER_RULES_TEXT]);

/** Tries rule @p i on @p subject; the result goes to @p ret if it matches. */
enum number_rules_result number_rules_try(struct number_rules *rules, size_t i, char const *subject,
                                          char ret[static NUMBER_RULES_TEXT]);

/** Applies the rules to @p text, a number or a URI with one. Returns the index of the rule that
 *  decided, and its result in @p ret; or -1 with nothing in @p ret: the number stays. */
int number_rules_apply(struct number_rules *rules, char const *text,
                       char ret[static NUMBER_RULES_TEXT]);

/** Would this pair compile? Returns 0, or -EINVAL with the reason for people in @p why. */
int number_rules_check(char const *expression, char const *replacement, char *why, size_t size);

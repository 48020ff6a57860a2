/* SPDX-License-Identifier: Apache-2.0 */
/* Who sees and messages whom: vectors for every rule, their order, and the matrix of the guide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user_policy.h"
#include <stdio.h>
#include <string.h>

static struct user_policy_settings const usual = {
    .sharing = true,
    .messages = true,
    .auto_authorise = true,
    .adhoc = true,
    .others = USER_POLICY_ASK,
    .max_watchers = 200,
    .max_adhoc = 10,
};
static struct user_policy_settings const closed = {
    .auto_authorise = true,
    .adhoc = true,
    .others = USER_POLICY_ALLOW,
};
static struct user_policy_settings const asking = {
    .sharing = true,
    .messages = true,
    .others = USER_POLICY_REFUSE,
    .max_watchers = 1,
};
static struct user_policy_settings const unlimited = {
    .sharing = true,
    .messages = true,
    .auto_authorise = true,
    .adhoc = true,
};

static struct vector {
    char const *rule; /* that decides */
    enum user_policy_question question;
    enum user_policy_verdict verdict;
    struct user_policy_settings const *settings;
    struct user_policy_facts facts;
} const vectors[] = {
#define P     USER_POLICY_PRESENCE
#define M     USER_POLICY_MESSAGE
#define LOCAL .is_local = true
    { "self", P, USER_POLICY_ALLOW, &closed, { LOCAL, .is_self = true } },
    { "self", P, USER_POLICY_ALLOW, &usual, { LOCAL, .is_self = true, .is_blocked = true } },
    { "self", M, USER_POLICY_ALLOW, &closed, { LOCAL, .is_self = true } },
    { "sharing-off", P, USER_POLICY_BLOCK, &closed, { LOCAL, .is_allowed = true } },
    { "sharing-off", P, USER_POLICY_BLOCK, &closed, { .is_contact = true } },
    { "messages-off", M, USER_POLICY_REFUSE, &closed, { LOCAL, .is_contact = true } },
    /* Block first: before allow list, contact list, default, limits. */
    { "blocked",
      P,
      USER_POLICY_BLOCK,
      &usual,
      { LOCAL, .is_blocked = true, .is_allowed = true, .is_contact = true,
        .fallback = USER_POLICY_ALLOW_ALL } },
    { "blocked", M, USER_POLICY_BLOCK, &usual, { .is_blocked = true, .is_domain_allowed = true } },
    { "blocked",
      P,
      USER_POLICY_BLOCK,
      &asking,
      { .is_blocked = true, .is_domain_blocked = true, .is_new = true, .watchers = 1 } },
    { "domain-blocked",
      P,
      USER_POLICY_BLOCK,
      &usual,
      { .is_domain_blocked = true, .is_allowed = true } },
    { "domain-blocked",
      M,
      USER_POLICY_BLOCK,
      &usual,
      { .is_domain_blocked = true, .is_contact = true } },
    { "watchers-full",
      P,
      USER_POLICY_REFUSE,
      &usual,
      { LOCAL, .is_allowed = true, .is_contact = true, .is_new = true, .watchers = 200 } },
    { "local", P, USER_POLICY_ALLOW, &usual, { LOCAL, .is_new = true, .watchers = 199 } },
    { "local", P, USER_POLICY_ALLOW, &usual, { LOCAL, .watchers = 200 } },
    { "local",
      P,
      USER_POLICY_ALLOW,
      &unlimited,
      { LOCAL, .is_new = true, .is_adhoc = true, .watchers = 100000, .adhoc = 100000 } },
    { "local", M, USER_POLICY_ALLOW, &usual, { LOCAL, .is_new = true, .watchers = 200 } },
    { "adhoc-off",
      P,
      USER_POLICY_REFUSE,
      &asking,
      { LOCAL, .is_allowed = true, .is_new = true, .is_adhoc = true } },
    { "local-ask", P, USER_POLICY_ASK, &asking, { LOCAL, .is_adhoc = true } },
    { "adhoc-full",
      P,
      USER_POLICY_REFUSE,
      &usual,
      { LOCAL, .is_domain_allowed = true, .is_new = true, .is_adhoc = true, .adhoc = 10 } },
    { "local",
      P,
      USER_POLICY_ALLOW,
      &usual,
      { LOCAL, .is_new = true, .is_adhoc = true, .adhoc = 9 } },
    { "local", P, USER_POLICY_ALLOW, &usual, { LOCAL, .is_new = true, .adhoc = 10 } },
    { "allowed",
      P,
      USER_POLICY_ALLOW,
      &usual,
      { .is_allowed = true, .fallback = USER_POLICY_BLOCK_ALL } },
    { "allowed", M, USER_POLICY_ALLOW, &asking, { LOCAL, .is_allowed = true } },
    { "domain-allowed",
      P,
      USER_POLICY_ALLOW,
      &usual,
      { .is_domain_allowed = true, .fallback = USER_POLICY_ASK_ME } },
    { "domain-allowed", M, USER_POLICY_ALLOW, &usual, { .is_domain_allowed = true } },
    /* Guide part 2, 5.8: Bob, Carol and Deborah, who asks by way of a group. */
    { "contact",
      P,
      USER_POLICY_ALLOW,
      &usual,
      { LOCAL, .is_contact = true, .fallback = USER_POLICY_BLOCK_ALL } },
    { "contact",
      M,
      USER_POLICY_ALLOW,
      &usual,
      { LOCAL, .is_contact = true, .fallback = USER_POLICY_BLOCK_ALL } },
    { "all-blocked", P, USER_POLICY_BLOCK, &usual, { LOCAL, .fallback = USER_POLICY_BLOCK_ALL } },
    { "all-blocked", M, USER_POLICY_BLOCK, &usual, { LOCAL, .fallback = USER_POLICY_BLOCK_ALL } },
    { "group-blocked",
      P,
      USER_POLICY_BLOCK,
      &usual,
      { LOCAL, .is_in_group = true, .fallback = USER_POLICY_BLOCK_ALL } },
    { "group-blocked",
      M,
      USER_POLICY_BLOCK,
      &usual,
      { LOCAL, .is_in_group = true, .fallback = USER_POLICY_BLOCK_ALL } },
    { "local-ask", P, USER_POLICY_ASK, &asking, { LOCAL, .is_in_group = true } },
    { "contact", P, USER_POLICY_ALLOW, &asking, { LOCAL, .is_contact = true } },
    { "contact",
      P,
      USER_POLICY_ALLOW,
      &asking,
      { .is_contact = true, .fallback = USER_POLICY_ASK_ME } },
    { "local", M, USER_POLICY_ALLOW, &usual, { LOCAL, .fallback = USER_POLICY_ASK_ME } },
    { "local-ask", P, USER_POLICY_ASK, &asking, { LOCAL, .fallback = USER_POLICY_ALLOW_ALL } },
    { "local-ask", M, USER_POLICY_ASK, &asking, { LOCAL } },
    { "all-allowed", P, USER_POLICY_ALLOW, &usual, { .fallback = USER_POLICY_ALLOW_ALL } },
    { "all-allowed", M, USER_POLICY_ALLOW, &asking, { .fallback = USER_POLICY_ALLOW_ALL } },
    { "all-blocked", P, USER_POLICY_BLOCK, &usual, { .fallback = USER_POLICY_BLOCK_ALL } },
    { "ask-me", P, USER_POLICY_ASK, &asking, { .fallback = USER_POLICY_ASK_ME } },
    { "ask-me", M, USER_POLICY_ASK, &asking, { .fallback = USER_POLICY_ASK_ME } },
    { "other-domains", P, USER_POLICY_ASK, &usual, { .is_self = false } },
    { "other-domains", P, USER_POLICY_REFUSE, &asking, { .is_self = false } },
    { "other-domains", M, USER_POLICY_ALLOW, &unlimited, { .is_self = false } },
};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct vector const *v = &vectors[i];
        struct user_policy_decision d = user_policy_decide(v->question, v->settings, &v->facts);
        if (strcmp(d.rule->name, v->rule) != 0 || d.verdict != v->verdict)
            fail_msg("vector %zu: %s by %s, not %s by %s", i, user_policy_verdict_str(d.verdict),
                     d.rule->name, user_policy_verdict_str(v->verdict), v->rule);
    }
}

static bool has_vector(char const *rule, enum user_policy_question question)
{
    for (size_t i = 0; i < VECTORS; i++)
        if (vectors[i].question == question && strcmp(vectors[i].rule, rule) == 0)
            return true;
    return false;
}

/* A new rule without a vector does not pass, nor one with half a description. */
static void test_every_rule_has_a_vector(void **state)
{
    (void)state;
    for (size_t i = 0; i < user_policy_rules_n; i++) {
        struct user_policy_rule const *rule = &user_policy_rules[i];
        assert_true(strlen(rule->help) > 20);
        assert_true(rule->of[P] || rule->of[M]);
        for (int question = 0; question < USER_POLICY_QUESTIONS; question++)
            if (rule->of[question] != has_vector(rule->name, (enum user_policy_question)question))
                fail_msg("rule %s: question %d", rule->name, question);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rule->name, user_policy_rules[j].name);
    }
}

static char letter(struct user_policy_settings const *settings,
                   struct user_policy_facts const *facts)
{
    struct user_policy_decision p = user_policy_decide(P, settings, facts);
    struct user_policy_decision m = user_policy_decide(M, settings, facts);

    /* One policy for both. */
    assert_ptr_equal(p.rule, m.rule);
    assert_int_equal(p.verdict, m.verdict);
    return "ABQR"[p.verdict];
}

/* {auto on, off} x {local, other domain} x {in contact list, not}: for the user's default allow,
 * block, ask, each with {nothing, block list, allow list}. */
static void test_matrix(void **state)
{
    static char const *const rows[2][2][2] = {
        { { "ABA ABA ABA", "ABA BBA ABA" }, { "ABA ABA ABA", "ABA BBA QBA" } },
        { { "ABA ABA ABA", "QBA BBA QBA" }, { "ABA ABA ABA", "ABA BBA QBA" } },
    };

    (void)state;
    for (int i = 0; i < 8; i++) {
        struct user_policy_settings settings = usual;
        char got[16] = "";
        settings.auto_authorise = !(i & 4);
        for (int d = 0, n = 0; d < 3; d++) {
            for (int list = 0; list < 3; list++) {
                struct user_policy_facts facts = {
                    .is_local = !(i & 2),
                    .is_contact = !(i & 1),
                    .is_blocked = list == 1,
                    .is_allowed = list == 2,
                    .fallback = (enum user_policy_default)(USER_POLICY_ALLOW_ALL + d),
                };
                got[n++] = letter(&settings, &facts);
            }
            got[n++] = d < 2 ? ' ' : '\0';
        }
        assert_string_equal(got, rows[i >> 2][(i >> 1) & 1][i & 1]);
    }
}

static void test_words(void **state)
{
    (void)state;
    for (int v = 0; v < USER_POLICY_VERDICTS; v++) {
        enum user_policy_verdict verdict = (enum user_policy_verdict)v;
        assert_non_null(user_policy_verdict_str(verdict));
        assert_non_null(user_policy_outcome(P, verdict));
        assert_non_null(user_policy_outcome(M, verdict));
        for (int other = 0; other < v; other++)
            assert_string_not_equal(user_policy_outcome(P, verdict),
                                    user_policy_outcome(P, (enum user_policy_verdict)other));
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_every_rule_has_a_vector),
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the very rules that calls go through: see cmd_number.h. */
#include "cmd_number.h"
#include "cti_conf.h"
#include "gateway.h"
#include "number_conf.h"
#include "number_rules.h"
#include "svc.h"
#include <string.h>

static bool is_direction(char const *word)
{
    return word && (strcmp(word, "--inbound") == 0 || strcmp(word, "--outbound") == 0);
}

static char const *what_it_did(enum number_rules_result result)
{
    static char const *const words[] = { [NUMBER_RULES_NO_MATCH] = "does not match",
                                         [NUMBER_RULES_MATCH] = "matches",
                                         [NUMBER_RULES_LIMIT] = "gave up at a limit",
                                         [NUMBER_RULES_TOO_LONG] = "makes it too long" };

    return words[result];
}

static void add_rows(json_t *table, struct number_rules *rules, struct cfg_groups const *list,
                     char const *text, char const *subject)
{
    struct number_conf const *all = list->v;
    char ret[NUMBER_RULES_TEXT] = "";
    char const *last = text;
    bool decided = false;

    for (size_t i = 0; i < list->n; i++) {
        enum number_rules_result result =
            decided ? NUMBER_RULES_NO_MATCH : number_rules_try(rules, i, subject, ret);
        bool matches = !decided && result == NUMBER_RULES_MATCH;
        ctl_table_row(table,
                      json_pack("[I,s,s,s,s]", (json_int_t)i + 1, all[i].expression,
                                all[i].replacement, decided ? "not tried" : what_it_did(result),
                                matches ? ret : ""));
        last = matches ? ret : last;
        decided |= matches || result == NUMBER_RULES_TOO_LONG;
    }
    ctl_table_row(table, json_pack("[s,s,s,s,s]", "", "", "", "it becomes", last));
}

void cmd_number(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct gateway *gw = svc_state(svc);
    char const *number = ctl_arg(args, "number"), *direction = ctl_arg(args, "direction");
    char subject[NUMBER_RULES_TEXT];

    if (is_direction(number)) {
        char const *swapped = number;
        number = direction;
        direction = swapped;
    }
    if (!number || (direction && !is_direction(direction))) {
        ctl_fail(call, "bad-argument", "wants a number, and perhaps --inbound or --outbound");
        return;
    }
    if (number_rules_subject(number, subject) < 0) {
        ctl_fail(call, "bad-argument", "this is too long for a number");
        return;
    }
    bool outbound = direction && strcmp(direction, "--outbound") == 0;
    json_t *table = ctl_table("rule", "expression", "replacement", "what", "number", NULL);
    add_rows(table, outbound ? gw->outbound : gw->inbound,
             outbound ? &gw->conf->numbers_outbound : &gw->conf->numbers_inbound, number, subject);
    ctl_reply(call, table);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading answers: see doctor_facts.h. */
#include "doctor_facts.h"
#include <stdio.h>
#include <string.h>

void doctor_facts_fini(struct doctor_facts *facts)
{
    json_decref(facts->signin);
    json_decref(facts->connections);
    json_decref(facts->refused);
    json_decref(facts->cti);
    json_decref(facts->proxy);
    json_decref(facts->addresses);
    json_decref(facts->explain);
    json_decref(facts->domains);
    json_decref(facts->certificates);
}

char const *doctor_facts_source(struct doctor_facts const *facts)
{
    return facts->source ? facts->source : facts->question->server;
}

char const *doctor_facts_text(json_t const *object, char const *key)
{
    char const *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

size_t doctor_facts_rows(json_t const *table)
{
    return json_array_size(json_object_get(table, "rows"));
}

char const *doctor_facts_cell(json_t const *table, size_t i, char const *column)
{
    json_t const *columns = json_object_get(table, "columns"), *name;
    json_t const *row = json_array_get(json_object_get(table, "rows"), i);
    char const *text = NULL;
    size_t at;

    json_array_foreach(columns, at, name)
    {
        if (strcmp(json_string_value(name), column) == 0)
            text = json_string_value(json_array_get(row, at));
    }
    return text ? text : "";
}

bool doctor_facts_word(char const **list, char ret[static DOCTOR_FACTS_WORD])
{
    char const *word = *list + strspn(*list, ", ");
    size_t len = strcspn(word, ", ");

    (void)snprintf(ret, DOCTOR_FACTS_WORD, "%.*s", (int)len, word);
    *list = word + len;
    return len > 0;
}

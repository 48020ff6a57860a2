/* SPDX-License-Identifier: Apache-2.0 */
/* What `rcc doctor` judges from: the question, and the answers of the running programs. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

enum { DOCTOR_FACTS_WHY = 300, DOCTOR_FACTS_ADDRESS = 300 };

/** What the administrator wants to know about. Borrowed strings. */
struct doctor_question {
    char user[DOCTOR_FACTS_ADDRESS]; /* user@host */
    char const *line;                /* NULL: the user's first one */
    char const *server;              /* address or name of whom the sign-in comes from */
    char const *transport, *subject; /* subject NULL: none */
};

/** Answers; NULL where there is none. */
struct doctor_facts {
    struct doctor_question const *question;
    json_t *signin;       /* of cti: signin check */
    json_t *connections;  /* of cti: show cti */
    json_t *refused;      /* of cti: show signins */
    json_t *cti, *proxy;  /* show config of both */
    json_t *addresses;    /* of the server, if it is a name that has any */
    char const *source;   /* the address that explain is about; borrowed. NULL: of the question */
    json_t *explain;      /* of proxy: its decision about the INVITE */
    json_t *domains;      /* of proxy: show domains */
    json_t *certificates; /* of proxy: show tls certificates */
    /* why there is no answer of the gateway, of the proxy, to explain, of the DNS; "" if there is
     */
    char cti_why[DOCTOR_FACTS_WHY], proxy_why[DOCTOR_FACTS_WHY], why[DOCTOR_FACTS_WHY];
    char server_why[DOCTOR_FACTS_WHY];
};

void doctor_facts_fini(struct doctor_facts *facts);

/** The address of the server that is looked at. */
char const *doctor_facts_source(struct doctor_facts const *facts);

/** String @p key of @p object, "" if it has none. */
char const *doctor_facts_text(json_t const *object, char const *key);
/** Cell of row @p i in @p column of a table; "" if there is none or it is no text. */
char const *doctor_facts_cell(json_t const *table, size_t i, char const *column);
size_t doctor_facts_rows(json_t const *table);

enum { DOCTOR_FACTS_WORD = 300 };

/** The next entry of a list as programs print it, "a, b" or "a b": moves @p list behind it. False
 * at the end. */
bool doctor_facts_word(char const **list, char ret[static DOCTOR_FACTS_WORD]);

/* SPDX-License-Identifier: Apache-2.0 */
/* Stanza errors (RFC 6120 8.3) and SIP answers: what means what (RFC 7247 7), by the tables
 * stanza_errors.def and sip_errors.def. Stanzas with errors are read and built here. Pure. */
#pragma once
#include <stdbool.h>

struct xml_element;
struct xml_tree;

enum stanza_condition {
#define STANZA_ERROR(id, name, type, full, bare) STANZA_ERROR_##id,
#include "stanza_errors.def"
#undef STANZA_ERROR
    STANZA_ERRORS
};

enum stanza_error_type {
    STANZA_ERROR_CANCEL,
    STANZA_ERROR_CONTINUE,
    STANZA_ERROR_MODIFY,
    STANZA_ERROR_AUTH,
    STANZA_ERROR_WAIT,
    STANZA_ERROR_TYPES
};

struct stanza_error {
    enum stanza_condition condition;
    enum stanza_error_type type;
    char const *text;    /* NULL: none */
    char const *address; /* of gone and redirect: the new one, an xmpp URI; NULL: none */
    bool unresolved;     /* remote-server-not-found: DNS gave no answer, so it may yet be there */
};

enum { STANZA_ERROR_PHRASE = 160 };

struct stanza_error_answer {
    int status;
    char phrase[STANZA_ERROR_PHRASE]; /* fit for a status line */
    char const *address;              /* for Contact, as in stanza_error; NULL: none */
};

/** An error with the type that its condition has as a rule; @p text may be NULL (borrowed). */
struct stanza_error stanza_error_make(enum stanza_condition condition, char const *text);

/** "bad-request", "cancel". Static. */
char const *stanza_error_name(enum stanza_condition condition);
char const *stanza_error_type_name(enum stanza_error_type type);

/** By name; undefined-condition if there is none such. */
enum stanza_condition stanza_error_find(char const *name);

/** What a SIP client is answered whose request led to @p error. @p full: it went to a full JID.
 *  Never 401 or 407, which would begin a digest that nobody ends, nor 503, which would take the
 *  whole gateway out of service. */
struct stanza_error_answer stanza_error_to_sip(struct stanza_error const *error, bool full);

/** The error for an answer of 300 to 699. @p phrase and @p address (of a 301 or 302: the new one as
 *  an xmpp URI) are borrowed and may be NULL. @p unresolved: it is our own answer, for the domain
 *  was not found at all. */
struct stanza_error stanza_error_from_sip(int status, char const *phrase, char const *address,
                                          bool unresolved);

/** The phrase of @p status as the RFCs have it. Static. */
char const *stanza_error_phrase(int status);

/** Reads a stanza of type error; texts live as long as its tree. False: it is none. */
bool stanza_error_read(struct xml_element const *stanza, struct stanza_error *ret);

/** May @p stanza be answered with an error at all? Errors and results never are (RFC 6120 8.3.1).
 */
bool stanza_error_may_answer(struct xml_element const *stanza);

/** A new stanza that tells @p stanza's sender of @p error, for the caller to free. @p echo: with
 *  what @p stanza held. NULL: it may not be answered, or out of memory. */
struct xml_tree *stanza_error_answer(struct xml_element const *stanza,
                                     struct stanza_error const *error, bool echo);

/** Puts the <error/> into a stanza that is being built. */
void stanza_error_add(struct xml_tree *tree, struct xml_element *stanza,
                      struct stanza_error const *error);

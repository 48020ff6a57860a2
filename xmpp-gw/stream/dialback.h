/* SPDX-License-Identifier: Apache-2.0 */
/* Server dialback (XEP-0220 1.1.1): its keys (XEP-0185 1.0) and its two elements. Pure: who asks
 * whom, and what then holds, is the stream's. */
#pragma once
#include <stdbool.h>

#define DIALBACK_NS "jabber:server:dialback"
/* What a server that knows its errors says among the features of a stream. */
#define DIALBACK_FEATURE "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>"

struct buf;
struct xml_element;

enum { DIALBACK_KEY_BYTES = 65 };

/** The key by which @p originating proves itself to @p receiving on the stream @p id. False: the
 *  library has failed. */
bool dialback_key(char const *secret, char const *receiving, char const *originating,
                  char const *id, char ret[static DIALBACK_KEY_BYTES]);

/** Is @p key that key? In a time that does not tell how much of it is right. */
bool dialback_key_is(char const *key, char const *secret, char const *receiving,
                     char const *originating, char const *id);

enum dialback_kind { DIALBACK_RESULT, DIALBACK_VERIFY };
enum dialback_type { DIALBACK_REQUEST, DIALBACK_VALID, DIALBACK_INVALID, DIALBACK_ERROR };

enum dialback_error {
    DIALBACK_NO_ERROR,
#define DIALBACK_CONDITION(id, name, type, words) DIALBACK_##id,
#include "dialback_errors.def"
#undef DIALBACK_CONDITION
    DIALBACK_ERRORS
};

/** An element of dialback; texts are borrowed. */
struct dialback {
    enum dialback_kind kind;
    enum dialback_type type;
    char const *from, *to;
    char const *id;            /* of the stream that is verified; "" for DIALBACK_RESULT */
    char const *key;           /* of a request; "" else */
    enum dialback_error error; /* of DIALBACK_ERROR */
};

/** Reads @p element. False: it is none of dialback, or lacks something. A condition that we do not
 *  know is DIALBACK_undefined. */
bool dialback_read(struct xml_element const *element, struct dialback *ret);

/** Appends it; the prefix db must be bound to DIALBACK_NS in the stream's header, for old peers
 * look for that very prefix. */
void dialback_write(struct dialback const *dialback, struct buf *out);

/** "item-not-found"; "" of none. The same for people. Static. */
char const *dialback_error_name(enum dialback_error error);
char const *dialback_error_text(enum dialback_error error);

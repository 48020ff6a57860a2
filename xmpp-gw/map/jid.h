/* SPDX-License-Identifier: Apache-2.0 */
/* XMPP addresses (RFC 7622) as values: split, prepared, compared.
 *
 * What stands in a struct jid is prepared, so equal people have equal bytes: the local part by
 * Nodeprep and the resource by Resourceprep (RFC 6122, as all servers that we meet do it), the
 * domain in lower case and with U-labels, without a final dot. Pure; safe from any thread. */
#pragma once
#include <stdbool.h>

struct buf;

/* Of one part, after preparation (RFC 7622 3.1), and of local@domain/resource. */
enum { JID_PART_MAX = 1023, JID_MAX = 3 * JID_PART_MAX + 2 };

struct jid {
    char local[JID_PART_MAX + 1]; /* "": none */
    char domain[JID_PART_MAX + 1];
    char resource[JID_PART_MAX + 1]; /* "": none */
};

enum jid_fault {
#define JID_FAULT(id, words) JID_##id,
#include "jid_faults.def"
#undef JID_FAULT
    JID_FAULTS
};

/** "has an empty local part": what is wrong with an address; "" of JID_FINE. Static. */
char const *jid_fault_text(enum jid_fault fault);

/** Splits and prepares "local@domain/resource". Unless it is JID_FINE, @p ret holds nothing. */
enum jid_fault jid_parse(char const *text, struct jid *ret);

/** The same from parts; @p local and @p resource may be NULL or "": none. */
enum jid_fault jid_make(char const *local, char const *domain, char const *resource,
                        struct jid *ret);

/** Prepares a domain alone: A-labels become U-labels. @p ret is "" if it is none. */
enum jid_fault jid_domain(char const *domain, char ret[static JID_PART_MAX + 1]);

/** The other way round, for SIP and DNS: U-labels become A-labels. False: there is no such form. */
bool jid_domain_ascii(char const *domain, char ret[static JID_PART_MAX + 1]);

/** Append the text, all of it or without the resource. */
void jid_print(struct jid const *jid, struct buf *out);
void jid_print_bare(struct jid const *jid, struct buf *out);

/** The same into memory. Return @p ret. */
char const *jid_text(struct jid const *jid, char ret[static JID_MAX + 1]);
char const *jid_text_bare(struct jid const *jid, char ret[static JID_MAX + 1]);

/** Is it all the same; the same but for the resource? */
bool jid_equal(struct jid const *a, struct jid const *b);
bool jid_same_bare(struct jid const *a, struct jid const *b);

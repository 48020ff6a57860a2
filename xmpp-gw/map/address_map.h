/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of SIP (sip, sips, im, pres URIs) and of XMPP for the same people: RFC 7247 6 with the
 * whole set of XEP-0106, for what stands behind a percent sign in a URI may be any character.
 *
 * A JID that is mapped to a URI and back is the same again, always. A URI is not, for JIDs have no
 * case and no parameters; but it leads to the same JID. Pure; safe from any thread. */
#pragma once
#include <stdbool.h>

struct buf;
struct jid;

enum address_scheme { ADDRESS_SIP, ADDRESS_SIPS, ADDRESS_IM, ADDRESS_PRES, ADDRESS_SCHEMES };

enum address_fault {
#define ADDRESS_FAULT(id, status, words) ADDRESS_##id,
#include "address_faults.def"
#undef ADDRESS_FAULT
    ADDRESS_FAULTS
};

struct address_options {
    /* RFC 7247 6.1: who asks for sips is not sent where nobody promises as much, unless the
     * operator says so. */
    bool secure;
    /* A prepared domain under which all of SIP stands: joe@sip.example is joe\40sip.example@gateway
     * (XEP-0100), and no JID of another domain has a URI. NULL: joe@sip.example is the same in
     * both. */
    char const *gateway;
};

/** "is a sips URI, which has no form in XMPP"; "" of ADDRESS_FINE. Static. */
char const *address_map_fault_text(enum address_fault fault);

/** Status of the answer to a request whose address has this fault. */
int address_map_fault_status(enum address_fault fault);

/** "sip". Static. */
char const *address_map_scheme_name(enum address_scheme scheme);

/** The JID of a URI; the resource is its GRUU's. @p options may be NULL. Unless it is ADDRESS_FINE,
 *  @p ret holds nothing. */
enum address_fault address_map_jid(char const *uri, struct address_options const *options,
                                   struct jid *ret);

/** Appends the URI of a prepared JID; its resource becomes the parameter gr of sip and sips URIs,
 *  and is left out of others. @p options may be NULL. Where it fails, @p out may have grown. */
enum address_fault address_map_uri(struct jid const *jid, enum address_scheme scheme,
                                   struct address_options const *options, struct buf *out);

/** Of a SIP URI, and to one, "xmpp:joe@example.com/desk" (RFC 5122), by which errors name
 * somebody's new address. They append; false: there is none, and @p out may have grown. */
bool address_map_to_xmpp(char const *uri, struct address_options const *options, struct buf *out);
bool address_map_from_xmpp(char const *uri, struct address_options const *options, struct buf *out);

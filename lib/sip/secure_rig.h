/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests, made when they run: one folder that goes away with the
 * rig. NAME.pem holds a certificate, NAME.key its key. Any failure fails the test. */
#pragma once
#include "secure_context.h"

struct secure_link;

enum { SECURE_RIG_PATH = 128 };

struct secure_rig {
    char dir[64];
};

struct secure_rig_cert {
    char const *name;
    char const *cn;     /* NULL: no CN */
    char const *san;    /* as openssl.cnf has it: "DNS:a.test,URI:sip:b.test"; NULL: none */
    char const *issuer; /* name of its CA; NULL: self-signed */
    char const *eku;    /* "serverAuth"; NULL: none */
    char const *kind;   /* of its key: "RSA", "RSA 1024", "ED25519"; NULL: P-256 */
    bool is_ca;
    long from_s, to_s; /* validity from now; both 0: a day */
};

void secure_rig_init(struct secure_rig *rig);
void secure_rig_fini(struct secure_rig *rig);

void secure_rig_make(struct secure_rig *rig, struct secure_rig_cert const *cert);

/** A rig with @p n certificates as the @p state of a group of tests, of which a program has one;
 * and its end, a teardown function of cmocka. */
struct secure_rig *secure_rig_begin(void **state, struct secure_rig_cert const *certs, size_t n);
int secure_rig_end(void **state);

/** A revocation list NAME.pem by the CA @p issuer on which @p revoked stands, until @p to_s from
 * now (0: a day). */
void secure_rig_revoke(struct secure_rig *rig, char const *name, char const *issuer,
                       char const *revoked, long to_s);

/** Adds what is in file @p from to file @p to, e.g. "chain.pem". */
void secure_rig_append(struct secure_rig const *rig, char const *to, char const *from);

/** Path of a file of the rig, e.g. "a.pem", written to @p path and returned. */
char const *secure_rig_path(struct secure_rig const *rig, char const *file,
                            char path[static SECURE_RIG_PATH]);

/** Writes a file of the rig. */
void secure_rig_write(struct secure_rig const *rig, char const *file, char const *text);

/** A context from NAME.pem and NAME.key (NULL: none) and trusting CA.pem (NULL: the system's);
 *  @p like gives the rest and may be NULL. */
struct secure_context *secure_rig_context(struct secure_rig const *rig, char const *name,
                                          char const *ca, struct secure_settings const *like);

/** Carries what each of two links has to say to the other, until both are silent; what they read is
 *  thrown away. Begins the handshake if the client has not. */
void secure_rig_talk(struct secure_link *client, struct secure_link *server);

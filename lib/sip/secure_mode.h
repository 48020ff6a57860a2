/* SPDX-License-Identifier: Apache-2.0 */
/* The mode of the node's TLS (`tls_mode`), which all contexts keep: approved algorithms alone, by
 * the FIPS module of OpenSSL, or the rules of the common criteria (guide-rcc §9).
 *
 * A FIPS context works in a library context of OpenSSL of its own, in which nothing but the module
 * can be fetched; whatever else the program does with OpenSSL is not touched by it. */
#pragma once
#include "secure_choice.h"
#include "secure_context.h"
#include <openssl/types.h>

/** What the algorithms of a context come from; all zero: OpenSSL's default. */
struct secure_mode_library {
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *module, *base;
};

/** Is there anything in @p settings that its mode forbids, or nothing of what it demands? 0, or -1
 *  with the @p fault of the first. */
int secure_mode_check(struct secure_settings const *settings, struct secure_fault *fault);

/** @p settings with what the mode decides itself: an extended key usage is demanded by the common
 *  criteria, and tickets, which we seal outside of the module, are of no other mode than normal. */
struct secure_settings secure_mode_tighten(struct secure_settings const *settings);

/** A context for @p mode in @p library, which is all zero; NULL: @p fault of "tls_mode". Free the
 *  context first, then secure_mode_fini(), also after a failure. */
SSL_CTX *secure_mode_new(enum secure_mode mode, struct secure_mode_library *library,
                         struct secure_fault *fault);
void secure_mode_fini(struct secure_mode_library *library);

/** The same with the provider @p module and what its algorithms have by way of properties. */
SSL_CTX *secure_mode_open(char const *module, char const *properties,
                          struct secure_mode_library *library, struct secure_fault *fault);

/** Leaves only approved ciphers, suites and groups in @p ctx, if the mode of @p settings wants it.
 *  Those that @p settings names, and certificates of @p choice, must be approved: 0, or -1 with
 *  @p fault. */
int secure_mode_restrict(SSL_CTX *ctx, struct secure_settings const *settings,
                         struct secure_choice const *choice, struct secure_fault *fault);

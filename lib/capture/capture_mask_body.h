/* SPDX-License-Identifier: Apache-2.0 */
/* Masks bodies of SIP messages by their type, and what SIP and bodies share. Inner part of
 * capture_mask.c. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** A run of bytes, not terminated. */
struct capture_mask_span {
    char *at;
    size_t len;
};

enum { CAPTURE_MASK_DEPTH = 4 };

/** Masks what is a body of @p type, the value of a Content-Type; empty: unknown. What lies deeper
 *  than CAPTURE_MASK_DEPTH, @p depth counts from 0, is masked as a whole. */
void capture_mask_body(struct capture_mask_span type, char *body, size_t len, int depth);

/** Masks headers and body of something that looks like a SIP message behind its first line.
 *  @p text: its body is what people say, whatever its type. */
void capture_mask_part(char *bytes, size_t len, bool text, int depth);

void capture_mask_all(char *bytes, size_t len);

/** As memmem(3), without regard to case; @p word is in lower case. */
char *capture_mask_find(char *bytes, size_t len, char const *word);

/** Takes the next line off @p rest, which ends with CR LF, LF or CR, or with the text. False: there
 *  is none. */
bool capture_mask_line(struct capture_mask_span *rest, struct capture_mask_span *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions of stream errors (RFC 6120 4.9.3), by stream_errors.def. */
#pragma once
#include "xml_push.h"

struct xml_element;

enum stream_error {
    STREAM_NO_ERROR,
#define STREAM_ERROR(id, name) STREAM_ERROR_##id,
#include "stream_errors.def"
#undef STREAM_ERROR
    STREAM_ERRORS
};

/** "host-unknown"; "" of none. Static. */
char const *stream_errors_name(enum stream_error error);

/** The condition that <stream:error/> holds; one that we do not know is undefined-condition. */
enum stream_error stream_errors_read(struct xml_element const *element);

/** The condition for what is wrong with XML. */
enum stream_error stream_errors_of_xml(enum xml_push_fault fault);

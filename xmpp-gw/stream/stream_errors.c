/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_errors.h. */
#include "stream_errors.h"
#include "xml_tree.h"

static char const *const names[STREAM_ERRORS] = {
    "",
#define STREAM_ERROR(id, name) name,
#include "stream_errors.def"
#undef STREAM_ERROR
};

char const *stream_errors_name(enum stream_error error)
{
    return (unsigned)error < STREAM_ERRORS ? names[error] : "";
}

enum stream_error stream_errors_read(struct xml_element const *element)
{
    struct xml_element const *condition = xml_element_first(element);

    for (; condition; condition = xml_element_next(condition))
        for (int i = 1; i < STREAM_ERRORS; i++)
            if (xml_element_is(condition, names[i], "urn:ietf:params:xml:ns:xmpp-streams"))
                return (enum stream_error)i;
    return STREAM_ERROR_undefined_condition;
}

enum stream_error stream_errors_of_xml(enum xml_push_fault fault)
{
    static enum stream_error const rows[] = {
        [XML_PUSH_OK] = STREAM_NO_ERROR,
        [XML_PUSH_NOT_WELL_FORMED] = STREAM_ERROR_not_well_formed,
        [XML_PUSH_RESTRICTED] = STREAM_ERROR_restricted_xml,
        [XML_PUSH_UNBOUND_PREFIX] = STREAM_ERROR_bad_namespace_prefix,
        [XML_PUSH_BAD_ENCODING] = STREAM_ERROR_unsupported_encoding,
        [XML_PUSH_STRAY_TEXT] = STREAM_ERROR_bad_format,
        [XML_PUSH_TOO_LARGE] = STREAM_ERROR_policy_violation,
        [XML_PUSH_NO_MEMORY] = STREAM_ERROR_resource_constraint,
    };

    return rows[fault];
}

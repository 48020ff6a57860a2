/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that drop every error; readers have their own, which keeps the first. */
#include "xml_silence.h"
#include <libxml/xmlerror.h>

static void drop_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

/* Parts of libxml2 print without an error object. */
static void drop_text(void *ctx, char const *format, ...)
{
    (void)ctx;
    (void)format;
}

void xml_silence(void)
{
    xmlSetGenericErrorFunc(NULL, drop_text);
    xmlSetStructuredErrorFunc(NULL, drop_error);
}

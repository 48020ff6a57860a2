/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about faults. */
#include "cert_fault.h"
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>

int cert_fault_set(struct cert_fault *fault, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    ERR_clear_error();
    return -1;
}

char const *cert_fault_reason(void)
{
    char const *text = ERR_reason_error_string(ERR_peek_error());

    ERR_clear_error();
    return text ? text : "unknown";
}

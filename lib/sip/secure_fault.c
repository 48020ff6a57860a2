/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of TLS settings: see secure_fault.h. */
#include "secure_fault.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int secure_fault_set(struct secure_fault *fault, char const *setting, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    fault->setting = setting;
    ERR_clear_error();
    return -1;
}

char const *secure_fault_reason(void)
{
    char const *text = ERR_reason_error_string(ERR_peek_error());

    return text ? text : "unknown";
}

int secure_fault_check_file(struct secure_fault *fault, char const *setting, char const *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return secure_fault_set(fault, setting, "cannot read \"%s\": %s", path, strerror(errno));
    close(fd);
    return 0;
}

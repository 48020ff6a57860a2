/* SPDX-License-Identifier: Apache-2.0 */
/* Owns reading and comparing the password. */
#include "password.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int password_load(char const *path, char ret[static PASSWORD_MAX + 1])
{
    char line[PASSWORD_MAX + 2];
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    int error = fgets(line, sizeof line, file) ? 0 : -EINVAL;
    fclose(file);
    if (error)
        return error;
    size_t len = strcspn(line, "\r\n");
    if (len == 0 || len > PASSWORD_MAX)
        return -EINVAL;
    memcpy(ret, line, len);
    ret[len] = '\0';
    return 0;
}

bool password_matches(char const *given, char const *wanted)
{
    size_t n_given = strlen(given), n_wanted = strlen(wanted);
    unsigned volatile difference = n_given != n_wanted;
    for (size_t i = 0; i < n_given; i++)
        difference |= (unsigned)(given[i] ^ wanted[n_wanted ? i % n_wanted : 0]);
    return difference == 0;
}

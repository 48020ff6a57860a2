/* SPDX-License-Identifier: Apache-2.0 */
/* See conf_rig.h. */
#include "conf_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int conf_rig_begin(void **state, struct conf_rig *rig)
{
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/conf_rig.XXXXXX");
    if (!mkdtemp(rig->folder) || chdir(rig->folder) < 0)
        return -1;
    conf_rig_write("cti.secret", "secret\n");
    *state = rig;
    return 0;
}

int conf_rig_end(void **state)
{
    struct conf_rig *rig = *state;
    DIR *dir = opendir(rig->folder);

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            (void)unlink(entry->d_name);
    (void)closedir(dir);
    return chdir("/") < 0 ? -1 : rmdir(rig->folder);
}

void conf_rig_write(char const *name, char const *text)
{
    FILE *out = fopen(name, "w");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

char *conf_rig_said(struct cfg_faults **pfaults)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    cfg_faults_print(*pfaults, out);
    assert_int_equal(fclose(out), 0);
    cfg_faults_free(pfaults);
    return text;
}

struct cfg *conf_rig_load(struct conf_rig const *rig, char const *text, char **ret_said)
{
    struct cfg_faults *faults = cfg_faults_new();

    conf_rig_write("a.conf", text);
    struct cfg *cfg = cfg_load("a.conf", rig->schema, faults);
    assert_non_null(cfg);
    rig->check(cfg_get(cfg), cfg_get_node(cfg), faults);
    *ret_said = conf_rig_said(&faults);
    return cfg;
}

void conf_rig_play(struct conf_rig const *rig, struct conf_rig_vector const *vectors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *said;

        print_message("# %s\n", vectors[i].what);
        struct cfg *cfg = conf_rig_load(rig, vectors[i].text, &said);
        assert_string_equal(said, vectors[i].faults);
        free(said);
        cfg_free(&cfg);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing both sources of users: see people_check.h. */
#include "people_check.h"
#include "people_file.h"
#include "store_people.h"
#include <unistd.h>

struct comparison {
    struct people_conf const *conf;
    struct buf *out;
};

static void add_line(void *ctx, char const *text)
{
    struct comparison *comparison = ctx;

    buf_printf(comparison->out, "%s: %s\n", comparison->conf->store, text);
}

static void compare(void *ctx, struct people_values const *values)
{
    struct comparison *comparison = ctx;

    people_conf_compare(comparison->conf, values->v, add_line, comparison);
}

void people_check(struct cli *cli, struct buf *out)
{
    struct people_conf conf;
    struct comparison comparison = { &conf, out };
    struct store_people *people = NULL;
    struct store *store = NULL;

    /* A check makes no file. */
    if (people_conf_try(cli, &conf) == 0 && json_object_size(conf.users) > 0 &&
        access(conf.store, R_OK | W_OK) == 0 && people_file_open(&conf, &store) == 0 &&
        store_people_read(store, &people) == 0)
        people_kind_each(&people_kind_user, people, compare, &comparison);
    store_people_free(&people);
    store_close(&store);
    people_conf_fini(&conf);
}

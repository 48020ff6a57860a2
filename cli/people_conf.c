/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the gateway for its configuration: see people_conf.h. */
#include "people_conf.h"
#include "buf.h"
#include "capture.h"
#include "cli.h"
#include "program.h"
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { OUTPUT_MAX = 256 << 20, FOLDED_BYTES = 300 };

static char const *text_of(json_t const *object, char const *key)
{
    char const *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* Prints the reason if it is wanted. */
static int ask(struct cli const *cli, json_t **ret, bool aloud)
{
    struct program const *program = program_find("cti");
    struct buf path, said;
    int code = EX_UNAVAILABLE;

    buf_init(&path, PATH_MAX);
    buf_init(&said, OUTPUT_MAX);
    if (program_locate(program, cli_bin_dir(cli), &path) < 0) {
        if (aloud)
            cli_complain("%s is not installed", program->binary);
        goto out;
    }
    int status = capture_run(
        (char const *[]){ buf_text(&path), "--print-config", "-f", cli->conf_path, NULL }, &said);
    *ret = status == 0 ? json_loadb(buf_text(&said), said.len, 0, NULL) : NULL;
    code = *ret ? CLI_OK : status == EX_CONFIG ? EX_CONFIG : EX_UNAVAILABLE;
    if (aloud && !*ret)
        cli_complain("%s: %s", program->binary, status < 0 ? strerror(-status) : buf_text(&said));

out:
    buf_fini(&path);
    buf_fini(&said);
    return code;
}

/* Addresses are compared without case. */
static char const *fold(char const *address, char ret[static FOLDED_BYTES])
{
    size_t n = 0;

    for (; address[n] && n + 1 < FOLDED_BYTES; n++)
        ret[n] = (char)tolower((unsigned char)address[n]);
    ret[n] = '\0';
    return ret;
}

static void index_address(json_t *index, char const *address, char const *id)
{
    char folded[FOLDED_BYTES];

    if (*address)
        json_object_set_new(index, fold(address, folded), json_string(id));
}

static void index_users(struct people_conf *conf, json_t const *list)
{
    json_t *user;
    size_t i;

    json_array_foreach(list, i, user)
    {
        char const *id = text_of(user, "id");
        json_object_set(conf->users, id, user);
        index_address(conf->mails, text_of(user, "mail"), id);
        index_address(conf->sips, text_of(user, "uri"), id);
    }
}

static char const *id_of_address(json_t const *index, char const *address)
{
    char folded[FOLDED_BYTES];

    return json_string_value(json_object_get(index, fold(address, folded)));
}

void people_conf_compare(struct people_conf const *conf, char const *const *values,
                         void (*fn)(void *ctx, char const *text), void *ctx)
{
    char const *id = values[0], *mail = values[1], *sip = values[2];
    char const *mail_id = id_of_address(conf->mails, mail);
    char const *sip_id = id_of_address(conf->sips, sip);
    json_t const *user = json_object_get(conf->users, id);
    bool rcc = strcmp(values[3], "yes") == 0;
    char text[1024];

    if (user && (strcasecmp(text_of(user, "mail"), mail) != 0 ||
                 strcasecmp(text_of(user, "uri"), sip) != 0 ||
                 json_is_true(json_object_get(user, "rcc")) != rcc)) {
        (void)snprintf(text, sizeof text,
                       "user \"%s\" stands in %s (cti.users) with another mail, uri or rcc", id,
                       conf->path);
        fn(ctx, text);
    }
    if (mail_id && strcmp(mail_id, id) != 0) {
        (void)snprintf(text, sizeof text, "mail %s is that of user \"%s\" in %s (cti.users)", mail,
                       mail_id, conf->path);
        fn(ctx, text);
    }
    if (sip_id && strcmp(sip_id, id) != 0) {
        (void)snprintf(text, sizeof text, "sip %s is that of user \"%s\" in %s (cti.users)", sip,
                       sip_id, conf->path);
        fn(ctx, text);
    }
}

static int load(struct cli *cli, struct people_conf *ret, bool aloud)
{
    *ret = (struct people_conf){ .path = cli->conf_path,
                                 .users = json_object(),
                                 .mails = json_object(),
                                 .sips = json_object() };
    int code = aloud ? cli_load(cli) : cli_try_load(cli);
    if (code != CLI_OK)
        return code;
    if (!cli_is_enabled(cli, program_find("cti"))) {
        if (aloud)
            cli_complain("%s has no group \"cti\", so there is no directory", cli->conf_path);
        return EX_CONFIG;
    }
    code = ask(cli, &ret->all, aloud);
    if (code != CLI_OK)
        return code;
    json_t const *cti = json_object_get(ret->all, "cti");
    ret->store = text_of(cti, "store");
    ret->owner = text_of(json_object_get(ret->all, "node"), "user");
    if (strcmp(text_of(cti, "server_type"), "lcs") == 0)
        ret->max_devices = (unsigned)json_integer_value(json_object_get(cti, "lcs_devices"));
    index_users(ret, json_object_get(cti, "users"));
    if (*ret->store)
        return CLI_OK;
    if (aloud)
        cli_complain("%s sets no cti.store, so there is no directory", cli->conf_path);
    return EX_CONFIG;
}

int people_conf_load(struct cli *cli, struct people_conf *ret)
{
    return load(cli, ret, true);
}

int people_conf_try(struct cli *cli, struct people_conf *ret)
{
    return load(cli, ret, false);
}

void people_conf_fini(struct people_conf *conf)
{
    json_decref(conf->all);
    json_decref(conf->users);
    json_decref(conf->mails);
    json_decref(conf->sips);
}

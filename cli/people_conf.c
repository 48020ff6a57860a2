/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the gateway for its configuration: see people_conf.h. */
#include "people_conf.h"
#include "cli.h"
#include "program.h"
#include "program_conf.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FOLDED_BYTES = 300 };

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
        char const *id = program_conf_text(user, "id");
        json_object_set(conf->users, id, user);
        index_address(conf->mails, program_conf_text(user, "mail"), id);
        index_address(conf->sips, program_conf_text(user, "uri"), id);
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

    if (user && (strcasecmp(program_conf_text(user, "mail"), mail) != 0 ||
                 strcasecmp(program_conf_text(user, "uri"), sip) != 0 ||
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
    code = program_conf_ask(cli, "cti", aloud, &ret->all);
    if (code != CLI_OK)
        return code;
    json_t const *cti = json_object_get(ret->all, "cti");
    ret->store = program_conf_text(cti, "store");
    ret->owner = program_conf_text(json_object_get(ret->all, "node"), "user");
    if (strcmp(program_conf_text(cti, "server_type"), "lcs") == 0)
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

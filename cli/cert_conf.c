/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the proxy for its configuration. */
#include "cert_conf.h"
#include "buf.h"
#include "capture.h"
#include "cli.h"
#include "program.h"
#include <limits.h>
#include <string.h>

enum { OUTPUT_MAX = 64 << 20 };

static int ask(struct cli const *cli, char const *program, struct buf *said,
               struct cert_fault *fault)
{
    int code = capture_run(
        (char const *[]){ program, "--print-config", "-f", cli->conf_path, NULL }, said);

    if (code == 0)
        return CLI_OK;
    if (code < 0)
        cert_fault_set(fault, "%s: %s", program, strerror(-code));
    else
        cert_fault_set(fault, "%s", buf_text(said));
    return code == EX_CONFIG ? EX_CONFIG : EX_UNAVAILABLE;
}

int cert_conf_load(struct cli const *cli, json_t **ret, struct cert_fault *fault)
{
    struct program const *proxy = program_find("proxy");
    struct buf path, said;
    int code = EX_UNAVAILABLE;

    *ret = NULL;
    buf_init(&path, PATH_MAX);
    buf_init(&said, OUTPUT_MAX);
    if (program_locate(proxy, cli_bin_dir(cli), &path) < 0)
        cert_fault_set(fault, "%s is not installed", proxy->binary);
    else
        code = ask(cli, buf_text(&path), &said, fault);
    if (code == CLI_OK) {
        *ret = json_loadb(said.data, said.len, 0, NULL);
        code = *ret ? CLI_OK : EX_SOFTWARE;
        if (!*ret)
            cert_fault_set(fault, "%s says nothing that can be read: %.200s", buf_text(&path),
                           buf_text(&said));
    }
    buf_fini(&path);
    buf_fini(&said);
    return code;
}

static json_t *value_of(json_t const *conf, char const *group, char const *key)
{
    return json_object_get(json_object_get(conf, group), key);
}

char const *cert_conf_text(json_t const *conf, char const *group, char const *key)
{
    char const *text = json_string_value(value_of(conf, group, key));

    return text ? text : "";
}

long cert_conf_number(json_t const *conf, char const *group, char const *key)
{
    return (long)json_integer_value(value_of(conf, group, key));
}

json_t *cert_conf_list(json_t const *conf, char const *group, char const *key)
{
    return value_of(conf, group, key);
}

json_t *cert_conf_contexts(json_t const *conf)
{
    return value_of(conf, "proxy", "tls_contexts");
}

json_t *cert_conf_context(json_t const *conf, char const *name, struct cert_fault *fault)
{
    json_t *context;
    size_t i;

    json_array_foreach(cert_conf_contexts(conf), i, context)
    {
        if (strcmp(cert_conf_of_context(context, "name"), name) == 0)
            return context;
    }
    cert_fault_set(fault, "there is no TLS context called \"%s\" in the configuration", name);
    return NULL;
}

char const *cert_conf_of_context(json_t const *context, char const *key)
{
    char const *text = json_string_value(json_object_get(context, key));

    return text ? text : "";
}

static char const *entry_of(json_t const *context, char const *list, size_t i)
{
    char const *text = json_string_value(json_array_get(json_object_get(context, list), i));

    return text && *text ? text : NULL;
}

char const *cert_conf_certificate(json_t const *context, size_t i)
{
    return entry_of(context, "certificates", i);
}

char const *cert_conf_key(json_t const *context, size_t i)
{
    char const *key = entry_of(context, "keys", i);

    return key ? key : cert_conf_certificate(context, i);
}

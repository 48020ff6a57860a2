/* SPDX-License-Identifier: Apache-2.0 */
/* A table of all certificates, the first to end on top. */
#include "cert_expiry.h"
#include "cert_conf.h"
#include "cert_pem.h"
#include "cert_text.h"
#include "cert_trust.h"
#include "cli.h"
#include "clock.h"
#include "ctl.h"
#include "secure_expiry.h"
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

struct expiry_row {
    json_t *cells;
    int64_t until_s;
};

struct survey {
    struct cert_run *run;
    char const *context, *kind;
    struct expiry_row *rows;
    size_t n;
    bool is_due; /* one is within the limit, or cannot be read */
    int64_t now_s, limit_s, crl_limit_s;
};

/* @p limit_s: it is due that long before its end. */
static void add_row(struct survey *survey, X509_NAME const *name, ASN1_TIME const *until,
                    int64_t limit_s, char const *file)
{
    struct expiry_row *rows = realloc(survey->rows, (survey->n + 1) * sizeof *rows);
    char title[CERT_TEXT_TITLE], date[CERT_TEXT_TIME];
    int64_t until_s = secure_expiry_seconds(until);

    if (!rows)
        return;
    survey->rows = rows;
    cert_text_title(name, title);
    rows[survey->n++] = (struct expiry_row){
        .until_s = until_s,
        .cells = json_pack("[I,s,s,s,s,s]", (json_int_t)cert_text_days_left(until),
                           cert_text_time(until, date), survey->context, survey->kind, title, file),
    };
    survey->is_due = survey->is_due || until_s - limit_s <= survey->now_s;
}

static void on_cert(void *ctx, X509 *cert, char const *file)
{
    struct survey *survey = ctx;

    add_row(survey, X509_get_subject_name(cert), X509_get0_notAfter(cert), survey->limit_s, file);
}

/* As the alarm of the proxy: lists live for days or hours. One that names no end has none. */
static void on_crl(struct survey *survey, X509_CRL const *crl, char const *file)
{
    ASN1_TIME const *until = X509_CRL_get0_nextUpdate(crl);
    int64_t from_s = secure_expiry_seconds(X509_CRL_get0_lastUpdate(crl));
    int64_t quarter_s = until ? (secure_expiry_seconds(until) - from_s) / 4 : 0;

    if (until)
        add_row(survey, X509_CRL_get_issuer(crl), until,
                quarter_s < survey->crl_limit_s ? quarter_s : survey->crl_limit_s, file);
}

/* A file that cannot be read is worse than one that ends soon; the others are listed all the
 * same. */
static void complain(struct survey *survey)
{
    cli_complain("TLS context \"%s\": %s", survey->context, survey->run->fault.text);
    survey->is_due = true;
}

static void look_at_own(struct survey *survey, json_t const *context)
{
    char const *path;

    for (size_t i = 0; (path = cert_conf_certificate(context, i)); i++) {
        struct cert_pem pem;
        if (cert_pem_read(&pem, path, &survey->run->fault) < 0)
            complain(survey);
        for (int k = 0; k < sk_X509_num(pem.certs); k++) {
            survey->kind = k ? "chain" : "own";
            on_cert(survey, sk_X509_value(pem.certs, k), path);
        }
        cert_pem_fini(&pem);
    }
}

static void look_at_trust(struct survey *survey, json_t const *context)
{
    char const *ca = cert_conf_of_context(context, "ca");

    survey->kind = "trust";
    if (*ca && cert_trust_each(survey->run, ca, on_cert, survey) < 0)
        complain(survey);
}

static void look_at_crls(struct survey *survey, json_t const *context)
{
    json_t *file;
    size_t i;

    survey->kind = "crl";
    json_array_foreach(json_object_get(context, "crls"), i, file)
    {
        char const *path = json_string_value(file);
        struct cert_pem pem;
        if (cert_pem_read(&pem, path, &survey->run->fault) < 0)
            complain(survey);
        for (int k = 0; k < sk_X509_CRL_num(pem.crls); k++)
            on_crl(survey, sk_X509_CRL_value(pem.crls, k), path);
        cert_pem_fini(&pem);
    }
}

static int compare(void const *a, void const *b)
{
    int64_t x = ((struct expiry_row const *)a)->until_s,
            y = ((struct expiry_row const *)b)->until_s;

    return (x > y) - (x < y);
}

static json_t *table_of(struct survey *survey)
{
    json_t *table = ctl_table("days left", "until", "context", "kind", "subject", "file", NULL);

    if (survey->n)
        qsort(survey->rows, survey->n, sizeof *survey->rows, compare);
    for (size_t i = 0; i < survey->n; i++)
        ctl_table_row(table, survey->rows[i].cells);
    return table;
}

static void set_limits(struct survey *survey)
{
    struct cert_run const *run = survey->run;
    long days = run->options.days;

    if (!days)
        days = cert_conf_number(run->conf, "proxy", "expiry_warning_days");
    survey->now_s = (int64_t)(clock_wall_us() / 1000000);
    survey->limit_s = (int64_t)days * DAY_S;
    survey->crl_limit_s =
        (int64_t)cert_conf_number(run->conf, "proxy", "expiry_critical_days") * DAY_S;
}

int cert_expiry(struct cert_run *run)
{
    struct survey survey = { .run = run };
    json_t *context;
    size_t i;
    int code;

    if (run->options.n_files) {
        cert_fault_set(&run->fault, "expiry takes no files; it looks at the configuration");
        return EX_USAGE;
    }
    code = cert_run_need_conf(run);
    if (code != CLI_OK)
        return code;
    if (run->options.context && !cert_conf_context(run->conf, run->options.context, &run->fault))
        return CLI_FAILED;
    set_limits(&survey);
    json_array_foreach(cert_conf_contexts(run->conf), i, context)
    {
        survey.context = cert_conf_of_context(context, "name");
        if (run->options.context && strcmp(survey.context, run->options.context) != 0)
            continue;
        look_at_own(&survey, context);
        look_at_trust(&survey, context);
        look_at_crls(&survey, context);
    }
    run->result = table_of(&survey);
    free(survey.rows);
    run->fault.text[0] = '\0';
    return survey.is_due ? CLI_FAILED : CLI_OK;
}

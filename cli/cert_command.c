/* SPDX-License-Identifier: Apache-2.0 */
/* The commands behind `cert` as rows; running one and printing what it has to say. */
#include "cert_command.h"
#include "answer.h"
#include "buf.h"
#include "cert_expiry.h"
#include "cert_fetch.h"
#include "cert_import.h"
#include "cert_make.h"
#include "cert_run.h"
#include "cert_show.h"
#include "cert_trust.h"
#include "cli.h"
#include "table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_MAX = 64 << 20 };

char const cert_command_args[] =
    "new-key|csr|self-sign|import|show|expiry|trust|fetch [OPTION ...] [FILE ...]";
char const cert_command_more[] =
    "  new-key [--type TYPE] [--next]     make a private key (0600); --next: for a renewal\n"
    "  csr [--cn CN] [--san NAME ...]     make a request for a CA, NODE.csr\n"
    "  self-sign [--cn] [--san] [--days]  make a certificate without a CA, 365 days\n"
    "  import FILE ...                    take what the CA sent: checked, sorted, put in place\n"
    "  show FILE ...|--context NAME       names, key, usage, dates, fingerprint\n"
    "  expiry [--days N]                  all certificates of the configuration by their end;\n"
    "                                     exit code 1 if one ends within expiry_warning_days\n"
    "  trust FILE ... --context NAME      add certificates to the `ca` of a context\n"
    "  fetch HOST:PORT [--sni NAME] [--type rsa|ec] [--timeout S]\n"
    "                                     what a peer shows; with --context NAME also --trust,\n"
    "                                     --subject: add the chain to `ca`, the CN to\n"
    "                                     subjects_file\n"
    "Files are those of a TLS context (--context NAME, --number N if it has several\n"
    "certificates), or named by --key and --out. TYPE: rsa:3072 (default), rsa:4096, rsa:2048,\n"
    "ec:P-256, ec:P-384. A NAME is DNS:x, IP:x, URI:x. No file is overwritten without --force;\n"
    "what import and self-sign replace is kept as FILE.old. Afterwards: crosspoint reload.\n";

static struct cert_row {
    char const *name, *options;
    cert_run_fn *fn;
} const rows[] = {
    { "new-key", "context number out type next force", cert_make_key },
    { "csr", "context number key out cn san force", cert_make_request },
    { "self-sign", "context number key out cn san days force", cert_make_self_signed },
    { "import", "context number key out force", cert_import },
    { "show", "context", cert_show },
    { "expiry", "context days", cert_expiry },
    { "trust", "context force", cert_trust },
    { "fetch", "context sni type timeout trust subject force", cert_fetch },
};

static struct cert_row const *find(char const *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void print_text(json_t const *result, struct buf *out)
{
    json_t *object;
    size_t i;

    if (!json_is_array(result))
        table_print(result, out);
    json_array_foreach(result, i, object)
    {
        buf_puts(out, i ? "\n" : "");
        table_print(object, out);
    }
}

static void print_notes(json_t const *notes)
{
    struct buf out;
    json_t *note;
    size_t i;

    buf_init(&out, OUT_MAX);
    json_array_foreach(notes, i, note)
    {
        table_print_cell(note, &out);
        buf_puts(&out, "\n");
    }
    fflush(stdout);
    fputs(buf_text(&out), stderr);
    buf_fini(&out);
}

/* The faults of a configuration are several lines; texts of certificates stand in faults, too. */
static void complain(struct cert_fault const *fault)
{
    struct buf out;

    fflush(stdout);
    for (char const *line = fault->text; *line; line += strspn(line, "\n")) {
        size_t len = strcspn(line, "\n");
        char *one = strndup(line, len);
        buf_init(&out, OUT_MAX);
        table_print_text(one ? one : "out of memory", &out);
        cli_complain("%s", buf_text(&out));
        buf_fini(&out);
        free(one);
        line += len;
    }
}

static int run_row(struct cert_row const *row, struct cert_run *run, int argc, char **argv)
{
    int code = EX_USAGE;

    if (cert_options_parse(&run->options, argc, argv, row->options, &run->fault) == 0)
        code = row->fn(run);
    if (run->result)
        answer_print(run->cli, run->result, print_text);
    print_notes(run->notes);
    if (code != CLI_OK && *run->fault.text)
        complain(&run->fault);
    return code;
}

int cert_command(struct cli *cli, int argc, char **argv)
{
    struct cert_run run = { .cli = cli, .notes = json_array() };
    struct cert_row const *row = argc ? find(argv[0]) : NULL;
    int code = EX_USAGE;

    if (row)
        code = run_row(row, &run, argc - 1, argv + 1);
    else
        cli_complain(argc ? "no such command: cert %s; see: crosspoint help cert"
                          : "cert wants a command; see: crosspoint help cert",
                     argc ? argv[0] : "");
    json_decref(run.conf);
    json_decref(run.result);
    json_decref(run.notes);
    return code;
}

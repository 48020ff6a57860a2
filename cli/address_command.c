/* SPDX-License-Identifier: Apache-2.0 */
/* A URI becomes a JID and a URI again, a JID becomes a URI and a JID again: so one sees what gets
 * lost. */
#include "address_command.h"
#include "address_map.h"
#include "answer.h"
#include "buf.h"
#include "cli.h"
#include "jid.h"
#include <stdio.h>
#include <string.h>

char const address_command_args[] = "[--gateway DOMAIN] [--sips] URI|JID";
char const address_command_more[] =
    "A URI (sip, sips, im, pres) is shown as the JID that XMPP users see, a JID (user@domain/res)\n"
    "as the SIP URI, by RFC 7247 and XEP-0106; then the way back, which is the same address\n"
    "again but for what JIDs have not: letter case, ports and parameters.\n"
    "  --gateway DOMAIN      all of SIP stands under DOMAIN: user\\40remote.example@DOMAIN\n"
    "  --sips                sips URIs may go to XMPP\n"
    "Exit code: 1 if it has no such form.\n";

enum { URI_MAX = 8192 };

/* The question, and both ends of the answer. */
struct question {
    char const *text;
    struct address_options options;
    char gateway[JID_PART_MAX + 1];
};

struct mapping {
    char const *failed; /* words about the text, NULL: it is mapped */
    struct jid jid;
    char jid_text[JID_MAX + 1];
    struct buf uri, back;
    bool from_jid;
    bool same;
};

static bool has_scheme(char const *text)
{
    size_t len = strcspn(text, ":@/");

    return text[len] == ':' && strchr(text, '[') != text;
}

static char const *words(enum address_fault fault)
{
    return fault == ADDRESS_FINE ? NULL : address_map_fault_text(fault);
}

static char const *map_uri(struct question const *question, struct mapping *ret)
{
    char const *failed = words(address_map_jid(question->text, &question->options, &ret->jid));

    if (failed)
        return failed;
    buf_puts(&ret->uri, question->text);
    failed = words(address_map_uri(&ret->jid, ADDRESS_SIP, &question->options, &ret->back));
    ret->same = !failed && strcmp(buf_text(&ret->back), question->text) == 0;
    return failed;
}

static char const *map_jid(struct question const *question, struct mapping *ret)
{
    enum jid_fault fault = jid_parse(question->text, &ret->jid);
    struct jid again;

    ret->from_jid = true;
    if (fault != JID_FINE)
        return jid_fault_text(fault);
    char const *failed =
        words(address_map_uri(&ret->jid, ADDRESS_SIP, &question->options, &ret->uri));
    if (!failed)
        failed = words(address_map_jid(buf_text(&ret->uri), &question->options, &again));
    if (!failed)
        jid_print(&again, &ret->back);
    ret->same = !failed && strcmp(buf_text(&ret->back), question->text) == 0;
    return failed;
}

/* --- printing --------------------------------------------------------------------------------- */

static void add_text(json_t *answer, char const *key, char const *value)
{
    json_object_set_new(answer, key, json_string(value));
}

static json_t *build_answer(struct mapping const *mapping)
{
    json_t *answer = json_object();

    add_text(answer, "sip", buf_text(&mapping->uri));
    add_text(answer, "jid", mapping->jid_text);
    add_text(answer, "local", mapping->jid.local);
    add_text(answer, "domain", mapping->jid.domain);
    add_text(answer, "resource", mapping->jid.resource);
    add_text(answer, "back", buf_text(&mapping->back));
    json_object_set_new(answer, "same", json_boolean(mapping->same));
    return answer;
}

static void write_row(struct buf *out, json_t const *answer, char const *key, char const *title)
{
    char const *value = json_string_value(json_object_get(answer, key));

    if (value && *value)
        buf_printf(out, "%-12s%s\n", title, value);
}

static void write_jid(struct buf *out, json_t const *answer)
{
    write_row(out, answer, "jid", "JID");
    write_row(out, answer, "local", "  local");
    write_row(out, answer, "domain", "  domain");
    write_row(out, answer, "resource", "  resource");
}

static void write_uri(struct buf *out, json_t const *answer)
{
    write_row(out, answer, "sip", "SIP");
}

static void write_from_uri(json_t const *answer, struct buf *out)
{
    write_uri(out, answer);
    write_jid(out, answer);
    write_row(out, answer, "back", "back");
}

static void write_from_jid(json_t const *answer, struct buf *out)
{
    write_jid(out, answer);
    write_uri(out, answer);
    write_row(out, answer, "back", "back");
}

static int answer_question(struct cli *cli, struct question const *question)
{
    struct mapping mapping = { .failed = NULL };
    json_t *answer;

    buf_init(&mapping.uri, URI_MAX);
    buf_init(&mapping.back, URI_MAX);
    mapping.failed =
        has_scheme(question->text) ? map_uri(question, &mapping) : map_jid(question, &mapping);
    if (mapping.failed) {
        cli_complain("%s %s", question->text, mapping.failed);
    } else {
        jid_text(&mapping.jid, mapping.jid_text);
        answer = build_answer(&mapping);
        answer_print(cli, answer, mapping.from_jid ? write_from_jid : write_from_uri);
        json_decref(answer);
    }
    buf_fini(&mapping.uri);
    buf_fini(&mapping.back);
    return mapping.failed ? CLI_FAILED : CLI_OK;
}

int address_command(struct cli *cli, int argc, char **argv)
{
    struct question question = { .text = NULL };

    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--sips") == 0) {
            question.options.secure = true;
        } else if (strcmp(argv[i], "--gateway") == 0 && i + 1 < argc) {
            enum jid_fault fault = jid_domain(argv[++i], question.gateway);
            if (fault != JID_FINE) {
                cli_complain("--gateway %s %s", argv[i], jid_fault_text(fault));
                return EX_USAGE;
            }
            question.options.gateway = question.gateway;
        } else if (!question.text && strncmp(argv[i], "--", 2) != 0) {
            question.text = argv[i];
        } else {
            question.text = NULL;
            break;
        }
    }
    if (!question.text) {
        cli_complain("usage: crosspoint address %s", address_command_args);
        return EX_USAGE;
    }
    return answer_question(cli, &question);
}

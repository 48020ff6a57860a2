/* SPDX-License-Identifier: Apache-2.0 */
/* Two tables, and the rows that depend on more than their column. */
#include "stanza_error.h"
#include "stanza_names.h"
#include "text.h"
#include "xml_char.h"
#include "xml_tree.h"
#include <ctype.h>

enum { ANSWER_MAX = 1 << 20 };

static struct {
    char const *name;
    enum stanza_error_type type;
    int full, bare;
} const conditions[] = {
#define STANZA_ERROR(id, text, as, when_full, when_bare)                                           \
    [STANZA_ERROR_##id] = { text, STANZA_ERROR_##as, when_full, when_bare },
#include "stanza_errors.def"
#undef STANZA_ERROR
};

static struct {
    int status;
    enum stanza_condition condition;
    char const *phrase;
} const statuses[] = {
#define SIP_ERROR(code, id, text) { code, STANZA_ERROR_##id, text },
#include "sip_errors.def"
#undef SIP_ERROR
};

static char const *const type_names[] = {
    [STANZA_ERROR_CANCEL] = "cancel", [STANZA_ERROR_CONTINUE] = "continue",
    [STANZA_ERROR_MODIFY] = "modify", [STANZA_ERROR_AUTH] = "auth",
    [STANZA_ERROR_WAIT] = "wait",
};

char const *stanza_error_name(enum stanza_condition condition)
{
    return condition < STANZA_ERRORS ? conditions[condition].name : "";
}

char const *stanza_error_type_name(enum stanza_error_type type)
{
    return type < STANZA_ERROR_TYPES ? type_names[type] : "";
}

static enum stanza_condition find(char const *name)
{
    enum stanza_condition condition = 0;

    while (condition < STANZA_ERRORS && strcmp(conditions[condition].name, name) != 0)
        condition++;
    return condition;
}

enum stanza_condition stanza_error_find(char const *name)
{
    enum stanza_condition condition = find(name);

    return condition < STANZA_ERRORS ? condition : STANZA_ERROR_UNDEFINED_CONDITION;
}

struct stanza_error stanza_error_make(enum stanza_condition condition, char const *text)
{
    return (struct stanza_error){ .condition = condition,
                                  .type = conditions[condition].type,
                                  .text = text };
}

/* --- statuses --------------------------------------------------------------------------------- */

static size_t row_of(int status)
{
    size_t i = 0;

    while (i < sizeof statuses / sizeof *statuses && statuses[i].status != status)
        i++;
    return i;
}

/* Of 300 to 699: each class has its row. */
static size_t row_of_any(int status)
{
    size_t row = row_of(status);

    return row < sizeof statuses / sizeof *statuses ? row : row_of(status / 100 * 100 + 99);
}

char const *stanza_error_phrase(int status)
{
    size_t row = row_of_any(status);

    return row < sizeof statuses / sizeof *statuses ? statuses[row].phrase : "Failed";
}

/* What RFC 3261 25.1 lets stand in a Reason-Phrase; the rest becomes a space. */
static void add_phrase(struct text *line, char const *text)
{
    char const *end = text + strlen(text);

    while (text < end) {
        size_t len = xml_char_len(text, end);
        unsigned char c = (unsigned char)*text;
        bool plain = len > 1 || isalnum(c) || (c && strchr(";/?:@&=+$,-_.!~*'() ", c));
        text_add(line, plain ? text : " ", plain ? len : 1);
        if (line->cut)
            return;
        text += len ? len : 1;
    }
}

static int status_of(struct stanza_error const *error, bool full)
{
    int status = full ? conditions[error->condition].full : conditions[error->condition].bare;

    switch (error->condition) {
    case STANZA_ERROR_GONE:
        return error->address ? 301 : status;
    case STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
        return error->unresolved ? 408 : status;
    case STANZA_ERROR_UNEXPECTED_REQUEST:
        return error->type == STANZA_ERROR_WAIT ? status : 400;
    default:
        return status == 401 || status == 407 ? 403 : status;
    }
}

struct stanza_error_answer stanza_error_to_sip(struct stanza_error const *error, bool full)
{
    struct stanza_error_answer answer = { .status = status_of(error, full) };
    struct text phrase;

    if (answer.status == 301 || answer.status == 302)
        answer.address = error->address;
    text_begin(&phrase, answer.phrase, sizeof answer.phrase);
    if (error->text)
        add_phrase(&phrase, error->text);
    if (strspn(answer.phrase, " ") == text_len(&phrase)) {
        text_begin(&phrase, answer.phrase, sizeof answer.phrase);
        text_puts(&phrase, stanza_error_phrase(answer.status));
    }
    return answer;
}

struct stanza_error stanza_error_from_sip(int status, char const *phrase, char const *address,
                                          bool unresolved)
{
    size_t row = row_of_any(status);
    enum stanza_condition condition = row < sizeof statuses / sizeof *statuses
                                          ? statuses[row].condition
                                          : STANZA_ERROR_UNDEFINED_CONDITION;

    if (unresolved && (status == 404 || status == 408))
        condition = STANZA_ERROR_REMOTE_SERVER_NOT_FOUND;
    struct stanza_error error = stanza_error_make(condition, phrase && *phrase ? phrase : NULL);
    if (status == 301 || condition == STANZA_ERROR_REDIRECT)
        error.address = address;
    error.unresolved = unresolved && status == 408;
    return error;
}

/* --- stanzas ---------------------------------------------------------------------------------- */

static bool has_type(struct xml_element const *stanza, char const *wanted)
{
    char const *type = xml_element_attribute(stanza, "type");

    return type && strcmp(type, wanted) == 0;
}

bool stanza_error_may_answer(struct xml_element const *stanza)
{
    return !has_type(stanza, "error") &&
           !(xml_element_is(stanza, "iq", STANZA_NS) && has_type(stanza, "result"));
}

static void read_type(struct xml_element const *element, struct stanza_error *error)
{
    for (enum stanza_error_type type = 0; type < STANZA_ERROR_TYPES; type++)
        if (has_type(element, type_names[type]))
            error->type = type;
}

bool stanza_error_read(struct xml_element const *stanza, struct stanza_error *ret)
{
    struct xml_element *element = xml_element_child(stanza, "error", STANZA_NS);

    *ret = stanza_error_make(STANZA_ERROR_UNDEFINED_CONDITION, NULL);
    if (!has_type(stanza, "error"))
        return false;
    for (struct xml_element *in = xml_element_first(element); in; in = xml_element_next(in)) {
        enum stanza_condition condition = find(in->name);
        if (condition == STANZA_ERRORS || strcmp(in->ns, STANZA_NS_ERROR) != 0)
            continue;
        char const *address = xml_element_text(in);
        *ret = stanza_error_make(condition, NULL);
        ret->address = *address ? address : NULL;
        break;
    }
    read_type(element, ret);
    ret->text = xml_element_child_text(element, "text", STANZA_NS_ERROR);
    if (ret->text && !*ret->text)
        ret->text = NULL;
    return true;
}

void stanza_error_add(struct xml_tree *tree, struct xml_element *stanza,
                      struct stanza_error const *error)
{
    struct xml_element *element = xml_tree_add(tree, stanza, "error", STANZA_NS);
    struct xml_element *condition;

    xml_tree_attribute(tree, element, "type", type_names[error->type]);
    condition = xml_tree_add(tree, element, conditions[error->condition].name, STANZA_NS_ERROR);
    if (error->address &&
        (error->condition == STANZA_ERROR_GONE || error->condition == STANZA_ERROR_REDIRECT))
        xml_tree_text(tree, condition, error->address);
    if (error->text)
        xml_tree_attribute(tree,
                           xml_tree_add_text(tree, element, "text", STANZA_NS_ERROR, error->text),
                           "xml:lang", "en");
}

static void copy_children(struct xml_tree *tree, struct xml_element *to,
                          struct xml_element const *from)
{
    for (struct xml_element *in = xml_element_first(from); in; in = xml_element_next(in))
        xml_tree_copy(tree, to, in);
}

struct xml_tree *stanza_error_answer(struct xml_element const *stanza,
                                     struct stanza_error const *error, bool echo)
{
    struct xml_tree *tree = stanza_error_may_answer(stanza) ? xml_tree_new(ANSWER_MAX) : NULL;
    struct xml_element *root;

    if (!tree)
        return NULL;
    root = xml_tree_add(tree, NULL, stanza->name, stanza->ns);
    xml_tree_attribute(tree, root, "from", xml_element_attribute(stanza, "to"));
    xml_tree_attribute(tree, root, "to", xml_element_attribute(stanza, "from"));
    xml_tree_attribute(tree, root, "id", xml_element_attribute(stanza, "id"));
    xml_tree_attribute(tree, root, "type", "error");
    if (echo)
        copy_children(tree, root, stanza);
    stanza_error_add(tree, root, error);
    if (!xml_tree_ok(tree))
        xml_tree_free(&tree);
    return tree;
}

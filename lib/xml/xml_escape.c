/* SPDX-License-Identifier: Apache-2.0 */
/* What must be written otherwise between tags, and between quotes: line ends and tabs of a value
 * would be spaces to the next reader, and a CR an LF (XML 1.0 2.11, 3.3.3). */
#include "xml_escape.h"
#include "buf.h"
#include <string.h>

static char const in_text[] = "<>&\r";
static char const in_value[] = "<>&'\"\r\n\t";
static char const in_namespace[] = "<>'\"\r\n\t";

static void add_escaped(struct buf *out, char const *text, char const *special)
{
    for (;;) {
        size_t plain = strcspn(text, special);
        buf_add(out, text, plain);
        text += plain;
        switch (*text++) {
        case '\0':
            return;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        default:
            buf_printf(out, "&#%d;", text[-1]);
        }
    }
}

void xml_escape_text(struct buf *out, char const *text)
{
    add_escaped(out, text, in_text);
}

void xml_escape_value(struct buf *out, char const *value)
{
    add_escaped(out, value, in_value);
}

void xml_escape_namespace(struct buf *out, char const *uri)
{
    add_escaped(out, uri, in_namespace);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the first byte says what the rest is, a stanza or the body of a MESSAGE of one type
 * or another. What was read is built, read again and built the same; its MESSAGEs are read, too. */
#include "buf.h"
#include "cpim.h"
#include "im_map.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { OUT_MAX = 1 << 20 };

static struct im_map_options const options = {
    .max_bytes = OUT_MAX,
    .cpim = true,
    .now_ms = INT64_C(1795298400000),
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static char *build(struct im const *im)
{
    struct xml_tree *tree = im_map_stanza(im, &options);

    require(tree != NULL);
    char *text = stanza_rig_text(tree);
    xml_tree_free(&tree);
    require(text != NULL);
    return text;
}

static struct im *read_stanza(char const *xml)
{
    struct xml_tree *tree = stanza_rig_read(xml);
    struct im *im = NULL;

    if (tree && xml_element_is(xml_tree_root(tree), "message", "jabber:server"))
        require((im_map_read_stanza(xml_tree_root(tree), &options, &im) == IM_FINE) == !!im);
    xml_tree_free(&tree);
    return im;
}

static void check_header(char const *text)
{
    for (; text && *text; text++)
        require((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void check_sip(struct im_sip sip)
{
    struct im *im;

    check_header(sip.call_id);
    check_header(sip.subject);
    check_header(sip.lang);
    check_header(sip.content_type);
    require(sip.body_len > 0 && sip.body);
    enum im_fault fault = im_map_read_sip(&sip, &options, &im);
    require((fault == IM_FINE) == !!im && fault != IM_UNSUPPORTED);
    im_map_free(&im);
}

static void check_parts(struct im *im)
{
    unsigned parts = im_map_parts(im, &options);
    struct im_sip sip;

    for (unsigned part = IM_TEXT; part <= IM_NOTICE; part <<= 1)
        if (parts & part && im_map_write_sip(im, (enum im_part)part, &options, &sip) == IM_FINE)
            check_sip(sip);
}

static void check(struct im *im)
{
    char *text = build(im), *again;
    struct im *second = read_stanza(text);

    require(second != NULL);
    again = build(second);
    require(strcmp(text, again) == 0);
    check_parts(im);
    free(again);
    free(text);
    im_map_free(&second);
}

static void check_cpim(char const *body, size_t len)
{
    struct cpim *cpim, *second;
    struct buf out, again;

    if (cpim_read(body, len, &cpim) < 0)
        return;
    buf_init(&out, OUT_MAX);
    buf_init(&again, OUT_MAX);
    cpim_write(cpim, &out);
    require(cpim_read(out.data, out.len, &second) == 0);
    cpim_write(second, &again);
    require(out.len == again.len && memcmp(out.data, again.data, out.len) == 0);
    buf_fini(&out);
    buf_fini(&again);
    cpim_free(&cpim);
    cpim_free(&second);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    static char const *const types[] = {
        "message/cpim",     "text/plain", "text/html", "application/im-iscomposing+xml",
        "message/imdn+xml",
    };
    size_t kind = size > 0 ? data[0] % (sizeof types / sizeof *types + 1) : 0;
    char *text = size > 0 ? strndup((char const *)data + 1, size - 1) : NULL;
    struct im *im = NULL;

    if (!text)
        return 0;
    if (kind == 0) {
        im = read_stanza(text);
    } else {
        struct im_sip sip = { .from = "sip:a@b;gr=c",
                              .to = "sip:d@e",
                              .body = text,
                              .body_len = strlen(text),
                              .date_ms = IM_TIME_NONE,
                              .content_type = types[kind - 1],
                              .expires_s = -1 };
        im_map_read_sip(&sip, &options, &im);
        if (kind == 1)
            check_cpim(text, strlen(text));
    }
    if (im)
        check(im);
    im_map_free(&im);
    free(text);
    return 0;
}

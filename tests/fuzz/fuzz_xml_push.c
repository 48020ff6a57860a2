/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a stream of XML, cut into pieces whose length the first byte tells, is read as one
 * that comes at once; each child that is told reads back, from what is written of it, as itself. */
#include "buf.h"
#include "dialback.h"
#include "stream_errors.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { OUT_MAX = 1 << 24 };

static struct xml_limits const limits = { .max_bytes = 4096,
                                          .max_depth = 16,
                                          .max_attributes = 16 };

/* What we have written ourselves has more bytes and bindings. */
static struct xml_limits const own_limits = {
    .max_bytes = OUT_MAX,
    .max_depth = 17,
    .max_attributes = 64,
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

struct heard {
    struct buf text;
    enum xml_push_fault fault;
    bool checks;
};

static void on_again(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    if (event == XML_PUSH_CHILD)
        xml_element_write(xml_tree_root(tree), "", ctx);
    xml_tree_free(&tree);
}

/* What is written reads back, and is written the same. */
static void check_writing(struct xml_tree *tree)
{
    struct buf once, twice;
    struct xml_push *push = xml_push_new(&own_limits, on_again, &twice);

    require(push != NULL);
    buf_init(&once, OUT_MAX);
    buf_init(&twice, OUT_MAX);
    xml_element_write(xml_tree_root(tree), "", &once);
    require(buf_ok(&once) && xml_push_feed(push, "<root>", 6) == 0);
    require(xml_push_feed(push, once.data, once.len) == 0);
    require(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    buf_fini(&twice);
    buf_fini(&once);
    xml_push_free(&push);
}

static void check_copy(struct xml_tree *tree)
{
    struct xml_tree *other = xml_tree_new(OUT_MAX);
    struct buf one, two;

    require(other && xml_tree_copy(other, NULL, xml_tree_root(tree)));
    buf_init(&one, OUT_MAX);
    buf_init(&two, OUT_MAX);
    xml_element_write(xml_tree_root(tree), "", &one);
    xml_element_write(xml_tree_root(other), "", &two);
    require(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    buf_fini(&two);
    buf_fini(&one);
    xml_tree_free(&other);
}

static void check_meaning(struct xml_element const *element)
{
    struct dialback dialback;

    if (dialback_read(element, &dialback))
        require(*dialback.from && *dialback.to);
    require(stream_errors_read(element) != STREAM_NO_ERROR);
    require(xml_element_text(element) != NULL);
}

static void on_event(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    struct heard *heard = ctx;

    buf_printf(&heard->text, "%d", event);
    if (tree)
        xml_element_write(xml_tree_root(tree), "", &heard->text);
    if (event == XML_PUSH_CHILD && heard->checks) {
        check_writing(tree);
        check_copy(tree);
        check_meaning(xml_tree_root(tree));
    }
    xml_tree_free(&tree);
}

static void read_all(struct heard *heard, char const *xml, size_t len, size_t step)
{
    struct xml_push *push = xml_push_new(&limits, on_event, heard);
    int result = 0;

    require(push != NULL);
    buf_init(&heard->text, OUT_MAX);
    for (size_t at = 0; at < len && result == 0; at += step)
        result = xml_push_feed(push, xml + at, len - at < step ? len - at : step);
    heard->fault = xml_push_fault(push);
    require((result == 0) == (heard->fault == XML_PUSH_OK) && result != -ENOMEM);
    require((result == 0) == !*xml_push_fault_text(push));
    xml_push_free(&push);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    struct heard whole = { .checks = true }, cut = { .checks = false };

    if (size < 2)
        return 0;
    char const *xml = (char const *)data + 1;
    read_all(&whole, xml, size - 1, size);
    read_all(&cut, xml, size - 1, 1 + data[0] % 64);
    require(whole.fault == cut.fault && whole.text.len == cut.text.len);
    require(whole.text.len == 0 || memcmp(whole.text.data, cut.text.data, whole.text.len) == 0);
    buf_fini(&cut.text);
    buf_fini(&whole.text);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a presence document is read, composed with itself as a client, a line and a partner,
 * and written in every dialect; what was written must read back and be written the same. The other
 * documents of the event packages are read from the same bytes. */
#include "buf.h"
#include "compose.h"
#include "dialog_info.h"
#include "pidf.h"
#include "pidf_entity.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include "watcherinfo.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { OUT_MAX = 1 << 24 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What we have written ourselves may be longer than what came, and have more in it. */
static struct pidf_limits const own_limits = {
    .max_bytes = OUT_MAX,
    .max_depth = 32,
    .max_tuples = 1000,
    .max_persons = 1000,
    .max_devices = 1000,
    .max_notes = 1000,
    .max_pieces = 1000,
};

static void check_fault(int result, struct pidf *doc, struct pidf_fault const *fault)
{
    require((result == 0) == (doc != NULL) && (result == 0) == (fault->error == PIDF_FINE));
    require((result == 0) == !fault->text[0]);
    for (char const *c = fault->text; *c; c++)
        require((unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f);
}

/* NULL: it has more attributes now than an element may have, for bindings have come to it. */
static struct pidf *write_and_read(struct pidf const *doc, struct pidf_profile const *profile,
                                   struct buf *out)
{
    struct pidf_fault fault;
    struct pidf *again;

    buf_init(out, OUT_MAX);
    require(pidf_write(doc, profile, out) == 0);
    int result = pidf_read(out->data, out->len, &own_limits, &again, &fault);
    check_fault(result, again, &fault);
    require(result == 0 || strstr(fault.text, "too many attributes"));
    return again;
}

/* Text that looks like a prefix of ours may bring a binding along once, and never again. */
static void check_dialect(struct pidf const *doc, struct pidf_profile const *profile)
{
    struct buf first, second, third;
    struct pidf *one = write_and_read(doc, profile, &first), *two = NULL, *three = NULL;

    buf_init(&second, OUT_MAX);
    buf_init(&third, OUT_MAX);
    if (one && (two = write_and_read(one, profile, &second)) &&
        (three = write_and_read(two, profile, &third)))
        require(second.len == third.len && memcmp(second.data, third.data, second.len) == 0);
    pidf_free(&three);
    pidf_free(&two);
    pidf_free(&one);
    buf_fini(&third);
    buf_fini(&second);
    buf_fini(&first);
}

static void check_dialects(struct pidf const *doc)
{
    for (struct pidf_profile const *profile = pidf_profiles(); profile->name; profile++)
        check_dialect(doc, profile);
}

static void check_composition(struct pidf const *doc)
{
    struct compose_source const sources[] = {
        { .kind = COMPOSE_DEVICE, .name = "a", .doc = doc },
        { .kind = COMPOSE_LINE, .name = "b", .doc = doc },
        { .kind = COMPOSE_GATEWAY, .name = "a", .doc = doc },
        { .kind = COMPOSE_MANUAL, .name = "m", .doc = doc, .overrides = true },
    };
    struct compose_input in = { "pres:joe@example.test", sources, 4 };
    struct compose_result result;

    require(compose_run(&in, &result) == 0);
    require(result.rule < COMPOSE_RULES && result.state == compose_rule_state(result.rule));
    require(result.doc->n_parts[PIDF_PERSON] == 1);
    check_dialects(result.doc); /* reading refuses ids that are not unique */
    compose_result_fini(&result);
}

static void check_others(char const *body, size_t size)
{
    struct dialog_info *dialogs = dialog_info_new();
    struct watcherinfo *watchers;
    struct buf out;

    require(dialogs != NULL);
    require(dialog_info_take(dialogs, body, size, &pidf_limits_default) < DIALOG_INFO_RESULTS);
    require(dialog_info_line(dialogs) <= DIALOG_INFO_ENGAGED);
    dialog_info_free(&dialogs);
    if (watcherinfo_read(body, size, &pidf_limits_default, &watchers) == 0) {
        buf_init(&out, OUT_MAX);
        require(watcherinfo_write(watchers, &out) == 0);
        watcherinfo_free(&watchers);
        require(watcherinfo_read(out.data, out.len, &own_limits, &watchers) == 0);
        watcherinfo_free(&watchers);
        buf_fini(&out);
    }
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    struct pidf_fault fault;
    struct pidf *doc;
    char key[300];

    int result = pidf_read((char const *)data, size, &pidf_limits_default, &doc, &fault);
    check_fault(result, doc, &fault);
    if (doc) {
        if (pidf_entity_key(doc->entity, key, sizeof key))
            require(pidf_entity_is(key, key));
        check_dialects(doc);
        check_composition(doc);
    } else {
        check_others((char const *)data, size);
    }
    pidf_free(&doc);
    return 0;
}

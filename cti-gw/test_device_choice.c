/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of the guide's table of device choice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device_choice.h"
#include <string.h>

/* A phone is written as its kind: h, s = hard, soft; H, S = registered. Its name is the letter and
 * its place: "H1 s2". */
/* clang-format off */
static struct {
    enum cti_server_type type;
    char const *phones, *named, *chosen;
    enum device_choice_kind kind;
    char const *device; /* of DEVICE_CHOICE_ONE */
} const vectors[] = {
    /* nothing is known of devices */
    { CTI_SERVER_OCS, "", "", "", DEVICE_CHOICE_LINE, "" },
    { CTI_SERVER_LCS, "", "", "", DEVICE_CHOICE_LINE, "" },
    { CTI_SERVER_OCS, "", "SEP0", "", DEVICE_CHOICE_REFUSED, "" },
    /* the number has one device: that one */
    { CTI_SERVER_OCS, "h", "", "", DEVICE_CHOICE_ONE, "h1" },
    { CTI_SERVER_LCS, "h", "", "", DEVICE_CHOICE_ONE, "h1" },
    { CTI_SERVER_LCS, "s", "", "", DEVICE_CHOICE_ONE, "s1" },
    { CTI_SERVER_OCS, "h", "", "x9", DEVICE_CHOICE_ONE, "h1" },
    /* the line URI names it */
    { CTI_SERVER_OCS, "HHH", "H2", "H3", DEVICE_CHOICE_ONE, "H2" },
    { CTI_SERVER_LCS, "HHH", "H3", "", DEVICE_CHOICE_ONE, "H3" },
    { CTI_SERVER_LCS, "hS", "h1", "", DEVICE_CHOICE_ONE, "h1" },
    { CTI_SERVER_LCS, "hh", "x1", "", DEVICE_CHOICE_REFUSED, "" },
    { CTI_SERVER_OCS, "h", "h2", "", DEVICE_CHOICE_REFUSED, "" },
    /* OCS, several: chosen last, else first registered, else the first */
    { CTI_SERVER_OCS, "HH", "", "H2", DEVICE_CHOICE_ONE, "H2" },
    { CTI_SERVER_OCS, "Hh", "", "h2", DEVICE_CHOICE_ONE, "h2" },
    { CTI_SERVER_OCS, "hHH", "", "", DEVICE_CHOICE_ONE, "H2" },
    { CTI_SERVER_OCS, "hS", "", "", DEVICE_CHOICE_ONE, "S2" },
    { CTI_SERVER_OCS, "hhh", "", "", DEVICE_CHOICE_ONE, "h1" },
    { CTI_SERVER_OCS, "hHH", "", "x9", DEVICE_CHOICE_ONE, "H2" },
    /* LCS, two, one of them a soft phone */
    { CTI_SERVER_LCS, "HS", "", "", DEVICE_CHOICE_ONE, "S2" },
    { CTI_SERVER_LCS, "SH", "", "", DEVICE_CHOICE_ONE, "S1" },
    { CTI_SERVER_LCS, "hS", "", "h1", DEVICE_CHOICE_ONE, "S2" },
    { CTI_SERVER_LCS, "Hs", "", "", DEVICE_CHOICE_ONE, "H1" },
    { CTI_SERVER_LCS, "sh", "", "", DEVICE_CHOICE_ONE, "h2" },
    /* LCS, two hard phones: both ring */
    { CTI_SERVER_LCS, "HH", "", "", DEVICE_CHOICE_RING, "" },
    { CTI_SERVER_LCS, "Hh", "", "", DEVICE_CHOICE_RING, "" },
    { CTI_SERVER_LCS, "hh", "", "h2", DEVICE_CHOICE_RING, "" },
    /* LCS, two soft phones (not in the guide) */
    { CTI_SERVER_LCS, "sS", "", "", DEVICE_CHOICE_ONE, "S2" },
    { CTI_SERVER_LCS, "SS", "", "", DEVICE_CHOICE_RING, "" },
    { CTI_SERVER_LCS, "ss", "", "", DEVICE_CHOICE_RING, "" },
    /* LCS, three or more */
    { CTI_SERVER_LCS, "HHH", "", "", DEVICE_CHOICE_REFUSED, "" },
    { CTI_SERVER_LCS, "HSh", "", "H1", DEVICE_CHOICE_REFUSED, "" },
    { CTI_SERVER_LCS, "HHHH", "", "", DEVICE_CHOICE_REFUSED, "" },
};
/* clang-format on */

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct device_choice_phone phones[4];
        char names[4][3];
        size_t n = strlen(vectors[i].phones);

        for (size_t p = 0; p < n; p++) {
            char kind = vectors[i].phones[p];
            memcpy(names[p], (char[]){ kind, (char)('1' + p), '\0' }, 3);
            phones[p] = (struct device_choice_phone){ names[p], kind == 's' || kind == 'S',
                                                      kind == 'H' || kind == 'S' };
        }
        struct device_choice_options const options = { vectors[i].type, vectors[i].named,
                                                       vectors[i].chosen, phones, n };
        struct device_choice choice = device_choice_make(&options);
        print_message("# %s \"%s\" named \"%s\" chosen \"%s\": %s\n",
                      vectors[i].type == CTI_SERVER_LCS ? "lcs" : "ocs", vectors[i].phones,
                      vectors[i].named, vectors[i].chosen, choice.why);
        assert_int_equal(choice.kind, vectors[i].kind);
        assert_non_null(choice.why);
        if (choice.kind == DEVICE_CHOICE_ONE) {
            assert_true(choice.index < n);
            assert_string_equal(phones[choice.index].name, vectors[i].device);
        }
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_table) };

    return cmocka_run_group_tests_name("device_choice", tests, NULL, NULL);
}

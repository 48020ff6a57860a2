/* SPDX-License-Identifier: Apache-2.0 */
/* From a configuration file to the access list: entries, automatic ones, and faults with their
 * lines. */
#include "acl.h"
#include "acl_conf.h"
#include "buf.h"
#include "conf_rig.h"
#include "proxy_conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    char const *keys;
    char const *wanted; /* "PATTERN(GROUPS)" of each entry, a call manager's with "+", a trusted
                           one's with "!"; or faults as "LINE:BEGIN" */
} const vectors[] = {
    { "", "" },
    { "acl = ( { pattern = \"192.0.2.0/24\"; group = \"a, b\"; }, { pattern = \"pbx\"; } );",
      "192.0.2.0/24(a, b) pbx()" },
    { "acl = ( { pattern = \"pbx\"; trusted = true; }, { pattern = \"x\"; trusted = false; } );",
      "!pbx() x()" },
    { "call_managers = ( \"cm1\", \"cm2.other.test\", \"192.0.2.1\", \"2001:db8::1\" );",
      "+cm1.example.test(call-managers) +cm2.other.test(call-managers) "
      "+192.0.2.1(call-managers) +2001:db8::1(call-managers)" },
    { "call_managers = ( \"cm1\" ); call_manager_domain = \"voice.test\";",
      "+cm1.voice.test(call-managers)" },
    /* configured and automatic: both, for each says something of its own */
    { "acl = ( { pattern = \"cm1.example.test\"; group = \"x\"; } ); call_managers = ( \"cm1\" );",
      "cm1.example.test(x) +cm1.example.test(call-managers)" },
    /* faults: all of them, each with its line */
    { "acl = ( { pattern = \"192.0.2.1/24\"; },\n"
      "{ pattern = \"pbx_1.test\"; },\n"
      "{ pattern = \"a.test\"; group = \"a:b\"; },\n"
      "{ pattern = \"A.test\"; },\n"
      "{ pattern = \"192.0.2.1\"; }, { pattern = \"192.0.2.1/32\"; } );",
      "2:pattern: \"192.0.2.1/24\": not an IP address or CIDR block (bits "
      "3:pattern: \"pbx_1.test\": not an IP address, CIDR block or host name "
      "4:group: \"a:b\": only letters, "
      "5:acl pattern \"A.test\" stands twice "
      "6:acl pattern \"192.0.2.1/32\" stands twice" },
    { "\ncall_managers = ( \"cm1\", \"cm1.example.test\" );",
      "3:call_managers: \"cm1.example.test\" stands twice" },
    { "call_managers = ( \"cm 1\" );",
      "2:call_managers: \"cm 1\": not an IP address or host name" },
    { "call_managers = ( \"10.0.0.0/8\" );", "2:call_managers: \"10.0.0.0/8\": wants one host" },
    { "call_managers = ( \"cm1\" ); call_manager_domain = \"voice_\";",
      "2:call_manager_domain: \"voice_\": only letters" },
    { "acl_refresh = 4;", "2:acl_refresh: 4 is outside 5..86400 s" },
};

static void print_list(struct acl const *acl, struct buf *out)
{
    for (size_t i = 0; i < acl_count(acl); i++) {
        struct acl_rule const *rule = &acl_at(acl, i)->rule;
        assert_true(rule->trusted || !rule->automatic);
        buf_printf(out, "%s%s%s%s(%s)", i ? " " : "", rule->automatic ? "+" : "",
                   rule->trusted && !rule->automatic ? "!" : "", rule->pattern,
                   rule->groups ? rule->groups : "");
    }
}

/* Loads @p keys as lines 2 and following; prints the list, or the faults. */
static void load(char const *keys, struct buf *out)
{
    char path[64];
    struct cfg_faults *faults = cfg_faults_new();

    snprintf(path, sizeof path, "/tmp/test_acl_conf_%d", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "node = { domain = \"example.test\"; }; proxy = {\n%s };\n", keys);
    assert_int_equal(fclose(file), 0);
    struct cfg *cfg = cfg_load(path, &proxy_conf_schema, faults);
    unlink(path);
    assert_non_null(cfg);
    struct acl *acl = acl_conf_new(cfg_get(cfg), cfg_get_node(cfg), faults);
    assert_non_null(acl);
    bool any = cfg_faults_count(faults) > 0;
    char *said = conf_rig_said(&faults);
    if (any)
        buf_puts(out, said);
    else
        print_list(acl, out);
    free(said);
    acl_free(&acl);
    cfg_free(&cfg);
}

/* Every fault of @p wanted, "LINE:TEXT LINE:TEXT", begins a line of @p got after the file's name.
 */
static bool has_faults(char const *got, char const *wanted)
{
    char const *next;
    for (char const *at = wanted; *at; at = next) {
        char line[200];
        char const *digit = strpbrk(at + 1, "23456");
        while (digit && (digit[1] != ':' || digit[-1] != ' '))
            digit = strpbrk(digit + 1, "23456");
        next = digit ? digit : at + strlen(at);
        int len = (int)(next - at) - (digit ? 1 : 0);
        snprintf(line, sizeof line, ":%c: %.*s", at[0], len - 2, at + 2);
        if (!strstr(got, line))
            return false;
    }
    return true;
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct buf got;
        char const *wanted = vectors[i].wanted;
        bool are_faults = *wanted && wanted[1] == ':';
        buf_init(&got, 65536);
        load(vectors[i].keys, &got);
        if (are_faults ? !has_faults(buf_text(&got), wanted) : strcmp(buf_text(&got), wanted) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", vectors[i].keys, buf_text(&got), wanted);
        buf_fini(&got);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_vectors) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files as people write them, good and bad: every fault with its file and line. */
#include "cfg.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct demo_user {
    struct cfg_where where;
    char const *id;
    bool enabled;
    struct cfg_strings lines;
};

struct demo {
    struct cfg_strings listen;
    char const *peer;
    char const *secret;
    int64_t timer_ms, queue_bytes;
    bool loud;
    int kind;
    struct cfg_groups users, owner;
    struct cfg_strings files;
};

static char const *check_listen(char const *value)
{
    return strncmp(value, "udp:", 4) == 0 || strncmp(value, "tcp:", 4) == 0
               ? NULL
               : "wants udp:ADDRESS or tcp:ADDRESS";
}

static char const *const kinds[] = { "ocs", "lync", NULL };

static struct cfg_row const user_rows[] = {
    CFG_ROW_STRING("id", struct demo_user, id, .min = 1, .max = 8, .help = "User id."),
    CFG_ROW_BOOL("enabled", struct demo_user, enabled, .default_text = "true", .help = "Or not."),
    CFG_ROW_STRINGS("lines", struct demo_user, lines, .max = 2, .help = "Lines."),
};

static struct cfg_schema const user_schema = {
    .group = "users entry",
    .size = sizeof(struct demo_user),
    .rows = user_rows,
    .n = sizeof user_rows / sizeof *user_rows,
    .help = "A user.",
};

static struct cfg_row const demo_rows[] = {
    CFG_ROW_STRINGS("listen", struct demo, listen, .max = 3, .check = check_listen,
                    .default_text = "udp:127.0.0.1:1, tcp:127.0.0.1:1", .effect = CFG_RESTART,
                    .help = "'Listeners'. The second sentence is long enough that it has to be "
                            "broken into two lines of the sample file."),
    CFG_ROW_STRING("peer", struct demo, peer, .max = 64, .example = "some \"peer\"",
                   .help = ".A required key with a back\\slash."),
    CFG_ROW_PATH("secret", struct demo, secret, .default_text = "", .help = "A file."),
    CFG_ROW_INT("timer_ms", struct demo, timer_ms, .min = 10, .max = 1000, .default_text = "500",
                .unit = "ms", .effect = CFG_LIVE, .help = "A timer."),
    CFG_ROW_INT("queue_bytes", struct demo, queue_bytes, .min = 0, .max = INT64_MAX,
                .default_text = "9000000000", .unit = "bytes", .help = "A big number."),
    CFG_ROW_BOOL("loud", struct demo, loud, .default_text = "false", .help = "Loud?"),
    CFG_ROW_ENUM("kind", struct demo, kind, .names = kinds, .default_text = "lync",
                 .help = "Which."),
    CFG_ROW_GROUPS("users", struct demo, users, .max = 2, .sub = &user_schema, .help = "Users."),
    CFG_ROW_GROUPS("owner", struct demo, owner, .max = 1, .sub = &user_schema, .help = "Owner."),
    CFG_ROW_PATHS("files", struct demo, files, .max = 3, .help = "Files."),
};

static struct cfg_schema const demo_schema = {
    .group = "cti",
    .size = sizeof(struct demo),
    .rows = demo_rows,
    .n = sizeof demo_rows / sizeof *demo_rows,
    .help = "A demonstration.",
};

#define NODE "node = { domain = \"example.test\"; };\n"

/* clang-format off */
static struct vector {
    char const *title;
    char const *text;      /* of main.conf */
    char const *text_in_d; /* of conf.d/a.conf, NULL: none */
    char const *faults;    /* all of them; "" = good */
} const vectors[] = {
    { "least file", NODE "cti = { peer = \"p\"; };\n", NULL, "" },
    { "other groups are left alone", NODE "cti = { peer = \"p\"; };\nproxy = { any = 1; };\n", NULL,
      "" },
    { "arrays are lists", NODE "cti = { peer = \"p\"; listen = [ \"udp:a\", \"tcp:b\" ]; };\n",
      NULL, "" },
    { "unknown key", NODE "cti = {\n  peer = \"p\";\n  timer_m = 5;\n};\n", NULL,
      "main.conf:4: cti: unknown key \"timer_m\", nearest is \"timer_ms\"\n" },
    { "unknown key far from all", NODE "cti = { peer = \"p\";\n zzzzzzzz = 5; };\n", NULL,
      "main.conf:3: cti: unknown key \"zzzzzzzz\", nearest is \"listen\"\n" },
    { "case is no excuse", NODE "cti = { PEER = \"p\"; };\n", NULL,
      "main.conf:2: cti: unknown key \"PEER\", nearest is \"peer\"\n"
      "main.conf:2: cti: \"peer\" is missing\n" },
    { "unknown group", NODE "ctj = { };\ncti = { peer = \"p\"; };\n", NULL,
      "main.conf:2: unknown group \"ctj\", nearest is \"cti\"\n" },
    { "group that is none", NODE "cti = 5;\n", NULL,
      "main.conf: cti: \"peer\" is missing\n"
      "main.conf:2: cti: wants a group { ... }\n" },
    { "missing", "node = { };\ncti = { };\n", NULL,
      "main.conf:1: node: \"domain\" is missing\n"
      "main.conf:2: cti: \"peer\" is missing\n" },
    { "missing groups", "", NULL,
      "main.conf: node: \"domain\" is missing\n"
      "main.conf: cti: \"peer\" is missing\n" },
    { "wrong types",
      NODE "cti = {\n peer = 5;\n listen = \"udp:a\";\n timer_ms = \"5\";\n loud = 1;\n kind = 2;\n"
      " users = 3;\n secret = ( );\n queue_bytes = 1.5;\n};\n", NULL,
      "main.conf:3: peer: wants a string\n"
      "main.conf:4: listen: wants a list of strings\n"
      "main.conf:5: timer_ms: wants a number\n"
      "main.conf:6: loud: wants true or false\n"
      "main.conf:7: kind: wants one of \"ocs\", \"lync\"\n"
      "main.conf:8: users: wants a list of groups ( { ... }, ... )\n"
      "main.conf:9: secret: wants a string\n"
      "main.conf:10: queue_bytes: wants a number\n" },
    { "out of range", NODE "cti = {\n peer = \"p\";\n timer_ms = 9;\n};\n", NULL,
      "main.conf:4: timer_ms: 9 is outside 10..1000 ms\n" },
    { "ends of the range", NODE "cti = { peer = \"p\"; timer_ms = 1000; };\n", NULL, "" },
    { "behind the end", NODE "cti = { peer = \"p\"; timer_ms = 1001; };\n", NULL,
      "main.conf:2: timer_ms: 1001 is outside 10..1000 ms\n" },
    { "number that libconfig would cut to 500",
      NODE "cti = { peer = \"p\"; timer_ms = 4294967796; };", NULL,
      "main.conf:2: timer_ms: 4294967796 is outside 10..1000 ms\n" },
    { "hexadecimal above 32 bits", NODE "cti = { peer = \"p\"; timer_ms = 0x1000001F4; };", NULL,
      "main.conf:2: timer_ms: 4294967796 is outside 10..1000 ms\n" },
    { "64 bits", NODE "cti = { peer = \"p\"; queue_bytes = 9223372036854775807; };", NULL, "" },
    { "64 bits with L", NODE "cti = { peer = \"p\"; queue_bytes = 9223372036854775807L; };", NULL,
      "" },
    { "more than 64 bits", NODE "cti = { peer = \"p\";\n queue_bytes = 9223372036854775808; };",
      NULL, "main.conf:3: number 9223372036854775808 is too big\n" },
    { "numbers in strings and comments are text",
      NODE
      "# 99999999999999999999\n/* 99999999999999999999\n */ cti = { peer = \"99999999999999999999 "
      "\\\" 99999999999999999999\"; // 99999999999999999999\n\n loud = 7; };", NULL,
      "main.conf:6: loud: wants true or false\n" },
    { "check of a list entry",
      NODE "cti = { peer = \"p\"; listen = (\n \"udp:a\",\n \"tls:b\" ); };", NULL,
      "main.conf:4: listen: \"tls:b\": wants udp:ADDRESS or tcp:ADDRESS\n" },
    { "wrong entry", NODE "cti = { peer = \"p\"; listen = ( \"udp:a\",\n 5 ); };", NULL,
      "main.conf:3: listen: wants a list of strings\n" },
    { "too many",
      NODE "cti = { peer = \"p\";\n listen = (\"udp:a\",\"udp:a\",\"udp:a\",\"udp:a\");};", NULL,
      "main.conf:3: listen: 4 entries, at most 3 are allowed\n" },
    { "no word of the list", NODE "cti = { peer = \"p\";\n kind = \"lynk\"; };", NULL,
      "main.conf:3: kind: wants one of \"ocs\", \"lync\"\n" },
    { "too long and too short",
      NODE "cti = { peer = \"p\"; users = (\n { id = \"\"; },\n { id = \"123456789\"; } ); };",
      NULL, "main.conf:3: id: shorter than 1 bytes\n"
      "main.conf:4: id: longer than 8 bytes\n" },
    { "faults of entries",
      NODE
      "cti = { peer = \"p\"; users = (\n { id = \"a\"; enabld = true; },\n { lines = (1); } ); };",
      NULL,
      "main.conf:3: users entry: unknown key \"enabld\", nearest is \"enabled\"\n"
      "main.conf:4: lines: wants a list of strings\n"
      "main.conf:4: users entry: \"id\" is missing\n" },
    { "entry that is no group", NODE "cti = { peer = \"p\"; users = ( \"a\" ); };", NULL,
      "main.conf:2: users: wants a group { ... } as each entry\n" },
    { "one group where two may be", NODE "cti = { peer = \"p\"; users = { id = \"a\"; }; };", NULL,
      "main.conf:2: users: wants a list of groups ( { ... }, ... )\n" },
    { "the only group has faults, too",
      NODE "cti = { peer = \"p\"; owner =\n { }; };", NULL,
      "main.conf:2: users entry: \"id\" is missing\n" },
    { "the only group twice",
      NODE "cti = { peer = \"p\";\n owner = ( { id = \"a\"; }, { id = \"b\"; } ); };", NULL,
      "main.conf:3: owner: 2 entries, at most 1 are allowed\n" },
    { "the only group is none", NODE "cti = { peer = \"p\"; owner = 1; };", NULL,
      "main.conf:2: owner: wants a group { ... }\n" },
    { "a line break in a value forges no fault",
      NODE "cti = { peer = \"p\"; listen = ( \"a\\nb\" ); };", NULL,
      "main.conf:2: listen: \"a\\x0ab\": wants udp:ADDRESS or tcp:ADDRESS\n" },
    { "syntax error, and what stands before it",
      NODE "cti = { timer_ms = 5;\n peer = ;\n loud = 1; };", NULL,
      "main.conf:2: timer_ms: 5 is outside 10..1000 ms\n"
      "main.conf:3: syntax error\n" },
    { "a key twice in one file", NODE "cti = { peer = \"p\";\n peer = \"q\"; };", NULL,
      "main.conf:3: duplicate setting name\n" },
    { "include", NODE "cti = { peer = \"p\"; };\n@include \"x.conf\"\n", NULL,
      "main.conf:3: @include is not supported; put the file into conf.d\n" },
    { "conf.d adds keys", NODE "cti = { timer_ms = 20; };\n", "cti = { peer = \"p\"; };\n", "" },
    { "conf.d brings a group", NODE, "cti = { peer = \"p\"; };\n", "" },
    { "conf.d sets again", NODE "cti = { peer = \"p\"; };\n", "\ncti = { peer = \"q\"; };\n",
      "conf.d/a.conf:2: cti: \"peer\" is set twice, first at main.conf:2\n" },
    { "faults in conf.d", NODE "cti = { peer = \"p\"; };\n", "cti = { loud = 1; };\nxmp = { };\n",
      "conf.d/a.conf:1: loud: wants true or false\n"
      "conf.d/a.conf:2: unknown group \"xmp\", nearest is \"xmpp\"\n" },
    { "syntax error in conf.d hides no key", NODE "cti = { };\n", "cti = { peer = }\n",
      "conf.d/a.conf:1: syntax error\n" },
};
/* clang-format on */

static void write_file(char const *name, char const *text)
{
    FILE *out = fopen(name, "w");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static char *faults_text(struct cfg_faults *faults)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    cfg_faults_print(faults, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static struct cfg *load_good(char const *text)
{
    struct cfg_faults *faults = cfg_faults_new();

    write_file("main.conf", text);
    struct cfg *cfg = cfg_load("main.conf", &demo_schema, faults);
    char *said = faults_text(faults);
    assert_string_equal(said, "");
    free(said);
    cfg_faults_free(&faults);
    assert_non_null(cfg);
    return cfg;
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *v = &vectors[i];
        struct cfg_faults *faults = cfg_faults_new();

        write_file("main.conf", v->text);
        if (v->text_in_d)
            write_file("conf.d/a.conf", v->text_in_d);
        struct cfg *cfg = cfg_load("main.conf", &demo_schema, faults);
        char *said = faults_text(faults);
        assert_non_null(cfg);
        if (strcmp(said, v->faults) != 0)
            print_error("%s\n", v->title);
        assert_string_equal(said, v->faults);
        assert_int_equal(cfg_faults_count(faults) > 0, *v->faults != 0);
        free(said);
        cfg_free(&cfg);
        cfg_faults_free(&faults);
        if (v->text_in_d)
            unlink("conf.d/a.conf");
    }
}

static void test_unreadable(void **state)
{
    static char const *const paths[][2] = {
        { "nowhere.conf", "nowhere.conf: cannot be read: No such file or directory\n" },
        { "conf.d", "conf.d: cannot be read: Is a directory\n" },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct cfg_faults *faults = cfg_faults_new();
        struct cfg *cfg = cfg_load(paths[i][0], &demo_schema, faults);
        char *said = faults_text(faults);
        assert_string_equal(said, paths[i][1]);
        assert_false(cfg_is_whole(cfg));
        free(said);
        cfg_free(&cfg);
        cfg_faults_free(&faults);
    }
}

static void test_zero_byte(void **state)
{
    struct cfg_faults *faults = cfg_faults_new();
    FILE *out = fopen("main.conf", "w");

    (void)state;
    fwrite("node\0= 5;", 9, 1, out);
    fclose(out);
    struct cfg *cfg = cfg_load("main.conf", &demo_schema, faults);
    char *said = faults_text(faults);
    assert_string_equal(said, "main.conf: has a zero byte: this is not a configuration file\n");
    free(said);
    cfg_free(&cfg);
    cfg_faults_free(&faults);
}

static void test_values(void **state)
{
    struct cfg *cfg =
        load_good(NODE "cti = {\n peer = \"p\"; secret = \"x.secret\"; loud = true;\n"
                       " kind = \"ocs\"; queue_bytes = 5000000000;\n"
                       " users = ( { id = \"a\"; },\n"
                       "  { id = \"b\"; enabled = false; lines = [\"1\", \"2\"]; } );\n"
                       " owner = { id = \"c\"; };\n"
                       "};\n");
    struct demo const *demo = cfg_get(cfg);
    struct demo_user const *users = demo->users.v;

    (void)state;
    assert_string_equal(cfg_get_node(cfg)->domain, "example.test");
    assert_string_equal(cfg_get_node(cfg)->run_dir, "/run/crosspoint");
    assert_string_equal(demo->secret, "x.secret"); /* main.conf stands in this folder */
    assert_true(demo->loud);
    assert_int_equal(demo->kind, 0);
    assert_true(demo->queue_bytes == 5000000000);
    assert_int_equal(demo->timer_ms, 500);
    assert_int_equal(demo->listen.n, 2);
    assert_string_equal(demo->listen.v[1], "tcp:127.0.0.1:1");
    assert_int_equal(demo->listen.where.line, 2); /* not set: its group */
    assert_int_equal(demo->users.n, 2);
    assert_true(users[0].enabled);
    assert_int_equal(users[0].lines.n, 0);
    assert_false(users[1].enabled);
    assert_string_equal(users[1].lines.v[1], "2");
    assert_int_equal(users[1].where.line, 6);
    assert_string_equal(users[1].where.file, "main.conf");
    assert_int_equal(demo->owner.n, 1);
    assert_string_equal(((struct demo_user const *)demo->owner.v)->id, "c");
    assert_int_equal(((struct demo_user const *)demo->owner.v)->where.line, 7);
    assert_int_equal(cfg_where_of(cfg, &demo->kind).line, 4);
    assert_null(cfg_where_of(cfg, &demo->timer_ms).file);
    cfg_free(&cfg);
    cfg_free(&cfg);
}

static void test_path_starts_from_its_file(void **state)
{
    char const *text = "cti = { secret = \"x.secret\"; files = ( \"a\", \"/b\", \"\" ); };\n";
    char full[4200], folder[4096];

    (void)state;
    write_file("conf.d/a.conf", text);
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(full, sizeof full, "%s/conf.d/x.secret", folder);
    write_file("main.conf", NODE "cti = { peer = \"p\"; };\n");
    char path[4200];
    snprintf(path, sizeof path, "%s/main.conf", folder);
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = cfg_load(path, &demo_schema, faults);
    assert_int_equal(cfg_faults_count(faults), 0);
    struct demo const *demo = cfg_get(cfg);
    assert_string_equal(demo->secret, full);
    snprintf(full, sizeof full, "%s/conf.d/a", folder);
    assert_int_equal(demo->files.n, 3);
    assert_string_equal(demo->files.v[0], full);
    assert_string_equal(demo->files.v[1], "/b");
    assert_string_equal(demo->files.v[2], "");
    cfg_free(&cfg);
    cfg_faults_free(&faults);
    unlink("conf.d/a.conf");
}

static void test_many_files_of_conf_d(void **state)
{
    char name[64];

    (void)state;
    for (int i = 0; i < 70; i++) {
        snprintf(name, sizeof name, "conf.d/%03d.conf", i);
        write_file(name, i == 69 ? "cti = { peer = \"last\"; };\n" : "");
    }
    write_file("conf.d/not-read.conf~", "nonsense");
    write_file("conf.d/.hidden.conf", "nonsense");
    struct cfg *cfg = load_good(NODE);
    assert_string_equal(((struct demo const *)cfg_get(cfg))->peer, "last");
    cfg_free(&cfg);
    for (int i = 0; i < 70; i++) {
        snprintf(name, sizeof name, "conf.d/%03d.conf", i);
        unlink(name);
    }
    unlink("conf.d/not-read.conf~");
    unlink("conf.d/.hidden.conf");
}

static json_t *shown(json_t *table, char const *key)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(table, "rows"), i,
                       row) if (strcmp(json_string_value(json_array_get(row, 0)), key) ==
                                0) return row;
    return NULL;
}

static void test_show(void **state)
{
    static char const *const rows[][4] = {
        { "node.domain", "example.test", "", "main.conf:1" },
        { "node.run_dir", "/run/mine", "", "$CROSSPOINT_RUN_DIR" },
        { "cti.peer", "p", "", "main.conf:2" },
        { "cti.timer_ms", "500", "ms", "default" },
        { "cti.listen", "udp:127.0.0.1:1, tcp:127.0.0.1:1", "", "default" },
        { "cti.kind", "lync", "", "default" },
        { "cti.users[0].id", "a", "", "main.conf:3" },
        { "cti.users[0].enabled", "true", "", "default" },
        { "cti.users[0].lines", "", "", "default" },
    };

    (void)state;
    setenv("CROSSPOINT_RUN_DIR", "/run/mine", 1);
    struct cfg *cfg = load_good("node = { domain = \"example.test\"; run_dir = \"/other\"; };\n"
                                "cti = { peer = \"p\"; users = ( {\n id = \"a\"; } ); };\n");
    unsetenv("CROSSPOINT_RUN_DIR");
    assert_string_equal(cfg_get_node(cfg)->run_dir, "/run/mine");
    json_t *table = cfg_show(cfg);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *row = shown(table, rows[i][0]);
        assert_non_null(row);
        for (size_t k = 0; k < 4; k++)
            assert_string_equal(json_string_value(json_array_get(row, k)), rows[i][k]);
    }
    json_decref(table);
    cfg_free(&cfg);
}

static void test_json_has_the_shape_of_the_file(void **state)
{
    (void)state;
    struct cfg *cfg = load_good("node = { domain = \"example.test\"; };\n"
                                "cti = { peer = \"p\";\n"
                                "users = ( { id = \"a\"; lines = ( \"1\", \"2, 3\" ); } ); };\n");
    json_t *all = cfg_json(cfg), *users = json_object_get(json_object_get(all, "cti"), "users");
    json_t *lines = json_object_get(json_array_get(users, 0), "lines");
    assert_int_equal(json_array_size(users), 1);
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(json_string_value(json_array_get(lines, 1)), "2, 3");
    assert_true(json_is_true(json_object_get(json_array_get(users, 0), "enabled")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(all, "node"), "domain")),
                        "example.test");
    json_decref(all);
    cfg_free(&cfg);
}

static char *printed(void print(struct cfg_schema const *, FILE *), struct cfg_schema const *schema)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    print(schema, out);
    fclose(out);
    return text;
}

/* Takes the "#= " away. */
static void uncomment(char *text)
{
    char *to = text;

    for (char const *from = text; *from;)
        if (strncmp(from, "#= ", 3) == 0)
            from += 3;
        else
            *to++ = *from++;
    *to = '\0';
}

static void test_sample_sets_the_defaults(void **state)
{
    char *node = printed(cfg_print_sample, &cfg_node_schema);
    char *own = printed(cfg_print_sample, &demo_schema);
    char both[16384];

    (void)state;
    uncomment(node);
    uncomment(own);
    snprintf(both, sizeof both, "%s%s", node, own);
    struct cfg *cfg = load_good(both);
    struct demo const *demo = cfg_get(cfg);
    assert_string_equal(demo->peer, "some \"peer\"");
    assert_int_equal(demo->timer_ms, 500);
    assert_int_equal(demo->listen.n, 2);
    assert_int_equal(demo->kind, 1);
    assert_true(demo->queue_bytes == 9000000000);
    for (size_t i = 0; i < demo_schema.n; i++)
        assert_non_null(cfg_where_of(cfg, (char const *)demo + demo_rows[i].offset).file);
    cfg_free(&cfg);
    free(node);
    free(own);
}

static void test_sample_explains(void **state)
{
    char *text = printed(cfg_print_sample, &demo_schema);

    (void)state;
    assert_non_null(strstr(text, "# A timer.\n"));
    assert_non_null(strstr(text, "number 10..1000 ms; takes effect at once"));
    assert_non_null(strstr(text, "#= timer_ms = 500;\n"));
    assert_non_null(strstr(text, "required"));
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= 100);
    free(text);
}

static void test_help_without_spaces_ends(void **state)
{
    static char long_help[300];
    struct cfg_row row = demo_rows[1];
    struct cfg_schema schema = demo_schema;

    (void)state;
    memset(long_help, 'x', sizeof long_help - 1);
    row.help = long_help;
    schema.rows = &row;
    schema.n = 1;
    char *text = printed(cfg_print_sample, &schema);
    assert_non_null(strstr(text, long_help));
    free(text);
}

static void test_man(void **state)
{
    char *text = printed(cfg_print_man, &demo_schema);

    (void)state;
    assert_non_null(strstr(text, ".B timer_ms\n"));
    assert_non_null(strstr(text, "\n\\&.A required key with a back\\eslash.\n"));
    assert_non_null(strstr(text, "\n\\&'Listeners'."));
    assert_non_null(strstr(text, ".B enabled\n"));
    for (size_t i = 0; i < demo_schema.n; i++) {
        char name[64];
        snprintf(name, sizeof name, ".B %s\n", demo_rows[i].name);
        assert_non_null(strstr(text, name));
    }
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= 80 && *line != ' ');
    free(text);
}

static char folder[64];

static int enter(void **state)
{
    (void)state;
    unsetenv("CROSSPOINT_RUN_DIR");
    snprintf(folder, sizeof folder, "/tmp/test_cfg_%d", (int)getpid());
    return mkdir(folder, 0700) == 0 && chdir(folder) == 0 && mkdir("conf.d", 0700) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    unlink("main.conf");
    rmdir("conf.d");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_json_has_the_shape_of_the_file),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_path_starts_from_its_file),
        cmocka_unit_test(test_many_files_of_conf_d),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_sample_sets_the_defaults),
        cmocka_unit_test(test_sample_explains),
        cmocka_unit_test(test_help_without_spaces_ends),
        cmocka_unit_test(test_man),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of journalctl, by one of our own that stands first in $PATH, and what becomes of
 * its answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bundle.h"
#include "program.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the rest of the bundle hears. */
struct heard {
    struct buf added, missed;
};

static struct heard heard;

bool bundle_has(struct bundle const *bundle, struct program const *program)
{
    (void)bundle;
    return strcmp(program->name, "proxy") == 0;
}

void bundle_add_text(struct bundle *bundle, char const *name, struct buf const *text)
{
    (void)bundle;
    buf_printf(&heard.added, "%s: %s", name, buf_text(text));
}

void bundle_miss(struct bundle *bundle, char const *what, char const *format, ...)
{
    va_list args;
    (void)bundle;

    buf_printf(&heard.missed, "%s: ", what);
    va_start(args, format);
    buf_vprintf(&heard.missed, format, args);
    va_end(args);
}

/* Has a journalctl of this script answer. NULL: there is none. */
static void ask(char const *script)
{
    static char folder[64], path[96];
    struct bundle_options const options = { .days = 2 };
    struct bundle bundle = { .options = &options };

    snprintf(folder, sizeof folder, "/tmp/test_bundle_logs.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/journalctl", folder);
    if (script) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\n%s\n", script);
        fclose(file);
        assert_int_equal(chmod(path, 0755), 0);
    }
    setenv("PATH", folder, 1);
    buf_init(&heard.added, 4096);
    buf_init(&heard.missed, 4096);
    bundle_logs_add(&bundle);
    unlink(path);
    rmdir(folder);
}

static void expect(char const *added, char const *missed)
{
    assert_string_equal(buf_text(&heard.added), added);
    if (!strstr(buf_text(&heard.missed), missed) || (!*missed && heard.missed.len))
        fail_msg("missed: %s", buf_text(&heard.missed));
    buf_fini(&heard.added);
    buf_fini(&heard.missed);
}

static void test_answers(void **state)
{
    (void)state;
    ask("echo \"$*\"");
    expect("logs/proxy: --quiet --no-pager --utc --unit crosspoint@proxy.service --since -2days "
           "--output short-iso-precise\n",
           "");
    ask("echo '-- No entries --'");
    expect("", "logs/proxy: the journal has no entries of crosspoint@proxy.service");
    ask(":");
    expect("", "has no entries");
    ask("echo 'not allowed' >&2; exit 1");
    expect("", "logs/proxy: journalctl: not allowed");
    ask(NULL);
    expect("", "logs/proxy: no journalctl: No such file");
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_answers) };

    return cmocka_run_group_tests_name("bundle_logs", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a file: when, in which form, and for nobody else to read. */
#include "secure_keylog.h"
#include "secure_link.h"
#include "secure_rig.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, LINE_BYTES = 400, HEX_RANDOM = 64 };

static void shake(struct secure_context *client_context, struct secure_context *server_context)
{
    struct secure_link *client = secure_link_new(client_context, "a.test", MAX_OUT);
    struct secure_link *server = secure_link_new(server_context, NULL, MAX_OUT);

    secure_rig_talk(client, server);
    assert_true(secure_link_is_open(client));
    assert_true(secure_link_is_open(server));
    secure_link_free(&client);
    secure_link_free(&server);
}

static struct secure_context *context_of(struct secure_rig *rig, enum secure_version version,
                                         char const *file)
{
    char path[SECURE_RIG_PATH];
    struct secure_settings like = { .max_version = version,
                                    .key_log = file ? secure_rig_path(rig, file, path) : NULL };

    return secure_rig_context(rig, "a", "ca", &like);
}

/* Lines of the form LABEL 64-HEX HEX, those with @p label. */
static int count_lines(struct secure_rig *rig, char const *file, char const *label)
{
    char path[SECURE_RIG_PATH], line[LINE_BYTES];
    FILE *in = fopen(secure_rig_path(rig, file, path), "r");
    int n = 0;

    while (in && fgets(line, sizeof line, in)) {
        char *space = strchr(line, ' ');
        assert_non_null(space);
        assert_int_equal(strspn(space + 1, "0123456789abcdef"), HEX_RANDOM);
        assert_int_equal(space[1 + HEX_RANDOM], ' ');
        char const *secret = space + HEX_RANDOM + 2;
        assert_int_equal(strcspn(secret, "\n"), strspn(secret, "0123456789abcdef"));
        assert_non_null(strchr(secret, '\n'));
        *space = '\0';
        n += strcmp(line, label) == 0;
    }
    if (in)
        fclose(in);
    return n;
}

static void test_written_while_on(void **state)
{
    struct secure_context *client = context_of(*state, SECURE_TLS_DEFAULT, NULL);
    struct secure_context *old = context_of(*state, SECURE_TLS_1_2, "keys");
    struct secure_context *new = context_of(*state, SECURE_TLS_1_3, "keys");
    char path[SECURE_RIG_PATH];
    struct stat status;

    assert_null(secure_context_key_log(client));
    assert_string_equal(secure_context_key_log(old), secure_rig_path(*state, "keys", path));
    shake(client, old);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(secure_context_log_keys(old, true), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    shake(client, old);
    assert_int_equal(count_lines(*state, "keys", "CLIENT_RANDOM"), 1);
    assert_int_equal(secure_context_log_keys(new, true), 0);
    shake(client, new);
    assert_int_equal(count_lines(*state, "keys", "CLIENT_TRAFFIC_SECRET_0"), 1);
    assert_int_equal(secure_context_log_keys(new, true), 0); /* once more changes nothing */
    shake(client, new);
    assert_int_equal(count_lines(*state, "keys", "SERVER_HANDSHAKE_TRAFFIC_SECRET"), 2);
    assert_int_equal(secure_context_log_keys(new, false), 0);
    shake(client, new);
    assert_int_equal(count_lines(*state, "keys", "CLIENT_TRAFFIC_SECRET_0"), 2);
    assert_int_equal(count_lines(*state, "keys", "CLIENT_RANDOM"), 1);
    unlink(path);
    secure_context_unref(&client);
    secure_context_unref(&old);
    secure_context_unref(&new);
}

/* Our side of connections that we open is written just so. */
static void test_client(void **state)
{
    struct secure_context *client = context_of(*state, SECURE_TLS_DEFAULT, "client_keys");
    struct secure_context *server = context_of(*state, SECURE_TLS_DEFAULT, NULL);

    assert_int_equal(secure_context_log_keys(client, true), 0);
    shake(client, server);
    assert_int_equal(count_lines(*state, "client_keys", "CLIENT_TRAFFIC_SECRET_0"), 1);
    secure_context_unref(&client);
    secure_context_unref(&server);
}

static void test_not_for_others(void **state)
{
    char paths[3][SECURE_RIG_PATH];
    char const *shared = secure_rig_path(*state, "shared", paths[0]);
    char const *link = secure_rig_path(*state, "link", paths[1]);
    char const *fifo = secure_rig_path(*state, "fifo", paths[2]);
    struct secure_settings settings = { .name = "x", .key_log = shared };
    struct secure_context *context = context_of(*state, SECURE_TLS_DEFAULT, "shared");
    struct secure_context *late = context_of(*state, SECURE_TLS_DEFAULT, "link");
    struct secure_fault fault;

    /* What appears after the check is refused when it is opened. */
    secure_rig_write(*state, "shared", "");
    assert_int_equal(chmod(shared, 0640), 0);
    assert_int_equal(secure_context_log_keys(context, true), -EACCES);
    assert_int_equal(symlink(shared, link), 0);
    assert_int_equal(secure_context_log_keys(late, true), -ELOOP);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (int i = 0; i < 3; i++) {
        settings.key_log = paths[i];
        assert_null(secure_context_new(&settings, &fault));
        assert_string_equal(fault.setting, "key_log");
        assert_non_null(strstr(fault.text, "its owner alone"));
    }
    assert_int_equal(chmod(shared, 0600), 0);
    assert_int_equal(secure_context_log_keys(context, true), 0);
    shake(context, context);
    assert_int_equal(count_lines(*state, "shared", "CLIENT_TRAFFIC_SECRET_0"), 2);
    secure_context_unref(&context);
    context = context_of(*state, SECURE_TLS_DEFAULT, "no/folder");
    assert_int_equal(secure_context_log_keys(context, true), -ENOENT);
    shake(context, context);
    secure_context_unref(&context);
    secure_context_unref(&late);
}

static void shake_often(void *context)
{
    for (int i = 0; i < 20; i++)
        shake(context, context);
}

/* Lines stay whole, and one may switch off while others write. */
static void test_threads(void **state)
{
    struct secure_context *context = context_of(*state, SECURE_TLS_DEFAULT, "many");
    uv_thread_t threads[4];

    assert_int_equal(secure_context_log_keys(context, true), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(uv_thread_create(&threads[i], shake_often, context), 0);
    for (size_t i = 0; i < 3; i++)
        uv_thread_join(&threads[i]);
    assert_int_equal(secure_context_log_keys(context, false), 0);
    uv_thread_join(&threads[3]);
    assert_in_range(count_lines(*state, "many", "CLIENT_TRAFFIC_SECRET_0"), 3 * 2 * 20, 4 * 2 * 20);
    secure_context_unref(&context);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
    };

    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_written_while_on),
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_not_for_others),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the corpus of one fuzz target, and each of its files cut at every byte; TAP output. The
 * target is named by the program: replay_csta plays $CORPUS/fuzz_csta; replay_sip and
 * replay_capture_mask also play the torture messages in $MESSAGES, behind the byte that their
 * targets want first. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { FILE_MAX_BYTES = 1 << 20, CUT_MAX_BYTES = 8192 };

/* Reads behind @p prefix bytes, which are zero. */
static uint8_t *read_file(char const *path, size_t prefix, size_t *ret_size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = f ? calloc(1, FILE_MAX_BYTES) : NULL;

    *ret_size = data ? prefix + fread(data + prefix, 1, FILE_MAX_BYTES - prefix, f) : 0;
    if (f)
        fclose(f);
    return data;
}

/* A copy of its own for every length, so that a sanitizer sees one byte too many. */
static void play(uint8_t const *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (copy) {
        memcpy(copy, data, size);
        LLVMFuzzerTestOneInput(copy, size);
    }
    free(copy);
}

/* Returns the number of the last test. */
static int play_folder(char const *folder, size_t prefix, int number)
{
    char path[8192];
    struct dirent *entry;
    DIR *dir = opendir(folder);

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        size_t size;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        uint8_t *data = read_file(path, prefix, &size);
        play(data, size);
        for (size_t cut = 0; cut < size && size <= CUT_MAX_BYTES; cut++)
            play(data, cut);
        free(data);
        printf("ok %d - %s\n", ++number, entry->d_name);
    }
    if (dir)
        closedir(dir);
    return number;
}

int main(int argc, char **argv)
{
    char const *corpus = getenv("CORPUS"), *messages = getenv("MESSAGES");
    char const *name = strstr(argv[0], "replay_");
    char folder[4096];

    (void)argc;
    name = name ? name + strlen("replay_") : "";
    snprintf(folder, sizeof folder, "%s/fuzz_%s", corpus ? corpus : "corpus", name);
    int number = play_folder(folder, 0, 0);
    if (messages && (strcmp(name, "sip") == 0 || strcmp(name, "capture_mask") == 0))
        number = play_folder(messages, 1, number);
    printf("%s1..%d\n", number ? "" : "not ok 1 - no corpus\n", number ? number : 1);
    return number ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a message (the first byte says of which protocol) is masked. What changes becomes a
 * star, and nothing else. */
#include "capture_mask.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    static enum tap_protocol const protocols[] = { TAP_SIP, TAP_CSTA, TAP_XMPP };
    size_t len = size ? size - 1 : 0;
    char *masked = size ? malloc(len ? len : 1) : NULL;

    if (!masked)
        return 0;
    memcpy(masked, data + 1, len);
    capture_mask(protocols[data[0] % 3], masked, len);
    for (size_t i = 0; i < len; i++)
        if (masked[i] != (char)data[1 + i] && masked[i] != '*')
            abort();
    free(masked);
    return 0;
}

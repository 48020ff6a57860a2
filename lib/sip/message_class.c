/* SPDX-License-Identifier: Apache-2.0 */
/* Which headers the parser takes apart. The others are names and values to it, which costs a third,
 * and what a proxy does not need it should not judge either (RFC 3261 16.3 step 1). */
#include "message.h"
#include <pthread.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdlib.h>

struct message_class {
    pthread_once_t once;
    msg_mclass_t *mclass;
};

static struct message_class shared = { .once = PTHREAD_ONCE_INIT };

static msg_hclass_t *const read[] = {
    sip_via_class,
    sip_from_class,
    sip_to_class,
    sip_call_id_class,
    sip_cseq_class,
    sip_max_forwards_class,
    sip_route_class,
    sip_record_route_class,
    sip_contact_class,
    sip_content_length_class,
    sip_content_type_class,
    sip_content_disposition_class,
    sip_date_class,
    sip_authorization_class,
    sip_event_class,
    sip_expires_class,
    sip_min_se_class,
    sip_path_class,
    sip_privacy_class,
    sip_proxy_authenticate_class,
    sip_proxy_authorization_class,
    sip_proxy_require_class,
    sip_reason_class,
    sip_require_class,
    sip_retry_after_class,
    sip_service_route_class,
    sip_subject_class,
    sip_session_expires_class,
    sip_subscription_state_class,
    sip_supported_class,
    sip_timestamp_class,
    sip_user_agent_class,
    sip_warning_class,
    sip_www_authenticate_class,
};

static msg_href_t const *find(msg_mclass_t const *mclass, msg_hclass_t const *hclass)
{
    for (int i = 0; i < mclass->mc_hash_size; i++)
        if (mclass->mc_hash[i].hr_class == hclass)
            return &mclass->mc_hash[i];
    return NULL;
}

/* Out of memory at the start of a program, it takes them all apart. */
static void make(void)
{
    enum { HASH_SIZE = 127 };
    msg_mclass_t const *whole = sip_default_mclass();
    msg_mclass_t *mclass = msg_mclass_clone(whole, HASH_SIZE, msg_mclass_empty);

    for (size_t i = 0; mclass && i < sizeof read / sizeof *read; i++) {
        msg_href_t const *header = find(whole, read[i]);
        if (!header || msg_mclass_insert(mclass, header) < 0) {
            free(mclass);
            mclass = NULL;
        }
    }
    shared.mclass = mclass;
}

msg_mclass_t const *message_class(void)
{
    (void)pthread_once(&shared.once, make);
    return shared.mclass ? shared.mclass : sip_default_mclass();
}

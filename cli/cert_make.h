/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert new-key`, `cert csr`, `cert self-sign`: what the node makes itself. */
#pragma once
#include "cert_run.h"

cert_run_fn cert_make_key, cert_make_request, cert_make_self_signed;

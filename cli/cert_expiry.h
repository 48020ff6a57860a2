/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert expiry`: when the certificates of the configuration end. */
#pragma once
#include "cert_run.h"

cert_run_fn cert_expiry;

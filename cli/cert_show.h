/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert show`: what stands in files of certificates. */
#pragma once
#include "cert_run.h"

cert_run_fn cert_show;

/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert import`: the answer of a certification authority becomes the file that the
 * configuration names. */
#pragma once
#include "cert_run.h"

cert_run_fn cert_import;

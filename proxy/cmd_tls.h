/* SPDX-License-Identifier: Apache-2.0 */
/* The commands `show tls`, `show tls certificates` and `show tls failures`: contexts in force, what
 * has become of their connections. */
#pragma once
#include <jansson.h>

struct ctl_call;
struct svc;

void cmd_tls_show(struct svc *svc, struct ctl_call *call, json_t const *args);
void cmd_tls_show_certificates(struct svc *svc, struct ctl_call *call, json_t const *args);
void cmd_tls_show_failures(struct svc *svc, struct ctl_call *call, json_t const *args);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway knows of each service: service_rules.def as a table. */
#pragma once
#include "csta.h"

struct service_request;

/** Members of struct csta_msg that name a device; bits. */
enum service_member {
    SERVICE_NOBODY = 0,
    SERVICE_DEVICE = 1,   /* device */
    SERVICE_CONN = 2,     /* the device of conn */
    SERVICE_HELD = 4,     /* the device of held */
    SERVICE_NUMBER = 8,   /* directory_number */
    SERVICE_MESSAGE = 16, /* message_device */
    SERVICE_MEMBERS = 32
};

struct service_rule {
    void (*here)(struct service_request *r); /* NULL: the driver serves it */
    unsigned own, others;
};

/** The rule of a service, NULL if @p type is no service that we know. */
struct service_rule const *service_rules_of(enum csta_type type);

/** Where @p msg has that member. */
char const **service_rules_member(struct csta_msg *msg, enum service_member member);

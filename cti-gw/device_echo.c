/* SPDX-License-Identifier: Apache-2.0 */
/* Rewriting devices of a message; pure but for the allocations. */
#include "device_echo.h"
#include "number_rules.h"
#include <string.h>

/* Device names and URIs of a driver are no numbers; nor is what nobody can dial. */
static bool is_number(char const *text)
{
    size_t plus = text[0] == '+';

    return text[plus] && text[plus + strspn(text + plus, "0123456789*#")] == '\0';
}

/* The driver may say which phone of the line it is. */
static bool is_own(struct device_echo const *echo, char const *driver_text)
{
    size_t len = strlen(echo->number);

    return strncmp(driver_text, echo->number, len) == 0 &&
           (driver_text[len] == '\0' || driver_text[len] == ';');
}

char const *device_echo_text(struct device_echo const *echo, char const *driver_text)
{
    char shown[NUMBER_RULES_TEXT];

    if (!driver_text || is_own(echo, driver_text))
        return driver_text ? echo->text : NULL;
    if (!is_number(driver_text))
        return driver_text;
    if (echo->rules && number_rules_apply(echo->rules, driver_text, shown) >= 0)
        driver_text = shown;
    return su_sprintf(echo->home,
                      driver_text[0] == '+' || strchr(driver_text, ';')
                          ? "tel:%s"
                          : "tel:%s;phone-context=dialstring",
                      driver_text);
}

static void replace(struct device_echo const *echo, struct csta_device *device)
{
    if (device->kind == CSTA_DEVICE_IDENTIFIER)
        device->id = device_echo_text(echo, device->id);
}

static void replace_text(struct device_echo const *echo, char const **text)
{
    *text = device_echo_text(echo, *text);
}

static void replace_in_lists(struct device_echo const *echo, struct csta_msg *msg)
{
    for (size_t i = 0; i < msg->n_items; i++) {
        replace_text(echo, &msg->items[i].conn.device_id);
        replace_text(echo, &msg->items[i].endpoint);
        replace(echo, &msg->items[i].device);
    }
    for (size_t i = 0; i < msg->n_connections; i++) {
        replace_text(echo, &msg->connections[i].now.device_id);
        replace_text(echo, &msg->connections[i].before.device_id);
        replace_text(echo, &msg->connections[i].endpoint);
    }
    for (size_t i = 0; i < msg->n_forwards; i++)
        replace_text(echo, &msg->forwards[i].number);
}

void device_echo_apply(struct device_echo const *echo, struct csta_msg *msg)
{
    struct csta_device *const devices[] = {
        &msg->subject,    &msg->calling,     &msg->called,
        &msg->redirected, &msg->destination, &msg->originating
    };
    char const **const texts[] = { &msg->conn.device_id, &msg->held.device_id,
                                   &msg->trunk.device_id, &msg->directory_number,
                                   &msg->message_device };

    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        replace(echo, devices[i]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        replace_text(echo, texts[i]);
    replace_in_lists(echo, msg);
}

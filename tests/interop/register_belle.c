/* SPDX-License-Identifier: Apache-2.0 */
/* A phone on the stack of Linphone: register_belle ADDRESS PASSWORD registers alice with the node
 * at ADDRESS, says by which algorithms it was challenged, and each final status. */
#include <belle-sip/belle-sip.h>
#include <stdio.h>
#include <stdlib.h>

struct phone {
    belle_sip_stack_t *stack;
    belle_sip_provider_t *provider;
    char const *password;
    int answers, status;
};

static void send_on(struct phone *phone, belle_sip_request_t *request)
{
    belle_sip_client_transaction_t *transaction =
        belle_sip_provider_create_client_transaction(phone->provider, request);
    belle_sip_client_transaction_send_request(transaction);
}

static void on_response(void *vphone, belle_sip_response_event_t const *event)
{
    struct phone *phone = vphone;
    belle_sip_client_transaction_t *transaction =
        belle_sip_response_event_get_client_transaction(event);
    phone->status =
        belle_sip_response_get_status_code(belle_sip_response_event_get_response(event));
    printf("status %d\n", phone->status);
    if (phone->status == 401 && phone->answers++ == 0)
        send_on(phone,
                belle_sip_client_transaction_create_authenticated_request(transaction, NULL, NULL));
    else
        belle_sip_main_loop_quit(belle_sip_stack_get_main_loop(phone->stack));
}

static void on_challenge(void *vphone, belle_sip_auth_event_t *event)
{
    struct phone *phone = vphone;
    printf("challenge %s\n", belle_sip_auth_event_get_algorithm(event));
    belle_sip_auth_event_set_username(event, "alice");
    belle_sip_auth_event_set_passwd(event, phone->password);
}

static belle_sip_request_t *make_register(struct phone *phone, char const *registrar)
{
    belle_sip_request_t *request = belle_sip_request_create(
        belle_sip_uri_parse(registrar), "REGISTER",
        belle_sip_provider_create_call_id(phone->provider),
        belle_sip_header_cseq_create(1, "REGISTER"),
        belle_sip_header_from_create2("sip:alice@example.test", BELLE_SIP_RANDOM_TAG),
        belle_sip_header_to_create2("sip:alice@example.test", NULL), belle_sip_header_via_new(),
        70);
    belle_sip_message_add_header(BELLE_SIP_MESSAGE(request),
                                 BELLE_SIP_HEADER(belle_sip_header_contact_new()));
    belle_sip_message_add_header(BELLE_SIP_MESSAGE(request),
                                 BELLE_SIP_HEADER(belle_sip_header_expires_create(600)));
    return request;
}

int main(int argc, char **argv)
{
    struct phone phone = { .password = argc == 3 ? argv[2] : NULL };
    belle_sip_listener_callbacks_t const callbacks = {
        .process_response_event = on_response,
        .process_auth_requested = on_challenge,
    };
    char registrar[100];
    if (argc != 3)
        return EXIT_FAILURE;
    (void)snprintf(registrar, sizeof registrar, "sip:%s", argv[1]);
    phone.stack = belle_sip_stack_new(NULL);
    phone.provider = belle_sip_stack_create_provider(
        phone.stack, belle_sip_stack_create_listening_point(phone.stack, argv[1], 5097, "UDP"));
    belle_sip_provider_add_sip_listener(
        phone.provider, belle_sip_listener_create_from_callbacks(&callbacks, &phone));
    send_on(&phone, make_register(&phone, registrar));
    belle_sip_stack_sleep(phone.stack, 10000);
    return phone.status == 200 ? EXIT_SUCCESS : EXIT_FAILURE;
}

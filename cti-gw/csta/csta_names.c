/* SPDX-License-Identifier: Apache-2.0 */
/* Spellings: message types, enums, namespaces. All from the X-macros of csta_names.h. */
#include "csta_tables.h"
#include <string.h>

enum kind { NO_KIND, SERVICE, RESPONSE, EVENT, NOTICE, ERROR, SESSION };

static struct {
    char const *name;
    enum kind kind;
    enum csta_type response;
} const types[CSTA_TYPES] = {
#define RESPONSE_TO_SERVICE(type)  CSTA_##type##Response
#define RESPONSE_TO_RESPONSE(type) CSTA_NONE
#define RESPONSE_TO_EVENT(type)    CSTA_NONE
#define RESPONSE_TO_NOTICE(type)   CSTA_NONE
#define RESPONSE_TO_ERROR(type)    CSTA_NONE
#define RESPONSE_TO_SESSION(type)  CSTA_NONE
#define TYPE_ROW(type, kind)       [CSTA_##type] = { #type, kind, RESPONSE_TO_##kind(type) },
    CSTA_TYPE_LIST(TYPE_ROW)
};

#define NAME_OF_CAUSE(name)    [CSTA_CAUSE_##name] = #name,
#define NAME_OF_STATE(name)    [CSTA_STATE_##name] = #name,
#define NAME_OF_STATUS(name)   [CSTA_STATUS_##name] = #name,
#define NAME_OF_CATEGORY(name) [CSTA_ERROR_##name] = #name,

static char const *const causes[CSTA_CAUSES] = { CSTA_CAUSE_LIST(NAME_OF_CAUSE) };
static char const *const states[CSTA_STATES] = { CSTA_CONNECTION_STATE_LIST(NAME_OF_STATE) };
static char const *const statuses[CSTA_STATUSES] = { CSTA_SYSTEM_STATUS_LIST(NAME_OF_STATUS) };
static char const *const categories[CSTA_ERROR_CATEGORIES] = { CSTA_ERROR_CATEGORY_LIST(
    NAME_OF_CATEGORY) };
#define SPELL(prefix, name) [prefix##_##name] = #name,
#define ORIGINATE(name)     SPELL(CSTA_ORIGINATE, name)
#define CONSULT(name)       SPELL(CSTA_CONSULT, name)
#define PARTICIPATION(name) SPELL(CSTA_PARTICIPATION, name)
#define DIGITS(name)        SPELL(CSTA_DIGITS, name)
#define FORWARD(name)       SPELL(CSTA_FORWARD, name)
#define CATEGORY(name)      SPELL(CSTA_CATEGORY, name)
#define REQUESTED(name)     SPELL(CSTA_REQUESTED, name)
static char const *const originates[] = { CSTA_AUTO_ORIGINATE_LIST(ORIGINATE) };
static char const *const consults[] = { CSTA_CONSULT_OPTIONS_LIST(CONSULT) };
static char const *const participations[] = { CSTA_PARTICIPATION_LIST(PARTICIPATION) };
static char const *const digit_modes[] = { CSTA_DIGIT_MODE_LIST(DIGITS) };
static char const *const forwardings[] = { CSTA_FORWARDING_LIST(FORWARD) };
static char const *const device_categories[] = { CSTA_DEVICE_CATEGORY_LIST(CATEGORY) };
static char const *const requested[] = { CSTA_REQUESTED_CATEGORY_LIST(REQUESTED) };
static char const *const devices[] = {
    [CSTA_DEVICE_IDENTIFIER] = "deviceIdentifier", [CSTA_DEVICE_NOT_KNOWN] = "notKnown",
    [CSTA_DEVICE_RESTRICTED] = "restricted",       [CSTA_DEVICE_NOT_REQUIRED] = "notRequired",
    [CSTA_DEVICE_NOT_SPECIFIED] = "notSpecified",
};
static struct csta_alias const device_aliases[] = {
    { "numberDialed", CSTA_DEVICE_IDENTIFIER },
    { 0 },
};

/* ECMA-269, states of a call as pairs of connection states; ours is the local one. "Held" says that
 * this device holds, "OnHold" that the other one does. */
static struct csta_alias const simple_states[] = {
    { "callNull", CSTA_STATE_null },
    { "callPending", CSTA_STATE_initiated },
    { "callOriginated", CSTA_STATE_connected },
    { "callDelivered", CSTA_STATE_connected },
    { "callDeliveredHeld", CSTA_STATE_hold },
    { "callReceived", CSTA_STATE_alerting },
    { "callReceivedOnHold", CSTA_STATE_alerting },
    { "callEstablished", CSTA_STATE_connected },
    { "callEstablishedHeld", CSTA_STATE_hold },
    { "callEstablishedOnHold", CSTA_STATE_connected },
    { "callQueued", CSTA_STATE_connected },
    { "callQueuedHeld", CSTA_STATE_hold },
    { "callFailed", CSTA_STATE_connected },
    { "callFailedHeld", CSTA_STATE_hold },
    { "callBlocked", CSTA_STATE_null },
    { 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
struct csta_spelling const csta_spell_cause = { causes, COUNT(causes), NULL };
struct csta_spelling const csta_spell_state = { states, COUNT(states), NULL };
struct csta_spelling const csta_spell_simple_state = { states, COUNT(states), simple_states };
struct csta_spelling const csta_spell_status = { statuses, COUNT(statuses), NULL };
struct csta_spelling const csta_spell_category = { categories, COUNT(categories), NULL };
struct csta_spelling const csta_spell_originate = { originates, COUNT(originates), NULL };
struct csta_spelling const csta_spell_consult = { consults, COUNT(consults), NULL };
struct csta_spelling const csta_spell_participation = { participations, COUNT(participations),
                                                        NULL };
struct csta_spelling const csta_spell_digits = { digit_modes, COUNT(digit_modes), NULL };
struct csta_spelling const csta_spell_forwarding = { forwardings, COUNT(forwardings), NULL };
struct csta_spelling const csta_spell_listed = { device_categories, COUNT(device_categories),
                                                 NULL };
struct csta_spelling const csta_spell_requested = { requested, COUNT(requested), NULL };
struct csta_spelling const csta_spell_device = { devices, COUNT(devices), device_aliases };

unsigned csta_spelling_parse(struct csta_spelling const *spelling, char const *name)
{
    for (unsigned i = 1; i < spelling->n; i++)
        if (strcmp(spelling->names[i], name) == 0)
            return i;
    for (struct csta_alias const *alias = spelling->aliases; alias && alias->name; alias++)
        if (strcmp(alias->name, name) == 0)
            return alias->value;
    return 0;
}

char const *csta_spelling_str(struct csta_spelling const *spelling, unsigned value)
{
    return value < spelling->n ? spelling->names[value] : NULL;
}

static bool is_type(enum csta_type type)
{
    return type > CSTA_NONE && type < CSTA_TYPES;
}

char const *csta_type_str(enum csta_type type)
{
    return is_type(type) ? types[type].name : "none";
}

/* The names that people expect where the schema has odd ones. */
static struct csta_alias const type_aliases[] = {
    { "TransferredEvent", CSTA_TransferedEvent },
    { "HookSwitchEvent", CSTA_HookswitchEvent },
};

enum csta_type csta_type_parse(char const *name)
{
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++)
        if (strcmp(types[type].name, name) == 0)
            return type;
    for (size_t i = 0; i < COUNT(type_aliases); i++)
        if (strcmp(type_aliases[i].name, name) == 0)
            return type_aliases[i].value;
    return CSTA_NONE;
}

enum csta_type csta_response_of(enum csta_type request)
{
    return is_type(request) ? types[request].response : CSTA_NONE;
}

bool csta_is_service(enum csta_type type)
{
    return is_type(type) && types[type].kind == SERVICE;
}

bool csta_is_event(enum csta_type type)
{
    return is_type(type) && types[type].kind == EVENT;
}

bool csta_is_session(enum csta_type type)
{
    return is_type(type) && types[type].kind == SESSION;
}

static char const *or_none(char const *name)
{
    return name ? name : "none";
}

char const *csta_cause_str(enum csta_cause cause)
{
    return or_none(csta_spelling_str(&csta_spell_cause, cause));
}

char const *csta_connection_state_str(enum csta_connection_state state)
{
    return or_none(csta_spelling_str(&csta_spell_state, state));
}

char const *csta_system_status_str(enum csta_system_status status)
{
    return or_none(csta_spelling_str(&csta_spell_status, status));
}

char const *csta_error_category_str(enum csta_error_category category)
{
    return or_none(csta_spelling_str(&csta_spell_category, category));
}

char const *csta_forwarding_str(enum csta_forwarding type)
{
    return or_none(csta_spelling_str(&csta_spell_forwarding, type));
}

char const csta_namespace_354[] =
    "http://www.ecma-international.org/standards/ecma-354/appl_session";

#define ED3_ONWARDS "http://www.ecma-international.org/standards/ecma-323/csta/ed"
static char const *const namespaces[] = {
    [CSTA_ED2] = "http://www.ecma.ch/standards/ecma-323/csta/ed2",
    [CSTA_ED3] = ED3_ONWARDS "3",
    [CSTA_ED4] = ED3_ONWARDS "4",
    [CSTA_ED5] = ED3_ONWARDS "5",
    [CSTA_ED6] = ED3_ONWARDS "6",
};

char const *csta_namespace(enum csta_edition edition)
{
    return edition >= CSTA_ED2 && edition <= CSTA_ED6 ? namespaces[edition] : "";
}

enum csta_edition csta_edition_parse(char const *uri)
{
    for (enum csta_edition edition = CSTA_ED2; edition <= CSTA_ED6; edition++)
        if (strcmp(uri, namespaces[edition]) == 0)
            return edition;
    return 0;
}

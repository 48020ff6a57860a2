/* SPDX-License-Identifier: Apache-2.0 */
/* Services as scripts (services_rig.h): the switch itself, monitors, snapshots, single calls; and
 * the keys of a phone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phone.h"
#include "services_rig.h"

#define HOLD(conn) "<HoldCall NS><callToBeHeld>" conn "</callToBeHeld></HoldCall>"
#define RETRIEVE(conn)                                                                             \
    "<RetrieveCall NS><callToBeRetrieved>" conn "</callToBeRetrieved></RetrieveCall>"
#define MONITOR(device)                                                                            \
    "<MonitorStart NS><monitorObject><deviceObject>" device                                        \
    "</deviceObject></monitorObject></MonitorStart>"
#define STOP(xref) "<MonitorStop NS><monitorCrossRefID>" xref "</monitorCrossRefID></MonitorStop>"
#define SNAPSHOT(device)                                                                           \
    "<SnapshotDevice NS><snapshotObject>" device "</snapshotObject></SnapshotDevice>"
#define SNAPSHOT_CALL(conn)                                                                        \
    "<SnapshotCall NS><snapshotObject>" conn "</snapshotObject></SnapshotCall>"

/* clang-format off */
static struct services_rig_script const scripts[] = {
    { "system services", {
        { "<RequestSystemStatus NS/>", "<systemStatus>normal</systemStatus>", "" },
        { "<SystemStatus NS><systemStatus>normal</systemStatus></SystemStatus>",
          "<SystemStatusResponse", "" },
        { "<GetCSTAFeatures NS/>", "<singleStepTransfer/>", "" },
        { "<GetCSTAFeatures NS/>", "<transferred/>", "" },
        { "<GetCSTAFeatures NS/>", "<snapshotDevice/>", "" },
        { "<SystemRegister NS><requestTypes><systemStatus>true</systemStatus></requestTypes>"
          "</SystemRegister>", "<sysStatRegisterID>", "" },
        { "<GetSwitchingFunctionDevices NS/>", "<serviceCrossRefID>", "SwitchingFunctionDevices" },
        { "<GetSwitchingFunctionDevices NS><requestedDeviceID>7777</requestedDeviceID>"
          "</GetSwitchingFunctionDevices>", OPERATION("invalidDeviceID"), "" },
    } },
    { "monitors", {
        { MONITOR("2001"), "<monitorCrossRefID>$X</monitorCrossRefID>", "" },
        { MONITOR("SEP001122334455"), "<monitorExistingCalls>true</monitorExistingCalls>", "" },
        { MONITOR("tel:2001;phone-context=dialstring"), ERROR("subscribedResourceAvailability",
                                                        "objectMonitorLimitExceeded"), "" },
        { MONITOR("2002"), "<MonitorStartResponse", "" },
        { MONITOR("2003"), RESOURCE("overallMonitorLimitExceeded"), "" },
        { "<ChangeMonitorFilter NS><monitorCrossRefID>$X</monitorCrossRefID><requestedFilterList>"
          "<callcontrol><held>true</held></callcontrol></requestedFilterList>"
          "</ChangeMonitorFilter>", "<held>true</held>", "" },
        { "<ChangeMonitorFilter NS><monitorCrossRefID>x</monitorCrossRefID><requestedFilterList/>"
          "</ChangeMonitorFilter>", OPERATION("invalidMonitorCrossRefID"), "" },
        { STOP("$X"), "<MonitorStopResponse", "" },
        { STOP("$X"), OPERATION("invalidMonitorCrossRefID"), "" },
        { MONITOR("7777"), OPERATION("invalidDeviceID"), "" },
        { STOP("no-such"), OPERATION("invalidMonitorCrossRefID"), "" },
    } },
    { "a monitor of a call goes with it", {
        RINGING,
        { "<MonitorStart NS><monitorObject><callObject><callID>$C</callID></callObject>"
          "</monitorObject></MonitorStart>", "<monitorCrossRefID>$X</monitorCrossRefID>", "" },
        { CLEAR(CONN("$C", "2001")), "<ClearConnectionResponse",
          "ConnectionCleared ConnectionCleared" },
        { STOP("$X"), OPERATION("invalidMonitorCrossRefID"), "" },
        { "<MonitorStart NS><monitorObject><callObject><callID>none</callID></callObject>"
          "</monitorObject></MonitorStart>", OPERATION("invalidMonitorObject"), "" },
    } },
    { "a call from end to end", {
        RINGING,
        { ANSWER(CONN("$C", "2002")), "<AnswerCallResponse", "Established" },
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { RETRIEVE(CONN("$C", "2001")), "<RetrieveCallResponse", "Retrieved" },
        { CLEAR(CONN("$C", "2001")), "<ClearConnectionResponse",
          "ConnectionCleared ConnectionCleared" },
        { CLEAR(CONN("$C", "2001")), OPERATION("invalidCallID"), "" },
    } },
    { "the client's device string comes back", {
        { MAKE("tel:2001;phone-context=dialstring", "tel:20-02", ""),
          "<deviceID>tel:2001;phone-context=dialstring</deviceID>", "Originated Delivered" },
    } },
    { "MakeCall errors", {
        { MAKE("7777", "2002", ""), OPERATION("invalidDeviceID"), "" },
        { MAKE("2001", "alice", ""), OPERATION("invalidCalledDeviceID"), "" },
        { MAKE("2001", "2002", PROMPT), "<MakeCallResponse", "ServiceInitiated" },
        { MAKE("2001", "2002", ""), STATE("invalidCallingDeviceState"), "" },
        { "phone 2001 answer", NULL, "Originated Delivered" },
        { MAKE("2001", "2002", ""), STATE("invalidCallingDeviceState"), "" },
        { "phone 2003 busy", NULL, "" },
        { MAKE("2003", "2002", ""), STATE("invalidCallingDeviceState"), "" },
    } },
    { "no appearance left", {
        RINGING,
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { MAKE("2001", "2003", ""), "<MakeCallResponse", "Originated Delivered" },
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { MAKE("2001", "2003", ""), ERROR("systemResourceAvailibility", "resourceBusy"), "" },
    } },
    { "the far end is busy or unknown: the call is made, and fails", {
        { "phone 2002 busy", NULL, "" },
        { MAKE("2001", "2002", ""), "<MakeCallResponse", "Originated Failed" },
        { HOLD(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { SNAPSHOT("2001"), "<localConnectionState>fail</localConnectionState>", "" },
        { CLEAR(CONN("$C", "2001")), "<ClearConnectionResponse", "ConnectionCleared" },
        { MAKE("2001", "tel:390298765", ""), "<MakeCallResponse", "Originated Failed" },
    } },
    { "wrong states", {
        RINGING,
        { ANSWER(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { HOLD(CONN("$C", "2002")), STATE("invalidConnectionState"), "" },
        { RETRIEVE(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { "phone 2002 answer", NULL, "Established" },
        { ANSWER(CONN("$C", "2002")), STATE("invalidConnectionState"), "" },
    } },
    { "wrong names", {
        RINGING,
        { ANSWER(CONN("no-such-call", "2002")), OPERATION("invalidCallID"), "" },
        { ANSWER(CONN("$C", "7777")), OPERATION("invalidDeviceID"), "" },
        { ANSWER(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { HOLD(CONN("no-such-call", "2001")), OPERATION("invalidCallID"), "" },
        { RETRIEVE(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { CLEAR(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { SNAPSHOT("7777"), OPERATION("invalidDeviceID"), "" },
    } },
    { "connections named by one part", {
        { ANSWER("<deviceID>2002</deviceID>"), STATE("noCallToAnswer"), "" },
        { HOLD("<deviceID>2002</deviceID>"), STATE("noActiveCall"), "" },
        { RETRIEVE("<deviceID>2002</deviceID>"), STATE("noHeldCall"), "" },
        { CLEAR("<deviceID>2002</deviceID>"), STATE("noConnectionToClear"), "" },
        RINGING,
        { ANSWER("<callID>$C</callID>"), "<AnswerCallResponse", "Established" },
        { HOLD("<callID>$C</callID>"), OPERATION("invalidConnectionID"), "" },
        { HOLD("<deviceID>2002</deviceID>"), "<HoldCallResponse", "Held" },
        { RETRIEVE("<callID>$C</callID>"), "<RetrieveCallResponse", "Retrieved" },
        { CLEAR("<deviceID>2002</deviceID>"), "<ClearConnectionResponse",
          "ConnectionCleared ConnectionCleared" },
    } },
    { "snapshots", {
        { SNAPSHOT("2001"), "<SnapshotDeviceResponse", "" },
        RINGING,
        { SNAPSHOT("2001"), "<callID>$C</callID><deviceID>2001</deviceID></connectionIdentifier>"
          "<endpointDevice><deviceID>2002</deviceID></endpointDevice>", "" },
        { SNAPSHOT("2001"), "<localConnectionState>connected</localConnectionState>", "" },
        { SNAPSHOT("SEP001122334466"), "<localConnectionState>alerting</localConnectionState>",
          "" },
        { SNAPSHOT_CALL("<callID>$C</callID>"), "<calledDevice><deviceIdentifier>2002", "" },
        { SNAPSHOT_CALL("<deviceID>2001</deviceID>"), "<deviceOnCall><deviceIdentifier>2002", "" },
        { SNAPSHOT_CALL("<callID>none</callID>"), OPERATION("invalidCallID"), "" },
    } },
    { "what is missing or unknown", {
        { "<MakeCall NS><callingDevice>2001</callingDevice></MakeCall>",
          "<MakeCallResponse", "ServiceInitiated" },
        { "<MonitorStart NS/>", OPERATION("invalidParameterValue"), "" },
        { "<IntrudeCall NS/>", OPERATION("serviceNotSupported"), "" },
    } },
};
/* clang-format on */

/* One session cannot stop another one's monitor. */
static void test_foreign_monitor(void **state)
{
    struct services_rig f;
    struct monitor_list other = TAILQ_HEAD_INITIALIZER(other);
    (void)state;
    services_rig_init(&f);
    struct monitor *monitor;
    struct line *line = line_find(&f.ex.lines, "2001");
    struct monitor_options options = { .at.line = line, .owner = &other, .edition = CSTA_ED3 };
    assert_int_equal(monitor_start(&f.ex.monitors, &options, &monitor), MONITOR_OK);
    assert_null(monitor_find(&f.ex.monitors, monitor->xref, &f.monitors));
    assert_ptr_equal(monitor_find(&f.ex.monitors, monitor->xref, &other), monitor);
    monitor_stop_all(&f.ex.monitors, &other);
    assert_int_equal(line->n_monitors, 0);
    services_rig_fini(&f);
}

static void test_scripts(void **state)
{
    (void)state;
    services_rig_play(scripts, sizeof scripts / sizeof *scripts);
}

static struct {
    char const *line, *verb, *number;
    enum phone_fault fault;
} const keys[] = {
    { "2001", "answer", NULL, PHONE_WRONG_STATE },
    { "2001", "hangup", NULL, PHONE_WRONG_STATE },
    { "2001", "hold", NULL, PHONE_WRONG_STATE },
    { "2001", "retrieve", NULL, PHONE_WRONG_STATE },
    { "2001", "sing", NULL, PHONE_NO_VERB },
    { "2001", "dial", NULL, PHONE_NO_NUMBER },
    { "2001", "dial", "bob", PHONE_NO_NUMBER },
    { "2001", "dial", "2002", PHONE_OK },
    { "2001", "dial", "2003", PHONE_WRONG_STATE },
    { "2002", "answer", NULL, PHONE_OK },
    { "2002", "hold", NULL, PHONE_OK },
    { "2002", "retrieve", NULL, PHONE_OK },
    { "2003", "dial", "2002", PHONE_OK },
    { "2002", "hold", NULL, PHONE_OK },
    { "2002", "dial", "2003", PHONE_NO_ROOM },
    { "2002", "answer", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_WRONG_STATE },
    { "2001", "digits", "1", PHONE_WRONG_STATE },
    { "2001", "digits", NULL, PHONE_NO_NUMBER },
    { "2001", "deflect", "2003", PHONE_WRONG_STATE },
    { "2001", "pickup", "2002", PHONE_WRONG_STATE },
    { "2001", "pickup", "99", PHONE_NO_NUMBER },
    { "2001", "consult", "2003", PHONE_WRONG_STATE },
    { "2001", "alternate", NULL, PHONE_WRONG_STATE },
    { "2001", "reconnect", NULL, PHONE_WRONG_STATE },
    { "2001", "transfer", NULL, PHONE_WRONG_STATE },
    { "2001", "conference", NULL, PHONE_WRONG_STATE },
    { "2001", "forward", "99", PHONE_NO_NUMBER },
    { "2001", "forward", NULL, PHONE_NO_NUMBER },
    { "2001", "forward", "2001", PHONE_NO_NUMBER },
    { "2001", "dnd", "perhaps", PHONE_NO_VALUE },
    { "2001", "dnd", NULL, PHONE_NO_VALUE },
    { "2001", "volume", "101", PHONE_NO_VALUE },
    { "2001", "volume", "loud", PHONE_NO_VALUE },
    { "2001", "volume", NULL, PHONE_NO_VALUE },
    { "2001", "out-of-service", NULL, PHONE_OK },
    { "2001", "dial", "2002", PHONE_DEAD },
    { "2001", "lift", NULL, PHONE_DEAD },
    { "2001", "in-service", NULL, PHONE_OK },
    { "2001", "dial", "2002", PHONE_OK },
    { "2002", "answer", NULL, PHONE_OK },
    { "2001", "digits", "12#", PHONE_OK },
    { "2001", "consult", "2003", PHONE_OK },
    { "2003", "answer", NULL, PHONE_OK },
    { "2001", "alternate", NULL, PHONE_OK },
    { "2001", "conference", NULL, PHONE_OK },
    { "2001", "conference", "2004", PHONE_NO_ROOM },
    { "2001", "transfer", "2004", PHONE_OK },
    { "SEPB", "answer", NULL, PHONE_OK },
    { "2004", "hangup", NULL, PHONE_OK },
    { "2003", "hangup", NULL, PHONE_OK },
};

static void test_keys(void **state)
{
    struct services_rig f;
    (void)state;
    services_rig_init(&f);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        print_message("# %s %s\n", keys[i].line, keys[i].verb);
        struct line_ref at;
        assert_true(line_resolve(&f.ex.lines, keys[i].line, &at));
        assert_int_equal(phone_act(&f.ex, at, keys[i].verb, keys[i].number), keys[i].fault);
    }
    assert_true(TAILQ_EMPTY(&f.ex.calls.all));
    services_rig_fini(&f);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_foreign_monitor),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

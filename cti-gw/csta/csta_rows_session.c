/* SPDX-License-Identifier: Apache-2.0 */
/* The application session of ECMA-354. */
#include "csta_rows.h"

/* How our gateway says who it is. */
static struct csta_space const login = { .uri = "urn:crosspoint:login" };
#define SECRET(element, member)                                                                    \
    ROW(ROW_SECRET, OPTIONAL, element, MSG(char const *, member), .space = &login)
#define LOGIN                                                                                      \
    ROW(ROW_GROUP, OPTIONAL, "login", 0, .space = &login,                                          \
        .rows = ROWS(SECRET("user", user), SECRET("password", password)))

#define SESSION_ERROR GROUP(OPTIONAL, "errorCode", TEXT(OPTIONAL, "definedError", error.value))

/* clang-format off */
struct csta_row const *const csta_rows_session[CSTA_TYPES] = {
    [CSTA_StartApplicationSession] = ROWS(
        GROUP(REQUIRED, "applicationInfo",
              TEXT(REQUIRED, "applicationID", application_id),
              GROUP(OPTIONAL, "applicationSpecificInfo", LOGIN)),
        GROUP(REQUIRED, "requestedProtocolVersions",
              TEXT(REQUIRED, "protocolVersion", protocol_version)),
        UINT(OPTIONAL, "requestedSessionDuration", session_duration_s)),
    [CSTA_StartApplicationSessionPosResponse] = ROWS(
        TEXT(REQUIRED, "sessionID", session_id),
        TEXT(REQUIRED, "actualProtocolVersion", protocol_version),
        UINT(OPTIONAL, "actualSessionDuration", session_duration_s)),
    [CSTA_StartApplicationSessionNegResponse] = ROWS(SESSION_ERROR),
    [CSTA_ResetApplicationSessionTimer] = ROWS(
        TEXT(REQUIRED, "sessionID", session_id),
        UINT(OPTIONAL, "requestedSessionDuration", session_duration_s)),
    [CSTA_ResetApplicationSessionTimerPosResponse] = ROWS(
        UINT(OPTIONAL, "actualSessionDuration", session_duration_s)),
    [CSTA_ResetApplicationSessionTimerNegResponse] = ROWS(SESSION_ERROR),
    [CSTA_StopApplicationSession] = ROWS(TEXT(REQUIRED, "sessionID", session_id)),
    [CSTA_StopApplicationSessionPosResponse] = csta_rows_empty,
    [CSTA_StopApplicationSessionNegResponse] = ROWS(SESSION_ERROR),
};
/* clang-format on */

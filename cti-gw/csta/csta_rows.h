/* SPDX-License-Identifier: Apache-2.0 */
/* How the tables of rows are written, and the rows that several messages share. Included by
 * csta_rows_*.c and csta_tables.c only. */
#pragma once
#include "csta_tables.h"

/* Each file has the messages of one group, indexed by type; NULL = the message is of another one.
 */
extern struct csta_row const *const csta_rows_system[CSTA_TYPES];
extern struct csta_row const *const csta_rows_call[CSTA_TYPES];
extern struct csta_row const *const csta_rows_device[CSTA_TYPES];
extern struct csta_row const *const csta_rows_event[CSTA_TYPES];
extern struct csta_row const *const csta_rows_session[CSTA_TYPES];

/* Shared tables; the offset of the row that refers to them is added to theirs. */
extern struct csta_row const csta_rows_empty[];
extern struct csta_row const csta_rows_conn[];        /* of a struct csta_conn */
extern struct csta_row const csta_rows_connections[]; /* of a struct csta_connection_item */
extern struct csta_row const csta_rows_permitted[];   /* of a struct csta_set */
extern struct csta_row const csta_rows_filter[];      /* of a struct csta_set */
extern struct csta_row const csta_rows_services[];    /* of a struct csta_msg */
extern struct csta_row const csta_rows_events[];      /* of a struct csta_msg */

/* Offset of a member, refused by the compiler if the member is not of the row's type. */
#define FIELD(owner, member_type, member)                                                          \
    (offsetof(owner, member) +                                                                     \
     0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((owner *)0)->member), member_type)   \
                         ? 1                                                                       \
                         : -1]))
#define MSG(member_type, member) FIELD(struct csta_msg, member_type, member)

/* clang-format off */
#define ROWS(...) (struct csta_row const[]){ __VA_ARGS__, { 0 } }
#define ROW(row_kind, needed, element, at, ...)                                                    \
    { .name = element, .kind = row_kind, .need = needed, .offset = at, __VA_ARGS__ }
/* clang-format on */
#define TEXT(needed, element, member) ROW(ROW_TEXT, needed, element, MSG(char const *, member), )
#define BOOL(needed, element, member) ROW(ROW_BOOL, needed, element, MSG(bool, member), )
#define UINT(needed, element, member) ROW(ROW_UINT, needed, element, MSG(uint32_t, member), )
#define ENUM(needed, element, member_type, member, spell)                                          \
    ROW(ROW_ENUM, needed, element, MSG(member_type, member), .spelling = &spell)
#define DEVICE(needed, element, member)                                                            \
    ROW(ROW_DEVICE, needed, element, MSG(struct csta_device, member), )
#define CONN(needed, element, member)                                                              \
    ROW(ROW_CONN, needed, element, MSG(struct csta_conn, member), .rows = csta_rows_conn)
#define GROUP(needed, element, ...) ROW(ROW_GROUP, needed, element, 0, .rows = ROWS(__VA_ARGS__))
#define SET(needed, element, member, table)                                                        \
    ROW(ROW_GROUP, needed, element, MSG(struct csta_set, member), .rows = table)
#define LIST(element, item_type, member, count, table)                                             \
    ROW(ROW_LIST, OPTIONAL, element, MSG(item_type *, member), .rows = table,                      \
        .count_offset = MSG(size_t, count), .item_size = sizeof(item_type))

/* Children that many messages share. */
#define XREF TEXT(REQUIRED, "monitorCrossRefID", monitor_xref)
#define LOCAL                                                                                      \
    ENUM(OPTIONAL, "localConnectionInfo", enum csta_connection_state, local_state, csta_spell_state)
/* Opaque: nobody here looks into them. */
#define CORRELATOR TEXT(OPTIONAL, "correlatorData", correlator)
#define USER_DATA  TEXT(OPTIONAL, "userData", user_data)
#define CAUSE      ENUM(OPTIONAL, "cause", enum csta_cause, cause, csta_spell_cause)
#define PERMITTED  SET(OPTIONAL, "servicesPermitted", permitted, csta_rows_permitted)
#define CONNECTIONS(needed, element)                                                               \
    GROUP(needed, element,                                                                         \
          LIST("connectionListItem", struct csta_connection_item, connections, n_connections,      \
               csta_rows_connections))

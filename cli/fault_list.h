/* SPDX-License-Identifier: Apache-2.0 */
/* Faults and warnings of a configuration as the programs print them ("file:line: text"): parsed,
 * sorted by file and line, each once. Every program checks the group `node`, so the same fault
 * comes from each. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault_list;

struct fault_list *fault_list_new(void);
void fault_list_free(struct fault_list **plist);

/** Adds every line of @p text; empty ones are skipped. Returns 0 or -ENOMEM. */
int fault_list_add(struct fault_list *list, char const *text);

/** Sorts, drops what stands twice. Then the list may be printed. */
void fault_list_sort(struct fault_list *list);

/** Of a program that takes the file: adds those lines of @p text that are warnings
 *  ("file:line: warning: text"). Returns 0 or -ENOMEM. */
int fault_list_add_warnings(struct fault_list *list, char const *text);

/** Faults; warnings do not count. */
size_t fault_list_count(struct fault_list const *list);

/** All of them, warnings too. */
void fault_list_print(struct fault_list const *list, struct buf *out);

/** [{"file", "line", "text"}] of the faults or of the warnings; a line that names no place has
 *  neither file nor line. Caller owns. */
json_t *fault_list_json(struct fault_list const *list, bool warnings);

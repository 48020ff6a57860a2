/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of a configuration as the programs print them ("file:line: text"): parsed, sorted by file
 * and line, each once. Every program checks the group `node`, so the same fault comes from each. */
#pragma once
#include <jansson.h>
#include <stddef.h>

struct buf;
struct fault_list;

struct fault_list *fault_list_new(void);
void fault_list_free(struct fault_list **plist);

/** Adds every line of @p text; empty ones are skipped. Returns 0 or -ENOMEM. */
int fault_list_add(struct fault_list *list, char const *text);

/** Sorts, drops what stands twice. Then the list may be printed. */
void fault_list_sort(struct fault_list *list);

size_t fault_list_count(struct fault_list const *list);
void fault_list_print(struct fault_list const *list, struct buf *out);

/** [{"file", "line", "text"}]; a line that names no place has neither file nor line. Caller owns.
 */
json_t *fault_list_json(struct fault_list const *list);

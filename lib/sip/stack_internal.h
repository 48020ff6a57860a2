/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the stack, for stack.c and outgoing.c alone. */
#pragma once
#include "stack.h"

struct wheel;

LIST_HEAD(outgoing_list, outgoing);

struct wheel *stack_wheel(struct stack *stack);

/** Requests under way, so that stack_free() can free them. */
struct outgoing_list *stack_outgoing(struct stack *stack);

/** Frees every one without a callback. */
void outgoing_free_all(struct outgoing_list *list);

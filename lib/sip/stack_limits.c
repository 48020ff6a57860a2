/* SPDX-License-Identifier: Apache-2.0 */
/* The defaults of STACK_LIMIT_LIST. */
#include "stack_limits.h"

void stack_limits_default(struct stack_limits *ret)
{
#define STACK_LIMIT_DEFAULT(name, dflt, min, max, unit, help) ret->name = (dflt);
    STACK_LIMIT_LIST(STACK_LIMIT_DEFAULT)
#undef STACK_LIMIT_DEFAULT
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Route embed templates (guide part 2, 1.4): a user pattern whose dots are embedded, as 74..781*,
 * is used only if it has the form of one template, as 74..78xxxxx*. Place by place and of equal
 * length: `x` stands for one digit of the pattern, everything else for itself. */
#pragma once
#include "pattern.h"

enum { EMBED_TEMPLATES_MAX = 5 };

/** NULL, or why @p text is no template (static text); a cfg_check_fn. */
char const *embed_template_check(char const *text);

/** Does the user pattern @p pattern have the form of @p text, a template without fault? */
bool embed_template_fits(char const *text, struct pattern const *pattern);

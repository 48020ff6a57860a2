/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the running programs for what `rcc doctor` judges from. */
#pragma once
#include "doctor_facts.h"

struct cli;

/** Asks. The INVITE is one with a CSTA body, from that server for that user. After cli_load();
 *  doctor_facts_fini() @p ret. */
void doctor_ask(struct cli *cli, struct doctor_question const *question, struct doctor_facts *ret);

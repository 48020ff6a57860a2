/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the store as its owner would. */
#pragma once

struct store;

/** Opens the store at @p path; makes it for the user @p owner ("": nobody is named) if root is
 *  first. Returns CLI_OK, or the exit code after a complaint. */
int store_file_open(char const *path, char const *owner, struct store **ret);

/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of group "node", which every program reads. */
#include "cfg.h"
#include "domain_name.h"
#include "log.h"

static struct cfg_row const level_rows[] = {
    CFG_ROW_ENUM("subsystem", struct cfg_log_level, subsystem, .example = "sip",
                 .names = log_subsystem_names, .effect = CFG_RELOAD,
                 .help = "Part of the programs; \"crosspoint show log\" lists them. What audit "
                         "tells at info is always told."),
    CFG_ROW_ENUM("level", struct cfg_log_level, level, .example = "debug", .names = log_level_names,
                 .effect = CFG_RELOAD, .help = "Least level of it that is logged."),
};

static struct cfg_schema const level_schema = {
    .group = "log_levels entry",
    .size = sizeof(struct cfg_log_level),
    .rows = level_rows,
    .n = sizeof level_rows / sizeof level_rows[0],
    .help = "The log level of one subsystem.",
};

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("domain", struct cfg_node, domain, .min = 1, .max = 255,
                   .example = "example.test", .check = domain_name_check_set, .effect = CFG_RESTART,
                   .help = "The enterprise's SIP domain: requests for it are handled here."),
    CFG_ROW_STRING("name", struct cfg_node, name, .default_text = "localhost", .max = 255,
                   .effect = CFG_RESTART, .help = "Host name of this node; it is ours too."),
    CFG_ROW_STRING("run_dir", struct cfg_node, run_dir, .default_text = "/run/crosspoint",
                   .max = 80, .effect = CFG_RESTART,
                   .help = "Folder of the control sockets. The environment variable "
                           "CROSSPOINT_RUN_DIR wins over it."),
    CFG_ROW_STRING("user", struct cfg_node, user, .default_text = "crosspoint", .max = 64,
                   .effect = CFG_RESTART,
                   .help = "Who a program becomes when root starts it, once its sockets are open."),
    CFG_ROW_STRING("bin_dir", struct cfg_node, bin_dir, .default_text = "", .max = 4000,
                   .effect = CFG_RESTART,
                   .help = "Where \"crosspoint run\" finds the programs; empty: beside itself."),
    CFG_ROW_ENUM("log_level", struct cfg_node, log_level, .default_text = "info",
                 .names = log_level_names, .effect = CFG_RELOAD,
                 .help = "Least level that is logged; \"crosspoint log LEVEL\" sets it in "
                         "programs that run, until the next reload."),
    CFG_ROW_GROUPS("log_levels", struct cfg_node, log_levels, .max = LOG_SUBSYSTEMS,
                   .effect = CFG_RELOAD, .sub = &level_schema,
                   .help = "Other levels for single subsystems."),
    CFG_ROW_INT("tap_records", struct cfg_node, tap_records, .default_text = "5000", .min = 0,
                .max = 1000000, .effect = CFG_RESTART,
                .help = "Messages that each program keeps in PROGRAM.tap in run_dir, for the "
                        "ladder and for captures; 0 keeps none."),
    CFG_ROW_INT("tap_bytes", struct cfg_node, tap_bytes, .default_text = "4194304", .min = 0,
                .max = 1073741824, .unit = "bytes", .effect = CFG_RESTART,
                .help = "Size of that file: bytes of messages, and of what is noted about them."),
};

struct cfg_schema const cfg_node_schema = {
    .group = "node",
    .size = sizeof(struct cfg_node),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "What all programs of the node share.",
};

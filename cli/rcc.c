/* SPDX-License-Identifier: Apache-2.0 */
/* The rcc command: options, the loop, Ctrl-C; the session does the rest. */
#include "rcc.h"
#include "buf.h"
#include "cli.h"
#include "control.h"
#include "doctor_command.h"
#include "loop_wheel.h"
#include "net_addr.h"
#include "program.h"
#include "rcc_options.h"
#include "rcc_report.h"
#include "rcc_session.h"
#include "rcc_wire.h"
#include "run_hints.h"
#include "wheel.h"
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WHY_TEXT = 512 };

static char const default_proxy[] = "sip:127.0.0.1:5060;transport=tcp";

char const rcc_args[] = "--user ADDRESS --line URI [OPTION ...] STEP ... | doctor OPTION ...";
char const rcc_more[] =
    "Signs in through the proxy like a desktop client, does the steps in order, signs out.\n\n"
    "Steps:\n"
    "  call NUMBER     make a call from the line\n"
    "  answer          answer the call that rings\n"
    "  hold, retrieve  put the call on hold, take it back\n"
    "  clear, hangup   end the call\n"
    "  snapshot        print the calls of the line\n"
    "  features        print what the gateway can do\n"
    "  wait EVENT      wait for Delivered, Established, Held ...; each event is looked at once,\n"
    "                  those that came before the wait included\n"
    "  monitor         print events until Ctrl-C, or for --wait seconds\n\n"
    "Options:\n"
    "  --user ADDRESS  who signs in: alice@example.test\n"
    "  --line URI      the line: 'tel:2001;phone-context=dialstring'\n"
    "  --server URI    address of the line at the gateway; sip:NUMBER@DOMAIN OF THE USER\n"
    "  --proxy URI     where to send to; the TCP listener of the node's proxy\n"
    "  --certificate FILE, --key FILE, --ca FILE\n"
    "                  for a proxy like 'sip:HOST:5062;transport=tls': what we show, and whom we\n"
    "                  trust (PEM). The proxy connects to us, too, for events: the certificate\n"
    "                  must name our address\n"
    "  --wait S        limit of a wait and of any answer, 10 s\n"
    "  --expires S     session timer to ask for; the session is refreshed by UPDATE\n"
    "  --like-client   habits of known clients: questions back to back, events never answered\n\n"
    "Exit code: 0 only if every step succeeded; 69 when the proxy cannot be reached.\n\n"
    "rcc doctor --user USER --server ADDRESS|NAME [--line URI] [--transport udp|tcp|tls]\n"
    "           [--subject CN] [--json]\n"
    "  checks why a sign-in of that user from that server fails, sending nothing: user, line,\n"
    "  phone, CTI connections, access list, routing, Record-Route, TLS; names the first fault\n"
    "  and its cure. Exit code: 0 nothing is wrong; 11 user, 12 form of the line URI, 13 line,\n"
    "  14 phone, 15 CTI connections, 16 no listener, 17 access list, 18 routing,\n"
    "  19 Record-Route, 20 TLS context, 21 our certificate; 69 a program is not running.\n";

struct rcc {
    uv_loop_t loop;
    struct loop_wheel lw;
    uv_signal_t signals[2];
    struct rcc_session *session;
    struct rcc_wire *wire;
    int code;
};

/* The proxy of the node, as it says itself; its TCP listener if it has one. */
static void find_proxy(struct cli *cli, char ret[static RCC_URI_MAX])
{
    char why[WHY_TEXT];
    bool running = false;
    json_t *config = NULL;
    char const *listen, *tcp;

    if (cli_try_load(cli) == CLI_OK)
        config =
            control_ask(cli, program_find("proxy"), "show config", NULL, why, sizeof why, &running);
    listen = run_hints_value(config, "proxy.listen");
    tcp = strstr(listen, "tcp:");
    if (tcp)
        snprintf(ret, RCC_URI_MAX, "sip:%.*s;transport=tcp", (int)strcspn(tcp + 4, ", "), tcp + 4);
    else if (strncmp(listen, "udp:", 4) == 0)
        snprintf(ret, RCC_URI_MAX, "sip:%.*s", (int)strcspn(listen + 4, ", "), listen + 4);
    else
        snprintf(ret, RCC_URI_MAX, "%s", default_proxy);
    json_decref(config);
}

/* Our own address towards @p proxy: the kernel's choice. */
static int find_local(char const *proxy, char ret[static NET_ADDR_TEXT])
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *found = NULL;
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    struct net_addr addr;
    su_home_t home[1] = { SU_HOME_INIT(home) };
    url_t *url = url_make(home, proxy);
    char host[256] = "";
    int fd = -1, rc = -EINVAL;

    if (url && url->url_host)
        snprintf(host, sizeof host, "%.*s",
                 (int)strcspn(url->url_host + (*url->url_host == '['), "]"),
                 url->url_host + (*url->url_host == '['));
    if (!*host || getaddrinfo(host, "5060", &hints, &found) != 0)
        goto out;
    fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &len) < 0)
        goto out;
    rc = net_addr_from(&addr, (struct sockaddr *)&own);
    if (rc == 0)
        net_addr_print_host(&addr, ret);
out:
    if (fd >= 0)
        close(fd);
    if (found)
        freeaddrinfo(found);
    su_home_deinit(home);
    return rc;
}

static void on_done(void *ctx, int code)
{
    struct rcc *rcc = ctx;

    rcc->code = code;
    uv_stop(&rcc->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct rcc *rcc = handle->data;
    (void)number;

    rcc_session_interrupt(rcc->session);
}

static void watch_signals(struct rcc *rcc)
{
    static int const numbers[2] = { SIGINT, SIGTERM };

    for (int i = 0; i < 2; i++) {
        uv_signal_init(&rcc->loop, &rcc->signals[i]);
        rcc->signals[i].data = rcc;
        uv_signal_start(&rcc->signals[i], on_signal, numbers[i]);
    }
}

/* Runs the session; returns its exit code. */
static int play(struct rcc_wire_options const *wire, struct rcc_session_options const *session,
                struct rcc_report const *report)
{
    struct rcc rcc = { .code = EX_SOFTWARE };
    char why[WHY_TEXT] = "out of memory";

    if (uv_loop_init(&rcc.loop) < 0)
        return EX_SOFTWARE;
    if (loop_wheel_init(&rcc.lw, &rcc.loop) < 0)
        goto out;
    watch_signals(&rcc);
    rcc.session = rcc_session_new(rcc.lw.wheel, session, report, on_done, &rcc);
    if (rcc.session)
        rcc.wire = rcc_wire_new(&rcc.loop, rcc.lw.wheel, wire, &rcc_session_handlers, rcc.session,
                                why, sizeof why);
    if (rcc.wire) {
        rcc_session_start(rcc.session, rcc.wire);
        uv_run(&rcc.loop, UV_RUN_DEFAULT);
    } else {
        cli_complain("%s", why);
        rcc.code = EX_UNAVAILABLE;
    }
    rcc_wire_free(&rcc.wire);
    rcc_session_free(&rcc.session);
    for (int i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&rcc.signals[i], NULL);
    loop_wheel_close(&rcc.lw);
    uv_run(&rcc.loop, UV_RUN_DEFAULT);
    wheel_free(&rcc.lw.wheel);
out:
    uv_loop_close(&rcc.loop);
    return rcc.code;
}

int rcc_command(struct cli *cli, int argc, char **argv)
{
    struct rcc_options options;
    char proxy[RCC_URI_MAX], local[NET_ADDR_TEXT], why[WHY_TEXT];
    struct rcc_report const report = { stdout, cli->json };

    if (argc > 0 && strcmp(argv[0], "doctor") == 0)
        return doctor_command(cli, argc - 1, argv + 1);
    if (rcc_options_parse(argc, argv, &options, why, sizeof why) < 0) {
        cli_complain("rcc: %s", why);
        return EX_USAGE;
    }
    if (options.proxy)
        snprintf(proxy, sizeof proxy, "%s", options.proxy);
    else
        find_proxy(cli, proxy);
    if (find_local(proxy, local) < 0) {
        cli_complain("rcc: no way to the proxy %s", proxy);
        return EX_UNAVAILABLE;
    }
    struct rcc_wire_options const wire = { .user = options.user,
                                           .server = options.server,
                                           .proxy = proxy,
                                           .local = local,
                                           .secure = options.secure,
                                           .expires_s = options.expires_s,
                                           .like_client = options.like_client };
    struct rcc_session_options const session = { .line = options.line,
                                                 .like_client = options.like_client,
                                                 .wait_s = options.wait_s,
                                                 .watch_s = options.watch_s,
                                                 .steps = options.steps,
                                                 .n_steps = options.n_steps };
    return play(&wire, &session, &report);
}

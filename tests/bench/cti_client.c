/* SPDX-License-Identifier: Apache-2.0 */
/* cti_client HOST PORT CONNECTIONS SESSIONS each|LINE: clients of remote call control, as many as
 * wanted in one thread. Reads commands from standard input, answers each with a line of JSON:
 *
 *   signin RATE WINDOW           all sign in: INVITE, ACK, and GetCSTAFeatures and MonitorStart at
 *                                once behind it, as real clients do. RATE a second (0: no pace), at
 *                                most WINDOW under way
 *   calls SOCKET A B N E WINDOW  N calls of A to B at the switch, by its control socket, at most
 *                                WINDOW ahead of the clients; each call is E events
 *   signout RATE WINDOW          BYE for all that have a dialog
 *   totals                       what has come so far
 *
 * Client n is user "u<n>", and has line 200000+n ("each") or the one that is named. INFO and BYE
 * of the gateway are answered with 200; an INFO whose CSeq is not above the last one is misordered.
 * Times count from the moment at which a client had to begin, not from when this program came to
 * it. Who fails is counted and never tried again; nothing heard for a while ends a command. */
#include "load_times.h"
#include "load_wire.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define NS3         "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
#define LCS         "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension"
#define NS_A_SECOND 1000000000ULL

enum { EVENTS = 16, CONNECTIONS = 16, SILENCE_S = 15, FIRST_LINE = 200000, BODY_BYTES = 1000 };
enum { FEATURES_CSEQ = 2, MONITOR_CSEQ = 3, BYE_CSEQ = 4, WORDS = 8, COMMAND_BYTES = 1000 };

enum state { IDLE, INVITED, ASKED, SIGNED_IN, LEAVING, ENDED, FAILED };

struct session {
    struct load_wire *wire;
    unsigned number;
    enum state state;
    unsigned answers;    /* of its first two services */
    unsigned their_cseq; /* of the last request of the gateway */
    uint64_t due_ns;     /* when it had to begin */
    uint64_t trying_ns, done_ns;
    char *to, *target, *routes; /* of the dialog */
};

struct load {
    struct load_wire wires[CONNECTIONS];
    struct session *sessions;
    char const *line; /* of all, or NULL */
    unsigned n_wires, n, round;
    int epoll;
    unsigned begun, finished, good; /* of the command under way */
    uint64_t started_ns, heard_ns;
    unsigned long infos, misordered, byes, unexpected;
    char fault[300]; /* the first one */
};

/* Calls at the switch. */
struct calls {
    struct load_wire control;
    char const *caller, *called;
    unsigned long wanted, made, answered, refused, infos, infos_a_call, window;
};

/* --- requests --------------------------------------------------------------------------------- */

static char const *line_of(struct load const *load, struct session const *session, char ret[32])
{
    (void)snprintf(ret, 32, "%u", FIRST_LINE + session->number);
    return load->line ? load->line : ret;
}

/* Begins the dialog, or goes on in it; with the Via of real clients, which has no branch. */
static void request(struct load *load, struct session *s, char const *method, unsigned cseq,
                    char const *body)
{
    struct buf *out = &s->wire->out;
    char text[32];
    char const *line = line_of(load, s, text);

    if (s->target)
        buf_printf(out, "%s %s SIP/2.0\r\nTo: %s\r\n%s", method, s->target, s->to, s->routes);
    else
        buf_printf(out, "%s sip:%s@example.test SIP/2.0\r\nTo: <sip:%s@example.test>\r\n", method,
                   line, line);
    buf_printf(out,
               "Via: SIP/2.0/TCP %s\r\nFrom: <sip:u%u@example.test>;tag=c%u-%u;epid=0a1b2c3d4e\r\n"
               "Max-Forwards: 70\r\nCSeq: %u %s\r\nUser-Agent: ExampleClient/1.0\r\n"
               "Call-ID: %u-%u@load\r\nContact: <sip:u%u@%s;transport=tcp>;proxy=replace\r\n"
               "Supported: timer\r\n",
               s->wire->here, s->number, s->number, load->round, cseq, method, s->number,
               load->round, s->number, s->wire->here);
    if (*body)
        buf_puts(out, "Content-Disposition: signal;handling=required\r\n"
                      "Content-Type: application/csta+xml\r\n");
    buf_printf(out, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
}

static void forget_dialog(struct session *s)
{
    free(s->to);
    free(s->target);
    free(s->routes);
    s->to = s->target = s->routes = NULL;
}

static void begin_sign_in(struct load *load, struct session *s)
{
    char body[BODY_BYTES], text[32];

    forget_dialog(s);
    s->state = INVITED;
    s->answers = s->their_cseq = 0;
    s->trying_ns = s->done_ns = 0;
    (void)snprintf(body, sizeof body,
                   "<?xml version=\"1.0\"?>\r\n<RequestSystemStatus xmlns=\"" NS3
                   "\"><extensions><privateData><private><lcs:line xmlns:lcs=\"" LCS
                   "\">tel:%s;phone-context=dialstring</lcs:line></private></privateData>"
                   "</extensions></RequestSystemStatus>",
                   line_of(load, s, text));
    request(load, s, "INVITE", 1, body);
}

static void ask_services(struct load *load, struct session *s)
{
    char body[BODY_BYTES], text[32];

    s->state = ASKED;
    request(load, s, "ACK", 1, "");
    request(load, s, "INFO", FEATURES_CSEQ,
            "<?xml version=\"1.0\"?>\r\n<GetCSTAFeatures xmlns=\"" NS3 "\"/>");
    (void)snprintf(body, sizeof body,
                   "<?xml version=\"1.0\"?>\r\n<MonitorStart xmlns=\"" NS3
                   "\"><monitorObject><deviceObject>tel:%s;phone-context=dialstring"
                   "</deviceObject></monitorObject></MonitorStart>",
                   line_of(load, s, text));
    request(load, s, "INFO", MONITOR_CSEQ, body);
}

static void begin_sign_out(struct load *load, struct session *s)
{
    s->state = LEAVING;
    request(load, s, "BYE", BYE_CSEQ, "");
}

/* --- answers ---------------------------------------------------------------------------------- */

static void finish(struct load *load, struct session *s, enum state state)
{
    s->state = state;
    s->done_ns = load_wire_now_ns();
    load->finished++;
    load->good += state != FAILED;
}

static void fail(struct load *load, struct session *s, struct load_message const *m)
{
    size_t len;
    char const *cseq = load_wire_header(m->head, "CSeq", &len);

    if (!*load->fault) {
        char const *error = memmem(m->body, m->body_len, "<CSTAErrorCode", 14);
        (void)snprintf(load->fault, sizeof load->fault, "u%u, to %.*s: %.*s %.*s", s->number,
                       (int)len, cseq, (int)strcspn(m->head, "\r\n\""), m->head,
                       error ? (int)(m->body + m->body_len - error) : 0, error ? error : "");
        for (char *c = load->fault; *c; c++)
            if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
                *c = ' ';
    }
    if (s->state == INVITED || s->state == ASKED || s->state == LEAVING)
        finish(load, s, FAILED);
}

static char *copy_header(struct load_message const *m, char const *name)
{
    size_t len;
    char const *value = load_wire_header(m->head, name, &len);

    return value ? strndup(value, len) : NULL;
}

static char *copy_target(struct load_message const *m)
{
    size_t len;
    char const *value = load_wire_header(m->head, "Contact", &len);
    char const *open = value ? memchr(value, '<', len) : NULL;
    char const *end = open ? memchr(open, '>', len - (size_t)(open - value)) : NULL;

    return end ? strndup(open + 1, (size_t)(end - open - 1)) : NULL;
}

/* Our route set: Record-Route from below (RFC 3261 12.1.2). */
static char *copy_routes(struct load_message const *m)
{
    char *all = strdup("");
    size_t len;

    for (char const *value = m->head; (value = load_wire_header(value, "Record-Route", &len));
         value += len + 2) {
        char *longer = NULL;
        if (asprintf(&longer, "Route: %.*s\r\n%s", (int)len, value, all) < 0)
            load_wire_die("out of memory");
        free(all);
        all = longer;
    }
    return all;
}

static void take_invite_answer(struct load *load, struct session *s, struct load_message const *m,
                               unsigned long status)
{
    if (status == 100)
        s->trying_ns = load_wire_now_ns();
    if (status < 200)
        return;
    if (status >= 300 || !memmem(m->body, m->body_len, ">normal<", 8)) {
        fail(load, s, m);
        return;
    }
    if (s->state != INVITED) { /* it has not had our ACK yet */
        request(load, s, "ACK", 1, "");
        return;
    }
    s->to = copy_header(m, "To");
    s->target = copy_target(m);
    s->routes = copy_routes(m);
    if (s->to && s->target && s->routes && s->trying_ns)
        ask_services(load, s);
    else
        fail(load, s, m);
}

static void take_service_answer(struct load *load, struct session *s, struct load_message const *m,
                                unsigned long status, unsigned long cseq)
{
    char const *wanted = cseq == FEATURES_CSEQ ? "<makeCall" : "<monitorCrossRefID>";

    if (status < 200)
        return;
    if (status != 200 || !memmem(m->body, m->body_len, wanted, strlen(wanted)))
        fail(load, s, m);
    else if (++s->answers == 2 && s->state == ASKED)
        finish(load, s, SIGNED_IN);
}

static void take_response(struct load *load, struct session *s, struct load_message const *m)
{
    size_t len;
    char const *cseq = load_wire_header(m->head, "CSeq", &len);
    unsigned long status = strtoul(m->head + 8, NULL, 10), number = strtoul(cseq, NULL, 10);

    if (number == 1)
        take_invite_answer(load, s, m, status);
    else if (number == BYE_CSEQ && status == 200 && s->state == LEAVING)
        finish(load, s, ENDED);
    else if (number == BYE_CSEQ && status >= 300)
        fail(load, s, m);
    else if (number != BYE_CSEQ)
        take_service_answer(load, s, m, status, number);
}

/* 200 to a request of the gateway: all its Via, From, To, Call-ID and CSeq. */
static void answer(struct session *s, struct load_message const *m)
{
    static char const *const kept[] = { "Via", "From", "To", "Call-ID", "CSeq" };
    struct buf *out = &s->wire->out;
    size_t len;

    buf_puts(out, "SIP/2.0 200 OK\r\n");
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        for (char const *value = m->head; (value = load_wire_header(value, kept[i], &len));
             value += len + 2)
            buf_printf(out, "%s: %.*s\r\n", kept[i], (int)len, value);
    buf_puts(out, "Content-Length: 0\r\n\r\n");
}

static void take_request(struct load *load, struct session *s, struct load_message const *m)
{
    size_t len;
    char const *value = load_wire_header(m->head, "CSeq", &len);
    unsigned cseq = (unsigned)strtoul(value, NULL, 10);

    load->misordered += cseq <= s->their_cseq;
    s->their_cseq = cseq;
    load->infos += strncmp(m->head, "INFO ", 5) == 0;
    load->byes += strncmp(m->head, "BYE ", 4) == 0;
    answer(s, m);
}

static void take(struct load *load, struct load_message const *m)
{
    size_t len;
    char const *call = load_wire_header(m->head, "Call-ID", &len);
    char *round = NULL;
    unsigned long number = call ? strtoul(call, &round, 10) : load->n;

    if (number >= load->n || strtoul(round + 1, NULL, 10) != load->round)
        load->unexpected++;
    else if (strncmp(m->head, "SIP/2.0 ", 8) == 0)
        take_response(load, &load->sessions[number], m);
    else
        take_request(load, &load->sessions[number], m);
}

/* --- what goes on ----------------------------------------------------------------------------- */

static void take_control(struct calls *calls)
{
    char *line;

    while ((line = load_wire_line(&calls->control))) {
        calls->answered++;
        calls->refused += !strstr(line, "\"ok\":true") && !strstr(line, "\"ok\": true");
    }
}

/* Sends what is ready, waits for what comes and takes it. */
static void turn(struct load *load, struct calls *calls, int wait_ms)
{
    struct epoll_event events[EVENTS];
    struct load_message message;

    for (unsigned i = 0; i < load->n_wires; i++)
        load_wire_flush(&load->wires[i]);
    if (calls)
        load_wire_flush(&calls->control);
    int n = epoll_wait(load->epoll, events, EVENTS, wait_ms);
    for (int i = 0; i < n; i++) {
        struct load_wire *wire = events[i].data.ptr;
        if (!wire || !(events[i].events & EPOLLIN))
            continue;
        load->heard_ns = load_wire_now_ns();
        load_wire_fill(wire);
        if (calls && wire == &calls->control)
            take_control(calls);
        else
            while (load_wire_message(wire, &message))
                take(load, &message);
    }
}

static bool is_silent(struct load const *load)
{
    return load_wire_now_ns() - load->heard_ns > SILENCE_S * NS_A_SECOND;
}

static double seconds(uint64_t ns)
{
    return (double)ns / (double)NS_A_SECOND;
}

/* "NAME": [p50, p99, most] in ms of those who have got that far. */
static void print_times(struct load const *load, char const *name, bool trying)
{
    uint64_t *times = calloc(load->n, sizeof *times);
    size_t n = 0;

    if (!times)
        load_wire_die("out of memory");
    for (unsigned i = 0; i < load->n; i++) {
        struct session const *s = &load->sessions[i];
        uint64_t end = trying ? s->trying_ns : s->done_ns;
        if (end && s->state != FAILED)
            times[n++] = end - s->due_ns;
    }
    load_times_sort(times, n);
    double p50 = n ? seconds(times[n / 2]) : 0, p99 = n ? seconds(times[n * 99 / 100]) : 0;
    printf(", \"%s\": [%.3f, %.3f, %.3f]", name, p50 * 1000, p99 * 1000,
           n ? seconds(times[n - 1]) * 1000 : 0);
    free(times);
}

static void print_totals(struct load const *load)
{
    printf(", \"infos\": %lu, \"misordered\": %lu, \"byes\": %lu, \"unexpected\": %lu, "
           "\"fault\": \"%s\"}\n",
           load->infos, load->misordered, load->byes, load->unexpected, load->fault);
    fflush(stdout);
}

/* --- commands --------------------------------------------------------------------------------- */

/* Begins with whom it is time for. */
static void begin_due(struct load *load, unsigned long rate, unsigned long window, bool sign_in)
{
    uint64_t now = load_wire_now_ns();

    while (load->begun < load->n && load->begun - load->finished < window) {
        struct session *s = &load->sessions[load->begun];
        uint64_t due = rate ? load->started_ns + load->begun * NS_A_SECOND / rate : now;
        if (due > now)
            return;
        load->begun++;
        s->due_ns = due;
        if (sign_in)
            begin_sign_in(load, s);
        else if (s->target && s->state != ENDED) /* those that failed later, too */
            begin_sign_out(load, s);
        else
            load->finished++;
    }
}

static void sign(struct load *load, unsigned long rate, unsigned long window, bool sign_in)
{
    double cpu = load_times_cpu_s();

    load->round += sign_in;
    load->begun = load->finished = load->good = 0;
    load->started_ns = load->heard_ns = load_wire_now_ns();
    while (load->finished < load->n && !is_silent(load)) {
        begin_due(load, rate, window, sign_in);
        turn(load, NULL, 1);
    }
    printf("{\"seconds\": %.3f, \"good\": %u, \"cpu_s\": %.3f",
           seconds(load->heard_ns - load->started_ns), load->good, load_times_cpu_s() - cpu);
    print_times(load, "trying_ms", true);
    print_times(load, "done_ms", false);
    print_totals(load);
}

static void make_call(struct calls *calls)
{
    buf_printf(&calls->control.out,
               "{\"command\":\"phone\",\"args\":{\"line\":\"%s\",\"verb\":\"dial\",\"number\":"
               "\"%s\"}}\n{\"command\":\"phone\",\"args\":{\"line\":\"%s\",\"verb\":\"hangup\"}}\n",
               calls->caller, calls->called, calls->caller);
    calls->made++;
}

static void call(struct load *load, char **words)
{
    struct calls calls = { .caller = words[2],
                           .called = words[3],
                           .wanted = strtoul(words[4], NULL, 10),
                           .window = strtoul(words[6], NULL, 10) };
    unsigned long before = load->infos, a_call = strtoul(words[5], NULL, 10) * load->n;
    double cpu = load_times_cpu_s();

    load_wire_unix(&calls.control, load->epoll, words[1]);
    load->started_ns = load->heard_ns = load_wire_now_ns();
    while ((load->infos - before < calls.wanted * a_call || calls.answered < calls.wanted * 2) &&
           !is_silent(load)) {
        while (calls.made < calls.wanted &&
               calls.made * a_call < load->infos - before + calls.window * a_call)
            make_call(&calls);
        turn(load, &calls, 1000);
    }
    printf("{\"seconds\": %.3f, \"calls\": %lu, \"refused\": %lu, \"wanted\": %lu, \"got\": %lu, "
           "\"cpu_s\": %.3f",
           seconds(load->heard_ns - load->started_ns), calls.made, calls.refused,
           calls.wanted * a_call, load->infos - before, load_times_cpu_s() - cpu);
    print_totals(load);
    load_wire_fini(&calls.control);
}

static bool command(struct load *load, char *text)
{
    char *words[WORDS] = { NULL }, *rest = NULL;
    size_t n = 0;

    for (char *word = strtok_r(text, " \n", &rest); word && n < WORDS;
         word = strtok_r(NULL, " \n", &rest))
        words[n++] = word;
    if (n == 3 && (strcmp(words[0], "signin") == 0 || strcmp(words[0], "signout") == 0)) {
        sign(load, strtoul(words[1], NULL, 10), strtoul(words[2], NULL, 10), words[0][4] == 'i');
    } else if (n == 7 && strcmp(words[0], "calls") == 0) {
        call(load, words);
    } else if (n == 1 && strcmp(words[0], "totals") == 0) {
        printf("{\"sessions\": %u", load->n);
        print_totals(load);
    } else {
        return false;
    }
    return true;
}

/* Answers the gateway between the commands. */
static int serve(struct load *load)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    struct epoll_event wakes = { .events = EPOLLIN, .data.ptr = NULL };
    char text[COMMAND_BYTES];

    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &wakes) < 0)
        load_wire_die("standard input");
    for (;;) {
        turn(load, NULL, -1);
        if (poll(&input, 1, 0) < 1)
            continue;
        if (!fgets(text, sizeof text, stdin))
            return 0;
        if (!command(load, text)) {
            fprintf(stderr, "cti_client: what is \"%s\"?\n", text);
            return 64;
        }
    }
}

int main(int argc, char **argv)
{
    struct load load = { .epoll = epoll_create1(EPOLL_CLOEXEC) };

    if (argc != 6) {
        fprintf(stderr, "usage: see the head of cti_client.c\n");
        return 64;
    }
    load.n_wires = (unsigned)strtoul(argv[3], NULL, 10);
    load.n = (unsigned)strtoul(argv[4], NULL, 10);
    load.line = strcmp(argv[5], "each") == 0 ? NULL : argv[5];
    load.sessions = calloc(load.n, sizeof *load.sessions);
    if (load.epoll < 0 || !load.sessions || load.n_wires < 1 || load.n_wires > CONNECTIONS)
        load_wire_die("CONNECTIONS, SESSIONS");
    for (unsigned i = 0; i < load.n_wires; i++)
        load_wire_tcp(&load.wires[i], load.epoll, argv[1], (unsigned)strtoul(argv[2], NULL, 10));
    for (unsigned i = 0; i < load.n; i++) {
        load.sessions[i].number = i;
        load.sessions[i].wire = &load.wires[i % load.n_wires];
    }
    int code = serve(&load);
    for (unsigned i = 0; i < load.n; i++)
        forget_dialog(&load.sessions[i]);
    for (unsigned i = 0; i < load.n_wires; i++)
        load_wire_fini(&load.wires[i]);
    free(load.sessions);
    return code;
}

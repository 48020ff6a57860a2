/* SPDX-License-Identifier: Apache-2.0 */
/* bench_routes: what static routes cost, for 100 to 100,000 of them: the look-up of a Request-URI,
 * the choice among the routes found, a whole decision, and the memory of a route beyond its texts.
 *
 * Look-ups go all over the table, so that it is as cold as traffic leaves it; the request itself is
 * in the cache, as after parsing. Of several rounds the fastest counts: other programs of the
 * machine can only make one slower. */
#include "cfg.h"
#include "message.h"
#include "origin.h"
#include "proxy_conf.h"
#include "route_decide.h"
#include "static_conf.h"
#include "static_select.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { URIS = 65536, ROUNDS = 9, TEXT = 32 };

struct set {
    char const *name;
    enum pattern_mode mode;
    char const *before, *after; /* of the number of a route, in its pattern */
    int digits;
    char const *uri_before, *uri_after; /* in the user part or the host of a Request-URI */
};

/* Numbers of one length; prefixes with dots and `*`, as in a numbering plan; domains. */
static struct set const sets[] = {
    { "numbers", PATTERN_USER, "8", "", 7, "8", "" },
    { "prefixes", PATTERN_USER, "", "..*", 1, "", "12345" },
    { "domains", PATTERN_DOMAIN, "*.c", ".test", 1, "sip.c", ".test" },
};

struct bench {
    struct set const *set;
    unsigned n;
    struct static_conf *rows;
    char (*texts)[TEXT];
    struct route_table *table;
    msg_t *msg;
    url_t *uri; /* its Request-URI: part of it is replaced by one of these */
    char (*parts)[TEXT];
    uint64_t sum; /* keeps the compiler from leaving the work out */
};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *checked(void *memory)
{
    if (memory)
        return memory;
    fputs("bench_routes: out of memory\n", stderr);
    exit(1);
}

/* Of the routes, spread evenly over the table without being neighbours. */
static unsigned nth(struct bench const *bench, unsigned i)
{
    return (unsigned)((uint64_t)i * 2654435761U % bench->n);
}

static void make_rows(struct bench *bench)
{
    bench->rows = checked(calloc(bench->n, sizeof *bench->rows));
    bench->texts = checked(calloc(bench->n, sizeof *bench->texts));
    for (unsigned i = 0; i < bench->n; i++) {
        (void)snprintf(bench->texts[i], TEXT, "%s%0*u%s", bench->set->before, bench->set->digits, i,
                       bench->set->after);
        bench->rows[i] = (struct static_conf){
            .name = "",
            .pattern = bench->texts[i],
            .description = "",
            .next_hop = i % 2 ? "192.0.2.1" : "gateway.example.test",
            .port = 5060,
            .priority = 1,
            .weight = 10,
            .type = bench->set->mode == PATTERN_DOMAIN ? STATIC_CONF_DOMAIN : STATIC_CONF_USER,
            .transport = STATIC_CONF_TCP,
            .allow_less_specific = true,
            .in_service = true,
        };
    }
}

static void make_requests(struct bench *bench)
{
    static char const text[] =
        "INVITE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        "From: <sip:a@example.test>;tag=1\r\nTo: <sip:bob@example.test>\r\n"
        "Call-ID: a84b4c76e66710@pc33.example.test\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
        "Content-Length: 0\r\n\r\n";
    bench->msg = checked(message_parse(text, sizeof text - 1));
    bench->uri = sip_object(bench->msg)->sip_request->rq_url;
    bench->parts = checked(calloc(URIS, sizeof *bench->parts));
    for (unsigned i = 0; i < URIS; i++)
        (void)snprintf(bench->parts[i], TEXT, "%s%0*u%s", bench->set->uri_before,
                       bench->set->digits, nth(bench, i), bench->set->uri_after);
}

static url_t const *uri_of(struct bench *bench, unsigned i)
{
    if (bench->set->mode == PATTERN_USER)
        bench->uri->url_user = bench->parts[i];
    else
        bench->uri->url_host = bench->parts[i];
    return bench->uri;
}

static void look_up(struct bench *bench, unsigned i)
{
    struct static_matches matches;
    bench->sum +=
        static_table_find(bench->table->statics, bench->set->mode, uri_of(bench, i), &matches);
}

static void choose(struct bench *bench, unsigned i)
{
    struct static_selection found;
    struct static_query const query = {
        .table = bench->table->statics, .mode = bench->set->mode, .uri = uri_of(bench, i), .seed = i
    };
    static_select(&query, &found);
    bench->sum += found.n;
}

static void decide(struct bench *bench, unsigned i)
{
    struct origin const origin = { .kind = TRANSPORT_UDP };
    struct route_inputs const inputs = { .table = bench->table };
    struct route_request const request = { .sip = sip_object(bench->msg) };
    struct route_decision decision;
    (void)uri_of(bench, i);
    route_decide(&inputs, &origin, &request, NULL, &decision);
    bench->sum += decision.n_hops;
}

static double measure(struct bench *bench, void (*work)(struct bench *bench, unsigned i))
{
    double best = 1e18;
    for (unsigned round = 0; round < ROUNDS; round++) {
        bench->sum = 0;
        double start = now_ns();
        for (unsigned i = 0; i < URIS; i++)
            work(bench, i);
        double ns = (now_ns() - start) / URIS;
        best = ns < best ? ns : best;
        if (bench->sum < URIS) {
            fputs("bench_routes: a request found no route\n", stderr);
            exit(1);
        }
    }
    return best;
}

static void run(struct set const *set, unsigned n)
{
    static struct cfg_node const node = { .domain = "example.test" };
    struct bench bench = { .set = set, .n = n };
    struct cfg_faults *faults = checked(cfg_faults_new());
    make_rows(&bench);
    struct proxy_conf const conf = { .static_routes = { bench.rows, n }, .method_routing = true };
    double start = now_ns();
    bench.table = checked(route_table_new(&conf, &node, faults));
    double build_ms = (now_ns() - start) / 1e6;
    make_requests(&bench);
    printf("%-9s %7u %9.0f %9.0f %11.0f %12.1f %8.1f %9.1f\n", set->name, n,
           measure(&bench, look_up), measure(&bench, choose), measure(&bench, decide),
           (double)static_table_bytes(bench.table->statics) / n, (double)sizeof(struct static_conf),
           build_ms);
    msg_destroy(bench.msg);
    route_table_free(&bench.table);
    cfg_faults_free(&faults);
    free(bench.rows);
    free(bench.texts);
    free(bench.parts);
}

/* All domain patterns of fifteen `*` and two letters: what no numbering plan has. */
static void run_worst(void)
{
    static struct cfg_node const node = { .domain = "example.test" };
    struct set const set = { "worst", PATTERN_DOMAIN, "", "", 1, "", "" };
    struct bench bench = { .set = &set, .n = 32768 };
    struct cfg_faults *faults = checked(cfg_faults_new());
    char host[PATTERN_MAX + 1];
    struct static_matches matches;
    make_rows(&bench);
    for (unsigned i = 0; i < bench.n; i++) {
        for (unsigned j = 0; j < 15; j++)
            memcpy(bench.texts[i] + 2 * j, i >> j & 1 ? "*a" : "*b", 3);
    }
    for (unsigned i = 0; i < PATTERN_MAX; i++)
        host[i] = i % 2 ? 'a' : 'b';
    host[PATTERN_MAX] = '\0';
    struct proxy_conf const conf = { .static_routes = { bench.rows, bench.n } };
    bench.table = checked(route_table_new(&conf, &node, faults));
    url_t const uri = { .url_type = url_sip, .url_host = host };
    double start = now_ns();
    (void)static_table_find(bench.table->statics, PATTERN_DOMAIN, &uri, &matches);
    printf("%-9s %7u %9.0f%s\n", set.name, bench.n, now_ns() - start,
           matches.cut ? "  (cut short)" : "");
    route_table_free(&bench.table);
    cfg_faults_free(&faults);
    free(bench.rows);
    free(bench.texts);
}

int main(void)
{
    puts("patterns   routes ns/lookup ns/choice ns/decision  bytes/route  row B  build ms");
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
        for (unsigned n = 100; n <= 100000; n *= 10)
            run(&sets[s], n);
    run_worst();
    return 0;
}

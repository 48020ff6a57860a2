/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions on messages: see capture_expression.h. */
#include "capture_expression.h"
#include "capture_look.h"
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SNAP_LENGTH = 65535, WORD_MAX = 64, HEAD_MAX = 64 };

struct capture_expression {
    struct bpf_program program;
};

static char const word_bytes[] = "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-";

static bool is_word(char const *word)
{
    static char const *const words[] = { "and",  "dst",  "greater", "host", "ip",       "ip6",
                                         "len",  "less", "mask",    "net",  "not",      "or",
                                         "port", "src",  "tcp",     "udp",  "portrange" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool is_digits(char const *word)
{
    return *word && strspn(word, "0123456789") == strlen(word);
}

/* "192.0.2.1", and "192.0.2" of a network. What libpcap would take for a name is none. */
static bool is_address(char const *word)
{
    struct in6_addr v6;
    unsigned dots = 0, value = 0, digits = 0;

    if (strchr(word, ':'))
        return inet_pton(AF_INET6, word, &v6) == 1;
    for (; *word; word++) {
        if (*word == '.' && digits && ++dots <= 3) {
            value = digits = 0;
            continue;
        }
        if (*word < '0' || *word > '9' || ++digits > 3)
            return false;
        value = value * 10 + (unsigned)(*word - '0');
        if (value > 255)
            return false;
    }
    return dots && digits;
}

static bool is_range(char const *word)
{
    char const *dash = strchr(word, '-');
    char first[WORD_MAX];

    if (!dash)
        return false;
    memcpy(first, word, (size_t)(dash - word));
    first[dash - word] = '\0';
    return is_digits(first) && is_digits(dash + 1);
}

/* Whether @p word may stand there; *@p in_range: the type that a number has is a port range. */
static bool judge_word(char const *word, bool *in_range)
{
    bool joins = strcmp(word, "and") == 0 || strcmp(word, "or") == 0 || strcmp(word, "not") == 0;

    if (is_word(word)) {
        *in_range = strcmp(word, "portrange") == 0 || (*in_range && joins);
        return true;
    }
    return is_digits(word) || is_address(word) || (*in_range && is_range(word));
}

static int refuse(char fault[static CAPTURE_EXPRESSION_FAULT], char const *word, size_t len)
{
    char text[WORD_MAX];

    (void)snprintf(fault, CAPTURE_EXPRESSION_FAULT,
                   "\"%s\" cannot be asked of a message: it has addresses and ports, as numbers, "
                   "ip, ip6, udp, tcp and a length",
                   capture_look_print_span((struct capture_span){ word, len }, text, sizeof text));
    return -1;
}

static int judge(char const *text, char fault[static CAPTURE_EXPRESSION_FAULT])
{
    bool in_range = false;
    char word[WORD_MAX];

    while (*text) {
        size_t len = strspn(text, word_bytes);

        if (len == 0) {
            if (!strchr(" \t\n()!&|<>=/", *text))
                return refuse(fault, text, 1);
            text++;
            continue;
        }
        if (len >= sizeof word)
            return refuse(fault, text, len);
        memcpy(word, text, len);
        word[len] = '\0';
        if (!judge_word(word, &in_range))
            return refuse(fault, text, len);
        text += len;
    }
    return 0;
}

static int compile(struct capture_expression *expression, char const *text,
                   char fault[static CAPTURE_EXPRESSION_FAULT])
{
    pcap_t *dead = pcap_open_dead(DLT_RAW, SNAP_LENGTH);
    int rc = dead ? pcap_compile(dead, &expression->program, text, 1, PCAP_NETMASK_UNKNOWN) : -1;

    if (rc < 0)
        (void)snprintf(fault, CAPTURE_EXPRESSION_FAULT, "%s",
                       dead ? pcap_geterr(dead) : "out of memory");
    if (dead)
        pcap_close(dead);
    return rc;
}

struct capture_expression *capture_expression_new(char const *text,
                                                  char fault[static CAPTURE_EXPRESSION_FAULT])
{
    struct capture_expression *expression;

    if (judge(text, fault) < 0)
        return NULL;
    expression = calloc(1, sizeof *expression);
    if (!expression)
        (void)snprintf(fault, CAPTURE_EXPRESSION_FAULT, "out of memory");
    else if (compile(expression, text, fault) < 0)
        capture_expression_free(&expression);
    return expression;
}

void capture_expression_free(struct capture_expression **pexpression)
{
    struct capture_expression *expression = *pexpression;

    *pexpression = NULL;
    if (!expression)
        return;
    pcap_freecode(&expression->program);
    free(expression);
}

/* UDP or TCP, of which only the ports matter. Returns its length. */
static size_t make_transport(struct capture_message const *message, bool is_udp, u_char *at)
{
    uint16_t source = htons(net_addr_port(&message->source));
    uint16_t destination = htons(net_addr_port(&message->destination));
    struct udphdr udp = { .uh_sport = source, .uh_dport = destination };
    struct tcphdr tcp = { .th_sport = source, .th_dport = destination, .th_off = 5 };

    if (is_udp)
        memcpy(at, &udp, sizeof udp);
    else
        memcpy(at, &tcp, sizeof tcp);
    return is_udp ? sizeof udp : sizeof tcp;
}

/* The head of a packet of this message. Returns its length, 0 without addresses of one family. */
static size_t make_head(struct capture_message const *message, u_char head[static HEAD_MAX])
{
    bool is_udp = strcmp(message->transport, "udp") == 0;
    uint8_t protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;

    if (message->source.sa.sa_family != message->destination.sa.sa_family)
        return 0;
    if (message->source.sa.sa_family == AF_INET) {
        struct ip v4 = { .ip_v = 4, .ip_hl = 5, .ip_ttl = 64, .ip_p = protocol };

        v4.ip_src = message->source.in.sin_addr;
        v4.ip_dst = message->destination.in.sin_addr;
        memcpy(head, &v4, sizeof v4);
        return sizeof v4 + make_transport(message, is_udp, head + sizeof v4);
    }
    if (message->source.sa.sa_family == AF_INET6) {
        struct ip6_hdr v6 = { .ip6_src = message->source.in6.sin6_addr,
                              .ip6_dst = message->destination.in6.sin6_addr };

        v6.ip6_vfc = 0x60;
        v6.ip6_nxt = protocol;
        memcpy(head, &v6, sizeof v6);
        return sizeof v6 + make_transport(message, is_udp, head + sizeof v6);
    }
    return 0;
}

bool capture_expression_match(struct capture_expression const *expression,
                              struct capture_message const *message)
{
    u_char head[HEAD_MAX];
    size_t len = make_head(message, head);
    struct pcap_pkthdr about = { .caplen = (bpf_u_int32)len,
                                 .len = (bpf_u_int32)(len + message->len) };

    return len && pcap_offline_filter(&expression->program, &about, head) != 0;
}

"""Clients and next hops, good and bad, played by the openssl command. Whoever is refused is named in the log with
the cause and counted, and the next good client is served."""
import os
import subprocess

from node import PATIENCE, Failure, wait_for
from peers import SipPeer
from tls_rig import VERIFY, is_open, own

CONFIG = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=peers" ); internal = ( );
  acl = ( { pattern = "127.0.0.0/8"; } ); dns_servers = "${ip}:5353"; peer_probe = "off"; workers = 2;
  tls_contexts = (
    { name = "node"; certificates = ( "${certs}/node.pem", "${certs}/node_rsa.pem", "${certs}/node_two.pem" );
      keys = ( "${certs}/node.key", "${certs}/node_rsa.key", "${certs}/node_two.key" ); ca = "${certs}/ca.pem"; },
    { name = "peers"; certificates = ( "${certs}/node.pem", "${certs}/node_rsa.pem" );
      keys = ( "${certs}/node.key", "${certs}/node_rsa.key" ); ca = "${certs}/ca.pem";
      verify_peer = "required"; subjects = ( "good.test", "kamailio.test" ); } );
  static_routes = ( { pattern = "1*"; next_hop = "${ip}"; port = 5071; transport = "tls"; },
                    { pattern = "2*"; next_hop = "${ip}"; port = 5072; transport = "tls"; } );
};
"""
UNTRUSTED = "the certificate is from a CA that is not trusted"


# A refusal: its counter, the first words of its log line, the cause, the context.

def rejected(reason, context="peers"):
    return "sip_tls_peers_rejected", "TLS peer rejected", reason, context


def failed(reason, context="node"):
    return "sip_tls_handshakes_failed", "TLS handshake failed", reason, context


# The four suites of the guide, and those of TLS 1.3.
GUIDE = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
         "ECDHE-RSA-AES128-GCM-SHA256")
SUITES = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")

# name, port, arguments of s_client, counter and log line of a refusal (None: it is served)
CLIENTS = (
    ("TLS 1.3", 5061, VERIFY + ["-tls1_3"], None),
    ("TLS 1.2", 5061, VERIFY + ["-tls1_2"], None),
    ("the name is in the certificate", 5061, VERIFY + ["-verify_hostname", "node.test"], None),
    ("the certificate of the name that it asks for", 5061, VERIFY + ["-servername", "two.test", "-verify_hostname",
                                                                    "two.test"], None),
    ("the first certificate for a name that is not ours", 5061,
     VERIFY + ["-servername", "three.test", "-verify_hostname", "node.test"], None),
    ("only RSA, TLS 1.3", 5061, VERIFY + ["-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256:ecdsa_secp384r1_sha384"], None),
    ("TLS 1.1", 5061, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], failed("no common version of TLS")),
    ("TLS 1.0", 5061, ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], failed("no common version of TLS")),
    *((suite, 5062, VERIFY + own("good") + ["-tls1_2", "-cipher", suite], None) for suite in GUIDE),
    *((suite, 5062, VERIFY + own("good") + ["-ciphersuites", suite, "-tls1_3"], None) for suite in SUITES),
    ("no forward secrecy", 5061, ["-tls1_2", "-cipher", "AES128-SHA"], failed("no common cipher")),
    ("CBC", 5061, ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"], failed("no common cipher")),
    ("a client that does not know our CA", 5061, ["-CAfile", "other_ca.pem", "-verify_return_error"],
     failed("the peer does not accept our certificate")),
    ("a client certificate", 5062, VERIFY + own("good"), None),
    ("a client certificate with an RSA key", 5062, VERIFY + own("good_rsa"), None),
    ("a client certificate with TLS 1.2", 5062, VERIFY + own("good") + ["-tls1_2"], None),
    ("a client certificate below another CA", 5062, own("below") + ["-cert_chain", "below.chain.pem"], None),
    ("no client certificate", 5062, [], rejected("the peer shows no certificate")),
    ("no client certificate with TLS 1.2", 5062, ["-tls1_2"], rejected("the peer shows no certificate")),
    ("expired", 5062, own("expired"), rejected("the certificate has expired")),
    ("not yet valid", 5062, own("young"), rejected("the certificate is not yet valid")),
    ("another CA", 5062, own("stranger"), rejected(UNTRUSTED)),
    ("self-signed", 5062, own("alone"), rejected("the certificate is self-signed and not trusted")),
    ("subject not selected", 5062, own("unselected"), rejected("the subject is not selected into the context")),
    ("for servers only", 5062, own("server_only"), rejected("the certificate is not for this use")),
    ("the CA in between is missing", 5062, own("below"), rejected(UNTRUSTED)),
    ("a chain of 50", 5062, own("fifty") + ["-cert_chain", "fifty.chain.pem"],
     rejected("the peer shows too many certificates")),
    ("a chain of 500", 5062, own("fifty") + ["-cert_chain", "many.chain.pem"],
     rejected("the peer shows too many certificates")),
)

# name, arguments of s_server, the reason of a refusal ("": the handshake itself; None: it gets the request)
HOPS = (
    ("good", own("hop"), None),
    ("RSA", own("hop_rsa"), None),
    ("TLS 1.2", own("hop") + ["-tls1_2"], None),
    ("wrong name", own("hop_wrong"), "the certificate is for another name"),
    ("expired", own("hop_expired"), "the certificate has expired"),
    ("not yet valid", own("hop_young"), "the certificate is not yet valid"),
    ("another CA", own("hop_stranger"), UNTRUSTED),
    ("for clients only", own("hop_client_only"), "the certificate is not for this use"),
    ("TLS 1.1", own("hop") + ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ""),
)


def counts(test, refusal):
    """Of the node, and of the context by this cause."""
    rows = test.node.ctl("proxy", "show tls failures")["rows"]
    return (test.node.counter("proxy", refusal[0]),
            sum(row[2] for row in rows if row[0] == refusal[3] and row[3] == refusal[2]))


def check_client(test, port, args, refusal):
    before = refusal and counts(test, refusal)
    served = test.client(port, *args)
    if refusal:
        if served:
            raise Failure("was served")
        test.logged(r'%s .*reason="%s" context="%s"' % refusal[1:])
        after = counts(test, refusal)
        if after != (before[0] + 1, before[1] + 1):
            raise Failure("counted %s, before %s" % (after, before))
        test.still_serves()
    elif not served:
        raise Failure("is not served:\n" + test.log()[-1500:])


def check_hop(test, args, refusal):
    got, answer = test.hop(args)
    if refusal is None and not got.startswith(b"OPTIONS sip:1@example.test"):
        raise Failure("next hop got %r, client %r" % (got[:100], answer))
    if refusal is not None and not (answer or "").startswith("SIP/2.0 503"):
        raise Failure("client got %r" % answer)
    if refusal:
        test.logged(r'TLS peer rejected .*reason="%s" context="node" server_name="%s"' % (refusal, test.ip))
    elif refusal == "":
        test.logged("TLS handshake failed")
    if "nknown error" in test.log():
        raise Failure(test.log()[-1500:])


def check_resumption(test):
    """A session goes on under the context that gave it, and until the next reload."""
    def is_resumed(port, *args):
        before = test.node.counter("proxy", "sip_tls_resumed")
        if not test.client(port, *own("good"), *args):
            raise Failure("not served:\n" + test.log()[-1500:])
        return test.node.counter("proxy", "sip_tls_resumed") > before

    for version in ("-tls1_2", "-tls1_3"):
        for port in (5061, 5062):
            if is_resumed(port, version, "-sess_out", "session.pem"):
                raise Failure("%s, port %d: resumed what there was not" % (version, port))
            if not is_resumed(port, version, "-sess_in", "session.pem"):
                raise Failure("%s, port %d: the session was not resumed" % (version, port))
        if is_resumed(5061, version, "-sess_in", "session.pem"):
            raise Failure("%s: a session of another context was resumed" % version)
        test.node.ctl("proxy", "reload")
        # Each worker takes the new state on its own loop, a moment after the answer.
        wait_for(lambda args=(5062, version, "-sess_in", "session.pem"): not is_resumed(*args), "the session is gone")


def check_hop_resumption(test, version):
    """What we open again to a next hop goes on with the session before."""
    server = subprocess.Popen(["openssl", "s_server", "-accept", "%s:5071" % test.ip, version, *own("hop")],
                              cwd=test.certs, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    client = SipPeer("udp", (test.ip, 5060), test.ip)
    try:
        wait_for(lambda: is_open(test.ip, 5071), "s_server listens")
        idle = test.node.counter("proxy", "sip_connections")
        for turn in range(3):
            before, said = test.node.counter("proxy", "sip_tls_resumed"), b""
            client.send(test.options("1@example.test"))
            while b"OPTIONS sip:" not in said:
                said += os.read(server.stdout.fileno(), 65536)
            if (test.node.counter("proxy", "sip_tls_resumed") > before) != (turn > 0):
                raise Failure("connection %d, resumed: %s" % (turn + 1, turn == 0))
            server.stdin.write(b"q\n")  # ends this connection alone
            server.stdin.flush()
            wait_for(lambda: test.node.counter("proxy", "sip_connections") == idle, "the connection is closed")
    finally:
        client.close()
        server.kill()
        server.communicate()


def check_renegotiation(test):
    refusal = failed("the peer wants to shake hands again")
    before = counts(test, refusal)
    child = subprocess.Popen(["openssl", "s_client", "-connect", "%s:5061" % test.ip, "-tls1_2"],
                             cwd=test.certs, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = b""
    try:
        while b"---\n" not in said[-200:] or b"Verify return" not in said:
            said += os.read(child.stdout.fileno(), 65536)
        child.stdin.write(b"R\n")
        child.stdin.flush()
        error = child.stderr.read()
    finally:
        child.kill()
        child.communicate()
    if b"no renegotiation" not in error:
        raise Failure("renegotiation: %r" % error[-300:])
    if counts(test, refusal) != (before[0], before[1] + 1):
        raise Failure("counted %s, before %s" % (counts(test, refusal), before))


def tests(_):
    for name, port, args, refusal in CLIENTS:
        yield "client: " + name, lambda t, a=(port, args, refusal): check_client(t, *a)
    for name, args, refusal in HOPS:
        yield "next hop: " + name, lambda t, a=(args, refusal): check_hop(t, *a)
    yield "resumption", check_resumption
    for version in ("-tls1_2", "-tls1_3"):
        yield "resumption towards a next hop, " + version[1:], lambda t, v=version: check_hop_resumption(t, v)
    yield "no renegotiation", check_renegotiation

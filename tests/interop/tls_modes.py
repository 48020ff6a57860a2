"""The modes of the node: what the common criteria forbid on top, and FIPS, which needs a module that Debian has not."""
import os

from node import Failure
from tls_matrix import check_client, check_hop, failed, rejected
from tls_rig import VERIFY, own

CONFIG = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=peers" ); internal = ( ); workers = 2;
  tls_mode = "${mode:-common_criteria}";
  acl = ( { pattern = "127.0.0.0/8"; } ); dns_servers = "${ip}:5353"; peer_probe = "off";
  tls_contexts = (
    { name = "node"; certificates = ( "${certs}/strict.pem", "${certs}/strict_rsa.pem" );
      keys = ( "${certs}/strict.key", "${certs}/strict_rsa.key" ); ca = "${certs}/ca.pem"; crls = ( "${certs}/crl.pem" );
      crl_check = "chain"; },
    { name = "peers"; certificates = ( "${certs}/strict.pem", "${certs}/strict_rsa.pem" );
      keys = ( "${certs}/strict.key", "${certs}/strict_rsa.key" ); ca = "${certs}/ca.pem"; crls = ( "${certs}/crl.pem" );
      crl_check = "chain"; verify_peer = "required"; subjects = ( "good.test" ); } );
  static_routes = ( { pattern = "1*"; next_hop = "${ip}"; port = 5071; transport = "tls"; } );
};
"""


def prepare(test):
    certs, here = test.certificates, "subjectAltName=IP:%s" % test.ip
    for name, key in (("strict", ()), ("strict_rsa", ["rsa:3072"])):
        certs.make(name, "node.test", key=key, extensions=here + "\nextendedKeyUsage=serverAuth,clientAuth")
    # The good client of the other tests does not say what its certificate is for.
    certs.make("good", "good.test", extensions="extendedKeyUsage=clientAuth")
    certs.make("vague", "good.test")
    certs.make("strict_revoked", "good.test", extensions="extendedKeyUsage=clientAuth")
    certs.make("hop_server", "hop.test", extensions=here + "\nextendedKeyUsage=serverAuth")
    certs.revoke("strict_revoked", "crl.pem")


WRONG_USE = "the certificate is not for this use"

CLIENTS = (
    ("TLS 1.3", 5062, VERIFY + own("good"), None),
    ("TLS 1.2", 5062, VERIFY + own("good") + ["-tls1_2"], None),
    ("an RSA suite", 5062, VERIFY + own("good") + ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], None),
    ("ChaCha20 in TLS 1.3", 5062, own("good") + ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
     failed("no common cipher", "peers")),
    ("ChaCha20 in TLS 1.2", 5062, own("good") + ["-tls1_2", "-cipher", "ECDHE+CHACHA20"],
     failed("no common cipher", "peers")),
    ("TLS 1.1", 5061, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], failed("no common version of TLS")),
    ("a certificate that does not say what it is for", 5062, own("vague"), rejected(WRONG_USE)),
    ("a certificate for servers", 5062, own("server_only"), rejected(WRONG_USE)),
    ("revoked", 5062, own("strict_revoked"), rejected("the certificate is revoked")),
    ("a CA without a list", 5062, own("below") + ["-cert_chain", "below.chain.pem"],
     rejected("there is no revocation list of the issuer")),
)

HOPS = (
    ("good", own("hop_server"), None),
    ("a certificate that does not say what it is for", own("hop"), WRONG_USE),
)


def check_no_resumption(test):
    for version in ("-tls1_2", "-tls1_3"):
        if not test.client(5062, *VERIFY, *own("good"), version, "-sess_out", "strict.session"):
            raise Failure("is not served")
        if os.path.exists(test.certificates.path("strict.session")):
            test.client(5062, *VERIFY, *own("good"), version, "-sess_in", "strict.session")
    if test.node.counter("proxy", "sip_tls_resumed"):
        raise Failure("a session was resumed")


def check_fips(test):
    """Without the module the mode is refused, with the reason, and all stays as it was."""
    try:
        test.node.write("crosspoint.conf", test.node.fill(CONFIG.replace("${mode:-common_criteria}", "fips")))
        test.node.ctl("proxy", "reload")
    except Failure as error:
        said = "%s\n%s" % (error, test.log())
    else:
        raise Failure("reload took it")
    if "no fips module" not in said:
        raise Failure(said)
    test.still_serves()


def tests(_):
    for name, port, args, refusal in CLIENTS:
        yield "common criteria: " + name, lambda t, a=(port, args, refusal): check_client(t, *a)
    for name, args, refusal in HOPS:
        yield "common criteria, next hop: " + name, lambda t, a=(args, refusal): check_hop(t, *a)
    yield "common criteria: no resumption", check_no_resumption
    yield "FIPS without its module", check_fips

"""What a context can demand beside a good chain, one listener for each kind: revocation lists, depth, use of the key,
which names count, versions."""
from tls_matrix import UNTRUSTED, check_client, check_hop, failed, rejected
from tls_rig import VERIFY, own

# Context, its rows.
CONTEXTS = (
    ("revocation", 'crls = ( "${certs}/crl.pem" ); crl_check = "leaf";'),
    ("whole-chain", 'crls = ( "${certs}/crl.pem" ); crl_check = "chain";'),
    ("whole-chain-listed", 'crls = ( "${certs}/crl.pem", "${certs}/below0.crl.pem" ); crl_check = "chain";'),
    ("old-list", 'crls = ( "${certs}/old.crl.pem" ); crl_check = "leaf";'),
    ("key-usage", "key_usage = true;"),
    ("shallow", "verify_depth = 1;"),
    ("common-name", 'subjects = ( "good.test" ); subject_match = "cn";'),
    ("alternative", 'subjects = ( "good.test" ); subject_match = "san";'),
    ("either", 'subjects = ( "good.test" ); subject_match = "both";'),
    ("exact", 'subjects = ( "a.wild.test" );'),
    ("wildcards", 'subjects = ( "a.wild.test" ); wildcards = true;'),
    ("from-file", 'subjects_file = "${certs}/subjects";'),
    ("old-versions", 'min_version = "1.0"; max_version = "1.1";'),
    ("newest", 'min_version = "1.3";'),
    ("second-newest", 'max_version = "1.2";'),
    ("folder", ""),
    ("ordered", 'ciphers = ( "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", '
     '"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" ); ciphersuites = ( "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384" );'),
)
PORTS = {name: 5100 + i for i, (name, _) in enumerate(CONTEXTS)}


def config():
    keys = 'certificates = ( "${certs}/node.pem", "${certs}/node_rsa.pem" ); keys = ( "${certs}/node.key", ' \
           '"${certs}/node_rsa.key" );'
    entry = '    { name = "%s"; ' + keys + ' ca = "${certs}/%s"; verify_peer = "required"; %s }'
    contexts = [entry % (name, "trusted" if name == "folder" else "ca.pem", rows) for name, rows in CONTEXTS]
    contexts += ['    { name = "node"; ' + keys + ' ca = "${certs}/ca.pem"; crls = ( "${certs}/crl.pem" ); '
                 'crl_check = "leaf"; key_usage = true; }',
                 '    { name = "peers"; ' + keys + ' ca = "${certs}/ca.pem"; verify_peer = "required"; }']
    listeners = ['"tls:${ip}:%d;context=%s"' % (port, name) for name, port in PORTS.items()]
    return """
node = { domain = "example.test"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=peers", %s ); internal = ( ); workers = 2;
  tls_server_context = "node"; tls_client_context = "node";
  acl = ( { pattern = "127.0.0.0/8"; } ); dns_servers = "${ip}:5353"; peer_probe = "off";
  tls_contexts = (
%s );
  static_routes = ( { pattern = "1*"; next_hop = "${ip}"; port = 5071; transport = "tls"; } );
};
""" % (", ".join(listeners), ",\n".join(contexts))


CONFIG = config()


def prepare(test):
    certs = test.certificates
    here = "subjectAltName=IP:%s" % test.ip
    certs.revoke("revoked", "crl.pem")
    certs.list_revoked("below0.crl.pem", ca="below0")
    certs.list_revoked("old.crl.pem", days=-1)
    certs.make("for_clients", "good.test", extensions="extendedKeyUsage=clientAuth")
    certs.make("by_cn", "good.test", extensions="subjectAltName=DNS:elsewhere.test")
    certs.make("by_san", "elsewhere.test", extensions="subjectAltName=DNS:good.test")
    certs.make("wild", "wild.test", extensions="subjectAltName=DNS:*.wild.test")
    certs.make("listed", "listed.test")
    certs.write("subjects", "# who may come in\n\nlisted.test\n")
    for name in ("hop_server", "hop_gone"):
        certs.make(name, "hop.test", extensions=here + "\nextendedKeyUsage=serverAuth")
    certs.revoke("hop_gone", "crl.pem")
    certs.folder_of("trusted", "ca.pem", "other_ca.pem")


OLD = ["-cipher", "ALL:@SECLEVEL=0"]
BELOW = own("below") + ["-cert_chain", "below.chain.pem"]
NOT_SELECTED = "the subject is not selected into the context"

# name, context, arguments of s_client, the reason of a rejection (None: it is served; or a refusal of another kind)
CLIENTS = (
    ("not revoked", "revocation", own("good"), None),
    ("revoked", "revocation", own("revoked"), "the certificate is revoked"),
    ("revoked, TLS 1.2", "revocation", own("revoked") + ["-tls1_2"], "the certificate is revoked"),
    ("no list of its CA", "revocation", BELOW, "there is no revocation list of the issuer"),
    ("a list for each CA but one", "whole-chain", BELOW, "there is no revocation list of the issuer"),
    ("a list for each CA", "whole-chain-listed", BELOW, None),
    ("a list out of date", "old-list", own("good"), "the revocation list of the issuer is out of date"),
    ("for clients", "key-usage", own("for_clients"), None),
    ("for nothing that it says", "key-usage", own("good"), "the certificate is not for this use"),
    ("for servers", "key-usage", own("server_only"), "the certificate is not for this use"),
    ("right below the CA", "shallow", own("good"), None),
    ("too deep", "shallow", BELOW, "the chain of certificates is too deep"),
    ("by its CN", "common-name", own("by_cn"), None),
    ("by a SAN where the CN counts", "common-name", own("by_san"), NOT_SELECTED),
    ("by its SAN", "alternative", own("by_san"), None),
    ("by a CN where the SAN counts", "alternative", own("by_cn"), NOT_SELECTED),
    ("by its CN where both count", "either", own("by_cn"), None),
    ("by its SAN where both count", "either", own("by_san"), None),
    ("by a star", "wildcards", own("wild"), None),
    ("by a star that counts as nothing", "exact", own("wild"), NOT_SELECTED),
    ("from the file", "from-file", own("listed"), None),
    ("not from the file", "from-file", own("good"), NOT_SELECTED),
    ("TLS 1.0 where it may", "old-versions", own("good_rsa") + ["-tls1"] + OLD, None),
    ("TLS 1.1 where it may", "old-versions", own("good_rsa") + ["-tls1_1"] + OLD, None),
    ("TLS 1.2 where 1.3 is wanted", "newest", own("good") + ["-tls1_2"], failed("no common version of TLS", "newest")),
    ("TLS 1.3 where it is wanted", "newest", own("good") + ["-tls1_3"], None),
    ("TLS 1.3 where 1.2 is the newest", "second-newest", own("good") + ["-tls1_3"],
     failed("no common version of TLS", "second-newest")),
    ("TLS 1.2 where it is the newest", "second-newest", own("good") + ["-tls1_2"], None),
    ("of the second CA of a folder", "folder", own("stranger"), None),
    ("of no CA of a folder", "folder", own("alone"), "the certificate is self-signed and not trusted"),
)

# As in tls_matrix: our side looks for revocation and use here, too.
HOPS = (
    ("good", own("hop_server"), None),
    ("revoked", own("hop_gone"), "the certificate is revoked"),
    ("for nothing that it says", own("hop"), "the certificate is not for this use"),
    ("another CA", own("hop_stranger"), UNTRUSTED),
)


# Our order decides, whatever the client wants most: arguments of s_client, what is agreed on.
ORDER = (
    (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"], "ECDHE-RSA-AES128-GCM-SHA256"),
    (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"],
     "ECDHE-ECDSA-AES128-GCM-SHA256"),
    (["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"], "TLS_AES_128_GCM_SHA256"),
)


def check_order(test, args, wanted):
    check_client(test, PORTS["ordered"], VERIFY + own("good") + args, None)
    test.logged("TLS connection open .* cipher=%s" % wanted)


def tests(_):
    for args, wanted in ORDER:
        yield "our order: " + wanted, lambda t, a=(args, wanted): check_order(t, *a)
    for name, context, args, refusal in CLIENTS:
        if isinstance(refusal, str):
            refusal = rejected(refusal, context)
        yield ("context %s: %s" % (context, name),
               lambda t, a=(PORTS[context], VERIFY + args, refusal): check_client(t, *a))
    for name, args, refusal in HOPS:
        yield "next hop under policy: " + name, lambda t, a=(args, refusal): check_hop(t, *a)

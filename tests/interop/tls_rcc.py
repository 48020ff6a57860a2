"""Call control over TLS: the rcc client signs in at the peer authentication listener, with a certificate, under the
context and with the ciphers that the guide names; events come back to it over TLS as well."""
import os
import re
import subprocess

from node import ROOT, Failure

PROGRAMS = ("switch", "cti", "proxy")
# The suites of the guide, in its spelling, in its order.
GUIDE = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
         "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
CONTEXT = "Default_Cisco_UPS_SIP_Proxy_Peer_Auth_TLS_Context"
TLS = """
  tls_contexts = ( { name = "%s"; max_version = "1.2";
    certificates = ( "${certs}/node.pem", "${certs}/node_rsa.pem" );
    keys = ( "${certs}/node.key", "${certs}/node_rsa.key" ); ca = "${certs}/ca.pem"; verify_peer = "required";
    subjects = ( "desktop.test" ); ciphers = %s; } );
""" % (CONTEXT, "( %s )" % ", ".join('"%s"' % name for name in GUIDE))


def config():
    with open(os.path.join(ROOT, "tests/scenario/node.conf"), encoding="utf-8") as f:
        return (f.read().replace("${listen:-}", ', "tls:${ip}:5062"').replace("${proxy:-}", TLS)
                .replace('{ pattern = "127.0.0.0/8"; description = "loopback"; }',
                         '{ pattern = "${ip}"; description = "our own gateway alone" }'))


CONFIG = config()


def prepare(test):
    for name, key in (("desktop", ()), ("desktop_rsa", ["rsa:2048"])):
        test.certificates.make(name, "desktop.test", extensions="subjectAltName=IP:127.0.0.1", key=key)


def rcc(test, certificate, *more):
    path = test.certificates.path
    done = subprocess.run(
        [os.path.join(test.node.build, "cli/crosspoint"), "rcc", "--user", "alice@example.test", "--line",
         "tel:2001;phone-context=dialstring", "--proxy", "sip:%s:5062;transport=tls" % test.ip,
         *(("--certificate", path(certificate + ".pem"), "--key", path(certificate + ".key"), "--ca", path("ca.pem"))
           if certificate else ()), *more], env=test.node.env, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def check_call(test, certificate):
    code, said = rcc(test, certificate, "call", "2002", "wait", "Delivered", "clear", "wait", "ConnectionCleared")
    if code:
        raise Failure("exit %d\n%s\n%s" % (code, said, test.log()[-3000:]))
    test.logged(r'TLS connection open .*subject="desktop.test" version=TLSv1.2 cipher=ECDHE-ECDSA-AES256-GCM-SHA384')
    # Both ways: the events came on a connection that the proxy has opened.
    if len(re.findall(r'TLS connection open .*subject="desktop.test"', test.log())) < 2:
        raise Failure("only one TLS connection")


def check_refused(test, certificate, cause):
    code, said = rcc(test, certificate, "snapshot")
    if code != 69:
        raise Failure("exit %d\n%s" % (code, said))
    test.logged(r'TLS peer rejected .*reason="%s" context="%s"' % (cause, CONTEXT))


def check_no_certificate(test):
    code, said = rcc(test, None, "snapshot")
    if code != 69 or "wants --certificate" not in said:
        raise Failure("exit %d\n%s" % (code, said))


def check_suite(test, number):
    """Each suite of the guide alone, with the certificate of its kind."""
    name = GUIDE[number].replace("TLS_", "").replace("_WITH", "").replace("AES_", "AES").replace("_", "-")
    if not test.client(5062, "-tls1_2", "-cipher", name, "-cert", "desktop.pem", "-key", "desktop.key",
                       "-CAfile", "ca.pem", "-verify_return_error"):
        raise Failure("is not served:\n" + test.log()[-1500:])
    test.logged(r"TLS connection open .* cipher=" + name)


def tests(_):
    yield "call control with a client certificate", lambda t: check_call(t, "desktop")
    yield "call control with an RSA client certificate", lambda t: check_call(t, "desktop_rsa")
    yield "call control, subject not selected", lambda t: check_refused(
        t, "unselected", "the subject is not selected into the context")
    yield "call control, expired", lambda t: check_refused(t, "expired", "the certificate has expired")
    yield "call control without a certificate", check_no_certificate
    for number, name in enumerate(GUIDE):
        yield "the guide's " + name, lambda t, n=number: check_suite(t, n)

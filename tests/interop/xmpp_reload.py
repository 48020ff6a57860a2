"""Certificates that are renewed while a server is connected to the gateway: raw bytes and TLS (xmpp_bad.py)."""
import hashlib

from node import Failure, wait_for
from xmpp_bad import JULIET, ROMEO, STANZA, Raw


def shown(raw):
    return hashlib.sha256(raw.socket.getpeercert(True)).hexdigest()


def alarms(node):
    return sorted("%s %s" % (row[1], row[2]) for row in node.ctl("xmpp", "show alarms")["rows"])


def check(node):
    """A new certificate for new streams, the old stream goes on, the alarm goes; a bad file changes nothing."""
    node.make_cert("gateway", cn="one", san="DNS:sip.example.test", ca="ca")  # for two days: major
    node.start("xmpp")
    if not any(alarm.startswith("certificate_due_major one ") for alarm in alarms(node)):
        raise Failure("alarms are %s" % alarms(node))
    first = Raw(node).enter()
    node.make_cert("gateway", cn="two", san="DNS:sip.example.test", ca="ca")
    node.ctl("xmpp", "reload")
    if any(" one " in alarm for alarm in alarms(node)):
        raise Failure("alarms are %s" % alarms(node))
    second = Raw(node).enter()
    if shown(first) == shown(second):
        raise Failure("the certificate is the old one")
    node.write("gateway.pem", "no certificate\n")
    try:
        node.ctl("xmpp", "reload")
        raise Failure("a file without a certificate was taken")
    except Failure as error:
        if "gateway.pem" not in str(error):
            raise
    if shown(Raw(node).enter()) != shown(second):
        raise Failure("a bad file has changed the certificate")
    for number, raw in enumerate((first, second), 1):
        raw.say(STANZA % (JULIET, ROMEO))
        wait_for(lambda: node.counter("xmpp", "stanzas_received") == number, "stanza %d is taken" % number)

"""The messages that a registrar is asked to treat in its own way, against a proxy that is the registrar of example.com."""
import re

from node import Failure
from stage import head_lines, message_text, name_of, restore

CONFIG = """
node = { domain = "example.com"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tcp:${ip}:5060" );
  internal = ();
  workers = ${workers};
  own_hosts = ( "2001:db8::10" );
  dns_servers = "${hop}:5353";
  acl = ( { pattern = "127.0.0.0/8"; description = "loopback"; } );
  registrar = { store = "torture.db"; auth = "none"; };
};
"""

# Contacts that the 200 and a later fetch must show, as regexes; the RFC says what must not be mixed up.
CONTACTS = {
    # two distinct contacts, neither cut at its NUL
    "rfc4475-escnull": ("sip:null-%00-null@example.com",
                        [r"<sip:%00@host5\.example\.com>;expires", r"<sip:%00%00@host5\.example\.com>;expires"]),
    # a parameter of the header, not of the URI
    "rfc4475-cparam01": ("sip:watson@example.com", [r"<sip:\+19725552222@gw1\.example\.net>(?!.*<[^>]*unknownparam)"]),
    # a parameter of the URI
    "rfc4475-cparam02": ("sip:watson@example.com", [r"<sip:\+19725552222@gw1\.example\.net;unknownparam>"]),
    # a header of the URI, which is not the REGISTER's
    "rfc4475-regescrt": ("sip:user@example.com", [r"<sip:user@example\.com\?Route=%3Csip:sip\.example\.com%3E>"]),
    "rfc4475-dblreq": ("sip:j.user@example.com", [r"<sip:j\.user@host\.example\.com>"]),
    "rfc5118-ipv6-good": ("sip:user@example.com", [r"<sip:caller@\[2001:db8::1\]>"]),
}


def contacts(answer):
    return [restore(line).decode("utf-8", "replace") for line in head_lines(answer) if name_of(line) in ("contact", "m")]


def check_contacts(answer, wanted):
    lines = contacts(answer)
    for pattern in wanted:
        if not any(re.search(pattern, line) for line in lines):
            raise Failure("no %s in\n%s" % (pattern, message_text(answer)))
    if len(lines) != len(wanted):
        raise Failure("%d contacts:\n%s" % (len(lines), message_text(answer)))


def register(client, aor, tag, contact):
    return ("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"
            "From: <%s>;tag=1\r\nTo: <%s>\r\nCall-ID: %s\r\nCSeq: 99 REGISTER\r\n%sContent-Length: 0\r\n\r\n" % (
                client.address, tag, aor, aor, tag, contact)).encode()


def after(stage, client, name):
    """The contacts are in the answer, and in that of a later fetch; then they go."""
    if name not in CONTACTS:
        return
    aor, wanted = CONTACTS[name]
    check_contacts(client.got[-1], wanted)
    for tag, contact, rest in (("fetch-" + name, "", wanted), ("clean-" + name, "Contact: *\r\nExpires: 0\r\n", [])):
        client.got.clear()
        client.send(register(client, aor, tag, contact))
        stage.wait(lambda: client.final(200), tag)
        check_contacts(client.got[-1], rest)
    client.got.clear()

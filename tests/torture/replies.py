"""The responses among the messages, given as the answer to a request: stray ones are dropped unseen.

Via, From, To, Call-ID and CSeq must be those of the request or nobody would know the answer; the rest is as stored."""
import os
import re

from node import Failure
from stage import HERE, answer_to, body, head_lines, header, message_text, name_of, restore

MATCHED = ("via", "v", "from", "f", "to", "t", "call-id", "i", "cseq")


def stored(name):
    with open(os.path.join(HERE, "messages", "rfc4475-%s.dat" % name), "rb") as f:
        return f.read()


def as_answer(name, request, keep=()):
    """The stored response @p name in answer to @p request; headers of @p keep stay as stored."""
    data = stored(name)
    lines = [restore(line) for line in head_lines(answer_to(request))
             if name_of(line) in MATCHED and name_of(line) not in keep]
    lines += [restore(line) for line in head_lines(data) if name_of(line) not in MATCHED or name_of(line) in keep]
    return data.split(b"\r\n")[0] + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body(data)


def request(client, method="INVITE", tag="reply"):
    return ("%s sip:user@example.com SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"
            "From: <sip:a@a.test>;tag=1\r\nTo: <sip:user@example.com>\r\nCall-ID: %s\r\nCSeq: 1 %s\r\n"
            "Contact: <sip:a@%s>\r\nContent-Length: 0\r\n\r\n" % (
                method, client.transport.upper(), client.address, tag, tag, method, client.address)).encode()


def run(stage, name, answers, method="INVITE"):
    """Sends a request that the next hop answers with each of @p answers(request); returns the client when it has the
    last, which must be a 200."""
    client = stage.client("udp")
    stage.begin()
    got = []
    stage.hop.answer = lambda data: got.append(data)
    client.send(request(client, method, name))
    stage.wait(lambda: got, "request at the next hop")
    for answer in answers(got[0]):
        stage.hop.udp.sendto(answer, (stage.node.ip, 5060))
    stage.wait(lambda: client.final(200), "200 at the client")
    stage.is_alive(client)
    return client


def expect_dropped(client, what):
    if [s for s in client.statuses() if s not in (100, 200)] or len([s for s in client.statuses() if s == 200]) != 1:
        raise Failure("%s was not dropped: %s" % (what, client.statuses()))


def test_unusual_reason_phrase(stage):
    client = run(stage, "unreason", lambda rq: [as_answer("unreason", rq)])
    answer = client.got[-1]
    if answer.split(b"\r\n")[0] != stored("unreason").split(b"\r\n")[0] or body(answer) != body(stored("unreason")):
        raise Failure("changed: " + message_text(answer))


def test_empty_reason_phrase(stage):
    ringing = lambda rq: as_answer("noreason", rq).replace(b"SIP/2.0 100 ", b"SIP/2.0 180 ")
    client = run(stage, "noreason", lambda rq: [as_answer("noreason", rq), ringing(rq), answer_to(rq)])
    lines = [data.split(b"\r\n")[0] for data in client.got]
    if b"SIP/2.0 180 " not in lines:
        raise Failure("lost or changed: %s" % lines)


def test_overlarge_response_code(stage):
    client = run(stage, "bigcode", lambda rq: [as_answer("bigcode", rq), answer_to(rq)])
    expect_dropped(client, "bigcode")


def test_overlarge_scalars_in_a_response(stage):
    client = run(stage, "scalarlg", lambda rq: [as_answer("scalarlg", rq, keep=("cseq",)), answer_to(rq)], "OPTIONS")
    expect_dropped(client, "scalarlg")


def test_broadcast_address_in_the_via_of_a_response(stage):
    """It goes back where the request came from, whatever the Via below ours says."""
    def broadcast(rq):
        answer = as_answer("bcast", rq)
        return [re.sub(rb"(?m)^(Via: SIP/2.0/UDP )%s" % re.escape(stage.client_ip.encode()), rb"\g<1>255.255.255.255",
                       answer)]
    client = run(stage, "bcast", broadcast)
    if b"255.255.255.255" not in header(client.got[-1], "via"):
        raise Failure("not the answer meant: " + message_text(client.got[-1]))


TESTS = [test_unusual_reason_phrase, test_empty_reason_phrase, test_overlarge_response_code,
         test_overlarge_scalars_in_a_response, test_broadcast_address_in_the_via_of_a_response]

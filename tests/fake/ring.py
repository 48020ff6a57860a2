"""The ring file of a program's tap (lib/core/tap_layout.h), read by a second reader."""
import ipaddress
import struct

HEADER = struct.Struct("=8sIIQQII32s56xQQ")
RECORD = struct.Struct("=IHBBQQ")
MESSAGE = struct.Struct("=4sHHHHI24s24s")
NOTE = struct.Struct("=II")


def address(raw):
    family, port = struct.unpack_from("=HH", raw)
    if family not in (4, 6):
        return "-"
    host = ipaddress.ip_address(raw[8:12] if family == 4 else raw[8:24])
    return ("%s:%d" if family == 4 else "[%s]:%d") % (host, port)


def message(kind, serial, time_us, raw):
    """A record as a dictionary; kind is (direction, protocol)."""
    transport, *lengths, cut, length, local, remote = MESSAGE.unpack_from(raw)
    at, texts = MESSAGE.size, []
    for n in lengths + [length]:
        texts.append(raw[at:at + n])
        at += n + 1
    listener, subject, call = (text.decode(errors="replace") for text in texts[:3])
    return {"serial": serial, "time_us": time_us, "direction": ("received", "sent")[kind[0]],
            "protocol": ("sip", "csta", "xmpp")[kind[1]], "transport": transport.rstrip(b"\0").decode(),
            "cut": bool(cut), "local": address(local), "remote": address(remote), "listener": listener,
            "subject": subject, "id": call, "notes": [], "bytes": texts[3]}


def records(path):
    """All messages in the ring, oldest first, with what was noted about them; [] if there is no file."""
    try:
        with open(path, "rb") as f:
            ring = f.read()
    except FileNotFoundError:
        return []
    magic, version, start, size, _, _, _, _, at, end = HEADER.unpack_from(ring)
    if magic != b"XPtap\r\n\0" or version != 1:
        raise ValueError(path + " is no ring of version 1")
    found = {}
    while at < end:
        place = start + at % size
        length, kind, direction, protocol = struct.unpack_from("=IHBB", ring, place)
        raw = ring[place + RECORD.size:place + length]
        if kind == 1:
            serial, time_us = RECORD.unpack_from(ring, place)[4:]
            found[serial] = message((direction, protocol), serial, time_us, raw)
        elif kind == 2:
            serial = RECORD.unpack_from(ring, place)[4]
            if serial in found:
                found[serial]["notes"].append(raw[NOTE.size:NOTE.size + NOTE.unpack_from(raw)[0]].decode())
        at += length
    return list(found.values())


def text(record):
    """One record for people and regexes: what is known about it, and the message."""
    return "%(direction)s %(protocol)s %(transport)s %(local)s %(remote)s listener=\"%(listener)s\" " \
        "subject=\"%(subject)s\" id=\"%(id)s\"" % record + \
        "".join("\nnote: " + note for note in record["notes"]) + "\n" + record["bytes"].decode(errors="replace")

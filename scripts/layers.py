"""The table of ARCHITECTURE.md: a folder may include headers of itself and of those named."""

LAYERS = {
    "lib/core": [],
    "lib/svc": ["lib/core"],
    "lib/xml": ["lib/core"],
    "lib/sip": ["lib/core"],
    "lib/store": ["lib/core"],
    "lib/capture": ["lib/core"],
    "cti-gw/csta": ["lib/core", "lib/xml"],
    "cti-gw/drivers": ["cti-gw/csta", "lib/core", "lib/xml"],
    "cti-gw": ["cti-gw/drivers", "cti-gw/csta", "lib/core", "lib/svc", "lib/sip", "lib/store"],
    "switch": ["cti-gw/csta", "lib/core", "lib/svc"],
    "proxy": ["lib/core", "lib/svc", "lib/sip", "lib/store"],
    "presence/doc": ["lib/core", "lib/xml"],
    "presence": ["presence/doc", "lib/core", "lib/svc", "lib/sip", "lib/store"],
    "capture": ["lib/core", "lib/svc", "lib/capture"],
    "cli": ["cti-gw/csta", "presence/doc", "lib/core", "lib/svc", "lib/sip", "lib/store", "lib/capture"],
    "tests/bench": ["lib/core", "lib/svc", "lib/sip", "lib/capture", "proxy"],
    "tests/interop": [],
    "tests/fuzz": ["cti-gw/csta", "presence/doc", "presence", "lib/core", "lib/xml", "lib/sip", "lib/capture"],
}

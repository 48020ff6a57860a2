"""What the scanners say: sslscan, and testssl.sh with no finding above LOW. By default testssl.sh makes the checks that
take seconds; with --long it makes all that it has, on both listeners."""
import json
import os
import subprocess
import xml.etree.ElementTree as xml

from node import Failure
from tls_matrix import CONFIG as MATRIX

CONFIG = MATRIX.replace("/node", "/scanned")
BELOW = ("OK", "INFO", "LOW", "DEBUG", "WARN")  # WARN: a check that could not be made
QUICK = ["-p", "-S", "-R"]
STRENGTHS = ("strong", "acceptable")
# A finding about the machine that scans.
NOT_OURS = ("engine_problem", "old_openssl")


def prepare(test):
    """Certificates as a scanner wants them: valid for months, with the address of a list of revoked ones."""
    for name, host, key in (("scanned", "node.test", ()), ("scanned_rsa", "node.test", ["rsa:3072"]),
                            ("scanned_two", "two.test", ())):
        test.certificates.make(name, host, key=key, dates=(-1, 200), extensions=(
            "subjectAltName=IP:%s,DNS:%s\ncrlDistributionPoints=URI:http://crl.test/ca.crl" % (test.ip, host)))


def check_sslscan(test, port):
    done = subprocess.run(["sslscan", "--no-colour", "--xml=-", "%s:%d" % (test.ip, port)], capture_output=True,
                          text=True, timeout=120)
    scan = xml.fromstring(done.stdout).find("ssltest")
    faults = []
    enabled = sorted(row.get("version") for row in scan.iter("protocol") if row.get("enabled") == "1")
    if enabled != ["1.2", "1.3"]:
        faults.append("versions %s" % enabled)
    if scan.find("renegotiation").get("supported") != "0":
        faults.append("renegotiation")
    faults += ["heartbleed" for row in scan.iter("heartbleed") if row.get("vulnerable") != "0"]
    ciphers = list(scan.iter("cipher"))
    faults += [row.get("cipher") + " is " + row.get("strength")
               for row in ciphers if row.get("strength") not in STRENGTHS]
    if not ciphers:
        faults.append("no cipher")
    for row in scan.iter("certificate"):
        if row.find("pk").get("error") != "false" or row.find("expired").text != "false" or "sha256" not in row.find(
                "signature-algorithm").text.lower():
            faults.append("certificate: " + xml.tostring(row, "unicode"))
    if faults:
        raise Failure("\n".join(faults))


def check_testssl(test, port, what):
    out = os.path.join(test.node.dir, "testssl-%d.json" % port)
    command = ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "one", "--nodns", "min",
               "--openssl-timeout", "10", "--add-ca", os.path.join(test.certs, "ca.pem"), "--jsonfile", out, *what,
               "%s:%d" % (test.ip, port)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=test.node.dir,
                          env={**os.environ, "TERM": "dumb"}, timeout=900)
    try:
        with open(out, encoding="utf-8") as f:
            findings = json.load(f)
    except (OSError, ValueError) as error:
        raise Failure("%s\n%s" % (error, done.stdout[-2000:] + done.stderr[-2000:]))
    if not any(row["id"] == "TLS1_2" and "offered" in row["finding"] for row in findings):
        raise Failure("testssl.sh did not get through: " + done.stdout[-2000:])
    bad = ["%(severity)s %(id)s: %(finding)s" % row for row in findings
           if row["severity"] not in BELOW and row["id"] not in NOT_OURS]
    if bad:
        raise Failure("\n".join(bad))


def tests(options):
    for port in (5061, 5062):
        yield "sslscan, port %d" % port, lambda t, p=port: check_sslscan(t, p)
    if not options.long:
        yield "testssl.sh, port 5061", lambda t: check_testssl(t, 5061, QUICK)
    for port in (5061, 5062) if options.long else ():
        yield "all of testssl.sh, port %d" % port, lambda t, p=port: check_testssl(t, p, [])

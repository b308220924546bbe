#!/usr/bin/env python3
"""Verify a proof bundle of the ledger without any software of ours.

    python3 verify_bundle.py bundle.json 'bank.example/ledger+6d2e5b1c+AXf3...'

The second argument is the public key that signs the checkpoints; get it from somewhere else than the bundle. Exit code 0:
who holds that key committed to exactly these entries, no later than the time printed. 1: not proved. 2: wrong usage.

Only the standard library of Python 3.8 or later is used. It has no Ed25519, so the last part of this file checks the
signature by the formulas of RFC 8032, section 5.1. Whoever prefers a known tool writes the checkpoint's text (up to and
including the line feed before the empty line) and the signature (its base64 without the first 4 bytes) to files, and asks
`openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature`.
"""
import base64
import binascii
import hashlib
import json
import sys


class NotProved(Exception):
    pass


def need(condition, message):
    if not condition:
        raise NotProved(message)


def sha256(data):
    return hashlib.sha256(data).digest()


def fields(*values):
    """Each value as its length in bytes, a colon, the bytes and a line feed."""
    out = b""
    for value in values:
        data = str(value).encode("utf-8")
        out += b"%d:%s\n" % (len(data), data)
    return out


# The chain: each entry's hash covers its fields and the hash before.

def check_chain(entries):
    need(entries, "there is no entry")
    prev = ""
    for number, e in enumerate(entries, 1):
        keys = ("seq", "subject", "at", "actor", "step", "prev", "body")
        need(set(e) == set(keys) | {"hash"}, "entry %d does not have the expected fields" % number)
        need(type(e["seq"]) is int and e["seq"] == number, "entry %d bears another number" % number)
        need(e["subject"] == entries[0]["subject"], "entry %d is of another subject" % number)
        need(e["prev"] == prev, "entry %d does not hold on to the one before" % number)
        data = b"scruple-entry-v1\n" + fields(*(e[k] for k in keys))
        need(sha256(data).hex() == e["hash"], "entry %d was edited: its fields do not give its hash" % number)
        prev = e["hash"]
    return entries[-1]


# The trees: RFC 9162, section 2.1.3.2.

def root_from_path(leaf_hash, index, size, path):
    need(type(index) is int and type(size) is int and 0 <= index < size, "a proof is for a leaf outside of its tree")
    fn, sn, r = index, size - 1, leaf_hash
    for p in path:
        need(sn > 0, "a proof is too long")
        if fn & 1 or fn == sn:
            r = sha256(b"\x01" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "a proof is too short")
    return r


def hashes(path):
    out = [base64.b64decode(p, validate=True) for p in path or []]
    need(all(len(h) == 32 for h in out), "a hash does not have 32 bytes")
    return out


# The texts: a record and a checkpoint.

def values(text, *prefixes):
    rows = text.split("\n")
    need(len(rows) == len(prefixes) + 1 and rows[-1] == "", "a text does not have %d lines" % len(prefixes))
    need(all(r.startswith(p) for r, p in zip(rows, prefixes)), "a text does not have the expected lines")
    return [r[len(p):] for r, p in zip(rows, prefixes)]


def check_record(text, head, proof):
    _, group, number, time, count, root = values(
        text, "scruple group root v1", "group ", "checkpoint ", "time ", "leaves ", "root ")
    leaf = b"scruple-leaf-v1\n" + fields(head["subject"], head["seq"], head["hash"])
    need(int(count) == proof["count"], "the proof and the record count different leaves")
    got = root_from_path(sha256(b"\x00" + leaf), proof["index"], proof["count"], hashes(proof["path"]))
    need(base64.b64encode(got).decode() == root, "the entry is not in the group: the proof does not lead to its root")
    return group, int(number), time


def check_checkpoint(signed, key, record, log):
    name, key_hash, public = key.split("+", 2)
    public = base64.b64decode(public, validate=True)
    need(len(public) == 33 and public[0] == 1, "the key is not an Ed25519 key")
    need(sha256(name.encode() + b"\n" + public)[:4].hex() == key_hash, "the key's hash is not its own")
    text, signatures = signed.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root, number, time = values(text, "", "", "", "checkpoint ", "time ")
    need(origin == name, "the checkpoint is of the log %s, and the key is named %s" % (origin, name))
    need(check_signatures(text.encode(), signatures, name, key_hash, public[1:]), "no signature by the key")
    got = root_from_path(sha256(b"\x00" + record.encode()), log["index"], int(size), hashes(log["path"]))
    need(base64.b64encode(got).decode() == root, "the record is not in the log: the proof does not lead to its root")
    return int(number), time


def check_signatures(text, signatures, name, key_hash, public):
    found = False
    for line in signatures.splitlines():
        dash, signer, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash == "\u2014" and signer == name and data[:4].hex() == key_hash:
            need(ed25519_verify(public, text, data[4:]), "the signature is wrong")
            found = True
    return found


def verify(bundle, key):
    need(bundle["format"] == "scruple-bundle-v1", "the format is not scruple-bundle-v1")
    head = check_chain(bundle["entries"])
    group, recorded, time = check_record(bundle["record"], head, bundle["group"])
    number, signed_time = check_checkpoint(bundle["checkpoint"], key, bundle["record"], bundle["log"])
    need(recorded <= number and time <= signed_time, "the record is later than the checkpoint")
    need(recorded != number or time == signed_time, "the record's time is not its checkpoint's")
    return "proved: %d entries of %s in group %s, sealed at %s by checkpoint %d" % (
        head["seq"], head["subject"], group, time, recorded)


# Ed25519: RFC 8032, section 5.1. Only public values are handled, so nothing here needs constant time.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(p, q):
    """Sum of two points in extended coordinates, x = X/Z, y = Y/Z, x*y = T/Z."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    need((x * x - square) % P == 0, "the key is not a point of the curve")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encode(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, text, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    x, y, z, t = point(public)
    return encode(add(multiply(s, BASE), multiply(k, (-x % P, y, z, -t % P)))) == signature[:32]


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[1], encoding="utf-8") as f:
            print(verify(json.load(f), arguments[2]))
        return 0
    except NotProved as e:
        print("NOT PROVED: %s" % e)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as e:
        print("NOT PROVED: the bundle or the key cannot be read: %s: %s" % (type(e).__name__, e))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))

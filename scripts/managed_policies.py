#!/usr/bin/env python3
"""Rebuilds src/aws/data/managed_policies.bin, the set of policies that AWS manages.

  managed_policies.py --moto [--check]           from the PyPI package `moto` (pip install moto), which ships the set
  managed_policies.py --ndjson FILE --date DATE  from JSON Lines with the members name, arn, ver, doc

Prints what changed against the set that is there, and for which policies the grants of Amazon MQ actions changed.
Needs nothing but the standard library (and moto, where asked for). After a change of the set, adjust the number and
the date in the tests of src/aws/managed_policies.rs.

The file, all numbers little-endian:

  magic "MQWMP1\\0\\0", date (10 characters), count of policies (u32), count of groups (u32), bytes of names (u32),
  bytes of dictionary (u32); per policy, sorted by name with path: end of its name among the names (u32), version
  (u16), group (u16), start and end of its document within the group (u32, u32); per group: end of its frame among the
  frames (u32), bytes of the group (u32); the names; the dictionary; the frames.

A frame is a raw deflate stream over up to GROUP bytes of documents, with the dictionary in the window before it. So
one look-up inflates one small group.
"""
import argparse
import collections
import json
import pathlib
import re
import struct
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOB = ROOT / "src/aws/data/managed_policies.bin"
ACTIONS = ROOT / "src/aws/actions.rs"
MAGIC = b"MQWMP1\0\0"
HEADER = struct.Struct("<8s10sIIII")
POLICY = struct.Struct("<IHHII")
FRAME = struct.Struct("<II")
PREFIX = "arn:aws:iam::aws:policy/"
GROUP = 16 * 1024
WINDOW = 32 * 1024


def from_moto():
    from moto.iam.aws_managed_policies import aws_managed_policies_data as data

    data = json.loads(data) if isinstance(data, str) else data
    policies = {}
    for name, policy in data.items():
        path = policy.get("Path", "/").strip("/")
        policies[f"{path}/{name}" if path else name] = (policy["DefaultVersionId"], policy["Document"])
    newest = max(policy["UpdateDate"] for policy in data.values())[:10]
    return newest, policies


def from_ndjson(path):
    policies = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            policy = json.loads(line)
            if not policy["arn"].startswith(PREFIX):
                sys.exit(f"{policy['arn']}: not the ARN of a policy that AWS manages")
            policies[policy["arn"].removeprefix(PREFIX)] = (policy["ver"], policy["doc"])
    return policies


def dictionary(documents):
    """The JSON strings that save most, the most frequent last, where they are cheapest to reach."""
    count = collections.Counter()
    for text in documents:
        count.update(set(re.findall(r'"[^"]*"[:,]?', text)))
    chosen, size = [], 0
    for token, times in sorted(count.items(), key=lambda item: (-item[1] * len(item[0]), item[0])):
        if times > 1 and size + len(token.encode()) <= WINDOW - 1024:
            chosen.append((times, token))
            size += len(token.encode())
    return "".join(token for _, token in sorted(chosen)).encode()


def build(date, policies):
    names = sorted(policies, key=str.encode)
    texts = [json.dumps(policies[name][1], separators=(",", ":"), ensure_ascii=False).encode() for name in names]
    window = dictionary([text.decode() for text in texts])
    groups, places = [b""], []
    for text in texts:
        if groups[-1] and len(groups[-1]) + len(text) > GROUP:
            groups.append(b"")
        places.append((len(groups) - 1, len(groups[-1]), len(groups[-1]) + len(text)))
        groups[-1] += text
    frames = []
    for group in groups:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, window)
        frames.append(deflate.compress(group) + deflate.flush())
    out = bytearray()
    name_bytes = "".join(names).encode()
    out += HEADER.pack(MAGIC, date.encode(), len(names), len(groups), len(name_bytes), len(window))
    end = 0
    for name, (group, start, stop) in zip(names, places):
        end += len(name.encode())
        out += POLICY.pack(end, int(policies[name][0].removeprefix("v")), group, start, stop)
    end = 0
    for group, frame in zip(groups, frames):
        end += len(frame)
        out += FRAME.pack(end, len(group))
    return bytes(out + name_bytes + window + b"".join(frames))


def read(blob):
    magic, date, count, groups, name_bytes, window_bytes = HEADER.unpack_from(blob)
    if magic != MAGIC:
        sys.exit(f"{BLOB}: not a set of managed policies")
    at = HEADER.size
    records = [POLICY.unpack_from(blob, at + i * POLICY.size) for i in range(count)]
    at += count * POLICY.size
    frames = [FRAME.unpack_from(blob, at + i * FRAME.size) for i in range(groups)]
    at += groups * FRAME.size
    names = blob[at:at + name_bytes]
    window = blob[at + name_bytes:at + name_bytes + window_bytes]
    at += name_bytes + window_bytes
    texts, start = [], 0
    for end, _ in frames:
        texts.append(zlib.decompressobj(-15, window).decompress(blob[at + start:at + end]))
        start = end
    policies, start = {}, 0
    for end, version, group, first, last in records:
        policies[names[start:end].decode()] = (f"v{version}", json.loads(texts[group][first:last]))
        start = end
    return date.decode(), policies


def grants(document, actions):
    """What the Allow and Deny statements name of Amazon MQ, for a reader of the change; not an evaluation."""
    named = set()
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Action", "NotAction"):
            patterns = statement.get(element, [])
            patterns = [patterns] if isinstance(patterns, str) else patterns
            for action in actions:
                for pattern in patterns:
                    shape = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
                    if re.fullmatch(shape, "mq:" + action, re.IGNORECASE):
                        named.add(f"{statement['Effect']} {element} {action}")
    return named


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--moto", action="store_true")
    source.add_argument("--ndjson")
    parser.add_argument("--date", help="the date of the set (with --moto: its newest update)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the set would change")
    args = parser.parse_args()
    if args.moto:
        newest, policies = from_moto()
        date = args.date or newest
    else:
        date, policies = args.date or sys.exit("--ndjson needs --date"), from_ndjson(args.ndjson)
    old_date, old = read(BLOB.read_bytes()) if BLOB.exists() else ("nothing", {})
    actions = re.findall(r"^    (?:permission_only\()?on\w*\(\"(\w+)\"", ACTIONS.read_text(), re.MULTILINE)
    print(f"{len(old)} policies of {old_date} -> {len(policies)} of {date}")
    for name in sorted(old.keys() | policies.keys()):
        before, after = old.get(name), policies.get(name)
        if before == after or not old:
            continue
        word = "new" if before is None else "gone" if after is None else f"{before[0]} -> {after[0]}"
        was = grants(before[1], actions) if before else set()
        now = grants(after[1], actions) if after else set()
        print(f"  {name}: {word}")
        for line in sorted(now - was):
            print(f"    + {line}")
        for line in sorted(was - now):
            print(f"    - {line}")
    blob = build(date, policies)
    if read(blob) != (date, policies):
        sys.exit("the written set does not read back as it was")
    if args.check:
        sys.exit(0 if (old_date, old) == (date, policies) else 1)
    BLOB.write_bytes(blob)
    print(f"{BLOB.relative_to(ROOT)}: {len(blob)} bytes")


if __name__ == "__main__":
    main()

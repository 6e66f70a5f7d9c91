#!/usr/bin/env python3
"""Closes the loop with real Terraform: plans a configuration, puts every suggested policy into it, plans it again.

  close_loop.py CASE...

Each CASE is a folder with a configuration and, unless the suggestions are for what operations need, an intent
(mqwarden.hcl). Written are CASE/plan.json and CASE/tfplan, and
for each of the two forms of the suggestions CASE/closed/FORM/plan.json and tfplan. tests/all/fixed_plans.rs holds them
against the intent, and against what operations need.

Needs terraform on PATH, with the AWS provider within reach, and a built mqwarden (target/debug/mqwarden, or
$MQWARDEN). A suggestion that the script cannot write into the configuration by itself ends it.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MQWARDEN = os.environ.get("MQWARDEN", str(ROOT / "target/debug/mqwarden"))
FORMS = ("policy_document", "jsonencode")
LEFT_OUT = {"plan.json", "tfplan", "closed", ".terraform", ".terraform.lock.hcl"}


def plan(folder):
    environment = {"AWS_ACCESS_KEY_ID": "mock", "AWS_SECRET_ACCESS_KEY": "mock", "AWS_EC2_METADATA_DISABLED": "true",
                   **os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}

    def run(*arguments):
        done = subprocess.run(["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"terraform {' '.join(arguments)} in {folder}:\n{done.stdout}{done.stderr}")
        return done.stdout

    run("init", "-no-color")
    run("fmt", "-check", "-recursive", "-diff")
    run("plan", "-no-color", "-out", "tfplan")
    (folder / "plan.json").write_text(run("show", "-json", "tfplan"))


def findings(folder):
    arguments = [MQWARDEN, "check", str(folder / "plan.json"), "--plan-file", str(folder / "tfplan"), "--config-dir",
                 str(folder), "--account-id", "123456789012", "--format", "json", "--fail-on", "never"]
    if (folder / "mqwarden.hcl").exists():
        arguments += ["--intent", str(folder / "mqwarden.hcl")]
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)["findings"]


def module_folder(folder, module):
    """The folder of a module that titles name: the source of each call along its path."""
    for name in re.findall(r"module\.([\w-]+)", module):
        texts = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
        call = re.search(r'module\s+"%s"\s*{(.*?)^}' % re.escape(name), texts, re.S | re.M)
        folder = folder / re.search(r'^\s*source\s*=\s*"([^"]+)"', call.group(1), re.M).group(1)
    return folder


def end_of_braces(text, start):
    depth = 0
    for at in range(text.index("{", start), len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    sys.exit("braces do not match")


def write(folder, number, fix, form, location):
    title = fix["title"]
    if title.startswith("Write statement"):
        path = folder / location["file"]
        source = path.read_text()
        start = sum(len(line) for line in source.splitlines(True)[: location["line"] - 1]) + location["column"] - 1
        # The statement is written again in the form that it has.
        if source.startswith("statement", start):
            new = fix["policy_document"].rstrip()
        elif source.startswith("{", start):
            new = fix["jsonencode"].rstrip().rstrip(",")
        else:
            sys.exit(f"{path}:{location['line']}: no statement to write again")
        path.write_text(source[:start] + new + source[end_of_braces(source, start):])
        return
    # Each form of the suggestion: the policy of its own, and the statements for a policy that is there.
    parts = {name: re.split(r"\n# and (?:this statement|these statements) within (.*):\n", fix[name]) for name in FORMS}
    own, *more = parts[form]
    if more:
        add_within(folder, more[0], {name: part[2] for name, part in parts.items()})
    within = re.match(r"Add (?:this statement|these statements) to the (?:permissions boundary|inline policy) ([^,:]*)", title)
    if within:
        add_within(folder, within.group(1), {name: part[0] for name, part in parts.items()})
        return
    added = re.search(r"add this to (the root module|module\.[^;]*)", title)
    if not added:
        sys.exit(f"a suggestion to be written by hand: {title}")
    (module_folder(folder, added.group(1)) / f"suggested_{number}.tf").write_text(own)


def add_within(folder, address, statements):
    """Adds statements to a policy of the root module, in the form that the policy has."""
    path, start, end = block(folder, "resource", *address.rsplit(".", 1))
    source = path.read_text()
    document = re.search(r"data\.aws_iam_policy_document\.([\w-]+)\.json", source[start:end])
    if document:
        path, _, end = block(folder, "data", "aws_iam_policy_document", document.group(1))
        source = path.read_text()
        at, written = end - 1, statements["policy_document"]
    else:
        at, written = re.compile(r"Statement\s*=\s*\[").search(source, start).end(), "\n" + statements["jsonencode"]
    path.write_text(source[:at] + written + source[at:])


def block(folder, what, kind, name):
    for path in sorted(folder.glob("*.tf")):
        source = path.read_text()
        found = re.search(r'^%s "%s" "%s" ' % (what, re.escape(kind), re.escape(name)), source, re.M)
        if found:
            return path, found.start(), end_of_braces(source, found.start())
    sys.exit(f"no block {what} {kind} {name}")


def close(case):
    def copied(target):
        for entry in case.iterdir():
            if entry.name not in LEFT_OUT:
                (shutil.copytree if entry.is_dir() else shutil.copy)(entry, target / entry.name)
        return target

    with tempfile.TemporaryDirectory() as temporary:
        first = copied(pathlib.Path(temporary))
        plan(first)
        for name in ("plan.json", "tfplan"):
            shutil.copy(first / name, case / name)
        kinds = [finding for finding in findings(first) if finding["kind"] in ("gap", "excess") and finding["fix"]]
    for form in FORMS:
        with tempfile.TemporaryDirectory() as temporary:
            second, again = copied(pathlib.Path(temporary)), {}
            for number, finding in enumerate(kinds):
                fix, location = finding["fix"], finding["location"]
                if fix["title"].startswith("Write statement"):
                    again[(location["file"], location["line"], location["column"])] = (number, fix, location)
                else:
                    write(second, number, fix, form, location)
            # From the last to the first, so that no place moves before its turn; each statement once.
            for _, (number, fix, location) in sorted(again.items(), reverse=True):
                write(second, number, fix, form, location)
            for path in second.rglob("suggested_*.tf"):
                done = subprocess.run(["terraform", "fmt", "-check", "-diff", str(path)], capture_output=True, text=True)
                if done.returncode:
                    sys.exit(f"a suggestion is not laid out as terraform fmt does it:\n{done.stdout}{done.stderr}")
            # A statement that is written again stands deeper than it is suggested.
            subprocess.run(["terraform", "fmt", "-recursive"], cwd=second, check=True, capture_output=True)
            plan(second)
            target = case / "closed" / form
            target.mkdir(parents=True, exist_ok=True)
            for name in ("plan.json", "tfplan"):
                shutil.copy(second / name, target / name)
            left = [finding for finding in findings(second) if finding["rule"].startswith(("intent-", "protected-", "missing-"))]
            print(f"{case}: {form}: {len(kinds)} suggestions, {len(left)} findings left")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        close(pathlib.Path(argument).resolve())

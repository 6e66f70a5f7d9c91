#!/usr/bin/env python3
"""Runs `mqwarden check --format json` over a folder of cases and compares each verdict with truth.json.

  compare_truth.py BINARY CASES... [--mode plan|plan-file|config-dir]... [--show N] [--account ID]

CASES are case folders, or folders of them. A case has plan.json and truth.json, and for the modes that need it tfplan
and its .tf files. Modes: `plan` gives the plan's JSON alone; `plan-file` adds --plan-file; `config-dir` adds
--plan-file, --config-dir and --account-id. All three by default.

Prints per mode a table of true verdicts against those given, first for the rows that must be decided there (see
MUST_DECIDE), then each wrong cell and each cell that should have been decided and was not. Exit status 1 if any cell
is wrong.

A row whose `rests_on` is `not shown` hangs on something that no input shows: `unknown` is right there.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

MODES = ("plan", "plan-file", "config-dir")
MUST_DECIDE = {
    "plan": {"plan", "unknown link"},
    "plan-file": {"plan", "unknown link", "unknown document"},
    "config-dir": {"plan", "unknown link", "unknown document"},
}


def cases_in(folders):
    for folder in map(pathlib.Path, folders):
        if (folder / "truth.json").exists():
            yield folder
        else:
            yield from sorted(path.parent for path in folder.glob("*/truth.json"))


def run(binary, case, mode, account):
    arguments = [binary, "check", str(case / "plan.json"), "--format", "json", "--fail-on", "never"]
    if mode != "plan":
        arguments += ["--plan-file", str(case / "tfplan")]
    if mode == "config-dir":
        arguments += ["--config-dir", str(case), "--account-id", account]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr.strip()[:400]}")
    return json.loads(done.stdout)


def rows(access):
    return {(row["principal"], row["broker"], row["operation"]): row for row in access}


def because(row):
    parts = (f"{hole.get('address')}.{hole.get('attribute')}" for hole in row.get("unknown_because") or [])
    return ", ".join(parts)


def compare(case, mode, result, truth, tally):
    wrong, open_cells = [], []
    expected, given = rows(truth["access"]), rows(result["access"])
    skipped = set(rows(truth.get("skipped", [])))
    for key in sorted(expected.keys() | given.keys()):
        place = f"{case.name} [{mode}] {' | '.join(key)}"
        if key in skipped:
            continue
        if key not in expected or key not in given:
            wrong.append(f"{place}: {'row is missing' if key in expected else 'row should not be there'}")
            continue
        want, got = expected[key], given[key]
        rests_on = want.get("rests_on")
        for member in ("verdict", "before"):
            a, b = want[member], got[member]
            tally[member][(rests_on if member == "verdict" else "-", a, b)] += 1
            if a == b or (b == "unknown" and rests_on == "not shown"):
                continue
            # The state before apply is known, but for what the plan does not show of it.
            must = member == "before" or rests_on in MUST_DECIDE[mode]
            if b == "unknown":
                if must:
                    open_cells.append(f"{place}: {member} is {a}, given unknown ({because(got)})")
            else:
                wrong.append(f"{place}: {member} is {a}, given {b}")
    return wrong, open_cells


def table(tally):
    given = ["allowed", "denied", "conditional", "unknown", None]
    for member, counts in tally.items():
        kinds = sorted({(rests_on, true) for rests_on, true, _ in counts}, key=str)
        print(f"  {member:32} " + "".join(f"{str(name):>12}" for name in given))
        for rests_on, true in kinds:
            cells = "".join(f"{counts[(rests_on, true, name)] or '.':>12}" for name in given)
            print(f"    {str(rests_on):18}{str(true):12} {cells}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--mode", action="append", choices=MODES)
    parser.add_argument("--show", type=int, default=40, help="print at most so many cells of each kind (40)")
    parser.add_argument("--account", default="123456789012")
    args = parser.parse_args()
    failed = False
    for mode in args.mode or MODES:
        tally = {"verdict": collections.Counter(), "before": collections.Counter()}
        wrong, open_cells, broken, count = [], [], [], 0
        for case in cases_in(args.cases):
            truth = json.loads((case / "truth.json").read_text())
            count += 1
            try:
                result = run(args.binary, case, mode, args.account)
            except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
                broken.append(f"{case.name} [{mode}]: {error}")
                continue
            more_wrong, more_open = compare(case, mode, result, truth, tally)
            wrong += more_wrong
            open_cells += more_open
        print(f"{mode}: {count} cases, {len(broken)} failed, {len(wrong)} wrong, {len(open_cells)} undecided")
        table(tally)
        for title, cells in (("failed", broken), ("wrong", wrong), ("undecided", open_cells)):
            for cell in cells[:args.show]:
                print(f"  {title}: {cell}")
            if len(cells) > args.show:
                print(f"  … {len(cells) - args.show} more {title}")
        failed |= bool(wrong or broken)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

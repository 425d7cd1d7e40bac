"""Prunes every model of a folder of exports by half and checks each result; writes the table as Markdown and CSV.

    python benchmarks/exporters/zoo.py --zoo DIR --jar target/fnprune.jar --output DIR [--only PATTERN] [--kinds ffn,…]

`--jar` takes a class path too. The tables are DIR/zoo.md and DIR/zoo.csv; Markdown is printed as well.

DIR holds exports and a manifest.json as make.py writes them (the fixtures under src/test/resources/exports are unpacked on
the way). For every kind that the manifest expects (or, without `expect`, that follows from its head counts): the units that
`inspect` finds, `prune --sparsity 0.5 --selector magnitude --compensate none`, and what check.py says of the run folder.
"""
import argparse
import concurrent.futures
import csv
import fnmatch
import gzip
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def expected(entry):
    """Units and widths by kind; None where a kind cannot be expected."""
    if "expect" in entry:
        return entry["expect"]
    kv, layers = entry.get("kv_heads"), entry["layers"]
    return {"ffn": {"units": layers, "width": entry["ffn"]},
            "heads": None if kv else {"units": layers, "width": entry["heads"]},
            "kv_groups": {"units": layers, "width": kv} if kv else None}


def unpacked(zoo, name, entry, output):
    """The model's path; gzip files are unpacked into the output folder."""
    files = entry.get("files", [])
    if not any((zoo / f"{f}.gz").exists() for f in files):
        return zoo / name
    for f in files:
        target = output / "models" / f
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress((zoo / f"{f}.gz").read_bytes()))
    return output / "models" / name


def java(jar, *arguments):
    """Runs fnprune; its standard output, or an error with its last line."""
    command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jar, "org.fnprune.cli.Main",
               *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith("error")]
        raise RuntimeError((lines or done.stderr.splitlines() or ["?"])[0])
    return done.stdout


def found(jar, model, kind, wanted):
    """What `inspect` finds of a kind, as '2 x 160', and whether it is what the manifest says."""
    units = [u for u in json.loads(java(jar, "inspect", model, "--json"))["units"] if u["kind"] == kind]
    widths = sorted({u["width"] for u in units})
    text = f"{len(units)} x {'/'.join(map(str, widths))}" if units else "none"
    return text, len(units) == wanted["units"] and widths == [wanted["width"]]


def one(jar, model, name, kind, wanted, output):
    """One row: units, whether they are as expected, and the result of pruning."""
    try:
        units, right = found(jar, model, kind, wanted)
    except RuntimeError as e:
        return name, kind, "?", False, f"inspect: {e}"
    if units == "none":
        return name, kind, units, False, "nothing to prune"
    if wanted["width"] == 1:
        return name, kind, units, right, "ok (one channel, not pruned)"
    run = output / f"{name}.{kind}"
    shutil.rmtree(run, ignore_errors=True)
    try:
        java(jar, "prune", model, "--output", run, "--sparsity", "0.5", "--selector", "magnitude", "--compensate", "none",
             "--targets", kind, "--round-to", "1", "--quiet")
    except RuntimeError as e:
        return name, kind, units, right, f"prune: {e}"
    checked = subprocess.run([sys.executable, str(HERE / "check.py"), str(run), "--dense", str(model)],
                             capture_output=True, text=True)
    lines = [x for x in checked.stdout.splitlines() + checked.stderr.splitlines()[-1:] if x.strip()]
    result = (lines or ["?"])[0].replace(f"{model.parent.name}/{model.name} [{kind}] ", "")
    return name, kind, units, right and checked.returncode == 0, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoo", required=True, type=pathlib.Path)
    parser.add_argument("--jar", required=True, help="fnprune.jar, or a class path")
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="*", help="glob over model names; several with commas")
    parser.add_argument("--kinds", default="ffn,heads,kv_groups")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((args.zoo / "manifest.json").read_text())
    rows, good = [], 0
    with concurrent.futures.ThreadPoolExecutor(args.workers) as pool:
        for name, entry in manifest.items():
            if not any(fnmatch.fnmatch(name, p) for p in args.only.split(",")):
                continue
            model = unpacked(args.zoo, name, entry, args.output)
            for kind, wanted in expected(entry).items():
                if wanted and kind in args.kinds.split(","):
                    rows.append(pool.submit(one, args.jar, model, name, kind, wanted, args.output))
        with open(args.output / "zoo.md", "w") as table, open(args.output / "zoo.csv", "w", newline="") as values:
            def say(line):
                print(line, flush=True)
                table.write(line + "\n")

            writer = csv.writer(values)
            writer.writerow(["model", "kind", "units", "as expected", "result"])
            say("| model | kind | units | as expected | pruned by half |\n|---|---|---|---|---|")
            for row in rows:
                name, kind, units, ok, result = row.result()
                good += ok and result.startswith("ok")
                writer.writerow([name, kind, units, ok, result])
                say(f"| {name} | {kind} | {units} | {'yes' if ok else '**no**'} | {result.replace('|', '/')} |")
            say(f"\n{good} of {len(rows)} as expected and checked")
    return 0 if good == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())

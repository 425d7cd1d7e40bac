"""Writes tiny random-weight ONNX exports of transformer families in the dialects of their exporters.

    python benchmarks/exporters/make.py --output DIR [--only PATTERN] [--tiny] [--force]

One line per file; `manifest.json` says what is in each (sizes, opset, inputs, the (batch, sequence, past) shapes at which it
runs, and the prunable units that a structure discovery should find). A failed export is logged in `failures.log` and the rest
goes on. Needs torch, transformers, onnx, onnxscript and onnxruntime.
"""
import argparse
import fcntl
import fnmatch
import gzip
import json
import pathlib
import re
import shutil
import time
import traceback
import warnings

import jobs
from families import NORMAL, TINY


def record(folder, name, entry):
    """Adds one entry to the manifest; several processes may write to one folder."""
    path = folder / "manifest.json"
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = json.loads(path.read_text()) if path.exists() else {}
        # What fnprune refuses yet is written by hand and outlives a new export.
        refused = manifest.get(name, {}).get("refused")
        manifest[name] = entry | ({"refused": refused} if refused else {})
        lines = [f" {json.dumps(k)}: {json.dumps(manifest[k])}" for k in sorted(manifest)]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def compressed(folder, target):
    """Replaces the files of an export by gzip files; returns their names without the ending."""
    parts = sorted(target.iterdir()) if target.is_dir() else sorted(folder.glob(target.name + "*"))
    for part in parts:
        part.with_name(part.name + ".gz").write_bytes(gzip.compress(part.read_bytes(), 9, mtime=0))
        part.unlink()
    return [str(part.relative_to(folder)) for part in parts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="*", help="glob over file names; several with commas")
    parser.add_argument("--tiny", action="store_true", help="the selection and sizes of the committed test fixtures")
    parser.add_argument("--force", action="store_true", help="write files that exist already again")
    parser.add_argument("--list", action="store_true", help="print the names only")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    args.output.mkdir(parents=True, exist_ok=True)
    for job in jobs.all_jobs(TINY if args.tiny else NORMAL, args.tiny):
        if not any(fnmatch.fnmatch(job.name, p) for p in args.only.split(",")):
            continue
        if args.list:
            print(job.name)
            continue
        target = args.output / job.name
        if not args.force and (target.exists() or args.output.joinpath(job.name + ".gz").exists()):
            continue
        start = time.time()
        try:
            entry = job.make(args.output, target)
            if args.tiny:
                entry["files"] = compressed(args.output, target)
            record(args.output, job.name, entry)
            print(f"{job.name}: {len(entry['runs'])} shapes ran, {time.time() - start:.1f} s", flush=True)
        except Exception as e:  # one export that fails must not stop the others
            reason = re.sub(r"\s+", " ", str(e))[:200]
            print(f"{job.name}: FAILED {type(e).__name__}: {reason}", flush=True)
            with open(args.output / "failures.log", "a") as log:
                log.write(f"=== {job.name}\n{traceback.format_exc()}\n")
            if target.is_dir():
                shutil.rmtree(target)
            target.unlink(missing_ok=True)
    shutil.rmtree(jobs.aside(), ignore_errors=True)
    args.output.joinpath(".lock").unlink(missing_ok=True)


if __name__ == "__main__":
    main()

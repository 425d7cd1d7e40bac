#!/usr/bin/env python3
"""Prunes a model of some gigabytes with a small heap, and copies the same bytes in the same run.

    python benchmarks/size/compare.py WORK_FOLDER [--jar target/fnprune.jar] [--heap 512m] [--rounds 3] [--files one,many]

Every round runs `cp` of the model's folder (without and with waiting for the disk) and `prune` in turn, so that a
machine that is busy slows down both. Nothing drops the page cache: the source is in memory for all of them, as after
a download. Needs three times the model's size on the disk; what it made is removed at the end.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def folder_bytes(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def copy(source, target):
    """Seconds of `cp`, and until all of it is on the disk."""
    start = time.perf_counter()
    subprocess.run(["cp", "-r", source, target], check=True)
    copied = time.perf_counter() - start
    subprocess.run(["sync", "-d", *target.iterdir()], check=True)
    synced = time.perf_counter() - start
    shutil.rmtree(target)
    return copied, synced


def status(pid):
    """Kilobytes by field of /proc/PID/status."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(kb) for name, kb in re.findall(r"(VmHWM|RssAnon|RssFile):\s+(\d+) kB", text)}


def prune(java, model, output, log):
    """Runs the command; peaks of memory are read every 10 ms, heap from the log of the collector."""
    gc = log.with_suffix(".gc")
    command = [*java, f"-Xlog:gc:file={gc}", *ARGUMENTS, "prune", model, "--output", output, *OPTIONS]
    peaks = {"VmHWM": 0, "RssAnon": 0, "RssFile": 0}
    start = time.perf_counter()
    with open(log, "w") as text, subprocess.Popen(command, stdout=text, stderr=subprocess.STDOUT) as process:
        while process.poll() is None:
            for name, kb in status(process.pid).items():
                peaks[name] = max(peaks[name], kb)
            time.sleep(0.01)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"prune failed, see {log}:\n{log.read_text()[-2000:]}")
    report = json.loads((output / "report.json").read_text())
    heap = max((int(mb) for mb in re.findall(r"(\d+)M->", gc.read_text())), default=0)
    stages = {name: ms / 1000 for name, ms in report["timings"].items()}
    result = {
        "bytes_out": folder_bytes(output / "slim"), "prune_s": seconds, "write_s": stages["rewrite"] + stages["write"],
        "select_s": stages["select"], "equality_s": stages["equality"], "sync_s": stages["sync"],
        "verify_s": stages["verify"], "peak_rss_mb": peaks["VmHWM"] / 1024, "peak_anon_mb": peaks["RssAnon"] / 1024,
        "peak_file_mb": peaks["RssFile"] / 1024, "peak_heap_mb": heap,
        "max_abs_diff": report["equivalence"]["max_abs_diff"], "equal": report["equivalence"]["passed"]}
    shutil.rmtree(output)
    return result


def rounds(java, work, files, count, sizes):
    model = work / f"model-{files}"
    subprocess.run([sys.executable, HERE / "model.py", model, "--files", files, *sizes], check=True)
    os.sync()
    size = folder_bytes(model)
    for number in range(count):
        copied, synced = copy(model, work / "copy")
        row = {"files": files, "round": number + 1, "bytes_in": size, "cp_s": copied, "cp_sync_s": synced}
        row |= prune(java, model, work / "run", work / f"{files}-{number + 1}.log")
        row["write_over_cp"] = row["write_s"] / copied
        row["prune_over_cp"] = row["prune_s"] / copied
        row["prune_over_cp_sync"] = row["prune_s"] / synced
        row["cp_mb_per_s"] = size / copied / 1e6
        row["write_mb_per_s"] = size / row["write_s"] / 1e6
        yield row
    shutil.rmtree(model)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--jar", default="target/fnprune.jar", help="a jar, or a class path with the main class in it")
    parser.add_argument("--heap", default="512m")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", default="one,many")
    parser.add_argument("--options", default="--selector magnitude --compensate none --sparsity 0.5 --latency false")
    parser.add_argument("--sizes", default="", help="for model.py, such as '--layers 2 --hidden 64'")
    options = parser.parse_args()
    global ARGUMENTS, OPTIONS
    OPTIONS = options.options.split()
    ARGUMENTS = ["-jar", options.jar] if options.jar.endswith("fnprune.jar") else [
        "-cp", options.jar, "org.fnprune.cli.Main"]
    options.work.mkdir(parents=True, exist_ok=True)
    print_header = True
    for files in options.files.split(","):
        for row in rounds(["java", f"-Xmx{options.heap}"], options.work, files, options.rounds, options.sizes.split()):
            if print_header:
                print(",".join(row))
                print_header = False
            print(",".join(f"{v:.3g}" if isinstance(v, float) and abs(v) < 1 else f"{v:.1f}" if isinstance(v, float)
                           else str(v) for v in row.values()), flush=True)


if __name__ == "__main__":
    main()

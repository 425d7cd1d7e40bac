#!/usr/bin/env python3
"""Measures memory and threads of fnprune at its limits.

    python benchmarks/limits/limits.py big     WORK [--classpath target/fnprune.jar] [--heap 1g]
    python benchmarks/limits/limits.py rows    WORK [--rows 1000000] [--heap 512m]
    python benchmarks/limits/limits.py threads WORK

`big` makes a model of 3.2 GB (benchmarks/size/model.py, which needs numpy and onnx) and prunes it with calibration
text; `rows` captures the moments of many rows, eight tokens of each, with the bundled model, and prunes with them; `threads` counts
the threads of the process that used the processor. Peaks of memory are read from /proc every 10 ms. Each run goes into
results.json beside this file, in place of the last of its name, and RESULTS.md is written anew from all of them.
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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
POLYMATH = ROOT / "recipes" / "models" / "polymath"
TICK = 1 / os.sysconf("SC_CLK_TCK")
# What the Java machine does beside the program: it compiles and collects garbage on threads of its own.
OF_JAVA = re.compile(r"^(GC |G1 |C1 |C2 |VM |Sweeper|Signal|Service|Monitor|Common-|Notif|Reference|Finalizer|Attach)")


def status(pid):
    """Kilobytes by field of /proc/PID/status."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(kb) for name, kb in re.findall(r"(VmHWM|RssAnon|RssFile):\s+(\d+) kB", text)}


def thread_times(pid, times):
    """Seconds of processor time by thread, kept in `times` also when a thread is gone."""
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            text = (task / "stat").read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        times[int(task.name)] = (name, (int(rest[11]) + int(rest[12])) * TICK)


def run(options, name, arguments, threads=False):
    """Runs fnprune; returns seconds, peaks in MB, and the threads that worked."""
    log, gc = options.work / f"{name}.log", options.work / f"{name}.gc"
    program = ["-jar", options.classpath] if options.classpath.endswith("fnprune.jar") else [
        "-cp", options.classpath, "org.fnprune.cli.Main"]
    command = ["java", f"-Xmx{options.heap}", f"-Xlog:gc:file={gc}", *program, *map(str, arguments)]
    peaks, times = {"VmHWM": 0, "RssAnon": 0, "RssFile": 0}, {}
    start = time.perf_counter()
    with open(log, "w") as text, subprocess.Popen(command, stdout=text, stderr=subprocess.STDOUT) as process:
        while process.poll() is None:
            for field, kb in status(process.pid).items():
                peaks[field] = max(peaks[field], kb)
            if threads:
                thread_times(process.pid, times)
            time.sleep(0.01)
    seconds = time.perf_counter() - start
    heap = max((int(mb) for mb in re.findall(r"(\d+)M->", gc.read_text())), default=0)
    busy = sorted(((round(s, 2), n) for n, s in times.values() if s >= 0.1 and not OF_JAVA.match(n)), reverse=True)
    result = {"run": name, "exit": process.returncode, "seconds": round(seconds, 1),
              "peak_rss_mb": peaks["VmHWM"] // 1024, "allocated_mb": peaks["RssAnon"] // 1024, "heap_mb": heap}
    if threads:
        result["busy_threads"] = busy
    print(json.dumps(result), flush=True)
    keep(options, result)
    if process.returncode:
        print(log.read_text()[-1500:], file=sys.stderr)
    return result


def keep(options, result):
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    result |= {"heap": options.heap, "date": time.strftime("%Y-%m-%d"), "commit": commit.stdout.strip()}
    if result["run"].startswith("big"):
        result["memory"] = options.memory
    file = HERE / "results.json"
    results = {r["run"]: r for r in (json.loads(file.read_text()) if file.exists() else [])}
    results[result["run"]] = result
    file.write_text(json.dumps(list(results.values()), indent=1) + "\n")
    lines = ["# Limits", "", f"Made by `limits.py` ({os.cpu_count()} cores; date and commit of each run in results.json).", "",
             "| run | exit code | seconds | `-Xmx` | `--memory` | heap, peak before a collection, MB "
             "| allocated outside of files, peak, MB | resident with mapped files, peak, MB |",
             "|---|---:|---:|---:|---:|---:|---:|---:|"]
    lines += [f"| {r['run']} | {r['exit']} | {r['seconds']} | {r['heap']} | {r.get('memory', '')} | {r['heap_mb']} "
              f"| {r['allocated_mb']} | {r['peak_rss_mb']} |" for r in results.values() if "busy_threads" not in r]
    counted = [r for r in results.values() if "busy_threads" in r]
    if counted:
        lines += ["", "Threads that used the processor for 0.1 s or more, but for those of the Java machine itself:", "",
                  "| run | seconds | threads |", "|---|---:|---|"]
        lines += [f"| {r['run']} | {r['seconds']} | " + ", ".join(f"{n} {s} s" for s, n in r["busy_threads"]) + " |"
                  for r in counted]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n")


def rows_of(count, file):
    """Rows of the bundled training text, again and again."""
    lines = [line for part in sorted((ROOT / "recipes" / "data").glob("*-train.jsonl"))
             for line in part.read_text().splitlines(keepends=True)]
    with open(file, "w") as out:
        for i in range(count):
            out.write(lines[i % len(lines)])


def big(options):
    model, text = options.work / "big", options.work / "text.jsonl"
    if not model.exists():
        subprocess.run([sys.executable, HERE.parent / "size" / "model.py", model], check=True)
    # The made model has no tokenizer; the bundled model's ids are all within its vocabulary.
    shutil.copy(POLYMATH / "tokenizer.json", model)
    rows_of(16 * 8, text)
    lines = [json.loads(line)["text"] for line in text.read_text().splitlines()]
    text.write_text("".join(json.dumps({"text": "".join(lines[i::16])}) + "\n" for i in range(16)))
    common = ["--calibration", text, "--num-samples", 16, "--max-seq-length", 64, "--batch-size", 4, "--targets", "ffn",
              "--sparsity", 0.5, "--latency", "false", "--memory", options.memory, "--force"]
    for name, extra in (("big-obs", ["--selector", "obs"]),
                        ("big-wanda-sp", ["--selector", "wanda-sp", "--compensate", "bias"])):
        if not options.only or name in options.only.split(","):
            run(options, name, ["prune", model, "--output", options.work / name, *common, *extra])
            shutil.rmtree(options.work / name, ignore_errors=True)
    if not options.keep:
        shutil.rmtree(model)


def many_rows(options):
    text, recipe, moments = options.work / "rows.jsonl", options.work / "rows.yaml", options.work / "moments"
    for count in (options.rows // 100, options.rows):
        rows_of(count, text)
        recipe.write_text(f"model: {POLYMATH}\noutput: {options.work / 'unused'}\n"
                          f"calibration: {{dataset: {text}, num_samples: {count}, max_seq_length: 8, batch_size: 256}}\n"
                          "prune: {targets: [ffn], sparsity: 0.5}\n")
        for name, arguments in (
                (f"capture-{count}", ["capture", recipe, "--output", moments, "--force"]),
                (f"prune-{count}", [
                    "prune", POLYMATH, "--calibration", text, "--num-samples", count, "--max-seq-length", 8,
                    "--batch-size", 256, "--sparsity", 0.5, "--selector", "obs", "--compensate", "none", "--latency", "false",
                    "--output", options.work / "run", "--force"])):
            if not options.only or name in options.only.split(","):
                run(options, name, arguments)
        for folder in (moments, options.work / "run"):
            shutil.rmtree(folder, ignore_errors=True)
    text.unlink()


def threads(options):
    for count in (1, 2):
        for selector in ("obs", "functional-networks"):
            run(options, f"threads-{count}-{selector}", [
                "run", ROOT / "recipes" / "polymath-add.yaml", "--selector", selector, "--latency", "false",
                "--threads", count, "--output", options.work / "run", "--force"], threads=True)
            shutil.rmtree(options.work / "run", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["big", "rows", "threads"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--classpath", default="target/fnprune.jar", help="a jar, or a class path with the main class")
    parser.add_argument("--heap")
    parser.add_argument("--memory", default="512MiB", help="of `big`: fnprune's --memory")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="of `big` and `rows`: names of runs, with commas")
    parser.add_argument("--keep", action="store_true", help="of `big`: leave the model there")
    options = parser.parse_args()
    options.heap = options.heap or {"big": "1g", "rows": "512m", "threads": "1g"}[options.what]
    options.work.mkdir(parents=True, exist_ok=True)
    {"big": big, "rows": many_rows, "threads": threads}[options.what](options)


if __name__ == "__main__":
    main()

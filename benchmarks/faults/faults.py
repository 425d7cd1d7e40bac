"""Kills, signals and full disks: does a run that was stopped go on to the same bytes?

    mvn -B -DskipTests package
    python benchmarks/faults/faults.py            # about an hour on 2 cores
    python benchmarks/faults/faults.py --kills 12 --only kills

Everything happens in a folder of its own (--work). A reference run is made undisturbed; then each run is
stopped somewhere, gone on with, and all its files are compared with the reference by SHA-256. Left out of the
comparison is what says how long things took: `timings` of report.json, and report.html and report.md, which
are rendered from it. Writes results.json and RESULTS.md beside itself.
"""

import argparse
import hashlib
import json
import os
import pathlib
import platform
import random
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STAGES = ["read and dense tasks", "capture", "selection", "slim model", "verification and report"]


def digest(folder):
    files = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or name in ("report.html", "report.md"):
            continue
        data = path.read_bytes()
        if name == "report.json":
            report = json.loads(data)
            report.pop("timings")
            data = json.dumps(report, sort_keys=True).encode()
        files[name] = hashlib.sha256(data).hexdigest()
    return files


def stage(out):
    """How far a run has come, by what lies in its folder."""
    if not (out / "recipe.lock.yaml").exists():
        return 0
    if (out / "report.json").exists():
        return 5
    if (out / ".stages/slim.json").exists():
        return 4
    if (out / ".stages/selection.json").exists():
        return 3
    if (out / "moments/moments.json").exists() and (out / "moments/held-out/moments.json").exists():
        return 2
    return 1


class Runs:
    def __init__(self, command, work, samples, sequential):
        self.command, self.work = command, work
        work.mkdir(parents=True, exist_ok=True)
        self.out = work / "out"
        rows = [r for f in sorted((ROOT / "recipes/data").glob("*-train.jsonl")) for r in f.read_text().splitlines()]
        (work / "text.jsonl").write_text("\n".join(rows * 12) + "\n")
        self.recipe = work / "recipe.yaml"
        self.recipe.write_text(f"""
model: {ROOT}/recipes/models/polymath
output: {self.out}
calibration: {{dataset: text.jsonl, num_samples: {samples}, max_seq_length: 40, batch_size: 32}}
networks: {{components: 24, restarts: 3}}
prune: {{targets: [ffn], sparsity: 0.5, selector: functional-networks, round_to: 8}}
compensate: {{method: least-squares, sequential: {str(sequential).lower()}}}
verify: {{tasks: [{ROOT}/recipes/tasks/add.yaml, {ROOT}/recipes/tasks/sort.yaml], latency: false, log_samples: true}}
""")

    def start(self, *more, preexec=None):
        self.log = tempfile.TemporaryFile(mode="w+")
        return subprocess.Popen(
            self.command + ["run", str(self.recipe), *more],
            stdout=subprocess.DEVNULL, stderr=self.log, preexec_fn=preexec)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def finish(self):
        process = self.start()
        code = process.wait()
        return code, self.said()

    def fresh(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def reference(self):
        """The files of an undisturbed run, and how long each stage took."""
        self.fresh()
        process = self.start()
        times, now, begun = [0.0] * len(STAGES), 0, time.time()
        while process.poll() is None:
            seen = min(stage(self.out), len(STAGES) - 1)
            if seen != now:
                times[now] += time.time() - begun
                now, begun = seen, time.time()
            time.sleep(0.002)
        times[now] += time.time() - begun
        assert process.returncode == 0, self.said()
        return digest(self.out), times

    def until(self, process, wanted, delay):
        """Waits until a stage has begun, and then so long; where it really was when that was over."""
        while process.poll() is None and stage(self.out) < wanted:
            time.sleep(0.001)
        end = time.time() + delay
        while process.poll() is None and time.time() < end:
            time.sleep(0.001)
        return stage(self.out)


def leftovers(out):
    return [str(p.relative_to(out)) for p in out.rglob(".*")]


def kills(settings, count, seed):
    """SIGKILL at random moments, the same number in every stage; every fourth run is killed twice."""
    draw, results = random.Random(seed), []
    for i in range(count):
        wanted = i % len(STAGES)
        runs, reference, times = settings[0 if wanted in (1, 2) else 1]
        runs.fresh()
        moments, delays = [], [draw.random() * times[wanted]]
        if i % 4 == 3:
            delays.append(draw.random() * sum(times))
        for n, delay in enumerate(delays):
            process = runs.start()
            was = runs.until(process, wanted if n == 0 else 0, delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            moments.append(was)
        journalled = bool(list(runs.out.rglob("*.sums")))
        code, said = (0, "was finished") if moments[-1] == 5 else runs.finish()
        files = digest(runs.out) if runs.out.exists() else {}
        results.append({
            "stages": [STAGES[m] if m < 5 else "finished" for m in moments],
            "capture_sums_on_disk": journalled,
            "resumed": [line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("resumed: ")],
            "exit": code,
            "identical": files == reference or (moments[-1] == 5 and {k: v for k, v in files.items() if not k.startswith(".")} == reference),
            "leftovers": leftovers(runs.out) if moments[-1] < 5 else [],
        })
        print(i + 1, results[-1], flush=True)
    return results


def signals(runs, reference, times):
    """SIGINT and SIGTERM in the middle of every stage."""
    results = []
    for sent in (signal.SIGINT, signal.SIGTERM):
        for wanted in range(len(STAGES)):
            runs.fresh()
            process = runs.start(preexec=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            was = runs.until(process, wanted, times[wanted] / 2)
            begun = time.time()
            process.send_signal(sent)
            code = process.wait()
            took = time.time() - begun
            said = runs.said().strip().splitlines()[-1]
            again, _ = runs.finish()
            results.append({
                "signal": sent.name, "stage": STAGES[min(was, 4)], "exit": code, "seconds": round(took, 2), "said": said,
                "identical": again == 0 and digest(runs.out) == reference})
            print(results[-1], flush=True)
    return results


def message(said):
    lines = [line for line in said.splitlines() if line.startswith(("error: ", "help: "))]
    return [line.replace(str(ROOT), "…") for line in lines]


def faults(runs, reference, times):
    """No space, no permission, no input: an error that says so, and a run that can be gone on with."""
    results = []

    def record(name, code, said, outcome):
        said = [line.replace(str(runs.work), "WORK") for line in message(said)]
        results.append({"fault": name, "exit": code, "said": said, **outcome})
        print(results[-1], flush=True)

    def resumed():
        code, _ = runs.finish()
        return {"identical": code == 0 and digest(runs.out) == reference}

    if os.geteuid() == 0:
        for megabytes in (1, 5, 9, 12, 14):
            runs.fresh()
            runs.out.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(runs.out)])
            if mounted.returncode != 0:
                break
            process = runs.start()
            code = process.wait()
            said = runs.said()
            full = runs.work / "full"
            shutil.rmtree(full, ignore_errors=True)
            shutil.copytree(runs.out, full)
            subprocess.run(["umount", str(runs.out)], check=True)
            runs.fresh()
            full.rename(runs.out)
            outcome = resumed() if code != 0 else {"identical": digest(runs.out) == reference}
            record(f"a disk of {megabytes} MB", code, said, outcome)

    runs.fresh()
    process = runs.start()
    runs.until(process, 1, 0.1)
    shutil.rmtree(runs.out / "moments", ignore_errors=True)
    (runs.out / "moments").write_text("")
    code = process.wait()
    said = runs.said()
    if (runs.out / "moments").is_file():
        (runs.out / "moments").unlink()
    record("a folder of the run becomes a file", code, said, resumed())

    model = runs.work / "model"
    shutil.copytree(ROOT / "recipes/models/polymath", model, dirs_exist_ok=True)
    recipe = runs.recipe.read_text()
    runs.recipe.write_text(recipe.replace(f"{ROOT}/recipes/models/polymath", str(model)))
    runs.fresh()
    assert runs.finish()[0] == 0
    whole = digest(runs.out)
    for name in ("model.onnx", "tokenizer.json"):
        for wanted in (1, 3):
            runs.fresh()
            process = runs.start()
            runs.until(process, wanted, times[wanted] / 3)
            (model / name).rename(model / (name + ".away"))
            code = process.wait()
            said = runs.said()
            (model / (name + ".away")).rename(model / name)
            again = 0 if code == 0 else runs.finish()[0]
            record(f"{name} vanishes in the stage {STAGES[wanted]}", code, said,
                   {"identical": again == 0 and digest(runs.out) == whole})
    runs.recipe.write_text(recipe)

    before = digest_model(ROOT / "recipes/models/polymath")
    runs.fresh()
    process = runs.start()
    runs.until(process, 1, 0)
    second = subprocess.run(runs.command + ["run", str(runs.recipe)], capture_output=True, text=True)
    third = subprocess.run(runs.command + ["run", str(runs.recipe), "--force"], capture_output=True, text=True)
    code = process.wait()
    outcome = {"identical": code == 0 and digest(runs.out) == reference}
    record("a second run of the same folder", second.returncode, second.stderr, outcome)
    record("a second run with --force", third.returncode, third.stderr, outcome)
    link = runs.work / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(ROOT / "recipes/models/polymath")
    for name, output in (("output in the model's folder", f"{ROOT}/recipes/models/polymath/out"),
                         ("output is the model's folder", f"{ROOT}/recipes/models/polymath"),
                         ("output over the model's folder", f"{ROOT}/recipes/models"),
                         ("the same through a symbolic link", f"{link}/out"),
                         ("the same through ..", f"{ROOT}/recipes/models/x/../polymath/out")):
        refused = subprocess.run(
            runs.command + ["run", str(runs.recipe), "--force", "--output", output], capture_output=True, text=True)
        record(name, refused.returncode, refused.stderr,
               {"identical": digest_model(ROOT / "recipes/models/polymath") == before})
    return results


def network(runs, reference):
    """Connections to a network that a run asks the system for."""
    if not shutil.which("strace"):
        return None
    runs.fresh()
    trace = runs.work / "connections"
    code = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace), *runs.command, "run", str(runs.recipe)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    result = {"exit": code, "connections": sum("AF_INET" in line for line in trace.read_text().splitlines()),
              "identical": digest(runs.out) == reference}
    print(result, flush=True)
    return result


def digest_model(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def report(results):
    lines = ["# Faults", "", f"Made by `faults.py` ({results['machine']}): " +
             "; ".join(f"{part} {made}" for part, made in results["made"].items()) + ".", ""]
    for what, seconds in zip(("5,000 texts (killed while it captures and selects)", "512 texts, fitted sequentially (the rest)"),
                             results["stage_seconds"]):
        lines += [f"Undisturbed, {what}: " + ", ".join(f"{n} {t:.1f} s" for n, t in zip(STAGES, seconds)) + ".", ""]
    if "kills" in results:
        lines += ["## SIGKILL", "", "| stage | kills | of them with a capture's sums on disk | gone on with to the same bytes | files left over |",
                  "|---|---|---|---|---|"]
        for name in STAGES + ["finished"]:
            hit = [k for k in results["kills"] if k["stages"][0] == name]
            if hit:
                lines.append(f"| {name} | {len(hit)} | {sum(k['capture_sums_on_disk'] for k in hit)} | "
                             f"{sum(k['identical'] and k['exit'] == 0 for k in hit)} | {sum(len(k['leftovers']) for k in hit)} |")
        hit = results["kills"]
        lines.append(f"| **all** | **{len(hit)}** | {sum(k['capture_sums_on_disk'] for k in hit)} | "
                     f"**{sum(k['identical'] and k['exit'] == 0 for k in hit)}** | {sum(len(k['leftovers']) for k in hit)} |")
        twice = [k for k in hit if len(k["stages"]) == 2]
        lines += ["", f"{len(twice)} of the runs were killed a second time when they were gone on with; "
                  f"{sum(k['identical'] for k in twice)} of them came to the same bytes.", ""]
    if "signals" in results:
        lines += ["## Signals", "", "| signal | in | exit code | seconds until the end | gone on with to the same bytes |", "|---|---|---|---|---|"]
        lines += [f"| {s['signal']} | {s['stage']} | {s['exit']} | {s['seconds']} | {'yes' if s['identical'] else 'NO'} |"
                  for s in results["signals"]]
        lines.append("")
    if "faults" in results:
        lines += ["## Other faults", "", "| fault | exit code | said | same bytes afterwards |", "|---|---|---|---|"]
        lines += [f"| {f['fault']} | {f['exit']} | {'<br>'.join(f['said'])} | {'yes' if f['identical'] else 'NO'} |"
                  for f in results["faults"]]
        lines.append("")
    if results.get("network"):
        lines += ["## Network", "", f"Connections to a network that a whole run asks the system for (strace): "
                  f"{results['network']['connections']}; exit code {results['network']['exit']}.", ""]
    (HERE / "RESULTS.md").write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=f"java -jar {ROOT}/target/fnprune.jar", help="how fnprune is started")
    parser.add_argument("--kills", type=int, default=70)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["kills", "signals", "faults", "network"], action="append")
    parser.add_argument("--work", type=pathlib.Path, help="default: a temporary folder")
    options = parser.parse_args()
    work = options.work or pathlib.Path(tempfile.mkdtemp(prefix="fnprune-faults"))
    work.mkdir(parents=True, exist_ok=True)
    settings = []
    for name, samples, sequential in (("long", 5000, False), ("sequential", 512, True)):
        runs = Runs(shlex.split(options.command), work / name, samples, sequential)
        reference, times = runs.reference()
        print(name, [round(t, 1) for t in times], flush=True)
        settings.append((runs, reference, times))
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    file = HERE / "results.json"
    results = json.loads(file.read_text()) if options.only and file.exists() else {}
    wanted = options.only or ["kills", "signals", "faults", "network"]
    results.update({"machine": f"{os.cpu_count()} cores, {platform.system()}", "files_compared": len(reference)})
    if "kills" in wanted:
        results["stage_seconds"] = [t for _, _, t in settings]
    results.setdefault("made", {}).update(
        {part: f"{time.strftime('%Y-%m-%d')}, commit {commit.stdout.strip()}" for part in wanted})
    if "kills" in wanted:
        results["kills"] = kills(settings, options.kills, options.seed)
    if "signals" in wanted:
        results["signals"] = signals(*settings[1])
    if "faults" in wanted:
        results["faults"] = faults(*settings[1])
    if "network" in wanted:
        results["network"] = network(settings[1][0], settings[1][1])
    file.write_text(json.dumps(results, indent=1) + "\n")
    report(results)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()

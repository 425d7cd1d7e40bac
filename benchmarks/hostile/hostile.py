"""Every hostile file of the tests, met by a process of its own: exit code, seconds, memory, what was written.

    mvn -B -DskipTests package
    python benchmarks/hostile/hostile.py

The files are made by src/test/java/org/fnprune/cli/HostileFiles.java and
HostileData.java; HostileFilesTest says what each must come to. Here the same command lines are run as a user would. Writes results.json and RESULTS.md beside itself.
"""

import argparse
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run(command):
    """Exit code, seconds, peak resident memory in MB, and what was said."""
    with tempfile.TemporaryFile(mode="w+") as said:
        begun = time.time()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.time() - begun
        said.seek(0)
        return os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / 1024, said.read()


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=f"java -jar {ROOT}/target/fnprune.jar", help="how fnprune is started")
    parser.add_argument("--small", default=f"java -Xmx192m -jar {ROOT}/target/fnprune.jar",
                        help="how it is started once more for what takes 300 MB or more: is it need, or Java's ease?")
    parser.add_argument("--classes", default=f"{ROOT}/target/test-classes:{ROOT}/target/classes:{ROOT}/target/lib/*")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="fnprune-hostile"))
    subprocess.run(["java", "-cp", options.classes, "org.fnprune.cli.HostileCase", str(work)], check=True)
    command = shlex.split(options.command)
    sound = str(ROOT / "recipes/models/polymath")
    base = [run(command + ["inspect", sound]) for _ in range(3)]
    results = []
    for case in json.loads((work / "cases.json").read_text()):
        folder = pathlib.Path(case["folder"])
        before = files(folder)
        code, seconds, megabytes, said = run(command + case["args"])
        lines = [line.replace(str(folder), "@") for line in said.splitlines() if line.startswith("error: ")]
        results.append({
            "name": case["name"], "legal": case["legal"], "exit": code, "seconds": round(seconds, 2),
            "megabytes": round(megabytes), "said": lines[0][:160] if lines else "",
            "written": [f for f in files(folder) if f not in before and not f.startswith("out")]})
        if megabytes >= 300 and not case["legal"]:
            code, seconds, megabytes, _ = run(shlex.split(options.small) + case["args"])
            results[-1]["small"] = {"exit": code, "seconds": round(seconds, 2), "megabytes": round(megabytes)}
        print(results[-1], flush=True)
        shutil.rmtree(folder)
    shutil.rmtree(work)
    refused = [r for r in results if not r["legal"]]
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    summary = {
        "date": time.strftime("%Y-%m-%d"), "commit": commit, "machine": f"{os.cpu_count()} cores, {platform.system()}",
        "load": os.getloadavg()[0], "base_seconds": round(sorted(b[1] for b in base)[1], 2),
        "base_megabytes": round(sorted(b[2] for b in base)[1]), "cases": results}
    (HERE / "results.json").write_text(json.dumps(summary, indent=1) + "\n")
    slow = [r for r in refused if r["seconds"] >= 2]
    large = [r for r in refused if r["megabytes"] >= 300]
    lines = [
        "# Hostile files", "",
        f"Made by `hostile.py` on {summary['date']} ({summary['machine']}, load {summary['load']:.1f}), commit {commit}.", "",
        f"`inspect` of the bundled model, for comparison: {summary['base_seconds']} s, {summary['base_megabytes']} MB (median of 3).", "",
        f"{len(refused)} files are to be refused: {sum(r['exit'] == 2 for r in refused)} are, with exit code 2; "
        f"{len(refused) - len(slow)} in less than 2 s, {len(refused) - len(large)} with less than 300 MB. "
        f"{len(results) - len(refused)} are legal: {sum(r['exit'] == 0 for r in results if r['legal'])} end with 0. "
        f"Files written beside the run folder: {sum(len(r['written']) for r in results)}.", "",
        *(f"With a heap of 192 MB (Java takes what is there otherwise) {r['name']}: exit code {r['small']['exit']}, "
          f"{r['small']['seconds']} s, {r['small']['megabytes']} MB.\n" for r in large),
        "| file | exit code | seconds | MB | said |", "|---|---|---|---|---|"]
    lines += [f"| {r['name']} | {r['exit']} | {r['seconds']} | {r['megabytes']} | {r['said'].replace('|', chr(92) + '|')} |" for r in results]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

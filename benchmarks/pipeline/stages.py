"""Seconds of every stage of whole runs.

    python benchmarks/pipeline/stages.py MODEL=CALIBRATION [MODEL=CALIBRATION …] [-- flags for fnprune prune …]

Runs the built jar once per model with 'prune --sparsity 0.5 --components 64' and the flags, and prints the timings of report.json as
a Markdown table, with the process's time on the wall and the number of tokens.
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JAR = Path(__file__).resolve().parents[2] / "target" / "fnprune.jar"


def run(model, calibration, flags):
    with tempfile.TemporaryDirectory() as folder:
        command = ["java", "-jar", str(JAR), "prune", model, "--calibration", calibration, "--sparsity", "0.5", "--components", "64",
                   "--output", folder + "/run", "--json", "--quiet", *flags]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 3):
            raise SystemExit(f"{' '.join(command)}\nexit {done.returncode}\n{done.stderr}")
        tokens = json.loads(Path(folder, "run", "moments", "moments.json").read_text())["tokens"]
        return json.loads(done.stdout)["timings"], seconds, tokens


def main(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    pairs, flags = [a.split("=", 1) for a in arguments[:at]], arguments[at + 1:]
    rows = {Path(model).name: run(model, calibration, flags) for model, calibration in pairs}
    stages = list(next(iter(rows.values()))[0])
    print("| model | tokens | whole process | " + " | ".join(stages) + " |")
    print("|---|" + "---:|" * (len(stages) + 2))
    for name, (timings, seconds, tokens) in rows.items():
        print(f"| {name} | {tokens:,} | {seconds:.1f} | " + " | ".join(f"{timings[s] / 1000:.2f}" for s in stages) + " |")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1:])

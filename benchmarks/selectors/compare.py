"""Every selector with every compensation, on one model, at one sparsity.

    python benchmarks/selectors/compare.py MODEL CALIBRATION TASK SPARSITY [flags for fnprune prune …]

Runs the built jar (mvn -B -DskipTests package) once per cell and prints a Markdown table of the task's first metric, with the
dense value and the share of the targets' parameters that was really removed. Needs nothing but Python's standard library.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

JAR = Path(__file__).resolve().parents[2] / "target" / "fnprune.jar"
SELECTORS = (("random",), ("functional-networks", "--form", "union"), ("magnitude",), ("wanda-sp",), ("flap",),
             ("functional-networks", "--form", "coverage"))
COMPENSATIONS = ("none", "bias", "least-squares")


def run(model, calibration, task, sparsity, selector, compensation, flags):
    """One cell: report.json as a dictionary."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["java", "-jar", str(JAR), "prune", model, "--calibration", calibration, "--task", task,
                   "--sparsity", sparsity, "--selector", *selector, "--compensate", compensation,
                   "--latency", "false", "--output", folder + "/run", "--json", "--quiet", *flags]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(f"{' '.join(command)}\nexit {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)


def main(model, calibration, task, sparsity, *flags):
    rows, dense, removed = [], None, set()
    for selector in SELECTORS:
        cells = []
        for compensation in COMPENSATIONS:
            report = run(model, calibration, task, sparsity, selector, compensation, flags)
            metric = report["tasks"][0]
            dense = metric["dense"]
            removed.add(round(report["sparsity"], 4))
            cells.append(metric["slim"])
        name = selector[0] + (f" ({selector[2]})" if len(selector) > 1 else "")
        rows.append(f"| {name} | " + " | ".join(f"{cell:.4g}" for cell in cells) + " |")
        print(rows[-1], file=sys.stderr, flush=True)
    print(f"{metric['name']}: {metric['metric']}, dense {dense:.4f}, n {metric['n']}; "
          f"sparsity asked {sparsity}, reached {sorted(removed)}\n")
    print("| selector | " + " | ".join(COMPENSATIONS) + " |")
    print("|---|" + "---:|" * len(COMPENSATIONS))
    print("\n".join(rows))


if __name__ == "__main__":
    if len(sys.argv) < 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

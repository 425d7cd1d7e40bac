"""Does the plan depend on threads, memory, seed or the order of shards?

    python benchmarks/networks/determinism.py MODEL_FOLDER CALIBRATION.jsonl [--components K] [--sparsity S] [--samples N]

Runs the built jar: `prune` with 1, 2 and 4 threads, twice with the same seed, with other seeds, and with a memory limit that needs
several passes; `capture` on four shards, merged in two orders, and `prune --moments` on each merge. Prints for every run whether
plan.json is the same bytes as the first run's, else the share of kept neurons that both keep, and the largest difference of
the Gram matrices. Exit code 1 when one that is promised bitwise is not. Needs numpy and the built jar.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

JAR = Path(__file__).resolve().parents[2] / "target" / "fnprune.jar"


def fnprune(*arguments):
    done = subprocess.run(["java", "-jar", str(JAR), *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"fnprune {' '.join(map(str, arguments))}\nexit {done.returncode}\n{done.stderr}")


def kept(run):
    plan = json.loads((run / "plan.json").read_text())
    return {(unit["id"], neuron) for unit in plan["units"] for neuron in unit["kept"]}


def gram_difference(a, b):
    """The largest difference of two captures' Gram matrices, relative to the matrix's largest entry."""
    worst = 0.0
    for file in sorted(a.glob("*.gram.npy")):
        left, right = np.load(file), np.load(b / file.name)
        worst = max(worst, np.abs(left - right).max() / np.abs(left).max())
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("calibration", type=Path)
    parser.add_argument("--components", default="16")
    parser.add_argument("--sparsity", default="0.5")
    parser.add_argument("--samples", default="256")
    parser.add_argument("--length", default="128")
    parser.add_argument("--memory", default="5MiB", help="a limit that needs several passes")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text = ["--calibration", options.calibration, "--num-samples", options.samples, "--max-seq-length", options.length]
        common = [options.model, "--components", options.components, "--sparsity", options.sparsity, "--latency", "false", "--quiet"]

        def prune(name, *flags, source=text):
            fnprune("prune", *common, *source, *flags, "--output", folder / name)
            return folder / name

        first = prune("first", "--seed", 1, "--threads", 2)

        def row(what, run, promised):
            nonlocal failed
            same = (run / "plan.json").read_bytes() == (first / "plan.json").read_bytes()
            share = len(kept(run) & kept(first)) / len(kept(first))
            moments = run / "moments"
            difference = f"{gram_difference(first / 'moments', moments):.1e}" if moments.is_dir() else "given"
            failed |= promised and not same
            print(f"| {what} | {'same bytes' if same else f'{share:.4f} of the neurons'} | {difference} | {'yes' if promised else 'no'} |",
                  flush=True)

        print("| run | plan beside the first run's | Gram, largest relative difference | same plan promised |")
        print("|---|---|---:|---|")
        row("again", prune("again", "--seed", 1, "--threads", 2), True)
        row("1 thread", prune("one", "--seed", 1, "--threads", 1), True)
        row("4 threads", prune("four", "--seed", 1, "--threads", 4), True)
        row(f"memory {options.memory}", prune("memory", "--seed", 1, "--threads", 2, "--memory", options.memory), True)
        for seed in (2, 3):
            row(f"seed {seed}", prune(f"seed{seed}", "--seed", seed, "--threads", 2), False)
        recipe = folder / "recipe.yaml"
        recipe.write_text(f"model: {json.dumps(str(options.model.resolve()))}\noutput: unused\n"
                          f"calibration: {{dataset: {json.dumps(str(options.calibration.resolve()))}, num_samples: {options.samples}, "
                          f"max_seq_length: {options.length}}}\nprune: {{sparsity: {options.sparsity}}}\n")
        shards = []
        for i in range(1, 5):
            fnprune("capture", recipe, "--shard", f"{i}/4", "--output", folder / f"shard{i}", "--quiet")
            shards.append(folder / f"shard{i}")
        plans = []
        for name, order in (("in order", shards), ("in reverse", shards[::-1])):
            merged = folder / name.split()[-1]
            fnprune("merge", *order, "--output", merged, "--quiet")
            run = prune(f"from-{merged.name}", "--seed", 1, "--threads", 2, source=["--moments", merged])
            row(f"four shards, merged {name}", run, False)
            plans.append((run / "plan.json").read_bytes())
        failed |= plans[0] != plans[1]
        print(f"\nmerged in order and in reverse: {'same bytes, as promised' if plans[0] == plans[1] else 'DIFFERENT'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""fnprune's spatial ICA beside the papers' procedure, computed independently in Python.

    python benchmarks/networks/papers.py MODEL_FOLDER CALIBRATION.jsonl [--components K] [--samples N] [--length L]

The papers (arXiv 2508.05239 and 2502.20408; nilearn's CanICA) take tokens x neurons, z-score each neuron over the tokens, reduce by a
singular value decomposition and run FastICA with the contrast 'cube' on the k x neurons matrix. Here the activations come from
onnxruntime's Python package, the decomposition from numpy.linalg.svd and the ICA from scikit-learn; fnprune sees only the model
and the text and keeps moments. Needs numpy, scikit-learn, onnx, onnxruntime, tokenizers, and the built jar.

Two comparisons per unit, both by the absolute correlation of matched maps over neurons (best one-to-one match):
  capture  fnprune's maps from its own capture of the text. ICA has many local optima, so scikit-learn starts at fnprune's maps,
           expressed in its own whitened basis: where they are no solution of the papers' procedure it walks away from them.
  start    both from the same random start maps: fnprune by `networks --signals X.npy --start S.npy`.
A run that does not converge (FastICA with cube may go round in circles) has no solution to compare: its unit is marked, 'capture'
is left out for it, and 'start' compares both after the same 20 iterations.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import FastICA
from tokenizers import Tokenizer

JAR = Path(__file__).resolve().parents[2] / "target" / "fnprune.jar"


def fnprune(*arguments):
    done = subprocess.run(["java", "-jar", str(JAR), *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"fnprune {' '.join(map(str, arguments))}\nexit {done.returncode}\n{done.stderr}")
    return done.stdout


def activations(folder, tensors, texts, length):
    """Tokens x neurons of every tensor, float64."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = onnx.load(str(folder / "model.onnx"))
    for tensor in tensors:
        model.graph.output.append(helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = {i.name for i in session.get_inputs()}
    rows = [[] for _ in tensors]
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids[:length]], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": np.arange(ids.shape[1])[None]}
        outputs = session.run(list(tensors), {k: v for k, v in feeds.items() if k in names})
        for row, output in zip(rows, outputs):
            row.append(output.reshape(-1, output.shape[-1]).astype(np.float64))
    return [np.concatenate(row) for row in rows]


def white(X, k):
    """The papers' reduction: k x neurons, white over neurons."""
    sd = X.std(0)
    live = sd > 1e-3 * np.sqrt((X ** 2).mean(0))
    Z = (X[:, live] - X[:, live].mean(0)) / sd[live]
    _, _, V = np.linalg.svd(Z, full_matrices=False)
    V = V[:k] - V[:k].mean(1, keepdims=True)
    _, _, basis = np.linalg.svd(V, full_matrices=False)
    return basis * np.sqrt(live.sum()), live


def scikit(basis, start_maps, iterations=2000):
    """scikit-learn's FastICA from given maps; returns maps and whether it converged."""
    w_init = start_maps @ basis.T / basis.shape[1]
    ica = FastICA(whiten=False, fun="cube", w_init=w_init, tol=1e-4, max_iter=iterations)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        maps = ica.fit_transform(basis.T).T
    return maps, not any("converge" in str(w.message) for w in caught)


def matched(a, b):
    """Absolute correlations of the best one-to-one match of rows."""
    c = np.abs(np.corrcoef(a, b)[:len(a), len(a):])
    return c[linear_sum_assignment(-c)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("calibration", type=Path)
    parser.add_argument("--components", type=int, default=16)
    parser.add_argument("--samples", type=int, default=448)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--restarts", type=int, default=10)
    options = parser.parse_args()
    units = json.loads(fnprune("inspect", options.model, "--json"))["units"]
    texts = [json.loads(line)["text"] for line in options.calibration.read_text().splitlines()][:options.samples]
    X = activations(options.model, [u["activation"] for u in units], texts, options.length)
    k, worst = options.components, 1.0
    print(f"{len(X[0]):,} tokens, {k} components, contrast cube, tolerance 1e-4\n")
    print("| unit | converged | capture: smallest \\|corr\\| | start: smallest \\|corr\\| |")
    print("|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "recipe.yaml").write_text(f"""
model: {json.dumps(str(options.model.resolve()))}
output: out
calibration: {{dataset: {json.dumps(str(options.calibration.resolve()))}, num_samples: {options.samples}, max_seq_length: {options.length}}}
networks: {{components: {k}, restarts: {options.restarts}, max_iterations: 2000}}
prune: {{sparsity: 0.5}}
""")
        fnprune("networks", folder / "recipe.yaml", "--quiet")
        found = {u["id"]: u for u in json.loads((folder / "out" / "networks" / "networks.json").read_text())["units"]}
        for unit, x in zip(units, X):
            basis, live = white(x, k)
            captured = None
            if found[unit["id"]]["converged"]:
                maps = np.load(folder / "out" / "networks" / f"{unit['id']}.maps.npy")[:, live]
                captured = matched(maps, scikit(basis, maps)[0]).min()
            start = np.random.default_rng(1).standard_normal((k, x.shape[1]))
            np.save(folder / "x.npy", x)
            np.save(folder / "s.npy", start)

            def ours(iterations):
                answer = json.loads(fnprune(
                    "networks", "--signals", folder / "x.npy", "--components", k, "--start", folder / "s.npy", "--restarts", 1,
                    "--max-iterations", iterations, "--output", folder / "n", "--force", "--json", "--quiet"))
                return np.load(folder / "n" / "networks" / "x.maps.npy")[:, live], answer["units"][0]["converged"]

            (mine, arrived), (theirs, met) = ours(2000), scikit(basis, start[:, live])
            if not (arrived and met):
                mine, theirs = ours(20)[0], scikit(basis, start[:, live], 20)[0]
            same = matched(mine, theirs).min()
            worst = min(worst, same, 1.0 if captured is None else captured)
            state = "yes" if arrived and met and captured is not None else \
                f"capture {'yes' if captured is not None else 'no'}, start {'yes' if arrived and met else 'no: after 20 iterations'}"
            print(f"| {unit['id']} | {state} | {'–' if captured is None else f'{captured:.6f}'} | {same:.6f} |", flush=True)
    print(f"\nsmallest of all: {worst:.6f}")
    return worst > 0.999


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

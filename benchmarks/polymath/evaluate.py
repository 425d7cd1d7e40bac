"""Measures polymath, whole and with random FFN neurons removed, through ONNX Runtime.

    python benchmarks/polymath/evaluate.py

takes about a minute on 2 cores, prints the table that README.md shows, and writes
results.json beside this file.

A row counts as right when the model's most likely next character is the expected one at
every place in the answer, the newline that ends it included. That is what greedy decoding
would have to produce, measured in one pass.
"""

import json
import platform
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from tokenizers import Tokenizer

HERE = Path(__file__).resolve().parent
RECIPES = HERE.parents[1] / "recipes"
DATA = RECIPES / "data"
MODEL = RECIPES / "models" / "polymath"

REMOVED = (0.25, 0.5, 0.75)
SEEDS = range(5)
DOWN_PROJECTION = "mlp.c_proj.weight"  # of shape (neurons, width)


def load_batch(path: Path, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """A data file as padded model inputs, and which tokens are answers."""
    rows = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    texts = [tokenizer.encode(row["text"]).ids for row in rows]
    shape = len(rows), max(map(len, texts))
    ids = np.full(shape, tokenizer.token_to_id("<pad>"), dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    answers = np.zeros(shape, dtype=bool)
    for index, (row, tokens) in enumerate(zip(rows, texts)):
        ids[index, :len(tokens)] = tokens
        mask[index, :len(tokens)] = 1
        answers[index, len(tokenizer.encode(row["prompt"]).ids):len(tokens)] = True
    return {"input_ids": ids, "attention_mask": mask, "answers": answers}


def exact_matches(model: onnx.ModelProto, batches: dict) -> dict[str, float]:
    """For each task, the percentage of rows whose every answer token is predicted."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    result = {}
    for task, batch in batches.items():
        logits, = session.run(["logits"], {name: batch[name]
                                           for name in ("input_ids", "attention_mask")})
        right = logits[:, :-1].argmax(-1) == batch["input_ids"][:, 1:]
        result[task] = 100 * (right | ~batch["answers"][:, 1:]).all(1).mean()
    return result


def without_neurons(model: onnx.ModelProto, fraction: float, seed: int) -> onnx.ModelProto:
    """A copy with that fraction of every layer's FFN neurons silenced.

    Zeroing a neuron's row of the down projection is the same as masking its activation.
    Nothing makes up for the loss: no retraining, no change to biases.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    rng = np.random.default_rng(seed)
    for tensor in copy.graph.initializer:
        if tensor.name.endswith(DOWN_PROJECTION):
            weight = numpy_helper.to_array(tensor).copy()
            neurons = len(weight)
            weight[rng.choice(neurons, round(fraction * neurons), replace=False)] = 0
            tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
    return copy


def measure(model: onnx.ModelProto, batches: dict) -> list[dict]:
    """One record a removed fraction: exact match in percent by task, averaged over seeds."""
    records = []
    for fraction in (0.0, *REMOVED):
        seeds = SEEDS if fraction else (0,)
        runs = [exact_matches(without_neurons(model, fraction, seed), batches)
                for seed in seeds]
        by_task = {task: round(float(np.mean([run[task] for run in runs])), 1)
                   for task in batches}
        by_seed = [round(float(np.mean(list(run.values()))), 1) for run in runs]
        records.append({"removed": fraction, "exact_match": by_task,
                        "mean": round(float(np.mean(by_seed)), 1), "mean_by_seed": by_seed})
    return records


def table(records: list[dict]) -> str:
    """The records as a Markdown table."""
    tasks = list(records[0]["exact_match"])
    lines = ["| FFN neurons removed | " + " | ".join(tasks) + " | mean |",
             "|---|" + "---:|" * (len(tasks) + 1)]
    for record in records:
        name = f"{record['removed']:.0%}" if record["removed"] else "none (dense)"
        scores = [*record["exact_match"].values(), record["mean"]]
        lines.append(f"| {name} | " + " | ".join(f"{score:.1f}" for score in scores) + " |")
    return "\n".join(lines)


def main() -> None:
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    model = onnx.load(MODEL / "model.onnx")
    batches = {path.name.removesuffix("-test.jsonl"): load_batch(path, tokenizer)
               for path in sorted(DATA.glob("*-test.jsonl"))}
    records = measure(model, batches)
    print(table(records))
    results = {
        "metric": "exact match of the whole answer, in percent of the held-out rows",
        "rows": {task: len(batch["input_ids"]) for task, batch in batches.items()},
        "seeds": list(SEEDS),
        "versions": {"python": platform.python_version(), "onnx": onnx.__version__,
                     "onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
        "results": records,
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()

"""The dense and the slim model, each in fp32 and in dynamic int8: quality, bytes and latency, through ONNX Runtime.

Quality is measured here with one procedure for all four, on the rows that fnprune's tasks use. Exact match is that of the most likely
next token at every place of the answer.
"""
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

RUNS, WARM_UPS, TOKENS = 50, 10, 64


def session(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def rows_of(path, limit=None):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()][:limit]


def logits(model, ids):
    ids = np.asarray(ids, dtype=np.int64)
    return model.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]


def perplexity(model, tokenizer, rows, length):
    total, count = 0.0, 0
    for row in rows:
        ids = tokenizer.encode(row["text"]).ids[:length]
        scores = logits(model, [ids])[0, :-1].astype(np.float64)
        scores -= scores.max(-1, keepdims=True)
        total -= (scores - np.log(np.exp(scores).sum(-1, keepdims=True)))[np.arange(len(ids) - 1), ids[1:]].sum()
        count += len(ids) - 1
    return float(np.exp(total / count))


def exact_match(model, tokenizer, rows):
    right = 0
    for row in rows:
        ids, prompt = tokenizer.encode(row["text"]).ids, len(tokenizer.encode(row["prompt"]).ids)
        best = logits(model, [ids])[0, :-1].argmax(-1)
        right += bool((best[prompt - 1:] == np.asarray(ids[prompt:])).all())
    return right / len(rows)


def latencies(models, vocabulary, batch, clock):
    """Median milliseconds of each model; they take turns. `clock` in seconds: of the wall, or of this process's CPU time."""
    ids = np.random.default_rng(0).integers(3, vocabulary, (batch, TOKENS))
    times = {name: [] for name in models}
    for turn in range(WARM_UPS + RUNS):
        for name, model in models.items():
            start = clock()
            logits(model, ids)
            if turn >= WARM_UPS:
                times[name].append(1000 * (clock() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def compare(model, sparsity, quality, slim, cells):
    """Four cells of one model; `slim` is the folder of the slim model."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {"dense": Path(model.folder) / "model.onnx", "dense, int8": Path(folder) / "dense.onnx",
                 f"slim {sparsity:g}": Path(slim) / "model.onnx", f"slim {sparsity:g}, int8": Path(folder) / "slim.onnx"}
        names = list(paths)
        for source, target in ((names[0], names[1]), (names[2], names[3])):
            quantize_dynamic(paths[source], paths[target], weight_type=QuantType.QInt8)
        models = {name: session(path) for name, path in paths.items()}
        tokenizer = Tokenizer.from_file(str(Path(model.folder) / "tokenizer.json"))
        single = {name: session(path, 1) for name, path in paths.items()}
        work = {batch: latencies(single, tokenizer.get_vocab_size(), batch, time.process_time) for batch in (1, 8)}
        times = {batch: latencies(models, tokenizer.get_vocab_size(), batch, time.perf_counter) for batch in (1, 8)}
        for name in names:
            cells.add({"section": "int8", "model": model.name, "label": name, "targets": "ffn", "sparsity": sparsity, "seed": 1,
                       "quality": quality(models[name], tokenizer), "bytes": os.path.getsize(paths[name]),
                       "latency_ms": {str(batch): round(times[batch][name], 3) for batch in times},
                       "cpu_ms": {str(batch): round(work[batch][name], 3) for batch in work},
                       "onnxruntime": onnxruntime.__version__})


def measure(options):
    import quality  # the script that called this module
    cells = quality.Cells(options.results)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        jobs = [(quality.polymath("add"), 0.5,
                 lambda m, t: {"exact match": exact_match(m, t, rows_of(quality.RECIPES / "data" / "add-test.jsonl"))})]
        if options.stories:
            data = Path(options.stories)
            jobs.append((quality.stories_model(options.stories, work), 0.3, lambda m, t: {
                "perplexity, test": perplexity(m, t, rows_of(data / "test.jsonl", 80), 256),
                "perplexity, real": perplexity(m, t, rows_of(data / "real.jsonl"), 512)}))
        options.cells, options.until, options.labels, options.keep = quality.Cells(work / "slim.json"), None, None, options.slim or work
        options.seeds = "1"
        run = quality.Runner(options, work)
        for model, sparsity, how in jobs:
            name = f"{model.name}-ffn-{sparsity}-1-default"
            slim = options.keep / name
            if not slim.exists():
                cell = run.cell("int8", model, "default", sparsity, 1, run.default())
                if "error" in cell:
                    raise SystemExit(cell["error"])
            compare(model, sparsity, how, slim, cells)

"""Checks "slim equals masked" without fnprune, from what a run folder says.

    python benchmarks/equality/check.py DENSE.onnx RUN_DIR

Multiplies the tensors that plan.json names by their 0/1 masks in the dense graph, runs it and the slim model on the same
seeded inputs (two batch sizes and lengths) with ONNX Runtime, and prints the largest difference. Only for runs with
`compensate: none`; a compensated model differs by design. Needs onnx, onnxruntime and numpy.
"""
import glob
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32, "tensor(float16)": np.float16}


def masked(model, plan):
    """The dense model with every dropped channel multiplied by zero."""
    graph = model.graph
    for k, unit in enumerate(plan["units"]):
        consumers = [n for n in graph.node if unit["activation"] in n.input and n.op_type in ("MatMul", "Gemm", "FusedMatMul")]
        assert consumers, f"nothing consumes {unit['activation']}"
        mask = np.zeros(unit["width"] * unit["unit_size"], np.float32)
        for j in unit["kept"]:
            mask[j * unit["unit_size"]:(j + 1) * unit["unit_size"]] = 1
        weight = next(t for t in graph.initializer if t.name == consumers[0].input[1])
        dtype = helper.tensor_dtype_to_np_dtype(weight.data_type)
        graph.initializer.append(numpy_helper.from_array(mask.astype(dtype), f"check_mask_{k}"))
        first = min(list(graph.node).index(n) for n in consumers)
        for node in consumers:
            node.input[list(node.input).index(unit["activation"])] = f"check_masked_{k}"
        graph.node.insert(first, helper.make_node("Mul", [unit["activation"], f"check_mask_{k}"], [f"check_masked_{k}"]))
    return model


def feeds(session, batch, length, rng):
    """Seeded inputs: small token ids, a full mask, an empty cache, normal pixels."""
    made = {}
    for i in session.get_inputs():
        shape = [batch, length]
        if i.name == "input_ids":
            made[i.name] = rng.integers(0, 50, shape)
        elif i.name == "attention_mask":
            made[i.name] = np.ones(shape)
        elif i.name == "position_ids":
            made[i.name] = np.tile(np.arange(length), (batch, 1))
        elif i.name.startswith("past_key_values"):
            made[i.name] = np.zeros([batch] + [d if isinstance(d, int) else 0 for d in i.shape[1:]])
        else:
            made[i.name] = rng.standard_normal([batch] + [d if isinstance(d, int) else 1 for d in i.shape[1:]])
        made[i.name] = made[i.name].astype(TYPES[i.type])
    return made


def main(dense_path, run):
    plan = json.load(open(os.path.join(run, "plan.json")))
    slim_path = glob.glob(os.path.join(run, "slim", "**", "*.onnx"), recursive=True)[0]
    options = ort.SessionOptions()
    options.log_severity_level = 3
    reference = ort.InferenceSession(
        masked(onnx.load(dense_path), plan).SerializeToString(), options, providers=["CPUExecutionProvider"])
    slim = ort.InferenceSession(slim_path, options, providers=["CPUExecutionProvider"])
    onnx.checker.check_model(slim_path)
    worst = 0.0
    for batch, length in ((1, 5), (3, 17)):
        inputs = feeds(slim, batch, length, np.random.default_rng(batch))
        for a, b in zip(reference.run(None, inputs), slim.run(None, inputs)):
            scale = np.abs(a.astype(np.float64)).max() or 1
            worst = max(worst, float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max() / scale))
    print(f"{os.path.basename(dense_path)}: largest relative difference {worst:.2e}")
    return 0 if worst <= (2e-2 if "fp16" in dense_path else 1e-4) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))

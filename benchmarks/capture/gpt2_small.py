"""A language model of GPT-2 small's shape with random weights, a byte tokenizer and random text.

    python benchmarks/capture/gpt2_small.py FOLDER [layers]

Writes FOLDER/model.onnx (+ model.onnx_data), tokenizer.json, config.json and text.txt: 12 layers, d = 768, N = 3072,
12 heads, causal attention, LayerNorm, tanh GELU. The vocabulary is 256 bytes, so the head is small; a capture leaves the
head out anyway. Needs numpy and onnx.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HIDDEN, WIDTH, HEADS, VOCABULARY, LONGEST = 768, 3072, 12, 256, 1024


class Builder:
    def __init__(self):
        self.nodes, self.initializers, self.random = [], [], np.random.default_rng(0)

    def op(self, kind, name, *inputs, outputs=1, **attributes):
        names = [name] if outputs == 1 else [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, name, *shape, scale=0.02):
        return self.constant(name, (self.random.standard_normal(shape) * scale).astype(np.float32))

    def dense(self, name, x, rows, cols):
        product = self.op("MatMul", name + "/MatMul", x, self.weight(name + ".weight", rows, cols))
        return self.op("Add", name + "/Add", product, self.weight(name + ".bias", cols))

    def norm(self, name, x):
        scale = self.constant(name + ".weight", np.ones(HIDDEN, np.float32))
        shift = self.constant(name + ".bias", np.zeros(HIDDEN, np.float32))
        return self.op("LayerNormalization", name, x, scale, shift, axis=-1)

    def attention(self, p, x, mask):
        qkv = self.op("Split", p + "/attn/split", self.dense(p + "/attn/qkv", x, HIDDEN, 3 * HIDDEN), outputs=3, axis=-1, num_outputs=3)
        q, k, v = (self.op("Transpose", f"{p}/attn/heads_{i}", self.op("Reshape", f"{p}/attn/split_heads_{i}", part, "heads"),
                           perm=[0, 2, 3, 1] if i == 1 else [0, 2, 1, 3]) for i, part in enumerate(qkv))
        scores = self.op("Mul", p + "/attn/scale", self.op("MatMul", p + "/attn/scores", q, k), "root")
        weights = self.op("Softmax", p + "/attn/softmax", self.op("Add", p + "/attn/masked", scores, mask), axis=-1)
        mixed = self.op("Transpose", p + "/attn/back", self.op("MatMul", p + "/attn/mix", weights, v), perm=[0, 2, 1, 3])
        return self.dense(p + "/attn/out", self.op("Reshape", p + "/attn/join", mixed, "hidden"), HIDDEN, HIDDEN)

    def feed_forward(self, p, x):
        return self.dense(p + "/mlp/down", self.op("Gelu", p + "/mlp/gelu", self.dense(p + "/mlp/up", x, HIDDEN, WIDTH), approximate="tanh"), WIDTH, HIDDEN)


def model(layers):
    b = Builder()
    b.constant("heads", np.array([0, 0, HEADS, HIDDEN // HEADS]))
    b.constant("hidden", np.array([0, 0, HIDDEN]))
    b.constant("root", np.float32((HIDDEN // HEADS) ** -0.5))
    b.constant("zero", np.array([0]))
    b.constant("one", np.array([1]))
    b.constant("zero_scalar", np.int64(0))
    b.constant("one_scalar", np.int64(1))
    b.constant("low", np.float32(-1e9))
    b.constant("none", np.float32(0))
    length = b.op("Shape", "length", "input_ids", start=1, end=2)
    positions = b.op("Range", "positions", "zero_scalar", b.op("Squeeze", "length_scalar", length), "one_scalar")
    later = b.op("Greater", "later", b.op("Unsqueeze", "as_keys", positions, "zero"), b.op("Unsqueeze", "as_queries", positions, "one"))
    mask = b.op("Where", "mask", later, "low", "none")
    x = b.op("Add", "embedded", b.op("Gather", "wte", b.weight("wte.weight", VOCABULARY, HIDDEN), "input_ids"),
             b.op("Gather", "wpe", b.weight("wpe.weight", LONGEST, HIDDEN), positions))
    for layer in range(layers):
        p = f"/h.{layer}"
        x = b.op("Add", p + "/attn/residual", x, b.attention(p, b.norm(p + "/ln_1", x), mask))
        x = b.op("Add", p + "/mlp/residual", x, b.feed_forward(p, b.norm(p + "/ln_2", x)))
    b.op("MatMul", "logits", b.norm("ln_f", x), b.weight("head", HIDDEN, VOCABULARY))
    graph = helper.make_graph(b.nodes, "gpt2-small-random", [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])],
                              [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "sequence", VOCABULARY])], b.initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def main(folder, layers=12):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(model(int(layers)), str(folder / "model.onnx"), save_as_external_data=True, location="model.onnx_data")
    words = {f"w{i}": i for i in range(VOCABULARY)}
    tokenizer = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
                 "model": {"type": "WordLevel", "vocab": words, "unk_token": "w0"}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", "vocab_size": VOCABULARY, "n_positions": LONGEST, "n_inner": WIDTH, "n_embd": HIDDEN}))
    text = np.random.default_rng(1).integers(1, VOCABULARY, 200_000)
    (folder / "text.txt").write_text(" ".join(f"w{i}" for i in text) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Makes a decoder of any size with external data, one tensor at a time: memory stays small.

    python benchmarks/size/model.py FOLDER [--layers 10 --hidden 2048 --ffn 8192 --vocab 32000] [--files one|many]

RMSNorm, attention with a causal mask, and a gated FFN (SiLU), all float32; weights are random normal numbers,
scaled so that activations neither vanish nor grow. `--files many` gives every tensor a file of its own.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

ALIGNMENT = 4096
CHUNK = 1 << 22


class Weights:
    """Streams tensors of random numbers to one file or many, and keeps references to them."""

    def __init__(self, folder, many):
        self.folder, self.many, self.tensors, self.end = folder, many, [], 0
        self.random = np.random.default_rng(0)

    def add(self, name, *shape, scale):
        location = name.replace("/", "_") if self.many else "model.onnx_data"
        offset = 0 if self.many else -(-self.end // ALIGNMENT) * ALIGNMENT
        count = int(np.prod(shape))
        with open(self.folder / location, "wb" if self.many or not self.tensors else "r+b") as file:
            file.seek(offset)
            for start in range(0, count, CHUNK):
                values = self.random.standard_normal(min(CHUNK, count - start), dtype=np.float32)
                (values * np.float32(scale)).tofile(file)
        self.end = offset + 4 * count
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", location), ("offset", offset), ("length", 4 * count)):
            tensor.external_data.add(key=key, value=str(value))
        self.tensors.append(tensor)
        return name


class Decoder:

    def __init__(self, weights, hidden, heads):
        self.weights, self.hidden, self.heads = weights, hidden, heads
        self.nodes, self.constants = [], []

    def op(self, kind, *inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name, values, kind=TensorProto.INT64):
        shape = () if np.isscalar(values) else (len(values),)
        self.constants.append(helper.make_tensor(name, kind, shape, [values] if np.isscalar(values) else values))
        return name

    def norm(self, x, at):
        squares = self.op("Mul", x, x, name=f"{at}/squares")
        mean = self.op("ReduceMean", squares, name=f"{at}/mean", axes=[-1], keepdims=1)
        root = self.op("Sqrt", self.op("Add", mean, "epsilon", name=f"{at}/shifted"), name=f"{at}/root")
        gain = f"{at}/weight"
        self.constants.append(helper.make_tensor(gain, TensorProto.FLOAT, [self.hidden], [1.0] * self.hidden))
        return self.op("Mul", self.op("Div", x, root, name=f"{at}/unit"), gain, name=f"{at}/scaled")

    def linear(self, x, at, rows, columns):
        weight = self.weights.add(f"{at}/weight", rows, columns, scale=rows**-0.5)
        return self.op("MatMul", x, weight, name=f"{at}/MatMul")

    def heads_of(self, x, at, perm):
        split = self.op("Reshape", x, "split_heads", name=f"{at}/split")
        return self.op("Transpose", split, name=f"{at}/heads", perm=perm)

    def attention(self, x, at):
        query, key, value = (self.linear(x, f"{at}/{p}_proj", self.hidden, self.hidden) for p in "qkv")
        query, value = self.heads_of(query, f"{at}/q", [0, 2, 1, 3]), self.heads_of(value, f"{at}/v", [0, 2, 1, 3])
        scores = self.op("MatMul", query, self.heads_of(key, f"{at}/k", [0, 2, 3, 1]), name=f"{at}/scores")
        masked = self.op("Add", self.op("Div", scores, "root_size", name=f"{at}/small"), "causal", name=f"{at}/masked")
        mixed = self.op("MatMul", self.op("Softmax", masked, name=f"{at}/weights", axis=-1), value, name=f"{at}/mixed")
        back = self.op("Transpose", mixed, name=f"{at}/back", perm=[0, 2, 1, 3])
        joined = self.op("Reshape", back, "join_heads", name=f"{at}/joined")
        return self.linear(joined, f"{at}/o_proj", self.hidden, self.hidden)

    def feed_forward(self, x, at, ffn):
        gate = self.linear(x, f"{at}/gate_proj", self.hidden, ffn)
        up = self.linear(x, f"{at}/up_proj", self.hidden, ffn)
        silu = self.op("Mul", gate, self.op("Sigmoid", gate, name=f"{at}/sigmoid"), name=f"{at}/silu")
        return self.linear(self.op("Mul", silu, up, name=f"{at}/gated"), f"{at}/down_proj", ffn, self.hidden)

    def build(self, layers, ffn, vocab):
        self.constant("epsilon", 1e-6, TensorProto.FLOAT)
        self.constant("root_size", (self.hidden / self.heads) ** 0.5, TensorProto.FLOAT)
        self.constant("split_heads", [0, 0, self.heads, self.hidden // self.heads])
        self.constant("join_heads", [0, 0, self.hidden])
        self.constant("far", -1e9, TensorProto.FLOAT)
        length = self.op("Shape", "input_ids", name="length", start=1)
        square = self.op("Concat", length, length, name="square", axis=0)
        self.op("Trilu", self.op("Expand", "far", square, name="all_far"), self.constant("one", 1), name="causal", upper=1)
        x = self.op("Gather", self.weights.add("embed_tokens/weight", vocab, self.hidden, scale=1), "input_ids", name="embedded")
        for layer in range(layers):
            at = f"/model/layers.{layer}"
            x = self.op("Add", x, self.attention(self.norm(x, f"{at}/input_norm"), f"{at}/self_attn"), name=f"{at}/middle")
            x = self.op("Add", x, self.feed_forward(self.norm(x, f"{at}/post_norm"), f"{at}/mlp", ffn), name=f"{at}/end")
        head = self.weights.add("lm_head/weight", self.hidden, vocab, scale=self.hidden**-0.5)
        self.op("MatMul", self.norm(x, "/model/norm"), head, name="logits")
        graph = helper.make_graph(
            self.nodes, "decoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "sequence", vocab])],
            self.constants + self.weights.tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    for size, default in (("layers", 10), ("hidden", 2048), ("ffn", 8192), ("heads", 16), ("vocab", 32000)):
        parser.add_argument(f"--{size}", type=int, default=default)
    parser.add_argument("--files", choices=["one", "many"], default="one")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    decoder = Decoder(Weights(options.folder, options.files == "many"), options.hidden, options.heads)
    onnx.save(decoder.build(options.layers, options.ffn, options.vocab), options.folder / "model.onnx")
    (options.folder / "config.json").write_text(json.dumps(
        {"vocab_size": options.vocab, "hidden_size": options.hidden, "intermediate_size": options.ffn,
         "num_hidden_layers": options.layers}))


if __name__ == "__main__":
    main()

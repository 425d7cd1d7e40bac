"""A small helper for graphs written by hand."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MS = "com.microsoft"


class Graph:
    """Collects nodes, seeded weights and value_info in the order in which they are asked for."""

    def __init__(self, dtype=np.float32, seed=11):
        self.rng = np.random.default_rng(seed)
        self.dtype = np.dtype(dtype)
        self.elem = helper.np_dtype_to_tensor_dtype(self.dtype)
        self.nodes, self.weights, self.values, self.inputs, self.outputs = [], {}, [], [], []

    def weight(self, name, shape, kind="matrix"):
        """A random initialiser: a matrix of unit gain, a bias, or a norm's gain."""
        noise = self.rng.standard_normal(shape)
        value = {"matrix": noise * 1.2 / shape[0] ** 0.5, "bias": 0.2 * noise, "gain": 1 + 0.2 * noise,
                 "table": noise}[kind]
        return self.constant(name, (np.round(value * 64) / 64).astype(self.dtype))

    def constant(self, name, value):
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, values):
        """A shared int64 Constant node, named as the GenAI builder names them."""
        name = f"/model/constants/INT64/{values}"
        if not any(name in n.output for n in self.nodes):
            value = numpy_helper.from_array(np.array(values, np.int64))
            self.nodes.append(helper.make_node("Constant", [], [name], f"/model/constant_nodes/INT64/{values}", value=value))
        return name

    def node(self, op, inputs, name, shape=None, outputs=None, domain="", elem=None, **attributes):
        """Adds a node and returns its first output."""
        outputs = outputs or [f"{name}/output_0"]
        self.nodes.append(helper.make_node(op, inputs, outputs, name, domain=domain, **attributes))
        if shape is not None:
            self.values.append(helper.make_tensor_value_info(outputs[0], elem or self.elem, shape))
        return outputs[0]

    def input(self, name, shape, elem=TensorProto.INT64):
        self.inputs.append(helper.make_tensor_value_info(name, elem, shape))
        return name

    def output(self, name, shape, elem=None):
        self.outputs.append(helper.make_tensor_value_info(name, elem or self.elem, shape))

    def model(self, opset, check=True):
        names = {v.name for v in self.outputs}
        graph = helper.make_graph(self.nodes, "main_graph", self.inputs, self.outputs, list(self.weights.values()),
                                  value_info=[v for v in self.values if v.name not in names])
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(MS, 1)]
        made = helper.make_model(graph, opset_imports=opsets, producer_name="handmade")
        made.ir_version = 10 if opset < 23 else 11
        if check:  # SimplifiedLayerNormalization stands in the default domain, where the checker does not know it
            onnx.checker.check_model(made)
        return made


def rotary_caches(graph, positions, size):
    """Cosines and sines, [positions, size / 2]."""
    angle = np.outer(np.arange(positions), 1.0 / 10000 ** (np.arange(0, size, 2) / size))
    graph.constant("cos_cache", np.cos(angle).astype(graph.dtype))
    graph.constant("sin_cache", np.sin(angle).astype(graph.dtype))

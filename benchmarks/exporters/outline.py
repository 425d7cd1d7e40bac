"""Turns the nodes of every layer's block into calls of one model-local ONNX function."""
import re
from collections import defaultdict

import onnx
from onnx import helper

DOMAIN = "exported.functions"


def outline(pattern, name):
    """A conversion: nodes whose names match the pattern (its group 1 is the layer) become calls of function `name`."""

    def convert(source, target):
        model = onnx.load(source)
        onnx.save(outlined(model, re.compile(pattern), name), target)

    return convert


def outlined(model, pattern, name):
    graph = model.graph
    layers = defaultdict(list)
    for node in graph.node:
        hit = pattern.search(node.name)
        if hit:
            layers[hit.group(1)].append(node)
    if not layers:
        raise ValueError(f"no node matches {pattern.pattern}")
    bodies = {layer: body_of(graph, nodes) for layer, nodes in layers.items()}
    signatures = {sign(nodes, *bodies[layer]) for layer, nodes in layers.items()}
    if len(signatures) != 1:
        raise ValueError("the layers' blocks differ")
    first = next(iter(layers))
    function = helper.make_function(
        DOMAIN, name, [f"in_{i}" for i in range(len(bodies[first][0]))], [f"out_{i}" for i in range(len(bodies[first][1]))],
        list(formal(layers[first], *bodies[first])), list(model.opset_import))
    kept = []
    for node in graph.node:
        hit = pattern.search(node.name)
        if not hit:
            kept.append(node)
        elif node is layers[hit.group(1)][-1] or node == layers[hit.group(1)][-1]:
            inputs, outputs = bodies[hit.group(1)]
            kept.append(helper.make_node(name, inputs, outputs, f"/layers.{hit.group(1)}/{name}", domain=DOMAIN))
    del graph.node[:], graph.value_info[:]
    graph.node.extend(kept)
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    model.ir_version = max(model.ir_version, 8)
    onnx.checker.check_model(model)
    return model


def body_of(graph, nodes):
    """What the nodes read from outside and what others read of them."""
    made = {o for n in nodes for o in n.output}
    inside = {id(n) for n in nodes}
    inputs = list(dict.fromkeys(i for n in nodes for i in n.input if i and i not in made))
    read = {i for n in graph.node if id(n) not in inside for i in n.input} | {o.name for o in graph.output}
    return inputs, [o for n in nodes for o in n.output if o in read]


def formal(nodes, inputs, outputs):
    """Copies of the nodes over the function's own names."""
    names = {name: f"in_{i}" for i, name in enumerate(inputs)} | {name: f"out_{i}" for i, name in enumerate(outputs)}
    for node in nodes:
        for o in node.output:
            names.setdefault(o, f"v_{len(names)}")
    for at, node in enumerate(nodes):
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = f"n_{at}"
        del copy.metadata_props[:]
        copy.doc_string = ""
        copy.input[:] = [names.get(i, i) for i in node.input]
        copy.output[:] = [names[o] for o in node.output]
        yield copy


def sign(nodes, inputs, outputs):
    """Equal for blocks of equal structure and constants."""
    return b"".join(n.SerializeToString(deterministic=True) for n in formal(nodes, inputs, outputs))

"""A merged decoder as optimum writes it: one If on `use_cache_branch`, shared weights outside, both branches inside."""
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALL = 16  # elements; shapes and scalars stay inside their branch, as optimum leaves them


def merge(first, following, target):
    """Merges the exports of the first step (cache out only) and of the following steps (cache in and out)."""
    one, two = onnx.load(first), onnx.load(following)
    shared, renamed = [], {}
    by_content = {}
    for branch, model in enumerate((one, two)):
        kept = []
        for tensor in model.graph.initializer:
            value = numpy_helper.to_array(tensor)
            if value.size < SMALL:
                kept.append(tensor)
                continue
            key = (value.dtype.str, value.shape, value.tobytes())
            if key not in by_content:
                outer = onnx.TensorProto()
                outer.CopyFrom(tensor)
                outer.name = f"{tensor.name}_merged_{branch}"
                by_content[key] = outer.name
                shared.append(outer)
            renamed[branch, tensor.name] = by_content[key]
        del model.graph.initializer[:]
        model.graph.initializer.extend(kept)
    branches = [inner(model.graph, branch, renamed) for branch, model in enumerate((one, two))]
    outputs = list(two.graph.output)
    chosen = helper.make_node("If", ["use_cache_branch"], [o.name for o in outputs], "optimum::if",
                              then_branch=branches[1], else_branch=branches[0])
    inputs = list(two.graph.input) + [helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])]
    graph = helper.make_graph([chosen], "merged", inputs, outputs, shared)
    made = helper.make_model(graph, opset_imports=two.opset_import, producer_name="handmade")
    made.ir_version = two.ir_version
    onnx.checker.check_model(made)
    onnx.save(made, target)


def inner(graph, branch, renamed):
    """The branch's graph without inputs; its outputs get names of their own."""
    names = {old: new for (b, old), new in renamed.items() if b == branch}
    results = {o.name for o in graph.output}
    for node in graph.node:
        for at, name in enumerate(node.input):
            node.input[at] = names.get(name, name + "_branch" if name in results else name)
        for at, name in enumerate(node.output):
            node.output[at] = name + "_branch" if name in results else name
    outputs = []
    for value in graph.output:
        copy = onnx.ValueInfoProto()
        copy.CopyFrom(value)
        copy.name += "_branch"
        outputs.append(copy)
    return helper.make_graph(list(graph.node), "then" if branch else "else", [], outputs, list(graph.initializer))

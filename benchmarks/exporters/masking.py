"""The dense model with the dropped channels of a plan set to zero, made from plan.json alone."""
import numpy as np
import onnx
import onnx.inliner
from onnx import AttributeProto, helper, numpy_helper

import running


class Missing(Exception):
    """A plan names a tensor that no node of the model makes."""


def masked(model, units):
    """Multiplies every unit's activation by its 0/1 mask right behind the node that makes it.

    The product takes the tensor's name, so that every consumer reads it, also in subgraphs.
    """
    places = {unit["activation"]: producers(model.graph, unit["activation"]) for unit in units}
    if not all(places.values()) and model.functions:
        model = onnx.inliner.inline_local_functions(model)
        places = {unit["activation"]: producers(model.graph, unit["activation"]) for unit in units}
    lost = [name for name, found in places.items() if not found]
    if lost:
        raise Missing(f"no node makes {lost[:3]}")
    types = types_of(model, list(places))
    for k, unit in enumerate(units):
        for graph in places[unit["activation"]]:
            insert(graph, unit, f"check_mask_{k}", types[unit["activation"]])
    return model


def producers(graph, tensor):
    """The graphs, this one or nested in it, that make the tensor."""
    found = [graph] if any(tensor in node.output for node in graph.node) else []
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                found += producers(attribute.g, tensor)
    return found


def types_of(model, tensors):
    """Element types by tensor, as ONNX Runtime infers them; those inside branches have the type of the weights."""
    top = [t for t in tensors if any(t in n.output for n in model.graph.node)]
    made = {t: weight_type(model) for t in tensors}
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    declared = {o.name for o in probe.graph.output}
    probe.graph.output.extend(helper.make_empty_tensor_value_info(t) for t in top if t not in declared)
    with running.stored(probe) as path:
        for output in running.session(path, "basic").get_outputs():
            if output.name in made:
                made[output.name] = running.TYPES[output.type]
    return made


def weight_type(model):
    """The type of the floating-point weights."""
    counts = {}
    for tensor in model.graph.initializer:
        if tensor.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16):
            counts[tensor.data_type] = counts.get(tensor.data_type, 0) + int(np.prod(tensor.dims))
    most = max(counts, key=counts.get) if counts else onnx.TensorProto.FLOAT
    return helper.tensor_dtype_to_np_dtype(most)


def insert(graph, unit, name, dtype):
    tensor = unit["activation"]
    mask = np.zeros(unit["width"] * unit["unit_size"], bool)
    for j in unit["kept"]:
        mask[j * unit["unit_size"]:(j + 1) * unit["unit_size"]] = True
    if unit.get("axis", -1) >= 0:
        raise ValueError(f"{unit['id']}: axis {unit['axis']} is not counted from the end")
    mask = mask.reshape(mask.shape + (1,) * (-unit.get("axis", -1) - 1))
    at = next(i for i, n in enumerate(graph.node) if tensor in n.output)
    producer = graph.node[at]
    whole = tensor + "_whole"
    producer.output[list(producer.output).index(tensor)] = whole
    if np.issubdtype(dtype, np.floating):
        graph.initializer.append(numpy_helper.from_array(mask.astype(dtype), name))
        node = helper.make_node("Mul", [whole, name], [tensor], name + "/Mul")
    else:  # a quantised tensor: zero is its zero point, which its producer names last
        zero = producer.input[-1] if producer.op_type in ("QuantizeLinear", "QLinearMatMul", "QGemm") else None
        if not zero:
            raise ValueError(f"{unit['id']}: the zero point of {tensor} is not known")
        graph.initializer.append(numpy_helper.from_array(mask, name))
        node = helper.make_node("Where", [name, whole, zero], [tensor], name + "/Where")
    graph.node.insert(at + 1, node)

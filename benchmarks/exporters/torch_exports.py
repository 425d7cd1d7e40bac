"""The two exporters of PyTorch."""
import torch


def torchscript(built, path, opset):
    """The tracing exporter."""
    tensors = tuple(t for t, _ in built.inputs.values())
    axes = {name: dict(dynamic) for name, (_, dynamic) in built.inputs.items()}
    for name in built.outputs:
        axes[name] = {0: "batch", 2: "total"} if name.startswith("present") else {0: "batch"}
        if name == "last_hidden_state" or (name == "logits" and "input_ids" in built.inputs
                                           and not built.facts["family"].endswith("cls")):
            axes[name][1] = "sequence"
    with torch.no_grad():
        torch.onnx.export(
            built.module, tensors, path, dynamo=False, opset_version=opset, input_names=list(built.inputs),
            output_names=built.outputs, dynamic_axes=axes, do_constant_folding=True)


def dynamo(built, path, opset):
    """The exporter that captures with torch.export; first with shapes that must stay dynamic, then where they can."""
    tensors = tuple(t for t, _ in built.inputs.values())
    failure = None
    for kind in (torch.export.Dim.DYNAMIC, torch.export.Dim.AUTO):
        shapes = tuple({axis: kind for axis in dynamic} for _, dynamic in built.inputs.values())
        try:
            with torch.no_grad():
                torch.onnx.export(
                    built.module, tensors, path, dynamo=True, opset_version=opset, input_names=list(built.inputs),
                    output_names=built.outputs, dynamic_shapes=shapes, external_data=False, verbose=False)
            return
        except Exception as e:  # the exporter wraps whatever went wrong
            failure = e
    raise failure

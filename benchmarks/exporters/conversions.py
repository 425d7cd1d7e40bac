"""Conversions that users apply to an export: half precision, external data, optimised and quantised graphs."""
import pathlib
import shutil
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import running


def half(source, target):
    """The converter of ONNX Runtime: float16 weights, float32 inputs and outputs."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    model = convert_float_to_float16(onnx.load(source), keep_io_types=True, disable_shape_infer=False)
    onnx.save(model, target)


def half_everywhere(source, target):
    """The same with float16 caches and outputs."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=False), target)


def bfloat_weights(source, target):
    """Matrices stored as bfloat16 behind a Cast, arithmetic in float32 (the form that ONNX Runtime's CPU runs)."""
    model = onnx.load(source)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2:
            continue
        name, value = tensor.name, numpy_helper.to_array(tensor)
        raw = ((value.view(np.uint32) + 0x8000) >> 16).astype(np.uint16)
        tensor.CopyFrom(helper.make_tensor(name + "_bf16", TensorProto.BFLOAT16, value.shape, raw.tobytes(), raw=True))
        casts.append(helper.make_node("Cast", [tensor.name], [name], name + "/Cast", to=TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target)


def external_one(source, target):
    """Every tensor over a few bytes in one file beside the model."""
    onnx.save(onnx.load(source), target, save_as_external_data=True, all_tensors_to_one_file=True,
              location=target.name + "_data", size_threshold=64)


def external_many(source, target):
    """A folder with one file per tensor, as large TorchScript exports are written."""
    target.mkdir(exist_ok=True)
    onnx.save(onnx.load(source), target / "model.onnx", save_as_external_data=True, all_tensors_to_one_file=False,
              size_threshold=64)


def session_optimised(source, target, level="extended"):
    """What an ONNX Runtime session saves of its own optimisations."""
    running.session(source, level, save=target)


def transformer_optimised(kind, heads, hidden, multi_head=False, level=1):
    """The optimiser of onnxruntime.transformers for one model type."""

    def convert(source, target):
        from onnxruntime.transformers import fusion_options, optimizer

        options = fusion_options.FusionOptions(kind)
        options.use_multi_head_attention = multi_head
        options.enable_bias_splitgelu = True
        options.enable_gelu_approximation = False
        made = optimizer.optimize_model(str(source), kind, num_heads=heads, hidden_size=hidden,
                                        optimization_options=options, opt_level=level)
        made.save_model_to_file(str(target))

    return convert


def dynamic_int8(per_channel, unsigned=False):
    """DynamicQuantizeLinear and MatMulInteger."""

    def convert(source, target):
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(source, target, per_channel=per_channel,
                         weight_type=QuantType.QUInt8 if unsigned else QuantType.QInt8)

    return convert


class Calibration:
    """A few random batches for the static quantiser."""

    def __init__(self, path, vocab):
        inputs = running.session(path).get_inputs()
        self.batches = iter([running.feeds(inputs, 2, 9, 0, seed, vocab) for seed in range(4)])

    def get_next(self):
        return next(self.batches, None)


def static_int8(vocab, per_channel, qdq, ops=("MatMul", "Gemm")):
    """QuantizeLinear/DequantizeLinear pairs, or QLinearMatMul and QGemm."""

    def convert(source, target):
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process

        with tempfile.TemporaryDirectory() as folder:
            prepared = pathlib.Path(folder) / "prepared.onnx"
            try:
                quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
            except Exception:
                shutil.copy(source, prepared)
            quantize_static(
                str(prepared), str(target), Calibration(prepared, vocab), per_channel=per_channel,
                quant_format=QuantFormat.QDQ if qdq else QuantFormat.QOperator, activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8, op_types_to_quantize=list(ops) if ops else None)

    return convert


def int4(block, symmetric, qdq=False, bits=4):
    """MatMulNBits of com.microsoft, or block-wise DequantizeLinear of opset 21."""

    def convert(source, target):
        from onnxruntime.quantization import QuantFormat
        from onnxruntime.quantization.matmul_nbits_quantizer import (
            DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer)

        model = onnx.load(source)
        if qdq:
            model = onnx.version_converter.convert_version(model, 21)
        # The quantiser looks MatMul weights up among initialisers: Identity copies and Transposes are left alone.
        config = DefaultWeightOnlyQuantConfig(
            block_size=block, is_symmetric=symmetric, bits=bits,
            quant_format=QuantFormat.QDQ if qdq else QuantFormat.QOperator)
        quantiser = MatMulNBitsQuantizer(model, block_size=block, is_symmetric=symmetric, bits=bits, algo_config=config)
        quantiser.process()
        onnx.save(quantiser.model.model if hasattr(quantiser.model, "model") else quantiser.model, target)

    return convert

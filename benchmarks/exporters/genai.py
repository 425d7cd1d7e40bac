"""Decoders in the style of the ONNX Runtime GenAI model builder: GroupQueryAttention, skip norms, its node names."""
import json

import numpy as np
import onnx
from onnx import TensorProto

from graphs import MS, Graph, rotary_caches

HEAD = 16  # the CPU kernel wants head_size % 16 == 0 with rotary embeddings


def write(d, folder, packed=True, norm=False, bias=False, rotary=True, activation="silu", dtype=np.float32, bits=None):
    """Writes model.onnx, its data and genai_config.json into the folder."""
    folder.mkdir(exist_ok=True)
    model = decoder(d, packed, norm, bias, rotary, activation, dtype)
    if bits:
        model = nibbles(model)
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, all_tensors_to_one_file=True,
              location="model.onnx.data", size_threshold=0)
    (folder / "genai_config.json").write_text(json.dumps(genai_config(d), indent=4) + "\n")


def nibbles(model):
    """Weights as MatMulNBits, as the builder's int4 precision has them."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantiser = MatMulNBitsQuantizer(model, block_size=16, is_symmetric=True)
    quantiser.process()
    return quantiser.model.model


def decoder(d, packed, norm, bias, rotary, activation, dtype):
    g = Graph(dtype)
    h, q, kv, layers = d.hidden, d.gqa_heads * HEAD, d.gqa_kv * HEAD, d.layers
    bs = ["batch_size", "sequence_length"]
    g.input("input_ids", bs)
    g.input("attention_mask", ["batch_size", "total_sequence_length"])
    for kind in ("key", "value"):
        for i in range(layers):
            g.input(f"past_key_values.{i}.{kind}", ["batch_size", d.gqa_kv, "past_sequence_length", HEAD], g.elem)
    g.output("logits", bs + [d.vocab])
    for kind in ("key", "value"):
        for i in range(layers):
            g.output(f"present.{i}.{kind}", ["batch_size", d.gqa_kv, "total_sequence_length", HEAD])
    seqlens, total = mask_lengths(g)
    if rotary:
        rotary_caches(g, d.positions, HEAD)
    table = g.weight("model.embed_tokens.weight", (d.vocab, h), "table")
    residual = g.node("Gather", [table, "input_ids"], "/model/embed_tokens/Gather", bs + [h])
    gain = g.weight("model.layers.0.input_layernorm.weight", (h,), "gain")
    x = g.node("SimplifiedLayerNormalization", [residual, gain], "/model/layers.0/input_layernorm/LayerNorm", bs + [h],
               ["/model/layers.0/input_layernorm/output_0"], axis=-1, epsilon=1e-6, stash_type=1)
    for i in range(layers):
        base = f"/model/layers.{i}/attn"
        if packed:
            w = g.weight(f"model.layers.{i}.attn.qkv_proj.MatMul.weight", (h, q + 2 * kv))
            y = g.node("MatMul", [x, w], f"{base}/qkv_proj/MatMul", bs + [q + 2 * kv])
            if bias:
                b = g.weight(f"model.layers.{i}.attn.qkv_proj.Add.bias", (q + 2 * kv,), "bias")
                y = g.node("Add", [y, b], f"{base}/qkv_proj/Add", bs + [q + 2 * kv])
            paths = [y, "", ""]
        else:
            paths = [separate(g, i, part, x, h, width, bias, norm) for part, width in (("q", q), ("k", kv), ("v", kv))]
        caches = ["cos_cache", "sin_cache"] if rotary else ["", ""]
        a = g.node("GroupQueryAttention",
                   paths + [f"past_key_values.{i}.key", f"past_key_values.{i}.value", seqlens, total] + caches,
                   f"{base}/GroupQueryAttention", bs + [q],
                   [f"{base}/GroupQueryAttention/output_0", f"present.{i}.key", f"present.{i}.value"], MS,
                   num_heads=d.gqa_heads, kv_num_heads=d.gqa_kv, scale=HEAD ** -0.5, local_window_size=-1, softcap=0.0,
                   do_rotary=int(rotary), rotary_interleaved=0)
        w = g.weight(f"model.layers.{i}.attn.o_proj.MatMul.weight", (q, h))
        o = g.node("MatMul", [a, w], f"{base}/o_proj/MatMul", bs + [h])
        x, residual = skip_norm(g, residual, o, f"layers.{i}/post_attention_layernorm",
                                f"model.layers.{i}.post_attention_layernorm.weight", h)
        o = mlp(g, i, x, d, activation)
        last = i + 1 == layers
        where = f"layers.{i + 1}/" + ("final_norm_layernorm" if last else "input_layernorm")
        x, residual = skip_norm(g, residual, o, where, f"model.{where.replace('/', '.')}.weight", h, last)
    w = g.weight("lm_head.MatMul.weight", (h, d.vocab))
    g.node("MatMul", [x, w], "/lm_head/MatMul", None, ["logits"])
    return g.model(21, check=False)


def mask_lengths(g):
    """The lengths that GroupQueryAttention wants, from the attention mask."""
    base = "/model/attn_mask_reformat/attn_mask_subgraph"
    one = g.integers([1])
    s = g.node("ReduceSum", ["attention_mask", one], f"{base}/ReduceSum", keepdims=0)
    s = g.node("Sub", [s, one], f"{base}/Sub")
    seqlens = g.node("Cast", [s], f"{base}/Sub/Cast", to=TensorProto.INT32)
    t = g.node("Shape", ["attention_mask"], f"{base}/Shape")
    t = g.node("Gather", [t, g.integers(1)], f"{base}/Gather", axis=0)
    return seqlens, g.node("Cast", [t], f"{base}/Gather/Cast", to=TensorProto.INT32)


def separate(g, i, part, x, h, width, bias, norm):
    """One of the q, k and v projections, with a bias and a norm over each head where asked."""
    bs, base = ["batch_size", "sequence_length"], f"/model/layers.{i}/attn"
    w = g.weight(f"model.layers.{i}.attn.{part}_proj.MatMul.weight", (h, width))
    y = g.node("MatMul", [x, w], f"{base}/{part}_proj/MatMul", bs + [width])
    if bias:
        b = g.weight(f"model.layers.{i}.attn.{part}_proj.Add.bias", (width,), "bias")
        y = g.node("Add", [y, b], f"{base}/{part}_proj/Add", bs + [width])
    if norm and part != "v":
        flat = ["batch_size", f"sequence_length * {part}_heads", HEAD]
        y = g.node("Reshape", [y, g.integers([0, -1, HEAD])], f"{base}/{part}_norm/Reshape_1", flat)
        gain = g.weight(f"model.layers.{i}.attn.{part}_norm.layernorm.weight", (HEAD,), "gain")
        y = g.node("SimplifiedLayerNormalization", [y, gain], f"{base}/{part}_norm/SimplifiedLayerNormalization", flat,
                   axis=-1, epsilon=1e-6, stash_type=1)
        y = g.node("Reshape", [y, g.integers([0, -1, width])], f"{base}/{part}_norm/Reshape_2", bs + [width])
    return y


def skip_norm(g, residual, branch, where, weight, h, last=False):
    """The norm over residual + branch, and the sum."""
    gain = g.weight(weight, (h,), "gain")
    outputs = [f"/model/{where}/output_0"] + ([] if last else ["", "", f"/model/{where}/output_3"])
    g.node("SkipSimplifiedLayerNormalization", [residual, branch, gain], f"/model/{where}/SkipLayerNorm",
           ["batch_size", "sequence_length", h], outputs, MS, epsilon=1e-6)
    return outputs[0], outputs[-1]


def mlp(g, i, x, d, activation):
    base, name = f"/model/layers.{i}/mlp", f"model.layers.{i}.mlp"
    bs, wide = ["batch_size", "sequence_length"], ["batch_size", "sequence_length", d.ffn]
    gate = g.node("MatMul", [x, g.weight(f"{name}.gate_proj.MatMul.weight", (d.hidden, d.ffn))],
                  f"{base}/gate_proj/MatMul", wide)
    up = g.node("MatMul", [x, g.weight(f"{name}.up_proj.MatMul.weight", (d.hidden, d.ffn))], f"{base}/up_proj/MatMul",
                wide)
    if activation == "silu":
        s = g.node("Sigmoid", [gate], f"{base}/act_fn/Sigmoid", wide)
        a = g.node("Mul", [gate, s], f"{base}/act_fn/Mul", wide)
    elif activation == "quick":
        a = g.node("QuickGelu", [gate], f"{base}/act_fn/QuickGelu", wide, domain=MS, alpha=1.0)
    else:
        a = g.node("FastGelu", [gate], f"{base}/act_fn/FastGelu", wide, domain=MS)
    m = g.node("Mul", [a, up], f"{base}/Mul", wide)
    return g.node("MatMul", [m, g.weight(f"{name}.down_proj.MatMul.weight", (d.ffn, d.hidden))],
                  f"{base}/down_proj/MatMul", bs + [d.hidden])


def genai_config(d):
    """What the runtime reads: counts and the head size of the cache."""
    return {"model": {
        "bos_token_id": 1, "context_length": d.positions, "eos_token_id": 2, "pad_token_id": 0, "type": "llama",
        "vocab_size": d.vocab,
        "decoder": {
            "session_options": {"log_id": "onnxruntime-genai", "provider_options": []}, "filename": "model.onnx",
            "head_size": HEAD, "hidden_size": d.hidden, "num_attention_heads": d.gqa_heads, "num_hidden_layers": d.layers,
            "num_key_value_heads": d.gqa_kv,
            "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                       "past_key_names": "past_key_values.%d.key", "past_value_names": "past_key_values.%d.value"},
            "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                        "present_value_names": "present.%d.value"}}},
        "search": {"do_sample": False, "max_length": d.positions, "past_present_share_buffer": True}}

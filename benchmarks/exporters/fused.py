"""Encoders and decoders with the fused operators that ONNX Runtime's optimiser writes, and with those of opset 23.

The optimiser's attention patterns do not match what current transformers versions export, so these are written by hand.
"""
import numpy as np
from onnx import TensorProto

from graphs import MS, Graph, rotary_caches


def encoder(d, attention="Attention", activation="BiasGelu", skip=True, embed=False, dtype=np.float32):
    """A BERT-like encoder; attention is Attention, MultiHeadAttention or PackedBias (one bias inside the operator)."""
    g = Graph(dtype)
    h, bs = d.hidden, ["batch", "sequence"]
    g.input("input_ids", bs)
    g.input("attention_mask", bs)
    g.output("last_hidden_state", bs + [h])
    words, places = g.weight("word_embeddings", (d.vocab, h), "table"), g.weight("positions", (d.positions, h), "table")
    gain, shift = g.weight("embeddings.LayerNorm.weight", (h,), "gain"), g.weight("embeddings.LayerNorm.bias", (h,), "bias")
    mask = g.node("Cast", ["attention_mask"], "mask/Cast", to=TensorProto.INT32)
    if embed:
        ids = g.node("Cast", ["input_ids"], "ids/Cast", to=TensorProto.INT32)
        x = g.node("EmbedLayerNormalization", [ids, "", words, places, "", gain, shift, mask], "EmbedLayerNormalization_0",
                   outputs=["embeddings/output", "embeddings/mask_index"], domain=MS, epsilon=1e-12)
    else:
        length = g.node("Slice", [g.node("Shape", ["input_ids"], "Shape"), g.integers([1]), g.integers([2])], "length")
        x = g.node("Add", [g.node("Gather", [words, "input_ids"], "words/Gather"),
                           g.node("Slice", [places, g.integers([0]), length], "places/Slice")], "embeddings/Add")
        x = g.node("LayerNormalization", [x, gain, shift], "embeddings/LayerNorm", axis=-1, epsilon=1e-12)
    for i in range(d.layers):
        a = attend(g, d, i, x, mask, attention)
        o = g.node("MatMul", [a, g.weight(f"layer.{i}.attention.output.weight", (h, h))],
                   f"/encoder/layer.{i}/attention/output/dense/MatMul")
        x = normed(g, x, o, f"layer.{i}.attention.output", h, skip)
        o = feed_forward(g, d, i, x, activation)
        x = normed(g, x, o, f"layer.{i}.output", h, skip, "last_hidden_state" if i + 1 == d.layers else None)
    return g.model(17)


def attend(g, d, i, x, mask, attention):
    h, base = d.hidden, f"/encoder/layer.{i}/attention/self"
    if attention == "Attention":
        w = g.weight(f"Attention_{i}_qkv_weight", (h, 3 * h))
        b = g.weight(f"Attention_{i}_qkv_bias", (3 * h,), "bias")
        return g.node("Attention", [x, w, b, mask], f"Attention_{i}", domain=MS, num_heads=d.heads)
    parts = []
    for part in ("query", "key", "value"):
        y = g.node("MatMul", [x, g.weight(f"layer.{i}.{part}.weight", (h, h))], f"{base}/{part}/MatMul")
        if attention == "MultiHeadAttention":
            y = g.node("Add", [g.weight(f"layer.{i}.{part}.bias", (h,), "bias"), y], f"{base}/{part}/Add")
        parts.append(y)
    bias = g.weight(f"Attention_{i}_bias", (3 * h,), "bias") if attention == "PackedBias" else ""
    return g.node("MultiHeadAttention", parts + [bias, mask], f"MultiHeadAttention_{i}", domain=MS, num_heads=d.heads)


def normed(g, x, branch, name, h, skip, output=None):
    bias = g.weight(f"{name}.bias", (h,), "bias")
    gain, shift = g.weight(f"{name}.LayerNorm.weight", (h,), "gain"), g.weight(f"{name}.LayerNorm.bias", (h,), "bias")
    outputs = [output] if output else None
    if skip:
        return g.node("SkipLayerNormalization", [branch, x, gain, shift, bias], f"Skip_{name}", outputs=outputs, domain=MS,
                      epsilon=1e-12)
    y = g.node("Add", [g.node("Add", [branch, bias], f"{name}/Add"), x], f"{name}/Sum")
    return g.node("LayerNormalization", [y, gain, shift], f"{name}/LayerNorm", outputs=outputs, axis=-1, epsilon=1e-12)


def feed_forward(g, d, i, x, activation):
    h, f, base = d.hidden, d.ffn, f"/encoder/layer.{i}/mlp"
    w1, b1 = g.weight(f"layer.{i}.up.weight", (h, f)), g.weight(f"layer.{i}.up.bias", (f,), "bias")
    w2 = g.weight(f"layer.{i}.down.weight", (f, h))
    if activation == "FusedGemm":
        flat = g.node("Reshape", [x, g.integers([-1, h])], f"{base}/Flat")
        y = g.node("FusedGemm", [flat, w1, b1], f"{base}/up/FusedGemm", domain=MS, activation="Relu")
        y = g.node("MatMul", [y, w2], f"{base}/down/MatMul")
        return g.node("Reshape", [y, g.node("Shape", [x], f"{base}/Shape")], f"{base}/Back")
    if activation == "FusedMatMul":
        # The weight is stored transposed, [f, h]; alpha scales the product.
        y = g.node("FusedMatMul", [x, g.weight(f"layer.{i}.up.weight_t", (f, h))], f"{base}/up/FusedMatMul", domain=MS,
                   transB=1, alpha=0.5)
        del g.weights[w1]
        y = g.node("BiasGelu", [y, b1], f"{base}/BiasGelu", domain=MS)
        return g.node("FusedMatMul", [y, w2], f"{base}/down/FusedMatMul", domain=MS, alpha=2.0)
    y = g.node("MatMul", [x, w1], f"{base}/up/MatMul")
    if activation in ("BiasGelu", "FastGelu"):
        y = g.node(activation, [y, b1], f"{base}/{activation}", domain=MS)
    else:
        y = g.node("Add", [y, b1], f"{base}/up/Add")
        y = g.node("QuickGelu", [y], f"{base}/QuickGelu", domain=MS, alpha=1.702)
    return g.node("MatMul", [y, w2], f"{base}/down/MatMul")


def gpt2_attention(d, dtype=np.float32):
    """GPT-2 with the fused Attention operator and its cache [2, batch, heads, past, size]."""
    g = Graph(dtype)
    h, size, bs = d.hidden, d.hidden // d.heads, ["batch", "sequence"]
    g.input("input_ids", bs)
    g.input("position_ids", bs)
    g.input("attention_mask", ["batch", "total"])
    for i in range(d.layers):
        g.input(f"past_{i}", [2, "batch", d.heads, "past", size], g.elem)
    g.output("logits", bs + [d.vocab])
    for i in range(d.layers):
        g.output(f"present_{i}", [2, "batch", d.heads, "total", size])
    wte = g.weight("wte.weight", (d.vocab, h), "table")
    wpe = g.weight("wpe.weight", (d.positions, h), "table")
    x = g.node("Add", [g.node("Gather", [wte, "input_ids"], "wte"), g.node("Gather", [wpe, "position_ids"], "wpe")], "embed")
    mask = g.node("Cast", ["attention_mask"], "mask/Cast", to=TensorProto.INT32)
    gain, shift = g.weight("h.0.ln_1.weight", (h,), "gain"), g.weight("h.0.ln_1.bias", (h,), "bias")
    y = g.node("LayerNormalization", [x, gain, shift], "h.0/ln_1", axis=-1, epsilon=1e-5)
    for i in range(d.layers):
        w, b = g.weight(f"h.{i}.attn.c_attn.weight", (h, 3 * h)), g.weight(f"h.{i}.attn.c_attn.bias", (3 * h,), "bias")
        a = g.node("Attention", [y, w, b, mask, f"past_{i}"], f"h.{i}/Attention",
                   outputs=[f"h.{i}/attn/output", f"present_{i}"], domain=MS, num_heads=d.heads, unidirectional=1,
                   qkv_hidden_sizes=[h, h, h])
        o = g.node("MatMul", [a, g.weight(f"h.{i}.attn.c_proj.weight", (h, h))], f"h.{i}/attn/c_proj/MatMul")
        y, x = skip_layer_norm(g, o, x, f"h.{i}.ln_2", f"h.{i}.attn.c_proj.bias", h)
        w, b = g.weight(f"h.{i}.mlp.c_fc.weight", (h, d.ffn)), g.weight(f"h.{i}.mlp.c_fc.bias", (d.ffn,), "bias")
        m = g.node("FastGelu", [g.node("MatMul", [y, w], f"h.{i}/mlp/c_fc/MatMul"), b], f"h.{i}/mlp/FastGelu", domain=MS)
        o = g.node("MatMul", [m, g.weight(f"h.{i}.mlp.c_proj.weight", (d.ffn, h))], f"h.{i}/mlp/c_proj/MatMul")
        y, x = skip_layer_norm(g, o, x, f"h.{i + 1}.ln_1" if i + 1 < d.layers else "ln_f", f"h.{i}.mlp.c_proj.bias", h)
    g.node("MatMul", [y, g.node("Transpose", [wte], "lm_head/Transpose", perm=[1, 0])], "lm_head/MatMul",
           outputs=["logits"])
    return g.model(17)


def skip_layer_norm(g, branch, residual, name, bias, h):
    gain, shift = g.weight(f"{name}.weight", (h,), "gain"), g.weight(f"{name}.bias", (h,), "bias")
    b = g.weight(bias, (h,), "bias")
    out, total = f"{name}/output_0", f"{name}/sum"
    g.node("SkipLayerNormalization", [branch, residual, gain, shift, b], name, outputs=[out, "", "", total], domain=MS,
           epsilon=1e-5)
    return out, total


def llama_opset23(d, past=True):
    """Llama with Attention (3-D, with head counts), RMSNormalization and RotaryEmbedding of opset 23."""
    g = Graph()
    h, size, bs = d.hidden, d.hidden // d.gqa_heads, ["batch", "sequence"]
    kv = d.gqa_kv * size
    g.input("input_ids", bs)
    g.input("position_ids", bs)
    if past:
        for i in range(d.layers):
            for kind in ("key", "value"):
                g.input(f"past_key_values.{i}.{kind}", ["batch", d.gqa_kv, "past", size], g.elem)
    g.output("logits", bs + [d.vocab])
    rotary_caches(g, d.positions, size)
    x = g.node("Gather", [g.weight("embed_tokens.weight", (d.vocab, h), "table"), "input_ids"], "embed_tokens")
    for i in range(d.layers):
        base = f"layers.{i}"
        y = g.node("RMSNormalization", [x, g.weight(f"{base}.input_layernorm.weight", (h,), "gain")], f"{base}/norm1",
                   axis=-1, epsilon=1e-6)
        parts = [g.node("MatMul", [y, g.weight(f"{base}.{p}_proj.weight", (h, width))], f"{base}/{p}_proj/MatMul")
                 for p, width in (("q", h), ("k", kv), ("v", kv))]
        for at, heads in ((0, d.gqa_heads), (1, d.gqa_kv)):
            parts[at] = g.node("RotaryEmbedding", [parts[at], "cos_cache", "sin_cache", "position_ids"],
                               f"{base}/rotary_{at}", num_heads=heads)
        outputs = [f"{base}/attn/output_0"]
        caches = []
        if past:
            caches = ["", f"past_key_values.{i}.key", f"past_key_values.{i}.value"]
            outputs += [f"present.{i}.key", f"present.{i}.value"]
            for name in outputs[1:]:
                g.output(name, ["batch", d.gqa_kv, "total", size])
        a = g.node("Attention", parts + caches, f"{base}/Attention", outputs=outputs, is_causal=1,
                   q_num_heads=d.gqa_heads, kv_num_heads=d.gqa_kv)
        o = g.node("MatMul", [a, g.weight(f"{base}.o_proj.weight", (h, h))], f"{base}/o_proj/MatMul")
        x = g.node("Add", [x, o], f"{base}/Add_1")
        y = g.node("RMSNormalization", [x, g.weight(f"{base}.post_attention_layernorm.weight", (h,), "gain")],
                   f"{base}/norm2", axis=-1, epsilon=1e-6)
        gate = g.node("MatMul", [y, g.weight(f"{base}.gate_proj.weight", (h, d.ffn))], f"{base}/gate_proj/MatMul")
        up = g.node("MatMul", [y, g.weight(f"{base}.up_proj.weight", (h, d.ffn))], f"{base}/up_proj/MatMul")
        m = g.node("Mul", [g.node("Mul", [gate, g.node("Sigmoid", [gate], f"{base}/Sigmoid")], f"{base}/silu"), up],
                   f"{base}/Mul")
        o = g.node("MatMul", [m, g.weight(f"{base}.down_proj.weight", (d.ffn, h))], f"{base}/down_proj/MatMul")
        x = g.node("Add", [x, o], f"{base}/Add_2")
    y = g.node("RMSNormalization", [x, g.weight("norm.weight", (h,), "gain")], "norm", axis=-1, epsilon=1e-6)
    g.node("MatMul", [y, g.weight("lm_head.weight", (h, d.vocab))], "lm_head/MatMul", outputs=["logits"])
    return g.model(23)

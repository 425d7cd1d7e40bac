"""Which conversions are applied to which exports."""
import functools

import conversions as c


def halves(d):
    """Names of the sources and their conversions: (source, label, conversion, what else the manifest says)."""
    return ([(s, "fp16", c.half, {}) for s in (
                "llama.dynamo.18", "bert.ts.17", "gpt2.ts.17", "llama.ts.17", "phi3.dynamo.18", "t5.ts.17", "vit.ts.17",
                "qwen3.ts.17", "gemma2.ts.17", "bloom.ts.17", "gptneox.ts.17")]
            + [(s, "fp16io", c.half_everywhere, {}) for s in ("qwen3.ts-past.17", "llama.dynamo-past.18", "bert.dynamo.18")]
            + [(s, "bf16w", c.bfloat_weights, {}) for s in ("llama.ts.17", "bert.ts.17", "phi3.dynamo.18")])


def external(d):
    return ([(s, "ext", c.external_one, {}) for s in ("qwen2.ts.17", "gpt2.dynamo.18", "phi3.ts.17")]
            + [(s, "extmany", c.external_many, {"folder": True}) for s in ("llama.ts.17", "bert.dynamo.18")])


def optimised(d):
    session = [f"{f}.ts.17" for f in (
        "bert", "gpt2", "llama", "distilbert", "roberta", "phi3", "qwen3", "gemma2", "gptneox", "bloom", "vit", "t5", "opt",
        "modernbert", "gpt2cls", "mixtral")]
    session += [f"{f}.dynamo.18" for f in ("gpt2", "llama", "bert", "phi3", "vit")]
    made = [(s, "ortext", c.session_optimised, {}) for s in session]
    made += [(s, "ortall", functools.partial(c.session_optimised, level="all"), {}) for s in ("bert.ts.17", "llama.ts.17")]
    kinds = {"bert": "bert", "roberta": "bert", "distilbert": "bert", "gpt2": "gpt2", "vit": "vit", "t5": "t5",
             "llama": "gpt2", "qwen2": "gpt2", "qwen3": "qwen3", "phi3": "phi", "gptneox": "gpt_neox", "opt": "gpt2",
             "bloom": "gpt2", "modernbert": "bert"}
    grouped = ("llama", "qwen2", "qwen3", "phi3")
    for family, kind in kinds.items():
        heads = d.gqa_heads if family in grouped else d.heads
        made.append((f"{family}.ts.17", "ortopt", c.transformer_optimised(kind, heads, d.hidden), {}))
    for family in ("bert", "distilbert", "vit", "gpt2"):
        made.append((f"{family}.ts.17", "ortmha", c.transformer_optimised(kinds[family], d.heads, d.hidden, True), {}))
    for s in ("bert.dynamo.18", "gpt2.ts-past.17", "llama.ts-past.17", "gpt2.dynamo.18", "vit.dynamo.18"):
        family = s.split(".")[0]
        heads = d.gqa_heads if family in grouped else d.heads
        made.append((s, "ortopt", c.transformer_optimised(kinds[family], heads, d.hidden), {}))
    made.append(("bert.ts-ortopt.17", "fp16", c.half, {}))
    made.append(("gpt2.ts-ortopt.17", "fp16", c.half, {}))
    made.append(("bert.ts-ortopt.17", "dyn8", c.dynamic_int8(False), {}))
    return made


def quantised(d):
    made = [(f"{f}.ts.17", "dyn8", c.dynamic_int8(False), {}) for f in (
        "bert", "gpt2", "llama", "distilbert", "vit", "phi3", "gptneox", "roberta", "t5", "qwen3")]
    made += [(f"{f}.ts.17", "dyn8pc", c.dynamic_int8(True), {}) for f in ("bert", "gpt2", "llama", "phi3", "distilbert")]
    made += [("bert.ts.17", "dynu8", c.dynamic_int8(False, True), {})]
    made += [("llama.dynamo.18", "dyn8", c.dynamic_int8(False), {}), ("llama.ts-past.17", "dyn8", c.dynamic_int8(False), {})]
    for family in ("bert", "distilbert", "gpt2", "llama", "vit", "qwen2", "phi3", "roberta"):
        for per_channel in (False, True):
            tail = "pc" if per_channel else ""
            made.append((f"{family}.ts.17", "qdq8" + tail, c.static_int8(d.vocab, per_channel, True), {}))
            if family in ("bert", "distilbert", "gpt2", "llama"):
                made.append((f"{family}.ts.17", "qop8" + tail, c.static_int8(d.vocab, per_channel, False), {}))
    made.append(("bert.ts.17", "qdq8all", c.static_int8(d.vocab, False, True, None), {}))
    made.append(("llama.ts.17", "qdq8all", c.static_int8(d.vocab, False, True, None), {}))
    made.append(("bert.ts.17", "qop8all", c.static_int8(d.vocab, False, False, None), {}))
    return made


def nibbles(d):
    made = []
    for family in ("llama", "qwen2", "phi3", "bert", "qwen3"):
        for block in (16, 32):
            for symmetric in (True, False):
                tail = f"bs{block}{'sym' if symmetric else 'asym'}"
                made.append((f"{family}.ts.17", "nb4" + tail, c.int4(block, symmetric), {}))
                if family in ("llama", "bert"):
                    made.append((f"{family}.ts.17", "qdq4" + tail, c.int4(block, symmetric, True), {}))
    made.append(("llama.ts.17", "nb8bs32asym", c.int4(32, False, bits=8), {}))
    made.append(("llama.ts-past.17", "nb4bs32asym", c.int4(32, False), {}))
    made.append(("llama.dynamo.18", "nb4bs16sym", c.int4(16, True), {}))
    return made


def all_conversions(d):
    """The most used ones first."""
    return external(d) + optimised(d) + halves(d) + quantised(d) + nibbles(d)

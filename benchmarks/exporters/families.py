"""Tiny random-weight models of the transformer families, with the sizes that a pruner should find in them."""
from dataclasses import dataclass

import torch
import transformers as hf
from torch import nn


@dataclass(frozen=True)
class Dims:
    """The sizes of one set of exports; grouped-query families have their own head counts."""

    hidden: int = 64
    ffn: int = 160
    layers: int = 2
    heads: int = 4
    gqa_heads: int = 8
    gqa_kv: int = 2
    vocab: int = 99
    positions: int = 64
    image: int = 16


NORMAL = Dims()
TINY = Dims(hidden=16, ffn=24, heads=4, gqa_heads=4, gqa_kv=2, vocab=20, positions=32, image=8)

GROUPED = ("llama", "qwen2", "qwen3", "phi3", "gemma2", "mixtral", "mixtral_stacked", "mqa")
EXPERTS = 3
GRAIN = 64  # weights are multiples of 1/64, so that the committed fixtures compress well


@dataclass
class Built:
    """A model ready for export and what is known of it."""

    module: nn.Module
    config: object
    inputs: dict
    outputs: list
    facts: dict


def reseed(module, seed=7):
    """Random weights at a scale that lets every channel matter (the default 0.02 makes nearly constant models)."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _, p in sorted(module.named_parameters()):
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() == 1:
                value = (1.0 if bool((p == 1).all()) else 0.0) + 0.2 * noise
            else:
                value = noise * (1.2 / p.shape[-1] ** 0.5)
            p.copy_((value * GRAIN).round() / GRAIN)
    return module.eval()


def config_of(family, d, attn):
    """The configuration of a family at the given sizes."""
    h, f, n, a, v, p = d.hidden, d.ffn, d.layers, d.heads, d.vocab, d.positions
    grouped = dict(
        vocab_size=v, hidden_size=h, intermediate_size=f, num_hidden_layers=n, num_attention_heads=d.gqa_heads,
        num_key_value_heads=d.gqa_kv, max_position_embeddings=p, pad_token_id=0, bos_token_id=1, eos_token_id=2)
    encoder = dict(
        vocab_size=v, hidden_size=h, intermediate_size=f, num_hidden_layers=n, num_attention_heads=a,
        max_position_embeddings=p, pad_token_id=0)
    gpt2 = dict(vocab_size=v, n_embd=h, n_inner=f, n_layer=n, n_head=a, n_positions=p, pad_token_id=0,
                bos_token_id=1, eos_token_id=2)
    make = {
        "gpt2": lambda: hf.GPT2Config(**gpt2),
        "gpt2cls": lambda: hf.GPT2Config(**gpt2, num_labels=3),
        "bert": lambda: hf.BertConfig(**encoder),
        "roberta": lambda: hf.RobertaConfig(**{**encoder, "pad_token_id": 1}),
        "distilbert": lambda: hf.DistilBertConfig(
            vocab_size=v, dim=h, hidden_dim=f, n_layers=n, n_heads=a, max_position_embeddings=p),
        "modernbert": lambda: hf.ModernBertConfig(
            **encoder, global_attn_every_n_layers=2, local_attention=8, bos_token_id=1, eos_token_id=2,
            cls_token_id=1, sep_token_id=2),
        "llama": lambda: hf.LlamaConfig(**grouped),
        "mqa": lambda: hf.LlamaConfig(**{**grouped, "num_key_value_heads": 1}),
        "qwen2": lambda: hf.Qwen2Config(**grouped),
        "qwen3": lambda: hf.Qwen3Config(**grouped, head_dim=h // d.gqa_heads),
        "phi3": lambda: hf.Phi3Config(**grouped),
        "gemma2": lambda: hf.Gemma2Config(
            **grouped, head_dim=h // d.gqa_heads, query_pre_attn_scalar=8, sliding_window=p),
        "mixtral": lambda: hf.MixtralConfig(**grouped, num_local_experts=EXPERTS, num_experts_per_tok=2),
        "mixtral_stacked": lambda: hf.MixtralConfig(**grouped, num_local_experts=EXPERTS, num_experts_per_tok=2),
        "opt": lambda: hf.OPTConfig(
            vocab_size=v, hidden_size=h, ffn_dim=f, num_hidden_layers=n, num_attention_heads=a,
            max_position_embeddings=p, word_embed_proj_dim=h, pad_token_id=1, bos_token_id=2, eos_token_id=2),
        "gptneox": lambda: hf.GPTNeoXConfig(
            **{**encoder, "rotary_pct": 0.5}, bos_token_id=1, eos_token_id=2),
        "bloom": lambda: hf.BloomConfig(
            vocab_size=v, hidden_size=h, n_layer=n, n_head=a, pad_token_id=0, bos_token_id=1, eos_token_id=2),
        "t5": lambda: hf.T5Config(
            vocab_size=v, d_model=h, d_kv=h // a, d_ff=f, num_layers=n, num_heads=a, feed_forward_proj="gated-gelu",
            pad_token_id=0, eos_token_id=1, relative_attention_num_buckets=8),
        "vit": lambda: hf.ViTConfig(
            hidden_size=h, intermediate_size=f, num_hidden_layers=n, num_attention_heads=a, image_size=d.image,
            patch_size=d.image // 2, num_labels=3),
    }
    config = make[family]()
    config._attn_implementation = attn
    if family == "mixtral_stacked":
        config._experts_implementation = "batched_mm"
    return config


CLASSES = {
    "gpt2": hf.GPT2LMHeadModel, "gpt2cls": hf.GPT2ForSequenceClassification, "bert": hf.BertModel,
    "roberta": hf.RobertaModel, "distilbert": hf.DistilBertModel, "modernbert": hf.ModernBertModel,
    "llama": hf.LlamaForCausalLM, "mqa": hf.LlamaForCausalLM, "qwen2": hf.Qwen2ForCausalLM,
    "qwen3": hf.Qwen3ForCausalLM, "phi3": hf.Phi3ForCausalLM, "gemma2": hf.Gemma2ForCausalLM,
    "mixtral": hf.MixtralForCausalLM, "mixtral_stacked": hf.MixtralForCausalLM, "opt": hf.OPTForCausalLM,
    "gptneox": hf.GPTNeoXForCausalLM, "bloom": hf.BloomForCausalLM, "t5": hf.T5EncoderModel,
    "vit": hf.ViTForImageClassification,
}
FAMILIES = tuple(CLASSES)
ENCODERS = ("bert", "roberta", "distilbert", "modernbert", "t5", "vit")


class SeparateExperts(nn.Module):
    """Mixture-of-experts with one matrix per expert and projection, every expert run on every token."""

    def __init__(self, stacked):
        super().__init__()
        gate_up, down = stacked.gate_up_proj.data, stacked.down_proj.data
        width = gate_up.shape[1] // 2
        self.w1, self.w2, self.w3 = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for e in range(gate_up.shape[0]):
            for store, value in ((self.w1, gate_up[e, :width]), (self.w3, gate_up[e, width:]), (self.w2, down[e])):
                linear = nn.Linear(value.shape[1], value.shape[0], bias=False)
                linear.weight.data = value.clone()
                store.append(linear)

    def forward(self, x, chosen, weights):
        share = (nn.functional.one_hot(chosen, len(self.w1)).to(x.dtype) * weights.unsqueeze(-1)).sum(1)
        out = 0
        for e in range(len(self.w1)):
            h = nn.functional.silu(self.w1[e](x)) * self.w3[e](x)
            out = out + share[:, e:e + 1] * self.w2[e](h)
        return out


class Plain(nn.Module):
    """Ids and mask in, the first output out."""

    def __init__(self, model, extra):
        super().__init__()
        self.model, self.extra = model, extra

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask, return_dict=False, **self.extra)[0]


class Pixels(nn.Module):
    """Pixels in, logits out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values=pixel_values, return_dict=False)[0]


class WithPast(nn.Module):
    """Two layers of cached keys and values in, logits and the grown cache out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, k0, v0, k1, v1):
        cache = hf.DynamicCache(ddp_cache_data=[(k0, v0), (k1, v1)])
        logits = self.model(
            input_ids=input_ids, attention_mask=attention_mask, past_key_values=cache, use_cache=True,
            return_dict=False)[0]
        return (logits, *[t for layer in cache.layers for t in (layer.keys, layer.values)])


class NoPast(nn.Module):
    """The first step of generation: no cache in, the cache out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        cache = hf.DynamicCache()
        logits = self.model(
            input_ids=input_ids, attention_mask=attention_mask, past_key_values=cache, use_cache=True,
            return_dict=False)[0]
        return (logits, *[t for layer in cache.layers for t in (layer.keys, layer.values)])


def facts_of(family, d):
    """What a structure discovery should find."""
    grouped = family in GROUPED
    kv = (1 if family == "mqa" else d.gqa_kv) if grouped else None
    ffn = 4 * d.hidden if family == "bloom" else d.ffn
    heads = d.gqa_heads if grouped else d.heads
    blocks = d.layers * (EXPERTS if family == "mixtral" else 1)
    return {
        "family": family, "layers": d.layers, "ffn": ffn, "hidden": d.hidden, "heads": heads, "kv_heads": kv,
        "expect": {
            "ffn": None if family == "mixtral_stacked" else {"units": blocks, "width": ffn},
            "heads": None if grouped else {"units": d.layers, "width": heads},
            "kv_groups": {"units": d.layers, "width": kv} if grouped else None,
        }}


def cache_names(layers, prefix):
    """Names of the cache tensors of every layer, in the order of the wrappers."""
    return [f"{prefix}.{i}.{kind}" for i in range(layers) for kind in ("key", "value")]


def build(family, d, attn, past="none"):
    """One model; `past` is none, with (cache in and out) or first (cache out only)."""
    torch.manual_seed(3)
    config = config_of(family, d, attn)
    model = reseed(CLASSES[family](config))
    if family == "mixtral":
        for layer in model.model.layers:
            layer.mlp.experts = SeparateExperts(layer.mlp.experts)
    b, s = 2, 7
    facts = facts_of(family, d)
    if family == "vit":
        pixels = torch.randn(b, 3, d.image, d.image)
        return Built(Pixels(model).eval(), config, {"pixel_values": (pixels, {0: "batch"})}, ["logits"], facts)
    ids = torch.randint(3, d.vocab, (b, s))
    axes = {0: "batch", 1: "sequence"}
    inputs = {"input_ids": (ids, axes), "attention_mask": (torch.ones(b, s, dtype=torch.int64), axes)}
    first = "last_hidden_state" if family in ENCODERS else "logits"
    if past == "none":
        extra = {} if family in ENCODERS else {"use_cache": False}
        return Built(Plain(model, extra).eval(), config, inputs, [first], facts)
    outputs = [first] + cache_names(d.layers, "present")
    if past == "first":
        return Built(NoPast(model).eval(), config, inputs, outputs, facts)
    before = 5
    inputs["attention_mask"] = (torch.ones(b, s + before, dtype=torch.int64), {0: "batch", 1: "total"})
    kv = facts["kv_heads"] or facts["heads"]
    for name in cache_names(d.layers, "past_key_values"):
        value = torch.randn(b, kv, before, d.hidden // facts["heads"])
        inputs[name] = (value, {0: "batch", 2: "past"})
    return Built(WithPast(model).eval(), config, inputs, outputs, facts)

"""The list of exports: which family, which exporter, which conversion."""
import os
import pathlib
import tempfile
from dataclasses import dataclass
from typing import Callable

import numpy as np
import onnx

import derived
import families
import fused
import genai
import merged
import outline
import running
import torch_exports


@dataclass(frozen=True)
class Job:
    """One file to write; `make(folder, path)` writes it and returns its manifest entry."""

    name: str
    make: Callable


def entry(path, facts, exporter, d, head_size=None, **more):
    """The manifest entry of a file that was written; fails when ONNX Runtime cannot load it."""
    model_path = path / "model.onnx" if path.is_dir() else path
    model = onnx.load(model_path, load_external_data=False)
    ran, failure = running.runs(model_path, d.vocab, head_size)
    if not ran:
        raise failure
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    return {**facts, "exporter": exporter, "opset": opset, "inputs": [i.name for i in model.graph.input],
            "runs": ran, **({"head_size": head_size} if head_size else {}), **more}


def torch_job(family, d, exporter, opset, past="none", attn=None):
    """A direct export."""
    write = torch_exports.torchscript if exporter == "ts" else torch_exports.dynamo
    attn = attn or ("eager" if exporter == "ts" or family in ("gemma2", "bloom", "t5") else "sdpa")
    suffix = {"none": "", "with": "-past", "first": "-nopast"}[past]

    def make(folder, path):
        built = families.build(family, d, attn, past)
        write(built, str(path), opset)
        return entry(path, built.facts, exporter + suffix, d, attn=attn)

    return Job(f"{family}.{exporter}{suffix}.{opset}.onnx", make)


def derived_job(d, by_name, source, label, convert, more):
    """A conversion of an export, which is made first when it is not there."""
    family, exporter, opset = source.split(".")
    folder_form = more.get("folder", False)
    name = f"{family}.{exporter}-{label}.{opset}" + ("" if folder_form else ".onnx")

    def make(folder, path):
        convert(source_of(folder, by_name, f"{source}.onnx"), path)
        return entry(path, families.facts_of(family, d), f"{exporter}-{label}", d)

    return Job(name, make)


def aside():
    """Where this process keeps exports that are only a step on the way."""
    return pathlib.Path(tempfile.gettempdir()) / f"exporters-{os.getpid()}"


def source_of(folder, by_name, name):
    """The path of an export that another one starts from; made aside when it is not in the folder."""
    for start in (folder / name, aside() / name):
        if start.exists():
            return start
    aside().mkdir(exist_ok=True)
    by_name[name].make(start.parent, start)
    return start


def hand_jobs(d):
    """Graphs written by hand: the GenAI builder's, fused operators, opset 23."""
    made = []
    variants = {
        "llama-packed-fp32": {}, "llama-separate-fp32": {"packed": False}, "llama-quickgelu-fp32": {"activation": "quick"},
        "qwen2-bias-fp32": {"bias": True}, "qwen2-separate-bias-fp32": {"bias": True, "packed": False},
        "qwen3-qknorm-fp32": {"packed": False, "norm": True}, "gemma-fastgelu-fp32": {"activation": "fast"},
        "llama-norotary-fp32": {"rotary": False}, "llama-packed-fp16": {"dtype": np.float16},
        "llama-packed-int4": {"bits": 4}, "qwen3-qknorm-int4": {"packed": False, "norm": True, "bits": 4}}
    for label, options in variants.items():

        def make(folder, path, options=options, label=label):
            genai.write(d, path, **options)
            return entry(path, families.facts_of("llama", d) | {"family": label.split("-")[0]}, f"genai-{label}", d,
                         genai.HEAD)

        made.append(Job(f"genai-{label}", make))
    graphs = {
        "bert.hand-attention": ("bert", lambda: fused.encoder(d)),
        "bert.hand-attention-embed": ("bert", lambda: fused.encoder(d, embed=True)),
        "bert.hand-attention-fastgelu": ("bert", lambda: fused.encoder(d, activation="FastGelu")),
        "bert.hand-attention-fp16": ("bert", lambda: fused.encoder(d, dtype=np.float16)),
        "bert.hand-mha": ("bert", lambda: fused.encoder(d, "MultiHeadAttention")),
        "bert.hand-mha-packedbias": ("bert", lambda: fused.encoder(d, "PackedBias", "QuickGelu")),
        "bert.hand-fusedgemm": ("bert", lambda: fused.encoder(d, "PackedBias", "FusedGemm", skip=False)),
        "bert.hand-fusedmatmul": ("bert", lambda: fused.encoder(d, "MultiHeadAttention", "FusedMatMul", skip=False)),
        "gpt2.hand-attention-past": ("gpt2", lambda: fused.gpt2_attention(d)),
        "llama.hand-opset23": ("llama", lambda: fused.llama_opset23(d, False)),
        "llama.hand-opset23-past": ("llama", lambda: fused.llama_opset23(d))}
    for label, (family, graph) in graphs.items():

        def make(folder, path, family=family, graph=graph, label=label):
            onnx.save(graph(), path)
            return entry(path, families.facts_of(family, d), label.split(".")[1], d)

        made.append(Job(f"{label}.onnx", make))
    return made


def merged_job(d, by_name, family):
    def make(folder, path):
        first = source_of(folder, by_name, f"{family}.ts-nopast.17.onnx")
        following = source_of(folder, by_name, f"{family}.ts-past.17.onnx")
        merged.merge(first, following, path)
        return entry(path, families.facts_of(family, d), "merged", d)

    return Job(f"{family}.merged.17.onnx", make)


def function_job(d, by_name, source, label, pattern):
    family, exporter, opset = source.split(".")

    def make(folder, path):
        outline.outline(pattern, label.capitalize())(source_of(folder, by_name, f"{source}.onnx"), path)
        return entry(path, families.facts_of(family, d), f"{exporter}-function-{label}", d)

    return Job(f"{family}.{exporter}-function-{label}.{opset}.onnx", make)


FIXTURES = frozenset("""
gpt2.ts.17.onnx gpt2cls.dynamo.18.onnx gpt2.ts-ortext.17.onnx gpt2.ts-qop8.17.onnx gpt2.hand-attention-past.onnx
gpt2.merged.17.onnx bert.ts.17.onnx bert.ts.11.onnx bert.dynamo.18.onnx bert.ts-ortopt.17.onnx bert.ts-qdq8pc.17.onnx
bert.hand-attention.onnx bert.hand-mha-packedbias.onnx distilbert.ts-dyn8pc.17.onnx modernbert.ts.17.onnx llama.ts.17.onnx
llama.ts-past.17.onnx llama.dynamo.18.onnx llama.dynamo.23.onnx llama.ts-fp16.17.onnx llama.ts-nb4bs16asym.17.onnx
llama.ts-qdq4bs16sym.17.onnx llama.ts-function-mlp.17.onnx llama.hand-opset23-past.onnx qwen2.ts-ext.17.onnx
qwen3.dynamo-past.18.onnx phi3.ts.17.onnx phi3.dynamo.18.onnx gemma2.ts.17.onnx opt.ts-ortext.17.onnx gptneox.ts.17.onnx
bloom.ts.17.onnx t5.ts.17.onnx vit.ts.17.onnx mixtral.ts.17.onnx mixtral_stacked.ts.17.onnx genai-qwen3-qknorm-fp32
llama.ts-bf16w.17.onnx
""".split())
FUNCTIONS = (
    ("llama.ts.17", "mlp", r"/layers\.(\d+)/mlp/"), ("llama.ts.17", "norm", r"/layers\.(\d+)/input_layernorm/"),
    ("phi3.ts.17", "mlp", r"/layers\.(\d+)/mlp/"),
    ("gpt2.ts.17", "mlp", r"/h\.(\d+)/mlp/"), ("bert.ts.17", "mlp", r"/layer\.(\d+)/(?:intermediate|output)/"),
    ("bert.ts.17", "selfoutput", r"/layer\.(\d+)/attention/output/"))


def all_jobs(d, tiny):
    """Every file, the most common dialects first."""
    made = [torch_job(f, d, "ts", 17) for f in families.FAMILIES]
    made += [torch_job(f, d, "ts", 17, "with") for f in ("llama", "qwen3", "gpt2")]
    made += [torch_job(f, d, "dynamo", 18) for f in families.FAMILIES]
    made += [torch_job(f, d, "dynamo", 18, "with") for f in ("llama", "qwen3", "gpt2")]
    made += [torch_job(f, d, "dynamo", 23) for f in families.FAMILIES]
    made += [torch_job(f, d, "ts", o) for o in (11, 13, 14, 12, 15, 16) for f in ("gpt2", "bert", "llama")]
    made += [torch_job(f, d, "ts", 17, "first") for f in ("llama", "gpt2", "qwen3")]
    made += hand_jobs(d)
    by_name = {job.name: job for job in made}
    made += [merged_job(d, by_name, f) for f in ("llama", "gpt2", "qwen3")]
    made += [function_job(d, by_name, *function) for function in FUNCTIONS]
    for conversion in derived.all_conversions(d):
        job = derived_job(d, by_name, *conversion)
        by_name[job.name] = job
        made.append(job)
    if tiny:
        return [Job(job.name, stripped(job.make)) for job in made if job.name in FIXTURES]
    return made


def stripped(make):
    """Without what only says where the exporter ran: stack traces and documentation strings."""

    def made(folder, path):
        result = make(folder, path)
        if not path.is_dir():
            model = onnx.load(path, load_external_data=False)
            strip(model.graph)
            for function in model.functions:
                strip(function)
            onnx.save(model, path)
        return result

    return made


def strip(graph):
    graph.doc_string = ""
    for item in [graph, *graph.node, *getattr(graph, "initializer", ()), *getattr(graph, "value_info", ()),
                 *(getattr(graph, "output", ()) if hasattr(graph, "initializer") else ())]:
        kept = [p for p in item.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del item.metadata_props[:]
        item.metadata_props.extend(kept)
        item.doc_string = ""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                strip(attribute.g)

"""The list of exports: which family, which exporter, which conversion."""
from dataclasses import dataclass
from typing import Callable

import onnx

import derived
import families
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
            "runs": ran, **more}


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
        start = folder / f"{source}.onnx"
        if not start.exists():
            start = folder / ".sources" / f"{source}.onnx"
            start.parent.mkdir(exist_ok=True)
            if not start.exists():
                by_name[f"{source}.onnx"].make(start.parent, start)
        convert(start, path)
        return entry(path, families.facts_of(family, d), f"{exporter}-{label}", d)

    return Job(name, make)


def all_jobs(d, tiny):
    """Every file, the most common dialects first."""
    made = [torch_job(f, d, "ts", 17) for f in families.FAMILIES]
    made += [torch_job(f, d, "ts", 17, "with") for f in ("llama", "qwen3", "gpt2")]
    made += [torch_job(f, d, "dynamo", 18) for f in families.FAMILIES]
    made += [torch_job(f, d, "dynamo", 18, "with") for f in ("llama", "qwen3", "gpt2")]
    made += [torch_job(f, d, "dynamo", 23) for f in families.FAMILIES]
    made += [torch_job(f, d, "ts", o) for o in (11, 13, 14, 12, 15, 16) for f in ("gpt2", "bert", "llama")]
    by_name = {job.name: job for job in made}
    for conversion in derived.all_conversions(d):
        job = derived_job(d, by_name, *conversion)
        by_name[job.name] = job
        made.append(job)
    return made

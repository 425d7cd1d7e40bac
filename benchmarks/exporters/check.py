"""Checks "slim equals masked" without fnprune, from what a run folder says.

    python benchmarks/exporters/check.py RUN_DIR [--dense MODEL]
    python benchmarks/exporters/check.py --dense MODEL --slim MODEL --plan plan.json

Builds the dense model with the dropped channels of plan.json set to zero and runs it beside the slim model with ONNX Runtime,
all optimisations on, on the same seeded inputs of several batch sizes, lengths and cache lengths. Then, for models with a
cache, generates with the slim model token by token and compares with one run over all tokens. Prints largest differences
relative to the largest output. Shapes at which the dense model does not run (an export fixed to one batch size) are named and
left out. Only for runs with `compensate: none`; a compensated model differs by design. Needs onnx, onnxruntime and numpy.
"""
import argparse
import json
import pathlib
import re
import sys

import numpy as np
import onnx

import masking
import running

SHAPES = ((2, 7), (1, 5), (3, 17), (4, 2))
PASTS = (0, 5)
ATTENTION = ("heads", "kv_groups")


def model_file(path):
    """The model of a folder, or the file itself."""
    path = pathlib.Path(path)
    if path.is_file():
        return path
    for name in ("model.onnx", "onnx/model.onnx"):
        if (path / name).is_file():
            return path / name
    found = sorted(path.rglob("*.onnx"))
    if len(found) != 1:
        raise SystemExit(f"{path}: {len(found)} models, name one")
    return found[0]


def kept_of(units, name, size):
    """The kept cache heads of the layer that a cache tensor belongs to."""
    layer = int(re.search(r"\d+", name).group())
    for unit in units:
        if unit["kind"] in ATTENTION and unit["layer"] == layer and unit["width"] == size:
            return unit["kept"]
    raise SystemExit(f"{name}: no unit of {ATTENTION} in layer {layer} has {size} channels")


def sliced(value, units, name, heads):
    """A cache tensor of the dense model with the heads that the slim model has."""
    axis = value.ndim - 3
    if value.shape[axis] == heads:
        return value
    return np.take(value, kept_of(units, name, value.shape[axis]), axis)


def relative(a, b):
    """The largest difference relative to the largest value."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise SystemExit(f"outputs of shapes {a.shape} and {b.shape}")
    return float(np.abs(a - b).max() / (np.abs(a).max() or 1)) if a.size else 0.0


class Check:
    """The three sessions of one check."""

    def __init__(self, dense, slim, plan, level="all"):
        self.units = json.loads(pathlib.Path(plan).read_text())["units"]
        self.head_size = running.head_size(dense)
        loaded = onnx.load(dense)
        self.vocab = vocabulary(loaded)
        self.kinds = sorted({u["kind"] for u in self.units})
        self.loose = is_loose(loaded)
        self.dense = running.session(dense, level)
        self.slim = running.session(slim, level)
        self.parameters = tuple(count(m) for m in (loaded, onnx.load(slim)))
        with running.stored(masking.masked(loaded, self.units)) as path:
            self.masked = running.session(path, level)

    def at(self, batch, length, past):
        """Largest difference of slim and masked, and of dense and masked, at one shape; None where dense does not run."""
        inputs = running.feeds(self.dense.get_inputs(), batch, length, past, batch, self.vocab, self.head_size)
        names = [o.name for o in self.dense.get_outputs()]
        try:
            dense = self.dense.run(names, inputs)
        except Exception:
            return None
        masked = self.masked.run(names, inputs)
        wanted = {i.name: i for i in self.slim.get_inputs()}
        missing = set(inputs) ^ set(wanted)
        if missing:
            raise SystemExit(f"inputs differ: {sorted(missing)}")
        narrow = {name: sliced(value, self.units, name, wanted[name].shape[value.ndim - 3])
                  if running.is_cache(name) else value for name, value in inputs.items()}
        slim = self.slim.run(names, narrow)
        off = [relative(sliced(m, self.units, name, s.shape[m.ndim - 3]) if name.startswith("present") else m, s)
               for name, m, s in zip(names, masked, slim)]
        return max(off), relative(dense[0], masked[0])

    def generated(self, session):
        """Largest difference of the logits with a growing cache and without one; None where the model has no cache."""
        inputs = session.get_inputs()
        if not any(running.is_cache(i.name) for i in inputs):
            return None
        names = [o.name for o in session.get_outputs()]
        batch, tokens, prompt = 2, 9, 4
        whole = running.feeds(inputs, batch, tokens, 0, 3, self.vocab, self.head_size)
        try:
            expected = session.run(names, whole)[0]
        except Exception:
            return None
        worst, cache = 0.0, {k: v for k, v in whole.items() if running.is_cache(k)}
        for start, end in [(0, prompt)] + [(t, t + 1) for t in range(prompt, tokens)]:
            step = dict(cache)
            for key, value in whole.items():
                if key in ("input_ids", "position_ids"):
                    step[key] = value[:, start:end]
                elif key == "attention_mask":
                    step[key] = value[:, :end]
                elif key == "use_cache_branch":
                    step[key] = np.array([start > 0])
            out = dict(zip(names, session.run(names, step)))
            worst = max(worst, relative(expected[:, start:end], out[names[0]]))
            cache = {k: out[running.present(k)] for k in cache}
        return worst


def vocabulary(model):
    """The size of the smallest table that token ids could index (ids stay below it)."""
    graphs, rows = [model.graph], []
    sizes = {t.name: t.dims[0] for t in model.graph.initializer if len(t.dims) == 2}
    while graphs:
        graph = graphs.pop()
        sizes |= {t.name: t.dims[0] for t in graph.initializer if len(t.dims) == 2}
        for node in graph.node:
            if node.op_type == "Gather" and "input_ids" in node.input[1] and node.input[0] in sizes:
                rows.append(sizes[node.input[0]])
            graphs += [a.g for a in node.attribute if a.HasField("g")]
    return min(rows, default=20)


def is_loose(model):
    """Whether the model computes with less than float32 (half floats or integers)."""
    types = {t.data_type for t in model.graph.initializer if len(t.dims) > 1}
    quantised = any("Quantize" in n.op_type or "NBits" in n.op_type or n.op_type.startswith("QLinear")
                    for n in model.graph.node)
    return quantised or bool(types & {onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16})


def count(model):
    """Elements of the initialisers."""
    return sum(int(np.prod(t.dims)) for t in model.graph.initializer)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=pathlib.Path, help="a run folder with plan.json, report.json and slim/")
    parser.add_argument("--dense", help="file or folder; report.json says where when left out")
    parser.add_argument("--slim")
    parser.add_argument("--plan")
    parser.add_argument("--tolerance", type=float, help="1e-4; 2e-2 for half floats and quantised models")
    parser.add_argument("--level", default="all", choices=sorted(running.LEVELS), help="optimisations of ONNX Runtime")
    args = parser.parse_args()
    if args.run:
        args.plan = args.plan or args.run / "plan.json"
        args.slim = args.slim or args.run / "slim"
        args.dense = args.dense or json.loads((args.run / "report.json").read_text())["model"]["dense"]["path"]
    if not (args.dense and args.slim and args.plan):
        parser.error("a run folder, or --dense, --slim and --plan")
    dense = model_file(args.dense)
    check = Check(dense, model_file(args.slim), args.plan, args.level)
    tolerance = args.tolerance or (2e-2 if check.loose else 1e-4)
    cached = any(running.is_cache(i.name) for i in check.dense.get_inputs())
    shapes = [(b, s, p) for b, s in SHAPES for p in (PASTS if cached else (0,))] + ([(2, 1, 5)] if cached else [])
    results = {shape: check.at(*shape) for shape in shapes}
    ran = {shape: r for shape, r in results.items() if r}
    if not ran:
        raise SystemExit(f"{dense.name}: the dense model runs at none of {shapes}")
    worst, effect = max(r[0] for r in ran.values()), max(r[1] for r in ran.values())
    growing, dense_growing = check.generated(check.slim), check.generated(check.dense)
    # A model whose own cache is not exact is no measure for the slim one.
    cache_ok = growing is None or growing <= max(tolerance, 2 * (dense_growing or 0))
    shrunk = check.parameters[1] < check.parameters[0]
    ok = worst <= tolerance and cache_ok and shrunk and effect > 0
    print(f"{'ok  ' if ok else 'FAIL'} {dense.parent.name}/{dense.name} [{','.join(check.kinds)}] slim-masked {worst:.1e} "
          f"(allowed {tolerance:.0e}), masking changes {effect:.1e}, parameters {check.parameters[0]:,} -> "
          f"{check.parameters[1]:,}, shapes {len(ran)}/{len(shapes)}"
          + ("" if growing is None else f", growing cache {growing:.1e} (dense {dense_growing:.1e})"))
    skipped = [s for s, r in results.items() if not r]
    if skipped:
        print(f"     the dense model does not run at (batch, sequence, past) {skipped}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

"""The tables of RESULTS.md, from the raw cells in results.json."""
import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
LABELS = ("default", "obs", "wanda-sp", "flap", "magnitude", "coverage", "union", "random")
TASKS = ("add", "capital", "reverse", "sentiment", "sort", "all")
ONE_POINT = 0.01 + 1e-9


def cells_of(cells, **wanted):
    return [c for c in cells if all(c.get(k) == v for k, v in wanted.items())]


def unique(values):
    return list(dict.fromkeys(values))


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value, metric):
    return f"{value:.4f}" if metric == "accuracy" else f"{value:.3f}"


def spread(values, metric):
    """Mean, and the smallest and largest where there are several."""
    if not values:
        return "–"
    mean = number(sum(values) / len(values), metric)
    if len(values) == 1:
        return f"{mean} (1 seed)"
    return f"{mean} ({number(min(values), metric)} to {number(max(values), metric)}{'' if len(values) > 2 else '; 2 seeds'})"


def extent(cells, key):
    values = sorted({c[key] for c in cells if key in c})
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}" if values else "–"


def seeds(cells, model, section):
    """One table a sparsity: every cell's mean and spread over seeds."""
    parts = []
    for sparsity in sorted({c["sparsity"] for c in cells_of(cells, section=section, model=model)}):
        here = cells_of(cells, section=section, model=model, sparsity=sparsity)
        tasks = unique(t for c in here for t in c.get("tasks", {}))
        metrics = {t: c["tasks"][t] for c in here if "tasks" in c for t in tasks}
        dense = ", ".join(f"{t} {number(m['dense'], m['metric'])}" for t, m in metrics.items())
        labels = [la for la in LABELS if cells_of(here, label=la)]
        labels += [la for la in unique(c["label"] for c in here) if la not in labels]
        rows = []
        for label in labels:
            row = cells_of(here, label=label)
            values = [spread([c["tasks"][t]["slim"] for c in row if "tasks" in c], metrics[t]["metric"]) for t in tasks]
            chosen = "; ".join(f"{c['seed']}: {c['chosen']}" for c in row if "chosen" in c) if label == "default" else ""
            failed = "".join(f" seed {c['seed']} failed;" for c in row if "error" in c)
            rows.append((label, *values, extent(row, "parameters"), (chosen + failed).strip() or " "))
        metric = next(iter(metrics.values()))["metric"] if metrics else "?"
        parts.append(f"{sparsity:.0%} removed, {metric}; dense: {dense}\n\n"
                     + markdown(("", *tasks, "parameters", "what the search chose, by seed"), rows))
    return "\n\n".join(parts) or "not run"


def compensation(cells):
    rows = []
    for label in LABELS[1:]:
        row = [label]
        for compensated in ("none", "bias", "least-squares"):
            found = cells_of(cells, section="compensation", label=f"{label}, {compensated}")
            row.append(number(found[0]["tasks"]["test"]["slim"], "") if found and "tasks" in found[0] else "–")
        found = cells_of(cells, section="stories", label=label, sparsity=0.3, seed=1)
        row.append(number(found[0]["tasks"]["test"]["slim"], "") if found and "tasks" in found[0] else "–")
        rows.append(row)
    return markdown(("test perplexity", "none", "bias", "least squares", "least squares, sequential"), rows)


def ablation(cells):
    here = [c for c in cells if c["section"] == "ablation" and "tasks" in c]
    columns = unique((c["model"], c["sparsity"], t) for c in here for t in c["tasks"])
    if not here:
        return "not run"
    columns = [(*c, q) for c in columns for q in ("", ", sequential")]
    rows = []
    for share in ("0", "0.1", "0.25", "0.5", "0.75", "1"):
        row = [f"β = {share}"]
        for model, sparsity, task, sequential in columns:
            found = [c for c in here if (c["model"], c["sparsity"], c["label"]) == (model, sparsity, share + sequential)]
            row.append(number(found[0]["tasks"][task]["slim"], found[0]["tasks"][task]["metric"]) if found else "–")
        rows.append(row)
    return markdown(("", *(f"{m.replace('polymath-', '')} {s:g}, {t}{q}" for m, s, t, q in columns)), rows)


def ladder(cells, section):
    """The largest sparsity at which every task of a cell stays within one point of dense."""
    rows = []
    for label in LABELS:
        row = [label]
        for task in TASKS:
            here = [c for c in cells if c["section"] == section and c["label"] == label and c["model"] == f"polymath-{task}"
                    and "tasks" in c]
            holds = {c["sparsity"]: all(t["slim"] >= t["dense"] - ONE_POINT for t in c["tasks"].values()) for c in here}
            good, bad = [s for s, h in holds.items() if h], [s for s, h in holds.items() if not h]
            row.append("–" if not here else f"{max(good):g}" if good else f"below {min(bad):g}")
        if set(row[1:]) != {"–"}:
            rows.append(row)
    return markdown(("", *TASKS), rows) if rows else "not run"


def ladder_cells(cells, section):
    """Every cell of a ladder, as mean exact match over its tasks."""
    rows = []
    here = [c for c in cells if c["section"] == section and "tasks" in c]
    steps = sorted({c["sparsity"] for c in here})
    for task in TASKS:
        for label in LABELS:
            row = {c["sparsity"]: c for c in here if c["label"] == label and c["model"] == f"polymath-{task}"}
            if row:
                rows.append((f"{task}: {label}", *(
                    "/".join(f"{t['slim']:.3f}" for t in row[s]["tasks"].values()) if s in row else " " for s in steps)))
    return markdown(("", *(f"{s:g}" for s in steps)), rows) if rows else "not run"


def int8(cells):
    parts = []
    for model in unique(c["model"] for c in cells if c["section"] == "int8"):
        here = [c for c in cells if c["section"] == "int8" and c["model"] == model]
        base = here[0]
        head = ("", *here[0]["quality"], "bytes", *(f"batch {b}, ms" for b in base["latency_ms"]),
                *(f"batch {b}, CPU ms of 1 thread" for b in base["cpu_ms"]), "speed by CPU time, batch " + " / ".join(base["cpu_ms"]))
        parts.append(f"{model}\n\n" + markdown(head, [
            (c["label"], *(f"{v:.3f}" for v in c["quality"].values()), f"{c['bytes']:,} ({c['bytes'] / base['bytes']:.2f}×)",
             *(f"{v:.2f}" for v in c["latency_ms"].values()),
             *(f"{v:.2f}" for v in c["cpu_ms"].values()),
             " / ".join(f"{base['cpu_ms'][b] / v:.2f}×" for b, v in c["cpu_ms"].items())) for c in here]))
    return "\n\n".join(parts) or "not run"


def failures(cells):
    rows = [f"- {c['section']}, {c['model']} {c['sparsity']}, seed {c['seed']}, {c['label']}: exit {c['exit']}: {c['error'][:300]}"
            for c in cells if "error" in c]
    return "\n".join(rows) or f"None of {len(cells)} cells failed."


def reached(cells):
    """What was removed beside what was asked for."""
    off = [c for c in cells if "reached" in c and c["targets"] == "ffn" and abs(c["reached"] - c["sparsity"]) > 0.001]
    rows = "\n".join(f"- {c['section']}, {c['model']} {c['sparsity']}, seed {c['seed']}, {c['label']}: {c['reached']:.4f}" for c in off)
    return rows or "Every cell with target `ffn` removed what it was asked for, ±0.1% of the targets' parameters."


def write(results):
    cells = json.loads(Path(results).read_text())
    tables = {"stories": seeds(cells, "stories260k", "stories"), "compensation": compensation(cells),
              "agnews": seeds(cells, "agnews-gpt2", "agnews"), "ablation": ablation(cells),
              "polymath": ladder(cells, "polymath"), "polymath-cells": ladder_cells(cells, "polymath"),
              "heads": ladder(cells, "heads"), "heads-cells": ladder_cells(cells, "heads"),
              "int8": int8(cells), "failures": failures(cells), "reached": reached(cells)}
    for model in unique(c["model"] for c in cells if c["section"] == "model"):
        print(f"{model}\n\n{seeds(cells, model, 'model')}\n")
    path = HERE / "RESULTS.md"
    text = path.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = re.sub(f"(<!-- begin {name} -->).*?(<!-- end {name} -->)", lambda m, t=table: f"{m[1]}\n{t}\n{m[2]}", text, flags=re.S)
    path.write_text(text, encoding="utf-8")

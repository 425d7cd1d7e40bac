"""What the default is worth beside every other selection of the same size: the comparison behind RESULTS.md.

    mvn -B -DskipTests package
    python benchmarks/quality/quality.py run --sections polymath,heads,ablation-capital
    python benchmarks/quality/quality.py run --stories STORIES --agnews AGNEWS
    python benchmarks/quality/quality.py run --model MODEL --calibration TEXT.jsonl --task TASK.yaml --sparsities 0.3,0.5
    python benchmarks/quality/quality.py int8 --stories STORIES
    python benchmarks/quality/quality.py table

`run` starts `fnprune prune` once per cell and appends each cell to results.json as soon as it is there; cells that are already there
are not run again, so a stopped run goes on where it stopped. `table` rewrites the tables in RESULTS.md, between its markers, from
results.json. Both need nothing but Python's standard library; `int8` needs onnx, onnxruntime and tokenizers.

A calibration seed S stands for a random 80% of the calibration file's rows, the same for every selector, and for `--seed S`.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECIPES = ROOT / "recipes"
POLYMATH_TASKS = ("add", "capital", "reverse", "sentiment", "sort")
FITTED = ("--compensate", "least-squares", "--sequential")
COVERAGE = ("--selector", "functional-networks", "--form", "coverage")
UNION = ("--selector", "functional-networks", "--form", "union")
SELECTORS = {
    "obs": ("--selector", "obs"),
    "wanda-sp": ("--selector", "wanda-sp"),
    "flap": ("--selector", "flap"),
    "magnitude": ("--selector", "magnitude"),
    "coverage": COVERAGE,
    "union": UNION,
    "random": ("--selector", "random"),
}
SEEDS = (1, 2, 3)
LADDER = (0.5, 0.625, 0.75, 0.8125, 0.875, 0.9375)
HEAD_LADDER = (0.25, 0.5, 0.75)
LOWER = (0.375, 0.25)
SHARES = (0, 0.1, 0.25, 0.5, 0.75, 1)
ONE_POINT = 0.01 + 1e-9


class Cells:
    """The raw cells, in results.json; each is written as soon as it is measured."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.cells = json.loads(path.read_text()) if path.exists() else []

    @staticmethod
    def key(cell):
        return tuple(str(cell.get(k)) for k in ("section", "model", "label", "targets", "sparsity", "seed"))

    def find(self, cell):
        """A cell that was measured; one that failed is run again."""
        return next((c for c in self.cells if self.key(c) == self.key(cell) and "error" not in c), None)

    def add(self, cell):
        with self.lock:
            self.cells = [c for c in self.cells if self.key(c) != self.key(cell)] + [cell]
            text = "[\n" + ",\n".join(json.dumps(c) for c in self.cells) + "\n]\n"
            partial = self.path.with_suffix(".part")
            partial.write_text(text)
            os.replace(partial, self.path)


class Model:
    """A model with its calibration rows and task files, and what makes `prune` use them."""

    def __init__(self, name, folder, calibration, tasks, flags):
        self.name, self.folder, self.calibration = name, str(folder), Path(calibration)
        self.tasks, self.flags = [str(t) for t in tasks], tuple(flags)

    def subset(self, seed, work):
        """80% of the rows, shuffled by the seed."""
        path = work / f"{self.name}-{seed}.jsonl"
        rows = [row for row in self.calibration.read_text(encoding="utf-8").splitlines() if row.strip()]
        path.write_text("\n".join(random.Random(seed).sample(rows, round(0.8 * len(rows)))) + "\n", encoding="utf-8")
        return path


class Runner:
    """Starts fnprune."""

    def __init__(self, options, work):
        program = (["-cp", options.java_classpath, "org.fnprune.cli.Main"] if options.java_classpath
                   else ["-jar", str(ROOT / "target" / "fnprune.jar")])
        self.java = [*shlex.split(options.java), *program]
        self.threads, self.work, self.until, self.cells = options.threads, work, options.until, options.cells
        self.seeds = options.seeds.split(",")
        self.search_seconds, self.labels, self.keep = options.search_seconds, options.labels, options.keep

    def default(self):
        """The flags of the default: nothing but the time it may search."""
        return ("--search-seconds", str(self.search_seconds))

    def late(self):
        return self.until is not None and datetime.datetime.now().strftime("%H:%M") >= self.until

    def cell(self, section, model, label, sparsity, seed, flags, targets="ffn"):
        """One run; None when it is too late to begin it."""
        cell = {"section": section, "model": model.name, "label": label, "targets": targets, "sparsity": sparsity, "seed": seed}
        found = self.cells.find(cell)
        if found or self.late() or str(seed) not in self.seeds or (self.labels and not re.fullmatch(self.labels, label)):
            return found
        folder = Path(tempfile.mkdtemp(dir=self.work))
        command = [*self.java, "prune", model.folder, "--calibration", str(model.subset(seed, folder)), *model.flags,
                   "--sparsity", str(sparsity), "--seed", str(seed), "--targets", targets, "--round-to", "1", *flags,
                   *(x for task in model.tasks for x in ("--task", task)), "--latency", "false",
                   "--threads", str(self.threads), "--output", str(folder / "run"), "--json", "--quiet"]
        start = time.time()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        cell |= {"flags": " ".join(flags), "seconds": round(time.time() - start, 1)}
        if done.returncode:
            for path, name in ((model.folder, "MODEL"), (str(folder), "WORK"), (str(ROOT), "FNPRUNE")):
                done.stderr = done.stderr.replace(path, name)
            cell |= {"exit": done.returncode, "error": done.stderr[-2000:]}
        else:
            report = json.loads(done.stdout)
            cell |= {"reached": report["sparsity"], "parameters": report["model"]["slim"]["parameters"],
                     "dense_parameters": report["model"]["dense"]["parameters"],
                     "tasks": tasks_of(report),
                     "chosen": report["selection"]["chosen"], "reason": report["selection"]["reason"],
                     "trials": len(report["selection"]["trials"]),
                     "kept": [u["kept"] for u in report["units"]], "fallbacks": [
                         u["id"] for u in report["units"] if u["compensation"] not in label_of(flags)],
                     "timings": report["timings"]}
            if self.keep:
                shutil.copytree(folder / "run" / "slim", self.keep / f"{model.name}-{targets}-{sparsity}-{seed}-{label}",
                                dirs_exist_ok=True)
        shutil.rmtree(folder)
        self.cells.add(cell)
        shown = {n: round(t["slim"], 4) for n, t in cell.get("tasks", {}).items()} or cell["error"][-300:]
        print(f"{section} {model.name} {targets} {sparsity} seed {seed} {label}: {shown} {cell['seconds']} s", flush=True)
        return cell


def tasks_of(report):
    """By task the first metric, and accuracy where a classification names it second."""
    tasks = {}
    for task in report["tasks"]:
        if task["name"] not in tasks or task["metric"] == "accuracy":
            tasks[task["name"]] = {k: task[k] for k in ("metric", "dense", "slim", "stderr", "n")}
    return tasks


def label_of(flags):
    """The compensations that a cell may report without having fallen back."""
    flags = list(flags)
    return [flags[flags.index("--compensate") + 1]] if "--compensate" in flags else ["least-squares"]


def uniform(flags):
    return (*flags, "--allocation", "uniform")


def stories_cells(run, model, sparsities, section="stories"):
    """The default beside every selector, each with the best compensation, seed by seed."""
    for seed in SEEDS:
        for sparsity in sparsities:
            yield lambda p=sparsity, s=seed: run.cell(section, model, "default", p, s, run.default())
            for label, flags in SELECTORS.items():
                yield lambda p=sparsity, s=seed, la=label, f=flags: run.cell(section, model, la, p, s, uniform((*f, *FITTED)))


def compensation_cells(run, model, sparsity):
    """Every selector with the lesser compensations, at the first seed."""
    for compensation in ("none", "bias", "least-squares"):
        for label, flags in SELECTORS.items():
            yield lambda la=label, f=flags, c=compensation: run.cell(
                "compensation", model, f"{la}, {c}", sparsity, 1, uniform((*f, "--compensate", c)))


def agnews_cells(run, model, sparsities):
    if sparsities:
        return [lambda p=p, s=s: run.cell("agnews", model, "default", p, s, run.default()) for p in sparsities for s in SEEDS]
    return agnews_all(run, model)


def agnews_all(run, model):
    for seed in SEEDS:
        yield lambda s=seed: run.cell("agnews", model, "default", 0.9, s, run.default())
    for label in ("wanda-sp", "flap", "obs", "union"):
        yield lambda la=label: run.cell("agnews", model, la, 0.9, 1, uniform((*SELECTORS[la], *FITTED)))
    yield lambda: run.cell("agnews", model, "union, none", 0.9, 1, uniform((*UNION, "--compensate", "none")))
    for sparsity in (0.5, 0.7, 0.95):
        yield lambda p=sparsity: run.cell("agnews", model, "default", p, 1, run.default())


def ablation_cells(run, model, sparsities):
    for sparsity in sparsities:
        for sequential in ((), ("--sequential",)):
            for share in SHARES:
                yield lambda p=sparsity, q=sequential, b=share: run.cell(
                    "ablation", model, f"{b}{', sequential' if q else ''}", p, 1,
                    uniform(("--selector", "functional-networks", "--form", "hybrid", "--protected-share", str(b),
                             "--compensate", "least-squares", *q)))


def within_a_point(cell):
    """Whether every task of a cell stays within one point of dense; None without a measurement."""
    if not cell or "tasks" not in cell:
        return None
    return all(t["slim"] >= t["dense"] - ONE_POINT for t in cell["tasks"].values())


def bisect(run, section, model, label, flags, ladder, targets):
    """Finds the largest sparsity that holds, taking it that a smaller one holds, too; below the ladder, step by step."""
    low, high = -1, len(ladder)
    while high - low > 1:
        middle = (low + high) // 2
        holds = within_a_point(run.cell(section, model, label, ladder[middle], 1, flags, targets))
        if holds is None:
            return
        low, high = (middle, high) if holds else (low, middle)
    for sparsity in LOWER if low < 0 else ():
        if sparsity < ladder[0] and within_a_point(run.cell(section, model, label, sparsity, 1, flags, targets)) is not False:
            return


def polymath(task):
    tasks = POLYMATH_TASKS if task == "all" else (task,)
    return Model(f"polymath-{task}", RECIPES / "models" / "polymath", RECIPES / "data" / f"{task}-train.jsonl",
                 [RECIPES / "tasks" / f"{t}.yaml" for t in tasks],
                 ("--max-seq-length", "64", "--num-samples", "1024", "--batch-size", "32"))


def polymath_cells(run, section, ladder, targets, tasks):
    for task in tasks or (*POLYMATH_TASKS, "all"):
        for label, flags in {"default": None, **SELECTORS}.items():
            chosen = run.default() if flags is None else uniform((*flags, *FITTED))
            yield lambda t=task, la=label, f=chosen: bisect(run, section, polymath(t), la, f, ladder, targets)


def task_file(work, name, text):
    path = work / f"{name}.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def stories_model(folder, work):
    data = Path(folder).resolve()
    tasks = [task_file(work, "test", f'{{name: test, type: perplexity, dataset: "{data}/test.jsonl", max_seq_length: 256, limit: 80}}'),
             task_file(work, "real", f'{{name: real, type: perplexity, dataset: "{data}/real.jsonl", max_seq_length: 512}}')]
    return Model("stories260k", data, data / "train.jsonl", tasks, ("--max-seq-length", "256", "--num-samples", "448"))


def agnews_model(folder, work):
    data = Path(folder).resolve()
    task = task_file(work, "topics", f'{{name: topics, type: classification, dataset: "{data}/test.jsonl", max_seq_length: 64}}')
    return Model("agnews-gpt2", data, data / "train.jsonl", [task], ("--max-seq-length", "64", "--num-samples", "800"))


def run_command(options):
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        options.cells = Cells(options.results)
        run = Runner(options, work)
        sections = options.sections.split(",")
        cells = []
        for section in sections:
            name, _, sparsities = section.partition("=")
            named = sparsities.split("+") if sparsities else None
            chosen = [float(s) for s in named] if named and name not in ("polymath", "heads") else None
            if options.model:
                model = Model(Path(options.model).name, Path(options.model).resolve(), options.calibration,
                              [Path(t).resolve() for t in options.task], shlex.split(options.flags))
                cells += stories_cells(run, model, [float(s) for s in options.sparsities.split(",")], "model")
                break
            if name == "stories" and options.stories:
                cells += stories_cells(run, stories_model(options.stories, work), chosen or (0.3, 0.5, 0.2))
            elif name == "compensation" and options.stories:
                cells += compensation_cells(run, stories_model(options.stories, work), 0.3)
            elif name == "agnews" and options.agnews:
                cells += agnews_cells(run, agnews_model(options.agnews, work), chosen)
            elif name == "ablation" and options.stories:
                cells += ablation_cells(run, stories_model(options.stories, work), chosen or (0.3, 0.5))
            elif name == "ablation-capital":
                cells += ablation_cells(run, polymath("capital"), chosen or (0.75,))
            elif name == "polymath":
                cells += polymath_cells(run, "polymath", LADDER, "ffn", named)
            elif name == "heads":
                cells += polymath_cells(run, "heads", HEAD_LADDER, "heads", named)
            else:
                print(f"section {name}: not run (unknown, or its model's folder is not given)")
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for done in [pool.submit(cell) for cell in cells]:
                done.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="measure cells that results.json lacks")
    int8 = commands.add_parser("int8", help="dense and slim, in fp32 and dynamic int8: quality, bytes, latency")
    table = commands.add_parser("table", help="write the tables of RESULTS.md from results.json")
    for command in (run, int8, table):
        command.add_argument("--results", type=Path, default=HERE / "results.json", help="raw cells (default: beside this script)")
    for command in (run, int8):
        command.add_argument("--stories", help="folder of stories260k: model.onnx, train.jsonl, test.jsonl, real.jsonl")
        command.add_argument("--java", default="java", help="the command that starts Java, with its options (default: java)")
        command.add_argument("--java-classpath", help="classes and libraries to run instead of target/fnprune.jar")
        command.add_argument("--search-seconds", type=int, default=1800,
                             help="time the default may search; more than it needs, so that speed does not decide (default 1800)")
        command.add_argument("--threads", type=int, default=1, help="threads of one fnprune (default 1)")
        command.add_argument("--until", help="begin no cell after this time of day, HH:MM")
    int8.add_argument("--slim", type=Path, help="slim models that 'run --keep' left; others are made")
    run.add_argument("--sections", default="stories,compensation,agnews,ablation,ablation-capital,polymath,heads",
                     help="what to run, in this order; after '=' sparsities or, of polymath and heads, tasks: "
                          "stories=0.3+0.5, heads=add+all (default: %(default)s)")
    run.add_argument("--agnews", help="folder of agnews-gpt2: model.onnx, train.jsonl, test.jsonl")
    run.add_argument("--jobs", type=int, default=2, help="cells at a time (default 2)")
    run.add_argument("--model", help="another model's folder: the default beside every selector there, and nothing else")
    run.add_argument("--calibration", help="of --model: .jsonl with the field 'text'")
    run.add_argument("--task", action="append", default=[], help="of --model: a task file; may be given several times")
    run.add_argument("--sparsities", default="0.3,0.5", help="of --model (default 0.3,0.5)")
    run.add_argument("--flags", default="", help="of --model: further flags of prune, such as '--max-seq-length 256'")
    run.add_argument("--keep", type=Path, help="a folder where slim models are kept, for 'int8' (default: they are not)")
    run.add_argument("--seeds", default="1,2,3", help="run only cells of these calibration seeds (default 1,2,3)")
    run.add_argument("--labels", help="run only cells whose label is this regular expression, such as 'default'")
    options = parser.parse_args()
    if options.command == "run":
        if options.model and not (options.calibration and options.task):
            parser.error("--model needs --calibration and --task")
        run_command(options)
    elif options.command == "int8":
        import int8 as module
        module.measure(options)
    else:
        import tables
        tables.write(options.results)


if __name__ == "__main__":
    main()

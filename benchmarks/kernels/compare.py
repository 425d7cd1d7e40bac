"""FastICA's step and the eigensolver beside scikit-learn and numpy: same arrays, same number of threads, same machine.

    python benchmarks/kernels/compare.py [--threads 2] [--neurons 3072] [--components 128]

Needs numpy, scikit-learn and Maven. Builds fnprune and the JMH benchmarks, exchanges the arrays through .npy files in a
temporary folder, runs both sides one after the other and writes benchmarks/kernels/RESULTS.md. Do not use the machine
meanwhile.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STEPS = 20
REPEATS = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--neurons", type=int, default=3072)
    parser.add_argument("--components", type=int, default=128)
    parser.add_argument("--python-side", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def make_arrays(folder, neurons, components):
    """Sparse independent maps, whitened, with a start; and the correlation of neurons that share 64 causes."""
    import numpy as np
    rng = np.random.default_rng(0)
    maps = rng.laplace(size=(components, neurons))
    _, _, directions = np.linalg.svd(maps - maps.mean(1, keepdims=True), full_matrices=False)
    causes = rng.standard_normal((64, neurons)) * (np.arange(64)[:, None] + 1.0) ** -0.5
    tokens = rng.laplace(size=(8000, 64)) @ causes + 0.7 * rng.standard_normal((8000, neurons))
    arrays = {"white": directions * np.sqrt(neurons), "start": rng.standard_normal((components, components)),
              "correlation": np.corrcoef(tokens.T)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return arrays


def median_ms(work):
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def python_times(arrays):
    """Milliseconds by scikit-learn for one step, and by numpy for all eigenpairs."""
    import numpy as np
    from sklearn.decomposition import _fastica
    warnings.simplefilter("ignore")
    times = {}
    for name in ("logcosh", "exp", "cube"):
        function = getattr(_fastica, "_" + name)
        times["fastIca " + name.upper()] = median_ms(lambda: _fastica._ica_par(
            arrays["white"].copy(), 1e-300, function, {"alpha": 1.0}, STEPS, arrays["start"].copy())) / STEPS
    eigh = median_ms(lambda: np.linalg.eigh(arrays["correlation"]))
    return times | {"topEigenpairs": eigh}


def python_times_with(folder, threads):
    """The same in a process of its own: BLAS takes its threads when it is loaded."""
    variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    done = subprocess.run([sys.executable, __file__, "--python-side", str(folder)], env=os.environ | variables, check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def java_times(folder, threads):
    """Milliseconds by JMH."""
    maven = os.environ.get("MVN", str(ROOT / "mvnw") if os.name != "nt" else "mvn")
    subprocess.run([maven, "-B", "-q", "-DskipTests", "package"], cwd=ROOT, check=True)
    subprocess.run([maven, "-B", "-q", "-f", str(HERE / "pom.xml"), "compile"], cwd=ROOT, check=True)
    results = folder / "jmh.json"
    path = os.pathsep.join(map(str, [HERE / "target/classes", HERE / "target/lib/*", ROOT / "target/classes",
                                     ROOT / "target/lib/*"]))
    options = f"-Xmx3g -Darrays={folder} -Dthreads={threads}"
    subprocess.run(["java", "-cp", path, "org.openjdk.jmh.Main", "Kernels", "-jvmArgs", options, "-rf", "json", "-rff",
                    str(results)], check=True)
    return {" ".join([run["benchmark"].rsplit(".", 1)[1], *run.get("params", {}).values()]):
            run["primaryMetric"]["score"] for run in json.loads(results.read_text())}


def processor():
    info = pathlib.Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else []
    return f"{names[0]}, {len(names)} cores" if names else platform.processor()


def report(options, load, java, python, single):
    import numpy
    import sklearn
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, text=True, capture_output=True).stdout
    what = {"fastIca": f"FastICA, parallel, one step, {options.components} × {options.neurons}",
            "topEigenpairs": f"top {options.components} of {options.neurons} × {options.neurons}"}
    rows = [f"| {what[name.split()[0]]}{''.join(', ' + c.lower() for c in name.split()[1:])} "
            f"| {java[name]:.1f} | {python[name]:.1f} | {java[name] / python[name]:.2f} "
            f"| {single[name]:.1f} | {java[name] / min(python[name], single[name]):.2f} |" for name in python]
    return "\n".join([
        "# Kernels beside scikit-learn and numpy", "",
        f"Written by `{pathlib.Path(__file__).relative_to(ROOT)}`; {datetime.date.today()}, commit {commit.strip()},",
        f"{processor()}, {options.threads} threads, load average at the start {load:.2f}; scikit-learn "
        f"{sklearn.__version__}, numpy {numpy.__version__}.", "",
        "FastICA is set against scikit-learn's `_ica_par`, the eigensolver against `numpy.linalg.eigh`. Milliseconds:",
        "JMH's mean, Python's median. A load average above 0.5 at the start makes the figures worthless.", "",
        f"| kernel | fnprune ms, {options.threads} threads | Python ms, {options.threads} threads | ratio | Python ms, 1 thread "
        "| ratio to the faster |", "|---|---|---|---|---|---|", *rows, ""])


def main():
    options = arguments()
    if options.python_side:
        import numpy as np
        names = ("white", "start", "correlation")
        print(json.dumps(python_times({name: np.load(options.python_side / f"{name}.npy") for name in names})))
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_arrays(folder, options.neurons, options.components)
        python = python_times_with(folder, options.threads)
        single = python_times_with(folder, 1)
        java = java_times(folder, options.threads)
    results = report(options, load, java, python, single)
    (HERE / "RESULTS.md").write_text(results, encoding="utf-8")
    sys.stdout.write(results)


if __name__ == "__main__":
    main()

"""fnprune's `networks --signals` beside scikit-learn's FastICA, as a Python user would try it.

Run from the repository after `mvn -B -DskipTests package`:  python benchmarks/signals/check.py
Needs numpy and scikit-learn. Prints one line per case and fails when a figure is worse than its limit.
"""
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from sklearn.decomposition import FastICA

JAR = pathlib.Path(__file__).parents[2] / "target/fnprune.jar"


def fnprune(folder, array, *flags):
    file = folder / "X.npy"
    np.save(file, array)
    command = ["java", "-jar", JAR, "networks", "--signals", file, "--output", folder / "out", "--force", "--json", "--quiet"]
    document = json.loads(subprocess.run([*command, *flags], check=True, capture_output=True, text=True).stdout)
    read = {kind: np.load(folder / f"out/networks/X.{kind}.npy") for kind in ("maps", "courses", "mixing", "unmixing")}
    return document["units"][0], read


def matched(a, b):
    """The smallest |correlation| of the rows of a with their partners in b."""
    corr = np.abs(np.corrcoef(a, b)[: len(a), len(a):])
    assert len(set(corr.argmax(1))) == len(a), "not a permutation"
    return corr.max(1).min()


def main():
    rng = np.random.default_rng(0)
    sources = rng.laplace(size=(4000, 6))
    dense = sources @ rng.normal(size=(6, 50))
    z = (dense - dense.mean(0)) / dense.std(0)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        flags = ["--components", "6", "--method", "temporal-ica", "--tolerance", "1e-10", "--max-iterations", "2000"]
        forms = {
            "float64": dense, "float32": dense.astype("f4"), "fortran": np.asfortranarray(dense),
            "big-endian": dense.astype(">f8"), "float16": dense.astype("f2"),
        }
        for form, array in forms.items():
            for g in ("logcosh", "exp", "cube"):
                unit, out = fnprune(folder, array, *flags, "--nonlinearity", g)
                theirs = FastICA(6, fun=g, tol=1e-10, max_iter=2000, random_state=0).fit_transform(z).T
                same, found = matched(out["courses"].T, theirs), matched(sources.T, out["courses"].T)
                rebuilt = np.abs(out["courses"] @ out["mixing"].T - z).max()
                identity = np.abs(out["unmixing"] @ out["mixing"] - np.eye(6)).max()
                print(f"{form:10} {g:8} sklearn {same:.9f} sources {found:.6f} rebuilt {rebuilt:.1e} "
                      f"unmixing·mixing {identity:.1e} iterations {unit['iterations']}")
                loose = form == "float16"
                assert same > (0.9999 if loose else 0.999999) and found > 0.99 and rebuilt < (0.1 if loose else 1e-4)
        maps = np.zeros((4, 300))
        for k in range(4):
            maps[k, 60 * k: 60 * k + 15] = rng.normal(3, 0.3, 15)
        noisy = rng.normal(size=(1000, 4)) @ maps + 0.3 * rng.normal(size=(1000, 300))
        unit, out = fnprune(folder, noisy, "--components", "4")
        print(f"spatial, planted maps: |corr| {matched(maps, out['maps']):.4f}")
        assert matched(maps, out["maps"]) > 0.95


if __name__ == "__main__":
    main()

"""Writes what scikit-learn's FastICA makes of given signals and starts, for FastIcaTest.

Run `python benchmarks/oracle/fastica_reference.py` anywhere with numpy and scikit-learn (1.9.1 made the
committed files). Output: src/test/resources/oracle/fastica/*.npy, float64.

* white, start → <algorithm>-<function>: W of both algorithms on white signals, and the iterations made
* signals, fit-start → fit-<algorithm>-<function>-unmixing|mixing: the whole estimator on raw signals, more of them than
  components
"""
import pathlib

import numpy as np
import sklearn
from sklearn.decomposition import FastICA, _fastica

K, SAMPLES = 6, 400
SIGNALS, COMPONENTS = 8, 5
TOLERANCE, LIMIT = 1e-4, 200
FUNCTIONS = {"logcosh": _fastica._logcosh, "exp": _fastica._exp, "cube": _fastica._cube}
ALGORITHMS = {"parallel": _fastica._ica_par, "deflation": _fastica._ica_def}


def peak_signs(rows):
    """The signs of each row's entry of largest magnitude: what fnprune makes positive."""
    return np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(1)])


def white_signals(out, rng):
    sources = np.concatenate([rng.laplace(size=(3, SAMPLES)), rng.uniform(-1, 1, size=(2, SAMPLES)),
                              rng.standard_normal((1, SAMPLES)) ** 3])
    mixed = rng.standard_normal((K, K)) @ sources
    mixed -= mixed.mean(1, keepdims=True)
    _, _, directions = np.linalg.svd(mixed, full_matrices=False)
    white = directions * np.sqrt(SAMPLES)
    start = rng.standard_normal((K, K))
    np.save(out / "white.npy", white)
    np.save(out / "start.npy", start)
    for algorithm, run in ALGORITHMS.items():
        for name, function in FUNCTIONS.items():
            unmixing, iterations = run(white.copy(), TOLERANCE, function, {"alpha": 1.0}, LIMIT, start.copy())
            np.save(out / f"{algorithm}-{name}.npy", unmixing)
            np.save(out / f"{algorithm}-{name}-iterations.npy", np.array([float(iterations)]))
            print(algorithm, name, iterations, "iterations")


def raw_signals(out, rng):
    sources = np.concatenate([rng.laplace(size=(3, SAMPLES)), rng.uniform(-1, 1, size=(2, SAMPLES))])
    signals = rng.standard_normal((SIGNALS, COMPONENTS)) @ sources + 0.1 * rng.standard_normal((SIGNALS, SAMPLES)) + 3
    start = rng.standard_normal((COMPONENTS, COMPONENTS))
    np.save(out / "signals.npy", signals)
    np.save(out / "fit-start.npy", start)
    # scikit-learn makes the first entry of every principal direction positive, fnprune the largest: turn the start along.
    _, directions = np.linalg.eigh(np.cov(signals))
    directions = directions[:, ::-1][:, :COMPONENTS].T
    turn = peak_signs(directions) * np.sign(directions[:, 0])
    for algorithm in ALGORITHMS:
        for name in FUNCTIONS:
            ica = FastICA(COMPONENTS, algorithm=algorithm, fun=name, whiten="unit-variance", whiten_solver="eigh",
                          tol=TOLERANCE, max_iter=LIMIT, w_init=start * turn)
            signs = peak_signs(ica.fit_transform(signals.T).T)[:, None]
            np.save(out / f"fit-{algorithm}-{name}-unmixing.npy", ica.components_ * signs)
            np.save(out / f"fit-{algorithm}-{name}-mixing.npy", ica.mixing_ * signs.T)
            print("fit", algorithm, name, ica.n_iter_, "iterations")


def main():
    out = pathlib.Path(__file__).parents[2] / "src/test/resources/oracle/fastica"
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    white_signals(out, rng)
    raw_signals(out, rng)
    print("scikit-learn", sklearn.__version__)


if __name__ == "__main__":
    main()

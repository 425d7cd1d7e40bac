"""Writes what scikit-learn's parallel FastICA makes of one set of white signals, for FastIcaTest.

Run `python benchmarks/oracle/fastica_reference.py` anywhere with numpy and scikit-learn (1.9.1 made the
committed files). Output: src/test/resources/oracle/fastica/*.npy, float64.
"""
import pathlib

import numpy as np
import sklearn
from sklearn.decomposition import _fastica

K, SAMPLES = 6, 400
TOLERANCE, LIMIT = 1e-4, 200
FUNCTIONS = {"logcosh": _fastica._logcosh, "exp": _fastica._exp, "cube": _fastica._cube}


def main():
    out = pathlib.Path(__file__).parents[2] / "src/test/resources/oracle/fastica"
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    sources = np.concatenate([rng.laplace(size=(3, SAMPLES)), rng.uniform(-1, 1, size=(2, SAMPLES)),
                              rng.standard_normal((1, SAMPLES)) ** 3])
    mixed = rng.standard_normal((K, K)) @ sources
    mixed -= mixed.mean(1, keepdims=True)
    _, _, directions = np.linalg.svd(mixed, full_matrices=False)
    white = directions * np.sqrt(SAMPLES)
    start = rng.standard_normal((K, K))
    np.save(out / "white.npy", white)
    np.save(out / "start.npy", start)
    for name, function in FUNCTIONS.items():
        unmixing, iterations = _fastica._ica_par(white.copy(), TOLERANCE, function, {"alpha": 1.0}, LIMIT, start.copy())
        np.save(out / f"{name}.npy", unmixing)
        np.save(out / f"{name}-iterations.npy", np.array([float(iterations)]))
        print(name, iterations, "iterations, scikit-learn", sklearn.__version__)


if __name__ == "__main__":
    main()

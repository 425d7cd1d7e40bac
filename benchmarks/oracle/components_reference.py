"""Writes what scikit-learn's Minka evidence, and PESEL written out in numpy, make of eigenvalues, for ComponentCountTest.

Run `python benchmarks/oracle/components_reference.py` anywhere with numpy and scikit-learn (1.9.1 made the committed
files). Output: src/test/resources/oracle/components/*.npy, float64: the spectrum of a correlation matrix of 400 samples of
30 variables with 5 planted directions, Minka's evidence for k = 1 .. 29, PESEL's for 400 samples and, of its 20 leading
directions, as if there had been 20 samples.
"""
import pathlib

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.decomposition._pca import _assess_dimension

N, P, K, FEW = 400, 30, 5, 20


def pesel(values, dimension, samples):
    curve = []
    for k in range(1, dimension):
        noise = values[k:].sum() / (dimension - k)
        fit = np.log(values[:k]).sum() + (dimension - k) * np.log(noise) + dimension * np.log(2 * np.pi) + dimension
        free = dimension * k - k * (k + 1) / 2 + k + dimension + 1
        curve.append(-samples / 2 * fit - free * np.log(samples) / 2)
    return np.array(curve)


def main():
    out = pathlib.Path(__file__).parents[2] / "src/test/resources/oracle/components"
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    data = rng.standard_normal((N, K)) * [5, 4, 3, 2.5, 2] @ rng.choice([-1.0, 1.0], (K, P)) + 5 * rng.standard_normal((N, P))
    data = (data - data.mean(0)) / data.std(0)
    spectrum = np.linalg.eigvalsh(data.T @ data / N)[::-1]
    minka = np.array([_assess_dimension(spectrum, k, N) for k in range(1, P)])
    np.save(out / "spectrum.npy", spectrum[None])
    np.save(out / "minka.npy", minka[None])
    np.save(out / "pesel.npy", pesel(spectrum, P, N)[None])
    np.save(out / "pesel-few.npy", pesel(spectrum * FEW / P, FEW, P)[None])
    fitted = PCA(n_components="mle", svd_solver="full").fit(data).n_components_
    print("scikit-learn", sklearn.__version__, "mle finds", fitted, "Minka", minka.argmax() + 1)


if __name__ == "__main__":
    main()

"""Writes what scipy's average linkage makes of one set of unmixing rows, for IcassoTest.

Run `python benchmarks/oracle/icasso_reference.py` anywhere with numpy and scipy (1.17.1 made the committed files).
Output: src/test/resources/oracle/icasso/*.npy, float64: the rows (60 x 6), the clusters for 6 and for 17, numbered in the
order of their first rows, and Iq of the 6 by the definition.
"""
import pathlib

import numpy as np
import scipy
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

K, RUNS = 6, 10


def numbered(labels):
    order = {}
    return np.array([order.setdefault(label, len(order)) for label in labels])


def quality(similarity, labels):
    values = []
    for cluster in range(labels.max() + 1):
        inside = labels == cluster
        block = similarity[np.ix_(inside, inside)]
        pairs = block[~np.eye(len(block), dtype=bool)]
        values.append((pairs.mean() if len(pairs) else 0.0) - similarity[np.ix_(inside, ~inside)].mean())
    return np.array(values)


def main():
    out = pathlib.Path(__file__).parents[2] / "src/test/resources/oracle/icasso"
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(11)
    runs = []
    for _ in range(RUNS):
        noise = np.diag([0.02, 0.05, 0.1, 0.2, 0.4, 0.8]) @ rng.standard_normal((K, K))
        left, _, right = np.linalg.svd(np.eye(K) + noise)
        runs.append(rng.permutation(left @ right) * rng.choice([-1.0, 1.0], (K, 1)))
    rows = np.concatenate(runs)
    similarity = np.abs(rows @ rows.T)
    distance = 1 - similarity
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    np.save(out / "rows.npy", rows)
    for clusters in (K, 17):
        labels = numbered(fcluster(tree, clusters, "maxclust"))
        assert labels.max() + 1 == clusters
        np.save(out / f"labels-{clusters}.npy", labels.astype(float)[None])
        if clusters == K:
            np.save(out / "quality.npy", quality(similarity, labels)[None])
    print("scipy", scipy.__version__)


if __name__ == "__main__":
    main()

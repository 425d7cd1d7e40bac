"""Writes small .npy files of every kind that NpyTest reads or refuses.

Run `python benchmarks/oracle/npy_files.py` anywhere with numpy. Output: src/test/resources/oracle/npy/*.npy.
"""
import pathlib

import numpy as np


def main():
    out = pathlib.Path(__file__).parents[2] / "src/test/resources/oracle/npy"
    out.mkdir(parents=True, exist_ok=True)
    six = np.arange(6.0).reshape(2, 3)
    files = {
        "f8-c": six, "f8-fortran": np.asfortranarray(six), "f4-c": six.astype("<f4"),
        "f4-fortran": np.asfortranarray(six.astype("<f4")), "f8-1d": np.arange(3.0), "f8-0d": np.float64(1),
        "f8-3d": six.reshape(1, 2, 3), "f8-big-endian": six.astype(">f8"), "i8": six.astype("<i8"),
    }
    for name, array in files.items():
        np.save(out / f"{name}.npy", array)


if __name__ == "__main__":
    main()

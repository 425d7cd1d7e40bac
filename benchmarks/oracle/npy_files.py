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
        "f2-c": six.astype("<f2"), "f2-big-endian": six.astype(">f2"), "f4-big-endian": six.astype(">f4"),
        "u1": six.astype("u1"), "i1": six.astype("i1"), "u2": six.astype("<u2"), "i4-big-endian": six.astype(">i4"),
        "u8-fortran": np.asfortranarray(six.astype("<u8")),
        "f2-values": np.array([[0.0, -0.0, 1 / 3, -2.5, 65504, 6e-8, 6.1e-5, np.inf, -np.inf, np.nan]], "<f2"),
        "whole-extremes-i1": np.array([[-128, 127]], "i1"), "whole-extremes-u1": np.array([[0, 255]], "u1"),
        "whole-extremes-u4": np.array([[0, 2**32 - 1]], "<u4"), "whole-extremes-i2": np.array([[-2**15, 2**15 - 1]], "<i2"),
        "whole-extremes-u8": np.array([[2**63, 2**64 - 1]], "<u8"),
        "c16": six.astype("<c16"), "bool": six.astype("?"), "text": six.astype("U3"), "object": six.astype(object),
        "structured": np.zeros((2, 3), [("a", "<f8")]), "empty": np.zeros((0, 3)),
    }
    for name, array in files.items():
        np.save(out / f"{name}.npy", array)
    for version in [(2, 0), (3, 0)]:
        with open(out / f"version-{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, six, version)


if __name__ == "__main__":
    main()

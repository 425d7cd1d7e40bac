"""Prints a small matrix as ONNX Runtime's block quantiser stores it: the lines of
src/test/resources/org/fnprune/model/blocks.csv.

    python blocks.py > ../../src/test/resources/org/fnprune/model/blocks.csv

Columns: bits, symmetric, integers (hex), zero points (hex), scales (hexadecimal floats).
"""

import numpy as np
from onnxruntime.capi import _pybind_state as ort

INPUTS, OUTPUTS, BLOCK = 40, 2, 16


def weight():
    """Numbers that every language divides alike, inputs x outputs."""
    i, j = np.arange(INPUTS)[:, None], np.arange(OUTPUTS)[None, :]
    return ((i * 7919 + j * 104729) % 2003 - 1001).astype(np.float32) / np.float32(1000)


def main():
    blocks = -(-INPUTS // BLOCK)
    padded = np.pad(weight(), ((0, blocks * BLOCK - INPUTS), (0, 0)))
    print("bits,symmetric,integers,zeros,scales")
    for bits in (2, 4, 8):
        for symmetric in (True, False):
            integers = np.zeros((OUTPUTS, blocks, BLOCK * bits // 8), np.uint8)
            zeros = np.zeros((OUTPUTS, -(-blocks * bits // 8)), np.uint8)
            scales = np.zeros((OUTPUTS, blocks), np.float32)
            quantise = getattr(ort, f"quantize_matmul_{bits}bits")
            quantise(integers, padded, scales, zeros, BLOCK, OUTPUTS, INPUTS, symmetric)
            print(
                bits,
                str(symmetric).lower(),
                integers.tobytes().hex(),
                zeros.tobytes().hex(),
                " ".join(float(s).hex() for s in scales.ravel()),
                sep=",",
            )


if __name__ == "__main__":
    main()

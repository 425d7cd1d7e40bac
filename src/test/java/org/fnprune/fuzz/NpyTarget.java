package org.fnprune.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fnprune.common.UsageException;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Npy;
import org.fnprune.linalg.NpyItems;

/** Reads an array; written and read again, it has the same values bit by bit. */
final class NpyTarget implements FuzzTarget {

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Path file = Files.createTempFile("fnprune", ".npy");
    Npy.write(file, Matrix.tabulate(2, 3, (i, j) -> i - j));
    seeds.add(Files.readAllBytes(file));
    Files.delete(file);
    seeds.add(npy("<f4", "False", "(2, 2)", 16));
    seeds.add(npy(">f8", "True", "(1, 2)", 16));
    seeds.add(npy("|u1", "False", "(5,)", 5));
    seeds.add(npy("<f2", "False", "(2, 1, 3)", 12));
    seeds.add(npy("<i8", "False", "()", 8));
    seeds.add(npy("<f8", "False", "(0, 4)", 0));
    return seeds;
  }

  private static byte[] npy(String type, String fortran, String shape, int values) {
    String dictionary =
        "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
    byte[] head =
        ("\u0093NUMPY\1\0" + (char) dictionary.length() + "\0" + dictionary)
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = Arrays.copyOf(head, head.length + values);
    Arrays.fill(whole, head.length, whole.length, (byte) 63);
    return whole;
  }

  @Override
  public void read(byte[] input, Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.npy"), input);
    items(file);
    Matrix read = Npy.read(file);
    Path again = folder.resolve("again.npy");
    Npy.write(again, read);
    Matrix second = Npy.read(again);
    FuzzTarget.requireEqual(
        second.rows() + " × " + second.cols(),
        read.rows() + " × " + read.cols(),
        "the shape read again");
    if (!Arrays.equals(second.toArray(), read.toArray())) {
      throw new AssertionError("other values were read again");
    }
    FuzzTarget.requireEqual(
        Files.size(again), Npy.fileBytes(read.rows(), read.cols()), "the bytes of the file");
  }

  private static void items(Path file) throws IOException {
    try {
      NpyItems items = NpyItems.open(file);
      if (items.count() > 0) {
        items.item(0);
        items.item(items.count() - 1);
      }
    } catch (UsageException e) {
      // Not of a kind that is read item by item; it may be a matrix.
    }
  }
}

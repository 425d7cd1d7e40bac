package org.fnprune.capture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.PrimitiveSink;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import org.fnprune.data.TokenBatch;
import org.fnprune.linalg.Matrix;
import org.fnprune.linalg.Numbers;
import org.fnprune.linalg.SymmetricSum;
import org.fnprune.runtime.PinnedOutputs;

/** Σhhᵀ over tokens: {@link Tiles} of its lower triangle are computed and added up. */
final class GramSum implements Measurement {

  private final String name;
  private final Tiles tiles;
  private final SymmetricSum sum;

  GramSum(String rows, int width) {
    this.name = rows + "_gram";
    this.tiles = Tiles.of(width);
    this.sum = new SymmetricSum(width);
  }

  private String name(Tiles.Tile tile) {
    return name + "_" + tile.row() + "_" + tile.col();
  }

  @Override
  public void addTo(Taps taps, String rows) {
    ImmutableList<String> blocks = taps.blocks(rows, tiles);
    for (Tiles.Tile tile : tiles.lower()) {
      taps.outputProduct(name(tile), blocks.get(tile.row()), blocks.get(tile.col()));
    }
  }

  @Override
  public ImmutableMap<String, ImmutableLongArray> outputs(TokenBatch batch) {
    return tiles.lower().stream()
        .collect(
            ImmutableMap.toImmutableMap(
                this::name,
                t -> ImmutableLongArray.of(tiles.width(t.row()), tiles.width(t.col()))));
  }

  @Override
  public ImmutableList<Runnable> add(TokenBatch batch, PinnedOutputs outputs) {
    ImmutableList.Builder<Runnable> work = ImmutableList.builder();
    for (Tiles.Tile tile : tiles.lower()) {
      work.add(
          () ->
              sum.add(
                  tiles.start(tile.row()),
                  tiles.start(tile.col()),
                  tiles.width(tile.col()),
                  outputs.get(name(tile))));
    }
    return work.build();
  }

  @Override
  public void identify(PrimitiveSink hash) {
    hash.putUnencodedChars(name);
  }

  @Override
  public void save(Numbers.Sink sink) throws IOException {
    sum.save(sink);
  }

  @Override
  public void load(Numbers.Source source) throws IOException {
    sum.load(source);
  }

  /** d × d; nothing can be added after that. */
  Matrix toMatrix() {
    return sum.toMatrix();
  }
}

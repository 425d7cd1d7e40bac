package org.fnprune.rewrite;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import org.fnprune.linalg.Matrix;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.QuantisedMatrix;
import org.fnprune.model.QuantisedTensors;
import org.fnprune.model.TensorData;
import org.fnprune.structure.ConsumerWeights;
import org.fnprune.structure.Projection;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.QuantisedWeight;
import org.fnprune.structure.UnitKind;

/**
 * Turns a weight W′, kept × m with a Gemm's alpha in it, into what the graph stores for one
 * projection, and back: in the dense tensor's type and orientation, integers in its scheme.
 */
final class FittedWeight {

  private FittedWeight() {}

  /** Whether any projection behind a unit has a weight of integers. */
  static boolean isQuantised(Graph graph, PrunableUnit unit) {
    return unit.kind() != UnitKind.FFN_OUT && ConsumerWeights.areQuantised(graph, unit);
  }

  /** Whether a fitted weight is rounded more coarsely than to float32. */
  static boolean isRounded(Graph graph, PrunableUnit unit) {
    return unit.kind() != UnitKind.FFN_OUT
        && unit.consumers().stream()
            .anyMatch(
                c ->
                    ConsumerWeights.quantised(graph, c).isPresent()
                        || ConsumerWeights.type(graph, c) != ElementType.FLOAT);
  }

  /** Writes a fitted weight in place of what is left of the dense one. */
  static void write(GraphEditor editor, Projection consumer, Matrix fitted) {
    Graph graph = editor.dense();
    Optional<QuantisedWeight> quantised = ConsumerWeights.quantised(graph, consumer);
    if (quantised.isPresent()) {
      QuantisedEditor.replace(
          editor, quantised.get(), integers(graph, consumer, quantised.get(), fitted));
    } else {
      editor.replace(
          new Graph.Use(consumer.node(), consumer.weightInput()), floats(graph, consumer, fitted));
    }
  }

  /** The weight without a fit, as it is once the other rows are cut. */
  static Matrix kept(Graph graph, Projection consumer, ImmutableIntArray rows) {
    int[] positions = rows.toArray();
    Optional<QuantisedWeight> quantised =
        ConsumerWeights.quantised(graph, consumer).filter(QuantisedWeight::isInBlocks);
    if (quantised.isEmpty()) {
      return ConsumerWeights.read(graph, consumer).selectRows(positions);
    }
    QuantisedMatrix matrix = quantised.get().tensors(graph).matrix();
    QuantisedMatrix.Cut cut =
        consumer.transposed() ? matrix.selectCols(positions) : matrix.selectRows(positions);
    return oriented(graph, consumer, cut.matrix().dequantised());
  }

  /** What is read again of a fitted weight that was stored. */
  static Matrix nearest(Graph graph, Projection consumer, Matrix fitted) {
    Optional<QuantisedWeight> quantised = ConsumerWeights.quantised(graph, consumer);
    if (quantised.isPresent()) {
      QuantisedTensors tensors = integers(graph, consumer, quantised.get(), fitted);
      return oriented(graph, consumer, tensors.matrix().dequantised());
    }
    if (ConsumerWeights.type(graph, consumer) == ElementType.FLOAT) {
      return fitted;
    }
    TensorData stored = floats(graph, consumer, fitted);
    return oriented(graph, consumer, Matrix.of(stored.dim(0), stored.dim(1), stored.toDoubles()));
  }

  private static TensorData floats(Graph graph, Projection consumer, Matrix fitted) {
    TensorData dense = ConsumerWeights.tensor(graph, consumer);
    Matrix stored = stored(graph, consumer, fitted);
    return TensorData.ofDoubles(
        dense.name(),
        dense.type(),
        ImmutableList.of((long) stored.rows(), (long) stored.cols()),
        stored.toArray());
  }

  private static QuantisedTensors integers(
      Graph graph, Projection consumer, QuantisedWeight weight, Matrix fitted) {
    QuantisedTensors tensors = weight.tensors(graph);
    return tensors.storing(tensors.matrix().with(stored(graph, consumer, fitted)));
  }

  private static Matrix stored(Graph graph, Projection consumer, Matrix oriented) {
    Matrix scaled = oriented.scaled(1 / ConsumerWeights.alpha(graph, consumer));
    return consumer.transposed() ? scaled.transposed() : scaled;
  }

  private static Matrix oriented(Graph graph, Projection consumer, Matrix stored) {
    Matrix scaled = stored.scaled(ConsumerWeights.alpha(graph, consumer));
    return consumer.transposed() ? scaled.transposed() : scaled;
  }
}

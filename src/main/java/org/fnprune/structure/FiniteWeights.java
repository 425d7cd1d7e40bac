package org.fnprune.structure;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.fnprune.common.UsageException;
import org.fnprune.model.ElementType;
import org.fnprune.model.Graph;
import org.fnprune.model.SlicedTensor;
import org.fnprune.model.TensorData;

/**
 * Weights with NaN or infinity. A channel that has one cannot be taken away: zero times infinity is
 * NaN, so that the model without the channel is not the model with the channel at zero, and no
 * score of it means anything.
 */
public final class FiniteWeights {

  private FiniteWeights() {}

  /**
   * Refuses a structure of which a unit's weights, biases or scales are not all finite. Data in
   * files of its own is read through a buffer.
   *
   * @throws UsageException naming the tensor, the unit and the first such value
   */
  public static void require(Graph graph, Structure structure) {
    Set<String> seen = new LinkedHashSet<>();
    for (PrunableUnit unit : structure.units()) {
      for (WeightSlice slice : unit.slices()) {
        require(graph, unit, slice.storage(), seen);
      }
      for (Projection consumer : unit.consumers()) {
        ConsumerWeights.quantised(graph, consumer)
            .map(QuantisedWeight::scales)
            .map(use -> graph.node(use.node()).getInput(use.input()))
            .ifPresent(scales -> require(graph, unit, graph.storage(scales), seen));
      }
    }
  }

  private static void require(Graph graph, PrunableUnit unit, String tensor, Set<String> seen) {
    Optional<TensorProto> stored = graph.constant(tensor);
    if (stored.isEmpty() || !seen.add(tensor) || !isFloat(stored.get(), tensor)) {
      return;
    }
    Optional<SlicedTensor> inFile = graph.model().inFile(stored.get());
    if (inFile.isPresent()) {
      inFile.get().forEachValue((index, value) -> require(unit, stored.get(), index, value));
      return;
    }
    TensorData data = graph.model().data(stored.get());
    double[] values = data.toDoubles();
    IntStream.range(0, values.length).forEach(i -> require(unit, stored.get(), i, values[i]));
  }

  private static boolean isFloat(TensorProto tensor, String name) {
    return ElementType.of(tensor.getDataType(), name).isFloat();
  }

  private static void require(PrunableUnit unit, TensorProto tensor, long index, double value) {
    if (!Double.isFinite(value)) {
      throw new UsageException(
          "weight '"
              + tensor.getName()
              + "' of unit '"
              + unit.id()
              + "' holds "
              + value
              + " (value "
              + index
              + " of shape "
              + tensor.getDimsList()
              + ")",
          "the model is damaged or was saved in a type too small for it; export it again");
    }
  }
}

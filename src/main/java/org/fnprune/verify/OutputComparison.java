package org.fnprune.verify;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fnprune.model.ElementType;
import org.fnprune.model.OnnxModel;
import org.fnprune.runtime.BatchRunner;
import org.fnprune.select.PruningPlan;
import org.fnprune.select.UnitPlan;
import org.fnprune.structure.ChannelAxis;
import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.Structure;

/**
 * Compares every float output of two models. One that gets narrower with the channels, such as a KV
 * cache of fewer heads, is compared at the positions that stay.
 */
final class OutputComparison {

  private static final Set<ElementType> FLOATS =
      EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.BFLOAT16);

  /** Along {@code axis}, counted from the end, only these positions are left. */
  private record Left(int axis, ImmutableIntArray positions) {}

  private final ImmutableList<String> names;
  private final Map<String, Left> narrowed = new HashMap<>();
  private final double[] difference;
  private final double[] largest;

  private OutputComparison(ImmutableList<String> names) {
    this.names = names;
    this.difference = new double[names.size()];
    this.largest = new double[names.size()];
  }

  /**
   * A comparison of the outputs of a model; of its first, whatever it is, at least.
   *
   * @param plan which channels one of the models has lost
   */
  static OutputComparison of(OnnxModel model, Structure structure, PruningPlan plan) {
    ImmutableList<String> floats =
        model.graph().getOutputList().stream()
            .filter(OutputComparison::isFloat)
            .map(ValueInfoProto::getName)
            .collect(ImmutableList.toImmutableList());
    OutputComparison comparison =
        new OutputComparison(
            floats.isEmpty() ? ImmutableList.of(model.graph().getOutput(0).getName()) : floats);
    Map<String, UnitPlan> pruned = plan.pruned();
    for (PrunableUnit unit : structure.units()) {
      UnitPlan planned = pruned.get(unit.id());
      if (planned != null) {
        comparison.narrow(unit, planned);
      }
    }
    return comparison;
  }

  static boolean isFloat(ValueInfoProto output) {
    int type = output.getType().getTensorType().getElemType();
    return FLOATS.stream().anyMatch(t -> t.number() == type);
  }

  private void narrow(PrunableUnit unit, UnitPlan planned) {
    BitSet kept = new BitSet();
    planned.kept().forEach(kept::set);
    for (String name : names) {
      ChannelAxis axis = unit.tensors().get(name);
      if (axis != null) {
        narrowed.put(name, new Left(axis.axis(), ImmutableIntArray.copyOf(axis.positionsOf(kept))));
      }
    }
  }

  /** The outputs to ask both models for. */
  ImmutableList<String> names() {
    return names;
  }

  /** Compares the outputs for one batch, in the order of their names. */
  void add(List<BatchRunner.Output> expected, List<BatchRunner.Output> found) {
    for (int i = 0; i < names.size(); i++) {
      FloatBuffer wanted = left(names.get(i), expected.get(i));
      FloatBuffer values = found.get(i).values();
      if (wanted.remaining() != values.remaining()) {
        difference[i] = Double.POSITIVE_INFINITY;
        continue;
      }
      for (int v = 0; v < wanted.remaining(); v++) {
        difference[i] = Math.max(difference[i], difference(wanted.get(v), values.get(v)));
        largest[i] = Math.max(largest[i], finite(wanted.get(v)));
      }
    }
  }

  private FloatBuffer left(String name, BatchRunner.Output output) {
    Left left = narrowed.get(name);
    if (left == null) {
      return output.values();
    }
    ImmutableLongArray shape = output.shape();
    int at = shape.length() + left.axis();
    int outer = product(shape.subArray(0, at));
    int size = Math.toIntExact(shape.get(at));
    int inner = product(shape.subArray(at + 1, shape.length()));
    if (left.positions().stream().anyMatch(position -> position >= size)) {
      throw new IllegalStateException("output '" + name + "' has the shape " + shape);
    }
    FloatBuffer values = FloatBuffer.allocate(outer * left.positions().length() * inner);
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < left.positions().length(); p++) {
        int from = (o * size + left.positions().get(p)) * inner;
        for (int i = 0; i < inner; i++) {
          values.put(output.values().get(from + i));
        }
      }
    }
    return values.flip();
  }

  private static int product(ImmutableLongArray sizes) {
    return Math.toIntExact(sizes.stream().reduce(1, Math::multiplyExact));
  }

  /**
   * What was found.
   *
   * @param relative difference allowed, as a share of an output's largest value
   * @return the difference and tolerance of the output that differs most beside its tolerance
   */
  Equivalence result(double relative, int batches, int cachedSteps, ImmutableList<String> remarks) {
    int worst = 0;
    boolean passed = largest[0] > 0;
    for (int i = 0; i < names.size(); i++) {
      passed &= difference[i] <= relative * largest[i];
      worst = excess(i, relative) > excess(worst, relative) ? i : worst;
    }
    return new Equivalence(
        difference[worst],
        relative * largest[worst],
        passed,
        batches,
        names.size(),
        cachedSteps,
        remarks);
  }

  private double excess(int output, double relative) {
    return difference[output] == 0 ? 0 : difference[output] / (relative * largest[output]);
  }

  /** Equal values, infinities and NaN included, differ by nothing. */
  private static double difference(float a, float b) {
    if (Float.compare(a, b) == 0) {
      return 0;
    }
    double difference = Math.abs((double) a - b);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }

  private static double finite(float value) {
    return Float.isFinite(value) ? Math.abs(value) : 0;
  }
}

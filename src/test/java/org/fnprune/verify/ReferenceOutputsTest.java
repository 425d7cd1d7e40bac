package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableLongArray;
import java.nio.FloatBuffer;
import java.util.List;
import org.fnprune.runtime.BatchRunner;
import org.junit.jupiter.api.Test;

class ReferenceOutputsTest {

  @Test
  void outputsComeBackAsTheyWere() {
    FloatBuffer first = FloatBuffer.wrap(new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY});
    FloatBuffer second = FloatBuffer.allocate(200_001);
    for (int i = 0; i < second.limit(); i++) {
      second.put(i, i);
    }
    try (ReferenceOutputs outputs = ReferenceOutputs.create()) {
      outputs.add(List.of(output(first, 3), output(second, 1, 200_001)));
      outputs.add(List.of(output(first, 1, 3)));
      assertThat(outputs.get(0)).containsExactly(output(first, 3), output(second, 1, 200_001));
      assertThat(outputs.get(1)).containsExactly(output(first, 1, 3));
    }
  }

  private static BatchRunner.Output output(FloatBuffer values, long... shape) {
    return new BatchRunner.Output(values, ImmutableLongArray.copyOf(shape));
  }
}

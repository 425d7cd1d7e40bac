package org.fnprune.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
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
      outputs.add(first);
      outputs.add(second);
      assertThat(outputs.get(0)).isEqualTo(first);
      assertThat(outputs.get(1)).isEqualTo(second);
    }
  }
}

package org.fnprune.rewrite;

import org.fnprune.model.Graph;
import org.fnprune.model.QuantisedMatrix;
import org.fnprune.model.QuantisedTensors;
import org.fnprune.model.TensorData;
import org.fnprune.structure.QuantisedWeight;

/** Cuts weights whose integers lie in blocks that share a scale. */
final class QuantisedEditor {

  private QuantisedEditor() {}

  /**
   * Keeps some rows or columns. Blocks that stay whole are copied; what is left of the others is
   * put together to new blocks and quantised again.
   *
   * @param axis −2 for rows, −1 for columns
   */
  static void cut(GraphEditor editor, QuantisedWeight weight, int axis, int[] positions) {
    QuantisedTensors stored =
        weight.tensors(use -> editor.dense().model().data(editor.current(use)));
    QuantisedMatrix matrix = stored.matrix();
    QuantisedMatrix.Cut cut =
        axis == -2 ? matrix.selectRows(positions) : matrix.selectCols(positions);
    replace(editor, weight, stored.storing(cut.matrix()));
  }

  /** Gives a weight other integers, scales and zero points. */
  static void replace(GraphEditor editor, QuantisedWeight weight, QuantisedTensors tensors) {
    editor.replace(weight.integers(), tensors.integers());
    editor.replace(weight.scales(), tensors.scales());
    Graph.Use zeros = weight.zeroPoints();
    TensorData zeroPoints = tensors.zeroPoints();
    if (zeros != null && zeroPoints != null) {
      editor.replace(zeros, zeroPoints);
    }
  }
}

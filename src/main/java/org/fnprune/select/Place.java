package org.fnprune.select;

import org.fnprune.structure.PrunableUnit;
import org.fnprune.structure.UnitKind;

/**
 * What the allocation has to know about a unit.
 *
 * @param layer the layer number, −1 when unknown
 * @param width d, the number of channels
 * @param parametersPerChannel parameters that go with one channel
 */
record Place(String id, UnitKind kind, int layer, int width, long parametersPerChannel) {

  static Place of(PrunableUnit unit) {
    return new Place(
        unit.id(), unit.kind(), unit.layer(), unit.width(), unit.parametersPerChannel());
  }
}

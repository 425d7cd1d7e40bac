package org.fnprune.runtime;

import ai.onnxruntime.OnnxTensor;
import com.google.common.collect.ImmutableMap;

/**
 * What a decoder remembers when it sees a batch.
 *
 * @param length tokens that were seen before
 * @param encoded tokens that the encoder saw; 0 where there was no earlier step
 * @param caches keys and values by the name of the input that takes them; empty at the first step
 */
record Past(int length, int encoded, ImmutableMap<String, OnnxTensor> caches) {

  /** Before the first step. */
  static final Past NONE = new Past(0, 0, ImmutableMap.of());
}

package org.fnprune.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * Where a run's result comes from, for those who want to make it again.
 *
 * @param version of the tool
 * @param java version of the Java runtime
 * @param onnxRuntime version of ONNX Runtime
 * @param command what was typed, word by word and without the program's name; empty where the
 *     library was called
 * @param inputs SHA-256 of every file that the result depends on, by path
 */
public record Origin(
    String version,
    String java,
    String onnxRuntime,
    ImmutableList<String> command,
    ImmutableMap<String, String> inputs) {}

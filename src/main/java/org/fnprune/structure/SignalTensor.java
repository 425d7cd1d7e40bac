package org.fnprune.structure;

/**
 * A tensor whose last axis holds the neurons of a unit.
 *
 * @param width of the last axis
 */
public record SignalTensor(String name, int width) {}

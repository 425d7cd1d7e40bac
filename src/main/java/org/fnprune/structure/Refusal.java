package org.fnprune.structure;

/**
 * A weight whose output channels cannot be removed, and why.
 *
 * @param node the product that uses the weight
 * @param operator its operator
 * @param weight the constant's name
 * @param parameters values of the weight
 * @param layer the layer number; −1 when it cannot be told
 * @param reason what stands in the way, naming the node where the channels got stuck
 */
public record Refusal(
    String node, String operator, String weight, long parameters, int layer, String reason) {}

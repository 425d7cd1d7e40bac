package org.fnprune.verify;

import org.jspecify.annotations.Nullable;

/**
 * How far one output of two models lies apart.
 *
 * @param name of the output
 * @param maxAbsDiff largest difference of a value
 * @param largest largest value of the dense model
 * @param cosine of the angle between both outputs, all values taken as one vector
 * @param top1Agreement share of positions at which the largest value of the last axis is the same;
 *     null where the output holds no logits
 */
public record OutputDifference(
    String name,
    double maxAbsDiff,
    double largest,
    double cosine,
    @Nullable Double top1Agreement) {}

package org.fnprune.search;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.function.IntFunction;
import org.fnprune.capture.CalibrationMoments;
import org.fnprune.data.CalibrationText;
import org.fnprune.model.Graph;
import org.fnprune.network.NetworkMaps;
import org.fnprune.recipe.Recipe;
import org.fnprune.runtime.RuntimeOptions;
import org.fnprune.structure.Structure;

/**
 * What plans are made from.
 *
 * @param dense the model before
 * @param found all units, of which those that are no targets may be fitted
 * @param structure the targets' units
 * @param moments of the targets' activations
 * @param texts calibration text; empty when only moments are there
 * @param networks finds so many networks of every unit; 0 as the recipe says
 * @param components networks per unit by the recipe; 0 where that is estimated
 */
public record SearchInputs(
    Graph dense,
    Structure found,
    Structure structure,
    CalibrationMoments moments,
    ImmutableList<CalibrationText> texts,
    IntFunction<ImmutableMap<String, NetworkMaps>> networks,
    int components,
    Recipe recipe,
    RuntimeOptions device) {}

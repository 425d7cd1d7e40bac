package org.fnprune;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.BaseStream;

/** Dependencies point one way: each package uses only those before it. */
@AnalyzeClasses(packages = "org.fnprune", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String[] ORDER = {
    "common",
    "linalg",
    "recipe",
    "data",
    "model",
    "structure",
    "runtime",
    "capture",
    "network",
    "select",
    "rewrite",
    "verify",
    "search",
    "report"
  };

  /** From the bottom up; the root package runs the pipeline, and the command line is on top. */
  @ArchTest static final ArchRule eachPackageUsesOnlyEarlierOnes = layers();

  private static ArchRule layers() {
    Architectures.LayeredArchitecture layers =
        Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : ORDER) {
      layers = layers.layer(name).definedBy("org.fnprune." + name + "..");
    }
    layers =
        layers.layer("root").definedBy("org.fnprune").layer("cli").definedBy("org.fnprune.cli");
    for (int i = 1; i < ORDER.length; i++) {
      String[] earlier = Arrays.copyOf(ORDER, i);
      layers = layers.whereLayer(ORDER[i]).mayOnlyAccessLayers(earlier);
    }
    return layers
        .whereLayer("common")
        .mayNotAccessAnyLayer()
        .whereLayer("root")
        .mayOnlyAccessLayers(ORDER)
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer();
  }

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.fnprune.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyRuntimeKnowsOnnxRuntime =
      only("org.fnprune.runtime..", "ai.onnxruntime..");

  @ArchTest
  static final ArchRule onlyLinalgKnowsNd4j =
      only("org.fnprune.linalg..", "org.nd4j..", "org.bytedeco..");

  @ArchTest static final ArchRule onlyDataKnowsDjl = only("org.fnprune.data..", "ai.djl..");

  @ArchTest
  static final ArchRule onlyRecipeKnowsYaml = only("org.fnprune.recipe..", "org.snakeyaml..");

  @ArchTest
  static final ArchRule onlyCliKnowsTheCommandLine =
      only("org.fnprune.cli..", "org.apache.commons.cli..", "me.tongfei..");

  private static ArchRule only(String user, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(user)
        .should()
        .dependOnClassesThat(resideInAnyPackage(libraries));
  }

  @ArchTest
  static final ArchRule onlyCliPrints =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.fnprune.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /** Nothing here opens a connection or loads code from elsewhere. */
  @ArchTest
  static final ArchRule nothingKnowsTheNetwork =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.net\\.(?!URI$|URISyntaxException$).*|java\\.nio\\.channels\\..*Socket.*"
                  + "|java\\.rmi\\..*|javax\\.(net|naming)\\..*");

  /** Streams would take every processor, whatever {@code --threads} says. */
  @ArchTest
  static final ArchRule threadsAreAsManyAsWereTold =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("parallel|parallelStream"))
                  .and(
                      target(
                          owner(
                              assignableTo(BaseStream.class).or(assignableTo(Collection.class))))));

  /** PeakMemory's process ends when the one that started it does. */
  @ArchTest
  static final ArchRule onlyCliExits =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.fnprune.cli..")
          .and()
          .doNotHaveFullyQualifiedName("org.fnprune.runtime.PeakMemory")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);
}

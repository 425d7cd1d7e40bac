package org.fnprune;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the archives carry besides fnprune, by the bill of materials that the build has just made.
 */
class SupplyChainTest {

  /** A library that is offered under several licences is taken under the first of these. */
  private static final ImmutableSet<String> PERMITTED =
      ImmutableSet.of(
          "Apache-2.0",
          "MIT",
          "BSD-3-Clause",
          "BSD-4-Clause",
          "0BSD",
          "EPL-1.0",
          "EPL-2.0",
          "CDDL-1.0");

  private static final Pattern ROW =
      Pattern.compile("\\| ([^ |]+:[^ |]+) \\| ([^|]+) \\| below ([^ |]+) \\|.*");

  private static final List<JsonObject> COMPONENTS = new ArrayList<>();

  @BeforeAll
  static void readBillOfMaterials() throws IOException {
    JsonObject bom =
        JsonParser.parseString(Files.readString(Path.of("target/bom.json"))).getAsJsonObject();
    for (JsonElement component : bom.getAsJsonArray("components")) {
      COMPONENTS.add(component.getAsJsonObject());
    }
    assertThat(COMPONENTS).hasSizeGreaterThan(40);
    assertThat(bom.has("serialNumber")).as("two builds would differ").isFalse();
  }

  private static String name(JsonObject component) {
    return component.get("group").getAsString() + ":" + component.get("name").getAsString();
  }

  private static List<String> licences(JsonObject component) {
    List<String> found = new ArrayList<>();
    for (JsonElement element : component.getAsJsonArray("licenses")) {
      JsonObject licence = element.getAsJsonObject();
      if (licence.has("expression")) {
        String expression = licence.get("expression").getAsString();
        assertThat(expression).as(name(component)).doesNotContain(" AND ");
        Splitter.onPattern("[ ()]+|OR").omitEmptyStrings().split(expression).forEach(found::add);
      } else {
        JsonObject named = licence.getAsJsonObject("license");
        found.add((named.has("id") ? named.get("id") : named.get("name")).getAsString());
      }
    }
    return found;
  }

  @Test
  void everyLibraryHasALicenceThatIsPermitted() {
    for (JsonObject component : COMPONENTS) {
      assertThat(licences(component)).as(name(component)).containsAnyElementsOf(PERMITTED);
    }
  }

  @Test
  void everyVersionIsOneThatStays() {
    for (JsonObject component : COMPONENTS) {
      assertThat(component.get("version").getAsString())
          .as(name(component))
          .doesNotContain("SNAPSHOT", "LATEST", "[", ",");
    }
  }

  /** The table that the archives carry is that of the libraries in them. */
  @Test
  void theListOfLicencesIsThatOfTheLibraries() throws IOException {
    TreeSet<String> rows = new TreeSet<>();
    for (JsonObject component : COMPONENTS) {
      String name = name(component);
      String taken =
          PERMITTED.stream().filter(licences(component)::contains).findFirst().orElse("");
      rows.add(
          "| "
              + name.replace("onnxruntime_gpu", "onnxruntime")
              + " | "
              + component.get("version").getAsString()
              + " | "
              + taken
              + " |");
    }
    try (Stream<String> lines = Files.lines(Path.of("src/main/distribution/THIRD-PARTY.md"))) {
      assertThat(lines.filter(line -> line.startsWith("| ") && line.contains(":")))
          .containsExactlyElementsOf(rows);
    }
  }

  /** The table of SECURITY.md; natives and the code that DJL and others shade are not seen here. */
  @Test
  void noLibraryIsOfAVersionWithAKnownVulnerability() throws IOException {
    ImmutableListMultimap.Builder<String, Matcher> rows = ImmutableListMultimap.builder();
    try (Stream<String> lines = Files.lines(Path.of("SECURITY.md"))) {
      lines.map(ROW::matcher).filter(Matcher::matches).forEach(row -> rows.put(row.group(1), row));
    }
    ImmutableListMultimap<String, Matcher> known = rows.build();
    assertThat(known.size()).isGreaterThan(10);
    int looked = 0;
    for (JsonObject component : COMPONENTS) {
      for (Matcher row : known.get(name(component))) {
        looked++;
        assertThat(compare(component.get("version").getAsString(), row.group(3)))
            .as(name(component) + ": " + row.group(2))
            .isNotNegative();
      }
    }
    assertThat(looked).isGreaterThan(10);
  }

  @Test
  void versionsAreComparedByTheirNumbers() {
    assertThat(compare("1.10.0", "1.9")).isPositive();
    assertThat(compare("3.25.8", "3.25.5")).isPositive();
    assertThat(compare("33.5.0-jre", "32.0.0")).isPositive();
    assertThat(compare("1.28.0", "1.28.0")).isZero();
    assertThat(compare("1.5.24", "1.5.25")).isNegative();
    assertThat(compare("2.0", "2.0.1")).isNegative();
  }

  private static int compare(String version, String other) {
    List<Integer> ours = numbers(version);
    List<Integer> theirs = numbers(other);
    for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
      int difference = at(ours, i) - at(theirs, i);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private static int at(List<Integer> numbers, int index) {
    return index < numbers.size() ? numbers.get(index) : 0;
  }

  private static List<Integer> numbers(String version) {
    return Splitter.onPattern("[^0-9]+")
        .omitEmptyStrings()
        .splitToStream(version.replaceFirst("-.*", ""))
        .map(Integer::parseInt)
        .toList();
  }
}

package org.fnprune.cli;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that is wrong or means harm, and the command line that meets it.
 *
 * @param line the command line; {@code @} is the folder
 * @param error a part of the error, {@code @} is the folder; empty where the file is legal and the
 *     command does its work
 */
record HostileCase(String name, Maker maker, String line, String error) {

  /** Makes a case's files beside a sound model {@code m}, data and a task. */
  @FunctionalInterface
  interface Maker {
    void make(Path folder) throws IOException;
  }

  /** All cases. */
  static ImmutableList<HostileCase> all() {
    return ImmutableList.<HostileCase>builder()
        .addAll(HostileFiles.cases())
        .addAll(HostileData.cases())
        .build();
  }

  boolean isLegal() {
    return error.isEmpty();
  }

  private List<String> words(Path folder) {
    return Splitter.on(' ').splitToList(line.replace("@", folder.toString()));
  }

  @Override
  public String toString() {
    return name;
  }

  /**
   * Writes every case into a folder of its own below {@code args[0]}, and {@code cases.json} with
   * the command lines, for the benchmark.
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toAbsolutePath();
    JsonArray list = new JsonArray();
    for (HostileCase hostile : all()) {
      Path folder = Files.createDirectories(root.resolve("case-" + list.size()));
      Workplace.fill(folder);
      hostile.maker.make(folder);
      JsonObject json = new JsonObject();
      json.addProperty("name", hostile.name);
      json.addProperty("folder", folder.toString());
      json.addProperty("legal", hostile.isLegal());
      JsonArray words = new JsonArray();
      hostile.words(folder).forEach(words::add);
      json.add("args", words);
      list.add(json);
    }
    Files.writeString(root.resolve("cases.json"), list.toString());
  }
}

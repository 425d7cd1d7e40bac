package org.fnprune.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.fnprune.cli.HostileCase.Maker;

/** Models, companions, recipes, run folders, data and arrays that mean harm. */
final class HostileFiles {

  private static final String INSPECT = "inspect @/m/model.onnx";
  private static final String BLIND =
      "prune @/m --sparsity 0.5 --round-to 4 --latency false --selector random --compensate none"
          + " --output @/out";
  private static final String PRUNE =
      "prune @/m --sparsity 0.5 --round-to 4 --latency false --output @/out --calibration ";

  private final List<HostileCase> cases = new ArrayList<>();

  private HostileFiles() {}

  /** All of them. */
  static ImmutableList<HostileCase> cases() {
    HostileFiles files = new HostileFiles();
    files.externalData();
    files.tensors();
    files.marks();
    files.graphs();
    files.protobuf();
    files.companions();
    files.yaml();
    files.datasets();
    files.arrays();
    return ImmutableList.copyOf(files.cases);
  }

  private void add(String name, String line, String error, Maker maker) {
    cases.add(new HostileCase(name, maker, line, error));
  }

  /** What is wrong with a model stops a run; to look at a model, its data need not be there. */
  private void model(String name, String error, Maker maker) {
    add(name, error.isEmpty() ? INSPECT : BLIND, error, maker);
  }

  // Models.

  private static ModelProto.Builder model(Path folder) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(folder.resolve("m/model.onnx"))).toBuilder();
  }

  private static void write(Path folder, ModelProto.Builder model) throws IOException {
    Files.write(folder.resolve("m/model.onnx"), model.build().toByteArray());
  }

  /** Changes of a model's parts. */
  @FunctionalInterface
  private interface Change<T> {
    void apply(T part) throws IOException;
  }

  private static Maker model(Change<ModelProto.Builder> change) {
    return folder -> {
      ModelProto.Builder model = model(folder);
      change.apply(model);
      write(folder, model);
    };
  }

  private static Maker graph(Change<GraphProto.Builder> change) {
    return model(model -> change.apply(model.getGraphBuilder()));
  }

  /** The first initialiser of floats. */
  private static Maker tensor(Change<TensorProto.Builder> change) {
    return graph(
        graph ->
            change.apply(
                graph.getInitializerBuilderList().stream()
                    .filter(t -> t.getDataType() == TensorProto.DataType.FLOAT.getNumber())
                    .findFirst()
                    .orElseThrow()));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static Change<TensorProto.Builder> external(String... keysAndValues) {
    return tensor -> {
      tensor.clearRawData().clearFloatData();
      tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
      for (int i = 0; i < keysAndValues.length; i += 2) {
        tensor.addExternalData(entry(keysAndValues[i], keysAndValues[i + 1]));
      }
    };
  }

  private static Maker both(Maker first, Maker second) {
    return folder -> {
      first.make(folder);
      second.make(folder);
    };
  }

  private static Maker secret(Change<Path> link) {
    return folder -> {
      Files.write(folder.resolve("secret"), new byte[1 << 16]);
      link.apply(folder);
    };
  }

  private void externalData() {
    for (String location :
        List.of("../secret", "x/../../secret", "/etc/passwd", "..\\secret", "")) {
      model(
          "external data at '" + location + "'",
          "location '" + location + "'",
          tensor(external("location", location)));
    }
    model(
        "external data through a symbolic link",
        "outside the folder",
        both(
            secret(f -> Files.createSymbolicLink(f.resolve("m/data"), f.resolve("secret"))),
            tensor(external("location", "data"))));
    model(
        "external data through a chain of symbolic links",
        "outside the folder",
        both(
            secret(
                f -> {
                  Files.createSymbolicLink(f.resolve("m/data"), f.resolve("m/other"));
                  Files.createSymbolicLink(f.resolve("m/other"), f.resolve("secret"));
                }),
            tensor(external("location", "data"))));
    model(
        "external data through a loop of symbolic links",
        "does not exist",
        both(
            f -> {
              Files.createSymbolicLink(f.resolve("m/data"), f.resolve("m/other"));
              Files.createSymbolicLink(f.resolve("m/other"), f.resolve("m/data"));
            },
            tensor(external("location", "data"))));
    model(
        "external data in a linked folder",
        "outside the folder",
        both(
            f -> {
              Files.createDirectories(f.resolve("elsewhere"));
              Files.write(f.resolve("elsewhere/data"), new byte[1 << 16]);
              Files.createSymbolicLink(f.resolve("m/sub"), f.resolve("elsewhere"));
            },
            tensor(external("location", "sub/data"))));
    model(
        "external data through a hard link",
        "hard links",
        both(
            secret(f -> Files.createLink(f.resolve("m/data"), f.resolve("secret"))),
            tensor(external("location", "data"))));
    model(
        "external data in a folder's place",
        "not a regular file",
        both(
            f -> Files.createDirectories(f.resolve("m/data")),
            tensor(external("location", "data"))));
    String[][] ranges = {
      {"offset", "-1"},
      {"offset", "9223372036854775807"},
      {"offset", "99999999999999999999"},
      {"offset", "65530"},
      {"length", "-8"},
      {"length", "9223372036854775807"},
      {"length", "1"},
      {"length", "0x10"},
      {"sha", "0"}
    };
    for (String[] range : ranges) {
      model(
          "external data with " + range[0] + " " + range[1],
          "external data of tensor",
          both(
              f -> Files.write(f.resolve("m/data"), new byte[1 << 16]),
              tensor(external("location", "data", range[0], range[1]))));
    }
    model(
        "external data with its location twice",
        "twice",
        both(
            f -> Files.write(f.resolve("m/data"), new byte[1 << 16]),
            tensor(external("location", "data", "location", "../secret"))));
    model(
        "external data in a Constant",
        "location '../secret'",
        graph(
            g -> {
              TensorProto.Builder outside = TensorProto.newBuilder().setName("outside");
              outside.setDataType(TensorProto.DataType.FLOAT.getNumber()).addDims(4);
              external("location", "../secret").apply(outside);
              g.addNode(0, constant("fresh", outside));
            }));
    model(
        "external data in a branch",
        "location '../secret'",
        graph(
            g -> {
              TensorProto.Builder outside = TensorProto.newBuilder().setName("outside");
              outside.setDataType(TensorProto.DataType.FLOAT.getNumber()).addDims(4);
              external("location", "../secret").apply(outside);
              GraphProto branch =
                  GraphProto.newBuilder().setName("b").addInitializer(outside).build();
              g.addNode(
                  0,
                  NodeProto.newBuilder()
                      .setOpType("If")
                      .addInput("input_ids")
                      .addOutput("fresh")
                      .addAttribute(subgraph("then_branch", branch))
                      .addAttribute(subgraph("else_branch", branch)));
            }));
  }

  private static NodeProto constant(String output, TensorProto.Builder value) {
    return NodeProto.newBuilder()
        .setOpType("Constant")
        .addOutput(output)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value))
        .build();
  }

  private static AttributeProto subgraph(String name, GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private void marks() {
    model(
        "an If of fnprune's own",
        "marks that fnprune makes",
        graph(g -> g.addNode(node("If", "a", "logits").setDomain("org.fnprune"))));
    model(
        "a branch that is none",
        "marks that fnprune makes",
        graph(
            g ->
                g.addNode(
                    node("Relu", "a", "logits")
                        .addMetadataProps(entry("org.fnprune.branch", "x")))));
    model(
        "100,000 names of one constant",
        "",
        graph(
            g -> {
              String last = g.getInitializer(0).getName();
              for (int i = 0; i < 100_000; i++) {
                g.addNode(node("Identity", "alias" + i, last));
                last = "alias" + i;
              }
            }));
    model(
        "functions that multiply to nothing",
        "far too often",
        model(
            m -> {
              for (int i = 0; i < 60; i++) {
                FunctionProto.Builder function = function("f" + i);
                if (i < 59) {
                  function.addNode(node("f" + (i + 1), "t", "x").setDomain("local"));
                  function.addNode(node("f" + (i + 1), "y", "t").setDomain("local"));
                }
                m.addFunctions(function);
              }
              call(m, "f0");
            }));
    model(
        "the model file as its own data",
        "the model file itself",
        tensor(external("location", "model.onnx")));
  }

  private void tensors() {
    model(
        "raw data too short",
        "bytes",
        tensor(t -> t.clearFloatData().setRawData(ByteString.copyFrom(new byte[8]))));
    model(
        "raw data too long",
        "bytes",
        tensor(t -> t.clearFloatData().setRawData(ByteString.copyFrom(new byte[9999]))));
    model("float data of another number", "holds", tensor(t -> t.clearRawData().addFloatData(1)));
    model("dimensions that overflow", "shape", tensor(t -> t.addDims(1L << 62).addDims(8)));
    model("a negative dimension", "shape", tensor(t -> t.setDims(0, -8)));
    model(
        "2^40 elements that are not there",
        "bytes",
        tensor(t -> t.clearDims().addDims(1L << 40).clearRawData()));
    model("100,000 dimensions", "", tensor(t -> t.addAllDims(Lists.newArrayList(ones()))));
    model("a type that is none", "type", tensor(t -> t.setDataType(999)));
  }

  private static List<Long> ones() {
    Long[] ones = new Long[100_000];
    Arrays.fill(ones, 1L);
    return List.of(ones);
  }

  private static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(type).addAllInput(List.of(inputs)).addOutput(output);
  }

  private void graphs() {
    model(
        "a cycle",
        "cycle",
        graph(g -> g.addNode(node("Relu", "a", "b")).addNode(node("Relu", "b", "a"))));
    model("a node that feeds itself", "cycle", graph(g -> g.addNode(node("Relu", "a", "a"))));
    model(
        "two nodes that write one value",
        "twice",
        graph(g -> g.addNode(node("Relu", g.getNode(0).getOutput(0), "input_ids"))));
    model(
        "two initialisers of one name", "twice", graph(g -> g.addInitializer(g.getInitializer(0))));
    model("a missing input", "nowhere", graph(g -> g.addNode(node("Relu", "a", "nowhere"))));
    model(
        "a name of 10 MB",
        "",
        graph(g -> g.addNode(node("Relu", "x".repeat(10_000_000), "logits"))));
    model(
        "a node with 100,000 inputs",
        "",
        graph(
            g -> {
              String[] many = new String[100_000];
              Arrays.fill(many, "logits");
              g.addNode(node("Sum", "sum", many));
            }));
    model(
        "a chain of 100,000 nodes",
        "",
        graph(
            g -> {
              String last = "logits";
              for (int i = 0; i < 100_000; i++) {
                g.addNode(node("Relu", "chain" + i, last));
                last = "chain" + i;
              }
            }));
    model(
        "an operator that nobody knows",
        "",
        graph(g -> g.addNode(node("Mystery", "a", "logits").setDomain("org.example"))));
    model(
        "a tensor of 2^50 values made from nothing",
        "",
        graph(
            g -> {
              TensorProto shape =
                  TensorProto.newBuilder()
                      .setName("vast")
                      .setDataType(TensorProto.DataType.INT64.getNumber())
                      .addDims(2)
                      .addInt64Data(1L << 25)
                      .addInt64Data(1L << 25)
                      .build();
              g.addInitializer(shape);
              g.addNode(node("ConstantOfShape", "zeros", "vast"));
              g.addNode(node("Expand", "wide", "zeros", "vast"));
              g.addNode(node("Shape", "size", "wide"));
            }));
    model("a function that calls itself", "calls itself", model(m -> functions(m, 1, 1)));
    model("functions that call each other", "calls itself", model(m -> functions(m, 2, 1)));
    model(
        "functions that multiply to 10^10 nodes", "far too often", model(HostileFiles::avalanche));
    model("branches 30 deep", "", graph(g -> g.addNode(nested(30))));
    model("branches 10,000 deep", "not a complete ONNX model", HostileFiles::abyss);
    model("no version of operators", "", model(ModelProto.Builder::clearOpsetImport));
    model(
        "a version of operators that is to come",
        "",
        model(m -> m.getOpsetImportBuilder(0).setVersion(Long.MAX_VALUE)));
  }

  /** A ring of functions. */
  private static void functions(ModelProto.Builder model, int count, int calls) {
    for (int i = 0; i < count; i++) {
      FunctionProto.Builder function = function("f" + i);
      for (int c = 0; c < calls; c++) {
        function.addNode(node("f" + (i + 1) % count, "y", "x").setDomain("local"));
      }
      model.addFunctions(function);
    }
    call(model, "f0");
  }

  private static FunctionProto.Builder function(String name) {
    return FunctionProto.newBuilder()
        .setName(name)
        .setDomain("local")
        .addInput("x")
        .addOutput("y")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
  }

  private static void call(ModelProto.Builder model, String name) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1));
    model.getGraphBuilder().addNode(node(name, "called", "logits").setDomain("local"));
  }

  /** Ten functions, each of which calls the next ten times. */
  private static void avalanche(ModelProto.Builder model) {
    for (int i = 0; i < 10; i++) {
      FunctionProto.Builder function = function("f" + i);
      String last = "x";
      for (int c = 0; c < 10; c++) {
        String next = c == 9 ? "y" : "t" + c;
        function.addNode(
            i == 9 ? node("Relu", next, last) : node("f" + (i + 1), next, last).setDomain("local"));
        last = next;
      }
      model.addFunctions(function);
    }
    call(model, "f0");
  }

  private static NodeProto nested(int depth) {
    NodeProto inner = node("Identity", "inner", "logits").build();
    for (int i = 0; i < depth; i++) {
      GraphProto branch =
          GraphProto.newBuilder()
              .setName("b" + i)
              .addNode(inner)
              .addOutput(
                  ai.onnx.proto.OnnxMl.ValueInfoProto.newBuilder().setName(inner.getOutput(0)))
              .build();
      inner =
          node("If", "if" + i, "logits")
              .addAttribute(subgraph("then_branch", branch))
              .addAttribute(subgraph("else_branch", branch.toBuilder().clearNode().build()))
              .build();
    }
    return inner;
  }

  /** Written by hand, from the inside out: protobuf itself would overflow its stack. */
  private static void abyss(Path folder) throws IOException {
    byte[] node = node("Identity", "i", "logits").build().toByteArray();
    for (int i = 0; i < 10_000; i++) {
      node = field(5, field(6, field(1, node)));
    }
    byte[] graph = concat(model(folder).getGraph().toByteArray(), field(1, node));
    Files.write(
        folder.resolve("m/model.onnx"),
        concat(model(folder).clearGraph().build().toByteArray(), field(7, graph)));
  }

  private static byte[] field(int number, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(number, content);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private void bytes(String name, String error, byte... content) {
    model(name, error, f -> Files.write(f.resolve("m/model.onnx"), content));
  }

  private void protobuf() {
    bytes("an empty file", "holds no graph");
    bytes(
        "a claim of 2 GB",
        "not a complete ONNX model",
        (byte) 0x3a,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0x07);
    bytes(
        "a number that does not end",
        "not a complete ONNX model",
        (byte) 0x08,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff,
        (byte) 0xff);
    model(
        "groups 100,000 deep",
        "not a complete ONNX model",
        f -> {
          byte[] groups = new byte[100_000];
          Arrays.fill(groups, (byte) ((1000 << 3 | 3) & 0x7f));
          Files.write(f.resolve("m/model.onnx"), groups);
        });
    model(
        "a million empty nodes",
        "needs at least",
        f -> {
          byte[] nodes = new byte[2_000_000];
          for (int i = 0; i < nodes.length; i += 2) {
            nodes[i] = 1 << 3 | 2;
          }
          byte[] model = model(f).build().toByteArray();
          Files.write(f.resolve("m/model.onnx"), concat(model, field(7, nodes)));
        });
    model(
        "half a model",
        "not a complete ONNX model",
        f -> {
          byte[] whole = Files.readAllBytes(f.resolve("m/model.onnx"));
          Files.write(f.resolve("m/model.onnx"), Arrays.copyOf(whole, whole.length / 2));
        });
  }

  private static Maker text(String file, String content) {
    return folder -> Files.writeString(folder.resolve(file), content);
  }

  private void companions() {
    String run = PRUNE + "@/text.jsonl";
    String deep = "[".repeat(100_000);
    add("config.json 100,000 deep", run, "config.json", text("m/config.json", deep));
    add("config.json of numbers", run, "config.json", text("m/config.json", "[1e999, 2]"));
    add(
        "config.json with 1e999 positions",
        run,
        "n_positions",
        text("m/config.json", "{\"n_positions\": 1e999}"));
    add(
        "config.json with a width of words",
        run,
        "",
        text("m/config.json", "{\"intermediate_size\": \"wide\", \"n_positions\": {}}"));
    add("tokenizer.json 100,000 deep", run, "tokenizer", text("m/tokenizer.json", deep));
    add("tokenizer.json empty", run, "tokenizer", text("m/tokenizer.json", ""));
    add("tokenizer.json of nothing", run, "tokenizer", text("m/tokenizer.json", "{}"));
    add("tokenizer.json null", run, "tokenizer", text("m/tokenizer.json", "null"));
    add(
        "tokenizer.json a picture",
        run,
        "tokenizer",
        f ->
            Files.write(f.resolve("m/tokenizer.json"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0}));
    add(
        "tokenizer.json of an unknown kind",
        run,
        "tokenizer",
        f -> {
          Path file = f.resolve("m/tokenizer.json");
          Files.writeString(file, Files.readString(file).replace("\"WordLevel\"", "\"Oracle\""));
        });
    add(
        "tokenizer.json with a word beyond the embedding",
        run,
        "99999",
        f -> {
          Path file = f.resolve("m/tokenizer.json");
          Files.writeString(
              file, Files.readString(file).replaceFirst("\"w1\": ?[0-9]+", "\"w1\": 99999"));
        });
    add(
        "config.json a folder",
        run,
        "",
        f -> {
          Files.deleteIfExists(f.resolve("m/config.json"));
          Files.createDirectories(f.resolve("m/config.json"));
        });
    String moments =
        "prune @/m --sparsity 0.5 --round-to 4 --latency false --output @/out --moments @/mo";
    for (String index :
        List.of(
            deep,
            "{\"units\": 3}",
            "null",
            "{\"model\": \"x\", \"device\": \"cpu\", \"units\": [{\"id\": \"../../secret\", \"n\": 1,"
                + " \"width\": 2, \"kind\": \"gram\"}]}")) {
      add(
          "moments.json " + index.substring(0, Math.min(12, index.length())) + "…",
          moments,
          "mo",
          folder -> {
            Files.createDirectories(folder.resolve("mo"));
            Files.writeString(folder.resolve("mo/moments.json"), index);
          });
    }
    for (String report : List.of(deep, "{}", "[]", "{\"schema\": \"x\"}", "\0\0")) {
      add(
          "report.json " + report.substring(0, Math.min(12, report.length())).replace('\0', '0'),
          "report @/run",
          "report.json",
          folder -> {
            Files.createDirectories(folder.resolve("run"));
            Files.writeString(folder.resolve("run/report.json"), report);
          });
    }
  }

  private void yaml() {
    String run = "run @/r.yaml";
    String sound = "model: m\noutput: out\nprune: {sparsity: 0.5, selector: random}\n";
    StringBuilder laughs = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (char c = 'b'; c <= 'k'; c++) {
      String before = "*" + (char) (c - 1);
      laughs.append(c).append(": &").append(c).append(" [");
      laughs.append(String.join(", ", List.of(before, before, before, before, before, before)));
      laughs.append("]\n");
    }
    add("a YAML bomb", run, "r.yaml", text("r.yaml", laughs + sound));
    add("YAML that holds itself", run, "r.yaml", text("r.yaml", "model: &m [*m]\noutput: o\n"));
    add(
        "a YAML tag",
        run,
        "r.yaml",
        text("r.yaml", "model: !!javax.script.ScriptEngineManager [x]\noutput: o\n"));
    add("YAML 100,000 deep", run, "r.yaml", text("r.yaml", "model: " + "[".repeat(100_000)));
    add("YAML 100,000 maps deep", run, "r.yaml", text("r.yaml", "{a: ".repeat(100_000)));
    add("a YAML key twice", run, "r.yaml", text("r.yaml", sound + "model: n\n"));
    add("two YAML documents", run, "r.yaml", text("r.yaml", sound + "---\n" + sound));
    add("YAML with a NUL", run, "r.yaml", text("r.yaml", "model: m\0\noutput: o\n"));
    add(
        "YAML that is not UTF-8",
        run,
        "r.yaml",
        f -> Files.write(f.resolve("r.yaml"), new byte[] {'m', ':', ' ', (byte) 0xff, '\n'}));
    add("YAML of 40 MB", run, "r.yaml", text("r.yaml", sound + "# " + "x".repeat(40_000_000)));
    add("an empty recipe", run, "r.yaml", text("r.yaml", ""));
    add(
        "a task 100,000 deep",
        "eval @/m --task @/t.yaml",
        "t.yaml",
        text("t.yaml", "{a: ".repeat(100_000)));
  }

  private static Maker gzip(String file, long megabytes, byte filler) {
    return folder -> {
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, filler);
      try (OutputStream out =
          new GZIPOutputStream(Files.newOutputStream(folder.resolve(file)), 1 << 16)) {
        for (long i = 0; i < megabytes; i++) {
          out.write(block);
        }
      }
    };
  }

  private void datasets() {
    String lines = PRUNE + "@/d.jsonl";
    add(
        "a row 100,000 deep",
        lines,
        "d.jsonl:1",
        text("d.jsonl", "{\"text\": " + "[".repeat(100_000)));
    add("a row with NUL bytes alone", lines, "d.jsonl:1", text("d.jsonl", "\0\0\0\n"));
    add("a row of 1e999", lines, "", text("d.jsonl", "{\"text\": 1e999}\n"));
    add("a row that is a list", lines, "d.jsonl:1", text("d.jsonl", "[1]\n"));
    add(
        "text that is not UTF-8",
        lines,
        "d.jsonl",
        f ->
            Files.write(
                f.resolve("d.jsonl"),
                "{\"text\": \"w1 \u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1)));
    add(
        "a line of 600 MB",
        PRUNE + "@/d.jsonl.gz",
        "d.jsonl.gz:1",
        gzip("d.jsonl.gz", 600, (byte) 'x'));
    add(
        "a text of 600 MB of NUL",
        PRUNE + "@/d.txt.gz",
        "d.txt.gz",
        gzip("d.txt.gz", 600, (byte) 0));
    add(
        "a CSV of 600 MB in one field",
        PRUNE + "@/d.csv.gz",
        "d.csv.gz",
        f -> {
          gzip("x.gz", 600, (byte) 'x').make(f);
          try (OutputStream out = Files.newOutputStream(f.resolve("d.csv.gz"))) {
            try (GZIPOutputStream head =
                new GZIPOutputStream(out) {
                  @Override
                  public void close() throws IOException {
                    finish();
                  }
                }) {
              head.write("text\n\"".getBytes(StandardCharsets.UTF_8));
            }
            Files.copy(f.resolve("x.gz"), out);
          }
          Files.delete(f.resolve("x.gz"));
        });
    add(
        "a CSV with a quote that stays open",
        PRUNE + "@/d.csv",
        "d.csv",
        text("d.csv", "text\n\"w1\nw2\n"));
    add(
        "a CSV with 100,000 columns",
        PRUNE + "@/d.csv",
        "d.csv",
        text("d.csv", "a,".repeat(100_000) + "\nw1\n"));
    for (String ending : List.of("gz", "zst", "bz2", "xz")) {
      add(
          "rubbish called ." + ending,
          PRUNE + "@/d.jsonl." + ending,
          "d.jsonl." + ending,
          text("d.jsonl." + ending, "this is not compressed at all, but long enough to look"));
    }
    add(
        "half a gzip file",
        PRUNE + "@/d.jsonl.gz",
        "d.jsonl.gz",
        f -> {
          gzip("d.jsonl.gz", 1, (byte) '\n').make(f);
          byte[] whole = Files.readAllBytes(f.resolve("d.jsonl.gz"));
          Files.write(f.resolve("d.jsonl.gz"), Arrays.copyOf(whole, whole.length / 2));
        });
    add(
        "rubbish called .parquet",
        PRUNE + "@/d.parquet",
        "d.parquet",
        text("d.parquet", "PAR1xxxxPAR1"));
    add(
        "Parquet with a footer of 2 GB",
        PRUNE + "@/d.parquet",
        "d.parquet",
        f ->
            Files.write(
                f.resolve("d.parquet"),
                new byte[] {'P', 'A', 'R', '1', 0, 0, 0, 0, -1, -1, -1, 127, 'P', 'A', 'R', '1'}));
    add("a folder as a dataset", PRUNE + "@/m", "m", f -> {});
  }

  private void arrays() {
    String networks = "networks --signals @/x.npy --components 2 --output @/out";
    String[][] headers = {
      {"a shape that overflows", "'<f4'", "(4611686018427387904, 8)"},
      {"10^12 rows", "'<f4'", "(1000000000000, 4)"},
      {"a negative shape", "'<f4'", "(-4, 4)"},
      {"objects, which are pickles", "'|O'", "(4, 4)"},
      {"a type that is none", "'<f9'", "(4, 4)"},
      {"more values than there are", "'<f8'", "(100, 4)"},
      {"fewer values than there are", "'<f4'", "(1, 4)"}
    };
    for (String[] header : headers) {
      add(
          "an array of " + header[0],
          networks,
          "x.npy",
          f -> {
            String text =
                "{'descr': "
                    + header[1]
                    + ", 'fortran_order': False, 'shape': "
                    + header[2]
                    + ", }\n";
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
            bytes.write(new byte[] {(byte) text.length(), 0});
            bytes.write(text.getBytes(StandardCharsets.US_ASCII));
            bytes.write(new byte[64]);
            Files.write(f.resolve("x.npy"), bytes.toByteArray());
          });
    }
    add(
        "an array with a header of 4 GB",
        networks,
        "x.npy",
        f ->
            Files.write(
                f.resolve("x.npy"),
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1, 0}));
    add("an array of nothing", networks, "x.npy", text("x.npy", ""));
  }
}

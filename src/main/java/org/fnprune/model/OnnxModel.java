package org.fnprune.model;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fnprune.common.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model: its protobuf, and where tensors with external data are relative to. Unknown
 * protobuf fields survive a round trip.
 *
 * @param proto the model as it was read or rewritten
 * @param file the .onnx file that external data is relative to; null when there is none
 * @param sliced initialisers that are slices of the dense model's files, by name; the protobuf says
 *     only their types and shapes
 */
public record OnnxModel(
    ModelProto proto, @Nullable Path file, ImmutableMap<String, SlicedTensor> sliced) {

  private static final int FIRST_WITH_CONSTANTS = 4;
  private static final int RECURSION_LIMIT = 100;

  private static final ImmutableSet<Integer> FLOATS =
      Arrays.stream(ElementType.values())
          .filter(ElementType::isFloat)
          .map(ElementType::number)
          .collect(toImmutableSet());

  /** A model that has no slices. */
  public OnnxModel(ModelProto proto, @Nullable Path file) {
    this(proto, file, ImmutableMap.of());
  }

  /**
   * Reads an .onnx file.
   *
   * @throws UsageException when the file is missing, damaged, or not an ONNX model
   */
  public static OnnxModel read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in, 1 << 16);
      coded.setRecursionLimit(RECURSION_LIMIT);
      coded.setSizeLimit(Integer.MAX_VALUE);
      ModelProto proto = ModelProto.parseFrom(coded);
      if (!proto.hasGraph() || proto.getGraph().getNodeCount() == 0 || proto.getIrVersion() < 1) {
        throw new UsageException(
            file + " is not an ONNX model: it holds no graph",
            "give an .onnx file or a folder that has one");
      }
      Stream.concat(
              Subgraphs.andInside(proto.getGraph()).flatMap(graph -> graph.getNodeList().stream()),
              proto.getFunctionsList().stream().flatMap(f -> f.getNodeList().stream()))
          .forEach(node -> Branches.refuseForged(node, file));
      return new OnnxModel(proto, file);
    } catch (InvalidProtocolBufferException e) {
      throw new UsageException(
          file + " is not a complete ONNX model: " + e.getMessage(),
          "the file may be truncated or of another kind; export or download it again",
          e);
    } catch (IOException e) {
      throw new UsageException(
          "model file " + file + " cannot be read: " + e.getMessage(),
          "check the path and its permissions",
          e);
    }
  }

  /** The main graph. */
  public GraphProto graph() {
    return proto.getGraph();
  }

  /** The values of an initialiser or constant of this model. */
  public TensorData data(TensorProto tensor) {
    SlicedTensor slices = sliced.get(tensor.getName());
    return slices == null ? Tensors.read(tensor, file) : slices.read(tensor.getName());
  }

  /**
   * An initialiser or constant that can be cut and copied without being read into memory: its data
   * lies in a file of its own.
   *
   * @throws UsageException when its data is not there
   */
  public Optional<SlicedTensor> inFile(TensorProto tensor) {
    SlicedTensor slices = sliced.get(tensor.getName());
    return slices == null ? Tensors.inFile(tensor, file) : Optional.of(slices);
  }

  /**
   * Checks that all external data is there, without reading it.
   *
   * @throws UsageException when a file is missing or too short
   */
  public void checkExternalData() {
    ExternalTensors.of(graph()).forEach(this::check);
  }

  /** This model with another main graph. */
  public OnnxModel withGraph(GraphProto graph) {
    return new OnnxModel(proto.toBuilder().setGraph(graph).build(), file, sliced);
  }

  /** This model with its slices read into memory. */
  public OnnxModel withSlicesRead() {
    return sliced.isEmpty()
        ? this
        : new OnnxModel(
            replaceTensors(t -> sliced.containsKey(t.getName()) ? data(t).toProto() : t), file);
  }

  /**
   * Checks that a tensor of this model has the data that its shape asks for; external data is not
   * read.
   *
   * @throws UsageException when it has not
   */
  public void check(TensorProto tensor) {
    Tensors.check(tensor, file);
  }

  /**
   * Number of values by the declared shape.
   *
   * @throws UsageException when the shape is impossible
   */
  public static long elements(TensorProto tensor) {
    return Tensors.elements(tensor);
  }

  /**
   * Number of the model's parameters: the floating-point values of its initialisers, and of
   * Constant nodes that hold a matrix, and quantised weights, in subgraphs too.
   */
  public long parameters() {
    long floats =
        Subgraphs.andInside(graph())
            .flatMap(OnnxModel::constants)
            .filter(OnnxModel::isWeight)
            .mapToLong(Tensors::elements)
            .sum();
    return floats + QuantisedParameters.of(graph());
  }

  private static Stream<TensorProto> constants(GraphProto graph) {
    Stream<TensorProto> nodes =
        graph.getNodeList().stream()
            .filter(node -> node.getOpType().equals("Constant"))
            .flatMap(node -> node.getAttributeList().stream())
            .map(AttributeProto::getT)
            .filter(tensor -> tensor.getDimsCount() > 1);
    return Stream.concat(graph.getInitializerList().stream(), nodes);
  }

  private static boolean isBelow(Set<Path> files, Path folder) {
    return files.stream().allMatch(f -> f.startsWith(folder));
  }

  private static boolean isWeight(TensorProto tensor) {
    return FLOATS.contains(tensor.getDataType());
  }

  /** Whether the data of any tensor, in subgraphs too, lives outside the model file. */
  public boolean hasExternalData() {
    return ExternalTensors.of(graph()).findAny().isPresent();
  }

  /**
   * The files that hold this model's external data, without duplicates.
   *
   * @throws UsageException when a reference is not safe
   */
  public ImmutableSet<Path> externalFiles() {
    Path onnxFile = file;
    if (onnxFile == null) {
      return ImmutableSet.of();
    }
    return ExternalTensors.of(graph())
        .map(t -> ExternalData.file(t, onnxFile))
        .collect(toImmutableSet());
  }

  /**
   * The model with every initialiser and constant, of subgraphs too, replaced by {@code change}.
   */
  public ModelProto replaceTensors(UnaryOperator<TensorProto> change) {
    ModelProto.Builder changed = proto.toBuilder();
    ExternalTensors.replaceAll(changed.getGraphBuilder(), change);
    return changed.build();
  }

  /**
   * A model whose external data is named by real paths below one folder.
   *
   * @param folder what the locations are relative to
   */
  public record Located(ModelProto proto, Path folder) {}

  /**
   * This model with links followed and checked: hub caches link every file elsewhere, under another
   * name. Empty when it has no external data.
   *
   * @throws UsageException when a reference is not safe
   */
  public Optional<Located> located() {
    Path onnxFile = file;
    if (onnxFile == null || !hasExternalData()) {
      return Optional.empty();
    }
    ImmutableSet<Path> files = externalFiles();
    Path folder = ModelFolder.parent(files.iterator().next());
    while (!isBelow(files, folder)) {
      folder = ModelFolder.parent(folder);
    }
    Path root = folder;
    return Optional.of(
        new Located(
            replaceTensors(
                t ->
                    ExternalTensors.isExternal(t)
                        ? ExternalData.at(root.relativize(ExternalData.file(t, onnxFile)), t)
                        : t),
            root));
  }

  /** What the model calls the files that hold its external data; not checked. */
  public ImmutableSet<String> externalLocations() {
    return ExternalTensors.of(graph())
        .flatMap(t -> t.getExternalDataList().stream())
        .filter(entry -> entry.getKey().equals("location"))
        .map(entry -> entry.getValue())
        .collect(toImmutableSet());
  }

  /**
   * This model for changes to its graph. Before IR version 4 every initialiser had to be listed as
   * an input; from then on that means that callers may replace it, so these inputs go.
   */
  public ModelProto.Builder edit() {
    ModelProto.Builder edited = proto.toBuilder();
    if (proto.getIrVersion() < FIRST_WITH_CONSTANTS) {
      Set<String> initializers =
          graph().getInitializerList().stream()
              .map(TensorProto::getName)
              .collect(Collectors.toSet());
      edited.setIrVersion(FIRST_WITH_CONSTANTS).getGraphBuilder().clearInput();
      graph().getInputList().stream()
          .filter(input -> !initializers.contains(input.getName()))
          .forEach(edited.getGraphBuilder()::addInput);
    }
    return edited;
  }

  /**
   * This model as channels are followed in it: functions in place of their calls, and the nodes of
   * branches beside the others; the very same where it has neither.
   *
   * @throws UsageException when functions call themselves, or a node has too few inputs
   */
  OnnxModel flat() {
    ModelProto inlined = FunctionInliner.inline(proto);
    Subgraphs.andInside(inlined.getGraph())
        .flatMap(inside -> inside.getNodeList().stream())
        .forEach(Arity::check);
    GraphProto flat = BranchFlattener.flatten(inlined.getGraph());
    return inlined.equals(proto) && flat.equals(graph())
        ? this
        : new OnnxModel(inlined.toBuilder().setGraph(flat).build(), file);
  }

  /** A flat model as ONNX Runtime runs it and files hold it; any other as it is. */
  public OnnxModel nested() {
    GraphProto nested = BranchNester.nest(graph());
    return nested.equals(graph()) ? this : withGraph(nested);
  }

  /** The opset version of the standard operators. */
  public long opset() {
    return proto.getOpsetImportList().stream()
        .filter(o -> o.getDomain().isEmpty() || o.getDomain().equals("ai.onnx"))
        .mapToLong(o -> o.getVersion())
        .max()
        .orElse(1);
  }
}

package org.fnprune.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.fnprune.common.UsageException;
import org.fnprune.data.TokenBatch;

/**
 * Fills a model's inputs from a batch of tokens: ids, masks, positions and lengths by their usual
 * names, caches by what went before, and seeded noise for images and hidden states.
 */
final class Feeds implements AutoCloseable {

  private final Map<String, OnnxTensor> own = new HashMap<>();
  private final Map<String, OnnxTensor> all = new HashMap<>();
  private final OnnxSession session;
  private final TokenBatch batch;
  private final int before;
  private final int encoded;

  private Feeds(OnnxSession session, TokenBatch batch, Past past) {
    this.session = session;
    this.batch = batch;
    this.before =
        past.caches().isEmpty()
            ? session.caches().values().stream()
                .filter(cache -> !cache.isOfEncoder())
                .mapToInt(CacheInput::firstLength)
                .max()
                .orElse(0)
            : past.length();
    this.encoded = past.encoded() > 0 ? past.encoded() : batch.length();
  }

  /**
   * The feeds for one batch.
   *
   * @param extra further inputs, such as channel masks: name to values of a vector or matrix
   * @param past what the model remembers of earlier batches
   * @throws UsageException when the model has an input that fnprune does not know how to fill
   */
  static Feeds of(OnnxSession session, TokenBatch batch, Map<String, ExtraInput> extra, Past past) {
    Feeds feeds = new Feeds(session, batch, past);
    try {
      for (Map.Entry<String, NodeInfo> input : session.inputs().entrySet()) {
        String name = input.getKey();
        OnnxTensor cached = past.caches().get(name);
        if (cached != null) {
          feeds.all.put(name, cached);
          continue;
        }
        ExtraInput given = extra.get(name);
        feeds.own.put(
            name,
            given != null
                ? given.tensor(session.environment(), input.getValue())
                : feeds.fill(input.getValue()));
      }
      feeds.all.putAll(feeds.own);
      return feeds;
    } catch (OrtException e) {
      feeds.close();
      throw new ModelRunException("an input tensor could not be made: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      feeds.close();
      throw e;
    }
  }

  /** Every input of the model. */
  Map<String, OnnxTensor> tensors() {
    return ImmutableMap.copyOf(all);
  }

  /** Tokens of the batch and before it. */
  int total() {
    return before + batch.length();
  }

  /** Tokens that the encoder saw, or would see if there is none. */
  int encoded() {
    return encoded;
  }

  private OnnxTensor fill(NodeInfo input) throws OrtException {
    CacheInput cache = session.caches().get(input.getName());
    if (cache != null) {
      return cache.first(session.environment(), batch.size(), length(cache), session.sizes());
    }
    TensorInfo info = (TensorInfo) input.getInfo();
    int length = batch.length();
    return switch (input.getName()) {
      case "input_ids", "decoder_input_ids" -> {
        requireSequences(input.getName(), info);
        long[] ids = batch.ids();
        yield rows(info, length, i -> ids[i]);
      }
      case "attention_mask", "decoder_attention_mask" -> attentionMask(info);
      case "encoder_attention_mask" -> rows(info, encoded, i -> 1);
      case "token_type_ids" -> {
        long[] types = batch.typeIds();
        yield rows(info, length, i -> types[i]);
      }
      case "position_ids", "cache_position" -> positions(info);
      case "use_cache_branch" -> tensor(info, new long[] {1}, i -> before > 0 ? 1 : 0);
      case "seqlens_k" -> {
        long[] column = info.getShape().length > 1 ? shape(batch.size(), 1) : shape(batch.size());
        yield tensor(info, column, i -> before + batch.sequences().get(i).length() - 1);
      }
      case "total_sequence_length" ->
          tensor(info, info.getShape().length == 0 ? shape() : shape(1), i -> total());
      default -> noise(input.getName(), info);
    };
  }

  private static void requireSequences(String name, TensorInfo info) {
    if (info.getShape().length == 3) {
      throw new UsageException(
          "model input '"
              + name
              + "' takes batch × choices × tokens: an encoder with a"
              + " multiple-choice head, which fnprune cannot run",
          "use a language model, or export the encoder with a classification head");
    }
  }

  /** An encoder's cache has to be there before the first step, or a softmax is over nothing. */
  private int length(CacheInput cache) {
    boolean filled = cache.isOfEncoder() && !session.inputs().containsKey("use_cache_branch");
    return filled && cache.isOpen() ? encoded : cache.firstLength();
  }

  /**
   * Ones for tokens and zeros for padding, whatever was seen before included. A static cache wants
   * as many columns as it has; one with four axes says for each token what it sees.
   */
  private OnnxTensor attentionMask(TensorInfo info) throws OrtException {
    long[] declared = info.getShape();
    int columns = Math.max(total(), Math.toIntExact(declared[declared.length - 1]));
    if (declared.length < 4) {
      return rows(info, columns, i -> isToken(i / columns, i % columns) ? 1 : 0);
    }
    int length = batch.length();
    double visible = info.type == OnnxJavaType.BOOL ? 1 : 0;
    double hidden = info.type == OnnxJavaType.BOOL ? 0 : -10_000;
    return tensor(
        info,
        shape(batch.size(), 1, length, columns),
        i -> {
          int column = i % columns;
          int row = i / columns / length;
          boolean seen = column <= before + i / columns % length && isToken(row, column);
          return seen ? visible : hidden;
        });
  }

  private boolean isToken(int row, int column) {
    return column < before + batch.sequences().get(row).length();
  }

  /** Positions go on where the cache ends; the last axis is the sequence, whatever is before it. */
  private OnnxTensor positions(TensorInfo info) throws OrtException {
    int length = batch.length();
    long[] shape = info.getShape().clone();
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] =
          axis == shape.length - 1 ? length : shape[axis] < 0 ? batch.size() : shape[axis];
    }
    return tensor(info, shape, i -> before + i % length);
  }

  private OnnxTensor rows(TensorInfo info, int columns, IntToDoubleFunction values)
      throws OrtException {
    return tensor(info, shape(batch.size(), columns), values);
  }

  /**
   * Standard normal values for images (batch × channels × height × width) and hidden states (batch
   * × tokens × width), the same for every model that declares the same.
   */
  private OnnxTensor noise(String name, TensorInfo info) throws OrtException {
    long[] shape = info.getShape().clone();
    boolean isFloat =
        info.type == OnnxJavaType.FLOAT
            || info.type == OnnxJavaType.FLOAT16
            || info.type == OnnxJavaType.BFLOAT16;
    if (!isFloat || shape.length < 3) {
      throw new UsageException(
          "model input '" + name + "' (" + info.type + ") is not one that fnprune can fill",
          "known inputs: input_ids, attention_mask, position_ids, token_type_ids,"
              + " past_key_values.*, use_cache_branch, cache_position, seqlens_k,"
              + " total_sequence_length, float images and hidden states");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] < 0 ? open(name, shape.length, axis) : shape[axis];
    }
    Random random = new Random(batch.tokens());
    return tensor(info, shape, i -> random.nextGaussian());
  }

  private long open(String name, int rank, int axis) {
    InputSizes sizes = session.sizes();
    if (axis == 0) {
      return batch.size();
    }
    if (rank > 3) {
      return axis == rank - 3 ? sizes.channels().orElse(3) : sizes.image().orElse(1);
    }
    if (axis == 1) {
      return name.contains("encoder") ? encoded : batch.length();
    }
    return sizes
        .hidden()
        .orElseThrow(
            () ->
                new UsageException(
                    "model input '" + name + "' does not declare its width",
                    "put the model's config.json (hidden_size) beside it"));
  }

  private OnnxTensor tensor(TensorInfo info, long[] shape, IntToDoubleFunction values)
      throws OrtException {
    return InputTensors.of(session.environment(), info.type, shape, values);
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  /** Frees the tensors that were made for this batch; caches belong to whoever ran the last one. */
  @Override
  public void close() {
    own.values().forEach(OnnxTensor::close);
  }
}

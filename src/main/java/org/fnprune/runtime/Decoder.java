package org.fnprune.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fnprune.data.TokenBatch;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a model with a growing cache, as generation does: what one step puts out as {@code
 * present.*} the next one takes as {@code past_key_values.*}. What an encoder left behind stays as
 * it was after the first step. Close it to free the caches.
 */
public final class Decoder implements AutoCloseable {

  private final OnnxSession session;
  private final ImmutableMap<String, ExtraInput> extra;
  private Past past = Past.NONE;
  private @Nullable Step first;
  private @Nullable Step last;

  /** What has to stay open as long as its caches are read. */
  private record Step(Feeds feeds, OrtSession.Result result) implements AutoCloseable {

    @Override
    public void close() {
      result.close();
      feeds.close();
    }
  }

  Decoder(OnnxSession session, Map<String, ExtraInput> extra) {
    this.session = session;
    this.extra = ImmutableMap.copyOf(extra);
  }

  /** Whether the model has a cache that grows; fixed ones do not. */
  public boolean hasGrowingCache() {
    List<CacheInput> growing =
        session.caches().values().stream().filter(cache -> !cache.isOfEncoder()).toList();
    return !growing.isEmpty()
        && growing.stream().allMatch(c -> c.isOpen() && c.present(session.outputs()).isPresent());
  }

  /**
   * Runs tokens that follow all that were fed before.
   *
   * @param tokens as many in each row
   * @param outputs names of float outputs
   * @return the outputs in the order of their names
   * @throws ModelRunException when ONNX Runtime fails; the cache is then as it was
   */
  public ImmutableList<BatchRunner.Output> feed(TokenBatch tokens, List<String> outputs) {
    if (tokens.sequences().stream().mapToInt(ImmutableIntArray::length).distinct().count() > 1) {
      throw new IllegalArgumentException("padding would lie between the tokens of a cache");
    }
    Set<String> wanted = new HashSet<>(outputs);
    session.caches().values().forEach(c -> c.present(session.outputs()).ifPresent(wanted::add));
    Step step = run(tokens, wanted);
    past = new Past(step.feeds.total(), step.feeds.encoded(), caches(step));
    if (first == null) {
      first = step;
    } else {
      if (last != null) {
        last.close();
      }
      last = step;
    }
    return BatchRunner.copies(step.result, outputs);
  }

  private Step run(TokenBatch tokens, Set<String> wanted) {
    Feeds feeds = Feeds.of(session, tokens, extra, past);
    try {
      return new Step(feeds, session.run(feeds.tensors(), wanted));
    } catch (RuntimeException e) {
      feeds.close();
      throw e;
    }
  }

  private ImmutableMap<String, OnnxTensor> caches(Step step) {
    Map<String, OnnxTensor> caches = new HashMap<>(past.caches());
    for (CacheInput cache : session.caches().values()) {
      if (cache.isOfEncoder() && caches.containsKey(cache.name())) {
        continue;
      }
      Optional<OnnxTensor> present =
          cache
              .present(session.outputs())
              .flatMap(step.result::get)
              .map(value -> (OnnxTensor) value);
      present.ifPresent(tensor -> caches.put(cache.name(), tensor));
      OnnxTensor given = step.feeds.tensors().get(cache.name());
      if (given != null) {
        caches.putIfAbsent(cache.name(), given);
      }
    }
    return ImmutableMap.copyOf(caches);
  }

  @Override
  public void close() {
    if (last != null) {
      last.close();
    }
    if (first != null) {
      first.close();
    }
  }
}

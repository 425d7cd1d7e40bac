package org.fnprune.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.fnprune.common.UsageException;

/**
 * A Hugging Face {@code tokenizer.json}. Text becomes exactly the ids that the Python library
 * {@code tokenizers} gives; truncation and padding that the file asks for are switched off, since
 * samples are cut and padded here.
 */
public final class Tokenizer implements AutoCloseable {

  /** Which of the special tokens of the tokenizer's template are added. */
  public enum Special {
    /** All: for whole texts. */
    ALL,
    /** Only those in front (BOS, CLS): for a prompt whose continuation follows. */
    LEADING,
    /** None. */
    NONE
  }

  static {
    // Before any DJL class loads: no download of a GPU flavour, no telemetry.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final Path file;
  private final HuggingFaceTokenizer tokenizer;
  private final int padId;

  /** Special tokens that the template puts behind a text. */
  private final int trailing;

  private Tokenizer(Path file, HuggingFaceTokenizer tokenizer, int padId) {
    this.file = file;
    this.tokenizer = tokenizer;
    this.padId = padId;
    this.trailing = trailing(tokenizer.encode("a", true, false));
  }

  /**
   * Opens a tokenizer.
   *
   * @param file a {@code tokenizer.json}, or the folder that holds one
   * @throws UsageException when it is missing or broken
   */
  public static Tokenizer open(Path file) {
    Path json = Files.isDirectory(file) ? file.resolve("tokenizer.json") : file;
    if (!Files.isRegularFile(json)) {
      throw new UsageException(
          "tokenizer " + json + " does not exist",
          "put the model's tokenizer.json beside model.onnx");
    }
    try {
      int padId = padId(JsonParser.parseString(Files.readString(json)).getAsJsonObject());
      Map<String, String> options =
          Map.of(
              "truncation", "do_not_truncate",
              "padding", "do_not_pad",
              "addSpecialTokens", "true");
      return new Tokenizer(json, HuggingFaceTokenizer.newInstance(json, options), padId);
    } catch (JsonParseException | IllegalStateException e) {
      throw new UsageException(
          "tokenizer " + json + " is not a JSON object",
          "export it again with tokenizer.save_pretrained(...)",
          e);
    } catch (IOException | RuntimeException e) {
      throw new UsageException(
          "tokenizer " + json + " cannot be read: " + e.getMessage(),
          "export it again with tokenizer.save_pretrained(...)",
          e);
    }
  }

  /** Another tokenizer of the same file; this one may be closed. */
  public Tokenizer reopened() {
    return open(file);
  }

  /** The ids of a whole text with all special tokens. */
  public ImmutableIntArray encode(String text) {
    return encode(text, Special.ALL);
  }

  /** The ids of a whole text with the given special tokens. */
  public ImmutableIntArray encode(String text, Special special) {
    ImmutableIntArray ids = ids(text, special != Special.NONE);
    return special == Special.LEADING ? ids.subArray(0, ids.length() - trailing).trimmed() : ids;
  }

  /**
   * The ids of a text cut to {@code maxTokens} as Hugging Face cuts it: special tokens at both ends
   * stay, the text's last tokens go.
   */
  public ImmutableIntArray encode(String text, int maxTokens) {
    ImmutableIntArray ids = ids(text, true);
    if (ids.length() <= maxTokens) {
      return ids;
    }
    int tail = Math.min(trailing, maxTokens);
    return ImmutableIntArray.builder(maxTokens)
        .addAll(ids.subArray(0, maxTokens - tail))
        .addAll(ids.subArray(ids.length() - tail, ids.length()))
        .build();
  }

  /**
   * The text of each token of a sequence, special tokens included. One behind the other they are
   * the sequence's text; a token that ends within a character shows as U+FFFD, or as nothing.
   */
  public ImmutableList<String> words(ImmutableIntArray ids) {
    ImmutableList.Builder<String> words = ImmutableList.builder();
    String before = "";
    for (int i = 1; i <= ids.length(); i++) {
      long[] head = ids.subArray(0, i).stream().asLongStream().toArray();
      String text = tokenizer.decode(head, false);
      words.add(text.substring(Strings.commonPrefix(before, text).length()));
      before = text;
    }
    return words.build();
  }

  /** The tokens of a text and their places in it, without special tokens or with all of them. */
  public TextTokens tokens(String text, boolean special) {
    Encoding encoding = tokenizer.encode(text, special, false);
    long[] mask = encoding.getSpecialTokenMask();
    CharSpan[] spans = encoding.getCharTokenSpans();
    CodePoints places = new CodePoints(text);
    int[] starts = new int[spans.length];
    int[] ends = new int[spans.length];
    for (int i = 0; i < spans.length; i++) {
      boolean placed = mask[i] == 0 && spans[i] != null;
      starts[i] = placed ? places.index(spans[i].getStart()) : -1;
      ends[i] = placed ? places.index(spans[i].getEnd()) : -1;
    }
    return new TextTokens(
        ints(encoding.getIds()), ImmutableIntArray.copyOf(starts), ImmutableIntArray.copyOf(ends));
  }

  /** Special tokens that are put behind a text. */
  public int trailing() {
    return trailing;
  }

  /** Two texts as one input, with all special tokens. */
  public TokenPair pair(String first, String second) {
    Encoding encoding = tokenizer.encode(first, second, true, false);
    long[] mask = encoding.getSpecialTokenMask();
    // The library's own sequence numbers do not tell special tokens from the first text's.
    int firstLength = tokenizer.encode(first, false, false).getIds().length;
    int[] parts = new int[mask.length];
    int seen = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = mask[i] == 1 ? 0 : seen++ < firstLength ? 1 : 2;
    }
    return new TokenPair(
        ints(encoding.getIds()), ints(encoding.getTypeIds()), ImmutableIntArray.copyOf(parts));
  }

  /** The text of tokens, special ones left out. */
  public String decode(ImmutableIntArray ids) {
    return ids.isEmpty() ? "" : tokenizer.decode(ids.stream().mapToLong(id -> id).toArray(), true);
  }

  /** The id that fills rows; 0 when the tokenizer names none. Padding is masked out everywhere. */
  public int padId() {
    return padId;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** A model counts its words in 32 bits; a file may name any number. */
  private ImmutableIntArray ints(long[] ids) {
    for (long id : ids) {
      if (id < 0 || id > Integer.MAX_VALUE) {
        throw new UsageException(
            "tokenizer " + file + " gives token id " + id + "; allowed: 0 to " + Integer.MAX_VALUE,
            "export it again with tokenizer.save_pretrained(...)");
      }
    }
    return ImmutableIntArray.copyOf(Arrays.stream(ids).mapToInt(id -> (int) id));
  }

  private ImmutableIntArray ids(String text, boolean special) {
    return ints(tokenizer.encode(text, special, false).getIds());
  }

  /** Places counted in code points as places in UTF-16; asked for in ascending order, mostly. */
  private static final class CodePoints {
    private final String text;
    private int points = 0;
    private int index = 0;

    CodePoints(String text) {
      this.text = text;
    }

    int index(int codePoint) {
      index = text.offsetByCodePoints(index, codePoint - points);
      points = codePoint;
      return index;
    }
  }

  private static int trailing(Encoding probe) {
    long[] special = probe.getSpecialTokenMask();
    int count = 0;
    while (count < special.length && special[special.length - 1 - count] == 1) {
      count++;
    }
    return count == special.length ? 0 : count;
  }

  /** What the file's own padding names, else a special token called "pad", else 0. */
  private static int padId(JsonObject json) {
    JsonElement padding = json.get("padding");
    if (padding != null && padding.isJsonObject()) {
      return padding.getAsJsonObject().get("pad_id").getAsInt();
    }
    JsonElement added = json.get("added_tokens");
    if (added != null && added.isJsonArray()) {
      for (JsonElement element : added.getAsJsonArray()) {
        JsonObject token = element.getAsJsonObject();
        if (token.get("content").getAsString().toLowerCase(Locale.ROOT).contains("pad")
            && token.get("special").getAsBoolean()) {
          return token.get("id").getAsInt();
        }
      }
    }
    return 0;
  }
}

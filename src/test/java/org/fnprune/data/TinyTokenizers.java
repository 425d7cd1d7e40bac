package org.fnprune.data;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes tokenizers of a few words: ids are places in the word list, 0 is the unknown word. */
public final class TinyTokenizers {

  private TinyTokenizers() {}

  /** Words between spaces, nothing added; the first word is the unknown one. */
  public static Path words(Path folder, String... words) throws IOException {
    return write(folder, "null", "null", "null", List.of(), words);
  }

  /** As {@link #words} with words 1 and 2 put before and behind every text. */
  public static Path framed(Path folder, String... words) throws IOException {
    return write(folder, frame(words), "null", "null", List.of(1, 2), words);
  }

  /** As {@link #framed}; the file asks for cutting at 3 tokens and padding with id 2 to 6. */
  public static Path framedCutAndPadded(Path folder, String... words) throws IOException {
    return write(
        folder,
        frame(words),
        "{\"max_length\":3,\"strategy\":\"LongestFirst\",\"stride\":0,\"direction\":\"Right\"}",
        "{\"strategy\":{\"Fixed\":6},\"direction\":\"Right\",\"pad_to_multiple_of\":null,"
            + "\"pad_id\":2,\"pad_type_id\":0,\"pad_token\":\""
            + words[2]
            + "\"}",
        List.of(1, 2),
        words);
  }

  private static String frame(String... words) {
    return """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "BOS", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "EOS", "type_id": 0}}],
         "pair": [{"SpecialToken": {"id": "BOS", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "EOS", "type_id": 0}},
                  {"Sequence": {"id": "B", "type_id": 1}},
                  {"SpecialToken": {"id": "EOS", "type_id": 1}}],
         "special_tokens": {"BOS": {"id": "BOS", "ids": [1], "tokens": ["BOS"]},
                            "EOS": {"id": "EOS", "ids": [2], "tokens": ["EOS"]}}}"""
        .replace("BOS", words[1])
        .replace("EOS", words[2]);
  }

  private static Path write(
      Path folder,
      String template,
      String truncation,
      String padding,
      List<Integer> special,
      String... words)
      throws IOException {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    for (String word : words) {
      vocabulary.put(word, vocabulary.size());
    }
    Gson gson = new Gson();
    String added =
        String.join(
            ",",
            special.stream()
                .map(
                    id ->
                        "{\"id\":"
                            + id
                            + ",\"content\":"
                            + gson.toJson(words[id])
                            + ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                            + "\"normalized\":false,\"special\":true}")
                .toList());
    String json =
        "{\"version\":\"1.0\",\"truncation\":"
            + truncation
            + ",\"padding\":"
            + padding
            + ",\"added_tokens\":["
            + added
            + "],\"normalizer\":null,"
            + "\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"post_processor\":"
            + template
            + ",\"decoder\":null,\"model\":{\"type\":\"WordLevel\",\"vocab\":"
            + gson.toJson(vocabulary)
            + ",\"unk_token\":"
            + gson.toJson(words[0])
            + "}}";
    return Files.writeString(folder.resolve("tokenizer.json"), json);
  }
}

package org.fnprune.verify;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import java.util.Arrays;
import org.fnprune.data.Row;
import org.fnprune.data.TokenPair;
import org.fnprune.data.Tokenizer;
import org.fnprune.recipe.Template;
import org.jspecify.annotations.Nullable;

/**
 * A text or a pair of texts as one input of the model.
 *
 * @param pair the second text; null for single texts
 * @param maxTokens where it is cut
 */
record TextInput(Template text, @Nullable Template pair, int maxTokens) {

  /** The fields that it needs, and some more. */
  ImmutableSet<String> fields(String... more) {
    return Rows.fields(Arrays.asList(text, pair), more);
  }

  /** The tokens of a row. */
  TokenPair encode(Row row, Tokenizer tokenizer) {
    String first = Rows.text(text, row);
    return pair == null
        ? TokenPair.single(tokenizer.encode(first, maxTokens))
        : tokenizer.pair(first, Rows.text(pair, row)).cut(maxTokens);
  }

  /** A row's text, or both texts, for the log. */
  JsonElement json(Row row) {
    String first = Rows.text(text, row);
    return pair == null
        ? SampleLog.text(first)
        : SampleLog.texts(ImmutableList.of(first, Rows.text(pair, row)));
  }
}

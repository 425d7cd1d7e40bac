package org.fnprune.recipe;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of one task file, each with what it is when it is left out. */
record TaskKeys(YamlMapping root) {

  private static final int MANY = 1 << 20;

  Template text(String key) {
    return text(key, key);
  }

  Template text(String key, String field) {
    Template found = textOrNone(key);
    return found == null ? Template.field(field) : found;
  }

  @Nullable Template textOrNone(String key) {
    Setting setting = root.find(key);
    return setting == null ? null : Template.fieldOrTemplate(setting);
  }

  String string(String key, String otherwise) {
    Setting setting = root.find(key);
    return setting == null ? otherwise : setting.string();
  }

  /** A text of any length, blanks included. */
  String anyText(String key, String otherwise) {
    Setting setting = root.find(key);
    if (setting != null && setting.form() == Setting.Form.LIST) {
      throw setting.refuse("must be a text", "write it in quotes");
    }
    return setting == null ? otherwise : setting.text();
  }

  boolean bool(String key) {
    Setting setting = root.find(key);
    return setting != null && setting.bool();
  }

  int integer(String key, int least, int otherwise) {
    Setting setting = root.find(key);
    return setting == null ? otherwise : setting.integer(least, MANY);
  }

  /** None, one size or two. */
  ImmutableIntArray sizes(String key) {
    Setting setting = root.find(key);
    if (setting == null) {
      return ImmutableIntArray.of();
    }
    ImmutableIntArray sizes =
        ImmutableIntArray.copyOf(
            setting.itemsOrSelf().stream().mapToInt(item -> item.integer(1, 1 << 14)));
    if (sizes.isEmpty() || sizes.length() > 2) {
      throw setting.refuse(
          "must be the shorter side's length, or [height, width]", "write 224 or [224, 224]");
    }
    return sizes;
  }

  double number(String key, double otherwise) {
    Setting setting = root.find(key);
    return setting == null ? otherwise : setting.positive(false);
  }

  /** One number, or one for each of three channels. */
  ImmutableDoubleArray channels(String key, double otherwise, boolean zeroAllowed) {
    Setting setting = root.find(key);
    if (setting == null) {
      return ImmutableDoubleArray.of(otherwise);
    }
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder();
    setting.itemsOrSelf().forEach(item -> values.add(item.positive(zeroAllowed)));
    ImmutableDoubleArray found = values.build();
    if (found.isEmpty()) {
      throw setting.refuse("must hold a number for each channel", "write [0.5, 0.5, 0.5]");
    }
    return found;
  }

  <E extends Enum<E>> E oneOf(String key, Map<String, E> choices, E otherwise) {
    Setting setting = root.find(key);
    return setting == null ? otherwise : setting.oneOf(choices);
  }

  ImmutableList<String> labels() {
    Setting setting = root.find("labels");
    if (setting == null) {
      return ImmutableList.of();
    }
    Set<String> seen = new HashSet<>();
    for (Setting name : setting.elements()) {
      if (!seen.add(name.string())) {
        throw name.refuse("is listed twice", "name each class once");
      }
    }
    if (seen.size() < 2) {
      throw setting.refuse("must name at least two classes", "list all classes of the model");
    }
    return setting.elements().stream().map(Setting::text).collect(ImmutableList.toImmutableList());
  }

  /** Texts of at least one character, line feeds and blanks included. */
  ImmutableList<String> texts(String key) {
    Setting setting = root.find(key);
    if (setting == null) {
      return ImmutableList.of();
    }
    for (Setting item : setting.itemsOrSelf()) {
      if (item.text().isEmpty()) {
        throw item.refuse("must be a text of at least one character", "remove it");
      }
    }
    return setting.itemsOrSelf().stream()
        .map(Setting::text)
        .collect(ImmutableList.toImmutableList());
  }
}

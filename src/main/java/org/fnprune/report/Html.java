package org.fnprune.report;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTML or SVG element. What enters as text leaves as text: there is no way in for markup that is
 * not written in this program, since names of elements and attributes are constants.
 */
final class Html {

  private static final ImmutableSet<String> VOID = ImmutableSet.of("meta", "img", "br");
  private static final ImmutableSet<String> SHAPES =
      ImmutableSet.of("rect", "path", "line", "use", "circle");

  private record Css(String text) {}

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Object> content = new ArrayList<>();

  private Html(String name) {
    this.name = name;
  }

  /**
   * An element.
   *
   * @param content elements, lists of elements, and everything else as text
   */
  static Html of(@CompileTimeConstant String name, Object... content) {
    return new Html(name).add(content);
  }

  /** Elements or text side by side, in no element of their own. */
  static Html all(Object... content) {
    return new Html("").add(content);
  }

  /** A style sheet, which is the only content that is not escaped. */
  static Html style(@CompileTimeConstant String css) {
    Html style = new Html("style");
    style.content.add(new Css(css));
    return style;
  }

  /** Sets an attribute. */
  Html with(@CompileTimeConstant String attribute, Object value) {
    attributes.put(attribute, String.valueOf(value));
    return this;
  }

  /** Adds content at the end. */
  Html add(Object... more) {
    for (Object part : more) {
      if (part instanceof Html) {
        content.add(part);
      } else if (part instanceof Iterable<?> parts) {
        parts.forEach(this::add);
      } else {
        content.add(String.valueOf(part));
      }
    }
    return this;
  }

  /** The whole document with its doctype; this is its root element. */
  String document() {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    writeTo(out);
    return out.append('\n').toString();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    writeTo(out);
    return out.toString();
  }

  private void writeTo(StringBuilder out) {
    if (!name.isEmpty()) {
      out.append('<').append(name);
      attributes.forEach(
          (key, value) -> {
            out.append(' ').append(key).append("=\"");
            escape(value, out);
            out.append('"');
          });
      if (SHAPES.contains(name) && content.isEmpty()) {
        out.append("/>");
        return;
      }
      out.append('>');
    }
    for (Object part : content) {
      if (part instanceof Html element) {
        element.writeTo(out);
      } else if (part instanceof Css css) {
        out.append(css.text());
      } else {
        escape((String) part, out);
      }
    }
    if (!name.isEmpty() && !VOID.contains(name)) {
      out.append("</").append(name).append('>');
    }
  }

  /** Control characters, which HTML does not allow, become the replacement character. */
  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append(c);
        default -> out.append(Character.isISOControl(c) ? '\ufffd' : c);
      }
    }
  }
}

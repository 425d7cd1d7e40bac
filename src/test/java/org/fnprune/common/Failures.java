package org.fnprune.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Checks errors by their exact text. */
public final class Failures {

  private Failures() {}

  /** The usage error of {@code call}, as {@code message | help}. */
  public static String of(ThrowingCallable call) {
    UsageException e = catchThrowableOfType(UsageException.class, call);
    assertThat(e).as("a usage error").isNotNull();
    return e.getMessage() + " | " + e.help();
  }
}

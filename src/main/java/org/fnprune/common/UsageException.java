package org.fnprune.common;

/**
 * Wrong usage, recipe, model or data: something the user can put right.
 *
 * <p>The message names the thing, its value and what is allowed; {@link #help()} says what to do
 * next. The command line prints both and exits with code 2.
 */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String help;

  /**
   * @param message what is wrong: the thing, its value and what is allowed
   * @param help what to do next; empty when the message says it all
   */
  public UsageException(String message, String help) {
    super(message);
    this.help = help;
  }

  /**
   * @param message what is wrong
   * @param help what to do next
   * @param cause the exception that brought it to light, shown with {@code --verbose}
   */
  public UsageException(String message, String help, Throwable cause) {
    super(message, cause);
    this.help = help;
  }

  /** What to do next; may be empty. */
  public String help() {
    return help;
  }
}

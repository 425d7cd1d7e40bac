package org.fnprune.runtime;

/** ONNX Runtime could not load or run a model: exit code 1. */
public final class ModelRunException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed
   * @param cause ONNX Runtime's own exception
   */
  public ModelRunException(String message, Throwable cause) {
    super(message, cause);
  }
}

package org.fnprune.data;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A tokenizer that is opened when it is first needed: models of images have none. */
public final class LazyTokenizer implements Supplier<Tokenizer>, AutoCloseable {

  private final Supplier<Path> file;
  private @Nullable Tokenizer open;

  /**
   * Nothing is read yet.
   *
   * @param file tells where it is, or throws when there is none
   */
  public LazyTokenizer(Supplier<Path> file) {
    this.file = file;
  }

  @Override
  public Tokenizer get() {
    Tokenizer found = open;
    if (found == null) {
      found = Tokenizer.open(file.get());
      open = found;
    }
    return found;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}

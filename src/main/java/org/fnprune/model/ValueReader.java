package org.fnprune.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Decodes the bytes of a tensor that are written to it, in parts of any size. */
final class ValueReader implements WritableByteChannel {

  private static final int BUFFER = 1 << 16;

  private final ElementType type;
  private final ValueSink sink;
  private final ByteBuffer undecoded = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long index;

  ValueReader(ElementType type, ValueSink sink) {
    this.type = type;
    this.sink = sink;
  }

  @Override
  public int write(ByteBuffer bytes) {
    int size = bytes.remaining();
    while (bytes.hasRemaining()) {
      int part = Math.min(bytes.remaining(), undecoded.remaining());
      undecoded.put(undecoded.position(), bytes, bytes.position(), part);
      undecoded.position(undecoded.position() + part);
      bytes.position(bytes.position() + part);
      decode();
    }
    return size;
  }

  private void decode() {
    undecoded.flip();
    while (undecoded.remaining() >= type.bytes()) {
      sink.value(index++, FloatCodec.get(undecoded, type));
    }
    undecoded.compact();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}

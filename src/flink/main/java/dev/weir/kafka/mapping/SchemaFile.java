package dev.weir.kafka.mapping;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The schema of records that do not name theirs.
 *
 * @param bytes an Avro schema as JSON, or a set of Protobuf descriptors as {@code protoc
 *     --include_imports --descriptor_set_out} writes it
 * @param message full name of the Protobuf message; null for Avro
 */
public record SchemaFile(byte[] bytes, String message) implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int MAX_BYTES = 4 << 20;

  /**
   * @param message full name of the Protobuf message; null for Avro
   * @throws IOException when there is no file of at most 4 MiB
   */
  public static SchemaFile read(Path file, String message) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("expected a readable file, got " + file);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          "expected at most %,d bytes, got %,d".formatted(MAX_BYTES, Files.size(file)));
    }
    return new SchemaFile(Files.readAllBytes(file), message);
  }

  static String firstLine(Throwable e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().lines().findFirst().orElse("");
  }
}

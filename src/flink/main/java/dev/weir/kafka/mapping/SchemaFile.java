package dev.weir.kafka.mapping;

import dev.weir.file.NamedFile;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * The schema of records that do not name theirs.
 *
 * @param bytes an Avro schema as JSON, or a set of Protobuf descriptors as {@code protoc
 *     --include_imports --descriptor_set_out} writes it
 * @param message full name of the Protobuf message; null for Avro
 */
public record SchemaFile(byte[] bytes, String message) implements Serializable {

  private static final int MAX_BYTES = 4 << 20;

  /**
   * @param location as {@link NamedFile#read} has it
   * @param directory where a relative path starts
   * @param message full name of the Protobuf message; null for Avro
   * @throws IOException with one line when there is no file of at most 4 MiB
   */
  public static SchemaFile read(String location, Path directory, String message)
      throws IOException {
    try {
      return new SchemaFile(NamedFile.read(location, directory, MAX_BYTES), message);
    } catch (IllegalArgumentException e) { // a mapping throws these too, for other reasons
      throw new IOException(e.getMessage(), e);
    }
  }

  static String firstLine(Throwable e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().lines().findFirst().orElse("");
  }
}

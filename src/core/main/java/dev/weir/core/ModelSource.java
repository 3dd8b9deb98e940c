package dev.weir.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of a model's file.
 *
 * @param bytes safetensors
 * @param name of the model
 * @param renames whether the name overrides the file's
 * @param where goes into messages
 */
record ModelSource(byte[] bytes, String name, boolean renames, String where) {

  private static final long MAX_BYTES = 64L << 20;

  static ModelSource of(Path file) throws IOException {
    if (!Files.isRegularFile(Checks.given("model", file))) {
      throw new IOException("model: expected a regular file, got " + file);
    }
    long length = Files.size(file);
    if (length > MAX_BYTES) {
      throw new IOException(
          "model: expected at most %d bytes, got %d (%s)".formatted(MAX_BYTES, length, file));
    }
    String name = String.valueOf(file.getFileName());
    return new ModelSource(
        Files.readAllBytes(file), name.replaceFirst("\\.safetensors$", ""), false, name);
  }

  static ModelSource of(byte[] bytes, String name) {
    Checks.given("model", bytes);
    boolean named = name != null && !name.isBlank();
    Checks.check(named, "model", "a name of one character or more", name);
    return new ModelSource(bytes.clone(), name, true, name);
  }
}

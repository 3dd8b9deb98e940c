package dev.weir.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The models that come with Weir, which options call {@code builtin:NAME}. Thread-safe.
 *
 * <pre>{@code
 * byte[] bytes = BuiltInModels.bytes("builtin:weir");
 * }</pre>
 */
public final class BuiltInModels {

  /** Prefix of such an option's value. */
  public static final String PREFIX = "builtin:";

  /** The network that combines candidate forecasts. */
  public static final String WEIR = "weir";

  private static final class Loaded {
    static final ForecastModel WEIR_MODEL = read(WEIR);
  }

  private BuiltInModels() {}

  /** Whether an option's value names a built-in model. */
  public static boolean isOne(String location) {
    return location.startsWith(PREFIX);
  }

  /**
   * The bytes of a model's file.
   *
   * @param location as in an option, such as {@code builtin:weir}
   * @throws IOException if there is no such model
   */
  public static byte[] bytes(String location) throws IOException {
    String name = location.substring(PREFIX.length());
    String resource = "/models/" + name + ".safetensors";
    try (InputStream in = BuiltInModels.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no such built-in model");
      }
      return in.readAllBytes();
    }
  }

  /** The network that combines candidate forecasts; read once. */
  public static ForecastModel weir() {
    return Loaded.WEIR_MODEL;
  }

  private static ForecastModel read(String name) {
    try {
      return ModelFiles.fromBytes(bytes(PREFIX + name), ModelFiles.Defaults.NONE, PREFIX + name);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar lacks its model: " + e.getMessage(), e);
    }
  }
}

package dev.weir.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The models that come with Weir, which options call {@code builtin:NAME}. Thread-safe.
 *
 * <pre>{@code
 * byte[] bytes = BuiltInModels.bytes("builtin:weir", null);
 * }</pre>
 */
public final class BuiltInModels {

  /** What such an option's value begins with. */
  public static final String PREFIX = "builtin:";

  /** The network that combines candidate forecasts. */
  public static final String WEIR = "weir";

  /** What the names of networks begin with that read windows and seasons, each for some seq_len. */
  private static final String WINDOW = "window-";

  private static final List<Integer> WINDOW_SEQ_LENS = List.of(24, 5);

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
   * @param seqLen values in a window, which some names mean several models for; null for any
   * @throws IOException if there is no such model
   */
  public static byte[] bytes(String location, Integer seqLen) throws IOException {
    String name = location.substring(PREFIX.length());
    if (name.startsWith(WINDOW)) {
      if (seqLen != null && !WINDOW_SEQ_LENS.contains(seqLen)) {
        throw new IOException("built-in for seq_len %s, got %d".formatted(WINDOW_SEQ_LENS, seqLen));
      }
      name += "-" + (seqLen == null ? WINDOW_SEQ_LENS.get(0) : seqLen);
    }
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
      return ModelFiles.fromBytes(
          bytes(PREFIX + name, null), ModelFiles.Defaults.NONE, PREFIX + name);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar lacks its model: " + e.getMessage(), e);
    }
  }
}

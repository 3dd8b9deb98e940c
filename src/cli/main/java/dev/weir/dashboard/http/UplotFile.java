package dev.weir.dashboard.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** uPlot's files, out of its web jar, which has no folders that a file server could find. */
public enum UplotFile {
  MODULE("uPlot.esm.js", "text/javascript; charset=utf-8"),
  SCRIPT("uPlot.iife.min.js", "text/javascript; charset=utf-8"),
  STYLE("uPlot.min.css", "text/css; charset=utf-8");

  private static final String FOLDER = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private final String file;
  private final String contentType;
  private final byte[] bytes;

  UplotFile(String file, String contentType) {
    this.file = file;
    this.contentType = contentType;
    try (InputStream in = UplotFile.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "uPlot: expected %s%s on the class path, got none".formatted(FOLDER, file));
      }
      this.bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String file() {
    return file;
  }

  String contentType() {
    return contentType;
  }

  byte[] bytes() {
    return bytes;
  }

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

package dev.weir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Requests of tests that expect an answer with status 200; another one is an IOException. */
public final class Http {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Http() {}

  public static String get(URI uri) throws IOException {
    try (InputStream body = uri.toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public static JsonNode json(URI uri) throws IOException {
    return JSON.readTree(get(uri));
  }
}

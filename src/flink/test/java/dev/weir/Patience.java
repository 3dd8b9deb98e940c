package dev.weir;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long tests wait for what must happen: a guard against hangs, not a measure of speed. It is
 * also Awaitility's default, in each test class: {@code META-INF/services} names this extension.
 */
public final class Patience implements BeforeAllCallback {

  public static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(LIMIT);
  }
}

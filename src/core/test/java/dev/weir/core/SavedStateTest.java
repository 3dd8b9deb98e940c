package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.ForecasterBuilder.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class SavedStateTest {

  /** As version 0.1.0 saved it; {@code -Dstate.write=core} writes it again. */
  private static final Path SAVED = Path.of("src/core/test/resources/state/series-1.bin");

  private static final int VALUES = 60;

  private static Forecaster forecaster() {
    return Forecaster.builder()
        .horizon(2)
        .season(6)
        .size(Size.SMALL)
        .experts("naive", "seasonal-profile")
        .build();
  }

  private static Observation value(int i) {
    return new Observation(60_000L * i, 10 + i % 6 + 0.25 * (i % 5));
  }

  private static Series series() {
    Series series = forecaster().series("saved");
    for (int i = 0; i < VALUES; i++) {
      series.observe(value(i));
    }
    return series;
  }

  @Test
  void savedSeriesOfARelease() throws IOException {
    Series restored = forecaster().restore("saved", Files.readAllBytes(SAVED));
    Series series = series();
    assertThat(restored.forecast()).isEqualTo(series.forecast());
    assertThat(restored.observe(value(VALUES))).isEqualTo(series.observe(value(VALUES)));
  }

  @Test
  @EnabledIfSystemProperty(named = "state.write", matches = "core")
  void write() throws IOException {
    Files.write(SAVED, series().save());
  }

  @Test
  void eachChangedByteIsFound() {
    byte[] saved = series().save();
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < saved.length; at += at < 200 ? 1 : 37) {
      byte[] damaged = saved.clone();
      damaged[at] ^= (byte) random.nextInt(1, 256);
      assertThatThrownBy(() -> forecaster().restore("saved", damaged))
          .as("byte %d", at)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("saved state: expected ");
    }
  }

  @Test
  void eachMissingEndIsFound() {
    byte[] saved = series().save();
    for (int length = 0; length < saved.length; length += length < 100 ? 1 : 61) {
      byte[] cut = Arrays.copyOf(saved, length);
      assertThatThrownBy(() -> forecaster().restore("saved", cut))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("saved state: expected ");
    }
    byte[] longer = Arrays.copyOf(saved, saved.length + 3);
    assertThatThrownBy(() -> forecaster().restore("saved", longer))
        .hasMessage("saved state: expected no bytes after the last part, got 3");
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    Classifier classifier = Classifier.builder().window(4).build();
    byte[] classes = classifier.series("a").save();
    assertThatThrownBy(() -> forecaster().restore("a", classes))
        .hasMessage("saved state: expected a series with forecasts, got one of kind 2");
    assertThatThrownBy(() -> classifier.restore("a", series().save()))
        .hasMessage("saved state: expected a series with classes, got one of kind 1");
    byte[] newer = series().save();
    newer[4] = 2;
    assertThatThrownBy(() -> forecaster().restore("a", newer))
        .hasMessage("saved state: expected layout 1, got 2: was it saved by a newer Weir?");
    assertThatThrownBy(() -> forecaster().restore("a", new byte[100]))
        .hasMessage("saved state: expected what save() returned, got 100 other bytes");
  }

  @Test
  void newSeriesIsSavedAsNothing() {
    byte[] saved = forecaster().series("new").save();
    assertThat(saved).hasSize(6 + 4 + 4);
    assertThat(forecaster().restore("new", saved).forecast()).isNull();
  }
}

package dev.weir.cli.tail;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.kafka.wire.TimeText;
import dev.weir.model.Mode;
import dev.weir.option.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which forecasts and scores are shown. */
final class TailFilter {

  @Option(names = "--series", paramLabel = "REGEX", description = "Only series that match.")
  private Pattern series;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      descriptionKey = "forecast.mode",
      description = "Only forecasts of this mode.")
  private Mode mode;

  @Option(
      names = "--status",
      split = ",",
      paramLabel = "STATUS",
      converter = StatusConverter.class,
      description = "Only forecasts of these, joined by commas: OK, WARMUP, FALLBACK.")
  private List<Forecast.Status> statuses;

  @Option(
      names = "--model",
      paramLabel = "NAME[@VERSION]",
      converter = ModelConverter.class,
      description = "Only forecasts that this model took part in.")
  private ModelName model;

  @Option(
      names = "--since",
      paramLabel = "TIME|DURATION",
      converter = SinceConverter.class,
      description =
          "Only from values of this time or later, those that are there already too:"
              + " 2026-01-31T12:00:00Z, or 2h before now.")
  private Instant since;

  /**
   * A model, or one version of it.
   *
   * @param version null: any
   */
  record ModelName(String name, Long version) {}

  /** The earliest time of a value that is wanted; null when any is. */
  Instant since() {
    return since;
  }

  boolean includes(Output record) {
    if (record instanceof Forecast forecast) {
      return includes(forecast.series(), forecast.mode(), forecast.origin())
          && isOf(forecast.status().name(), forecast.model(), forecast.modelVersion());
    }
    if (record instanceof Classification said) {
      return includes(said.series(), mode, said.windowEnd())
          && isOf(said.status().name(), said.model(), said.modelVersion());
    }
    Score score = (Score) record; // knows neither status nor model, which leave it
    return includes(score.series(), score.mode(), score.time());
  }

  private boolean isOf(String status, String name, long version) {
    return (statuses == null || statuses.stream().anyMatch(s -> s.name().equals(status)))
        && (model == null
            || model.name.equals(name) && (model.version == null || model.version == version));
  }

  private boolean includes(String name, Mode ofMode, long time) {
    return (series == null || series.matcher(name).matches())
        && (mode == null || mode == ofMode)
        && (since == null || time >= since.toEpochMilli());
  }

  static final class StatusConverter implements ITypeConverter<Forecast.Status> {
    @Override
    public Forecast.Status convert(String text) {
      for (Forecast.Status status : Forecast.Status.values()) {
        if (status.name().equals(text.toUpperCase(Locale.ROOT))) {
          return status;
        }
      }
      throw new TypeConversionException("expected OK, WARMUP or FALLBACK, got '" + text + "'");
    }
  }

  static final class ModelConverter implements ITypeConverter<ModelName> {
    @Override
    public ModelName convert(String text) {
      if (!text.matches("[^@]{1,300}(@[0-9]{1,18})?")) {
        throw new TypeConversionException("expected NAME or NAME@VERSION, got '" + text + "'");
      }
      int at = text.indexOf('@');
      return at < 0
          ? new ModelName(text, null)
          : new ModelName(text.substring(0, at), Long.valueOf(text.substring(at + 1)));
    }
  }

  static final class SinceConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return text.matches("[0-9]{4}-.*")
            ? Instant.ofEpochMilli(TimeText.iso(text))
            : Instant.now().minus(Durations.parse(text));
      } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
        throw new TypeConversionException(
            "expected a time such as 2026-01-31T12:00:00Z or a duration such as 2h, got '"
                + text
                + "'");
      }
    }
  }
}

package dev.weir.job.options;

import dev.weir.forecast.learn.OutsideModels;
import dev.weir.kafka.mapping.ElementPath;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.kafka.mapping.NamePart;
import dev.weir.kafka.wire.TimeText;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.List;

/** The options of a topic of forecasts that models outside of the job make. */
public final class OutsideOptions {

  public static final String SECTION = "outside";

  /** Below it, options of the table format. */
  static final String FORMAT_PREFIX = "outside.format.options.";

  private static final int MAX_QUANTILES = 20; // of ten levels

  public static final Option<String> TOPIC =
      Option.name(
              "topics.outside",
              null,
              "Topic that the forecasts of outside models arrive on; absent: observations"
                  + " bring them, known ahead after window.features-ahead.")
          .needs(ForecastOptions.INTERVAL)
          .change(CovariateOptions.TOPIC.change());

  public static final Option<Integer> MAX_MODELS =
      Option.integer(
              "learning.outside.max-models",
              null,
              1,
              OutsideModels.MAX,
              "In place of models, also for quantiles: each model on topics.outside that forecasts a series takes part, up to"
                  + " so many for each series, in the order of their first forecasts.")
          .needs(TOPIC)
          .change(Option.LEARNS_AGAIN);

  public static final Option<Duration> OUT_OF_ORDERNESS =
      Option.duration(
              "outside.out-of-orderness",
              Duration.ZERO,
              Duration.ZERO,
              "How long observations wait for a forecast that was made before the newest one of its"
                  + " partition; a later one counts from when it comes.")
          .needs(TOPIC);
  public static final Option<Duration> IDLE_TIMEOUT =
      Option.duration(
              "outside.idle-timeout",
              Duration.ofSeconds(10),
              Duration.ofMillis(1),
              "A partition without a forecast made later than those before for so long, and without unread"
                  + " records, no longer holds back observations.")
          .needs(TOPIC);
  public static final Option<Integer> KEEP =
      CovariateOptions.KEEP
          .under(SECTION)
          .with(
              CovariateOptions.KEEP.defaultValue(),
              "Times to come of each series and model whose forecasts are kept, at least the horizon;"
                  + " of more, those farthest ahead are dropped.")
          .unit("times of a series and model")
          .needs(TOPIC);
  public static final Option<Duration> MAX_FUTURE =
      CovariateOptions.MAX_FUTURE
          .under(SECTION)
          .with(
              CovariateOptions.MAX_FUTURE.defaultValue(),
              "How far ahead of the clock the times forecast may be before they are a dead letter.")
          .needs(TOPIC);

  public static final Option<String> FORMAT =
      Option.name(
              "outside.format",
              null,
              "A table format of Flink, as observations.format, by which forecasts are read that are"
                  + " not Weir's own, each of one time; its options are below outside.format.options.")
          .needs(TOPIC);
  public static final Option<List<String>> COLUMNS = MappingOptions.COLUMNS.under(SECTION);
  public static final Option<String> SCHEMA_FILE = MappingOptions.SCHEMA_FILE.under(SECTION);
  public static final Option<String> MESSAGE = MappingOptions.MESSAGE.under(SECTION);
  public static final Option<List<NamePart>> SERIES = MappingOptions.SERIES.under(SECTION);
  public static final Option<NamePart> MODEL =
      new Option<>(
          "outside.model",
          Option.Type.VALUE,
          "a field's path, key (the record's key), topic (its topic's name) or =TEXT",
          null,
          "The model's name, one of learning.outside.models if these are given.",
          OutsideOptions::model);
  public static final Option<FieldPath> TIME =
      MappingOptions.path("outside.time", "The time that is forecast.");
  public static final Option<TimeText.Unit> TIME_UNIT = MappingOptions.TIME_UNIT.under(SECTION);
  public static final Option<FieldPath> MADE =
      MappingOptions.path(
          "outside.made", "When the forecast was made; by default the record's timestamp.");
  public static final Option<FieldPath> VALUE =
      MappingOptions.path("outside.value", "The forecast; null or missing says nothing.");
  public static final Option<List<FieldPath>> QUANTILES =
      Option.list(
              "outside.quantiles",
              "a list of " + FieldPath.EXPECTED,
              List.of(),
              MAX_QUANTILES,
              "With learning.outside.quantiles the lower and the upper end of each of"
                  + " intervals.levels, in their order; one that is null or missing is unknown.",
              FieldPath::parse)
          .change("in another order, each means another one");
  public static final Option<ElementPath> EACH =
      CovariateOptions.EACH
          .under(SECTION)
          .with(
              null,
              "An array whose elements are forecasts of one time each; paths as with"
                  + " observations.each.");

  static final List<Option<?>> ALL =
      Option.declaredIn(OutsideOptions.class, new Option.Need(FORMAT, null));

  private OutsideOptions() {}

  private static NamePart model(String text) {
    NamePart part = NamePart.parse(text);
    if (part.isOptional()) {
      throw new IllegalArgumentException(text);
    }
    return part;
  }
}

package dev.weir.cli.grid;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which values of files are missing, and what becomes of them. */
public final class SamplingOptions {

  private static final String AUTO = "auto";
  private static final String NONE = "none";

  /** Of values in the files and missing ones; more are days off rather than gaps. */
  private static final double MAX_MISSING = 0.1;

  /** Of all series. */
  private static final int MAX_ROWS = 2_000_000;

  @Option(
      names = "--interval",
      paramLabel = "auto|none|P1D",
      converter = Converter.class,
      description =
          "Time from one value to the next: a duration, or months such as P1M. auto: found where"
              + " nearly all distances are multiples of one and at most a tenth of the values is"
              + " missing; none: values are taken one after another (default: auto, or the job's).")
  private String interval;

  @Option(
      names = "--gap",
      descriptionKey = "window.gap",
      description = "${declared} By default the job's, or linear.")
  private Gap gap;

  static final class Converter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      try {
        if (!text.equals(AUTO) && !text.equals(NONE)) {
          Spacing.parse(text);
        }
        return text;
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new TypeConversionException(
            "expected auto, none, a duration such as P1D or PT15M, or months such as P1M, got '%s'"
                .formatted(text));
      }
    }
  }

  /** The option that has no effect without times; null if none is given. */
  public String given() {
    return interval != null ? "--interval" : gap != null ? "--gap" : null;
  }

  /** Options in place of the job's, by key. */
  public Map<String, String> ofJob() {
    Map<String, String> options = new LinkedHashMap<>();
    if (interval != null && !interval.equals(AUTO) && !interval.equals(NONE)) {
      options.put(ForecastOptions.INTERVAL.key(), interval);
    }
    return options;
  }

  /**
   * Brings each series to its grid; standard error says what is missing.
   *
   * @param command that says so
   * @param job how a job samples; null without a job
   * @throws IOException if so many values are missing that the interval can't be meant
   */
  public Map<String, Grid> grids(
      String command, Map<String, List<Observation>> series, Sampling job) throws IOException {
    boolean isFound = AUTO.equals(interval) || interval == null && job == null;
    Spacing given = null;
    if (interval != null && !isFound && !interval.equals(NONE)) {
      given = Spacing.parse(interval);
    } else if (interval == null && job != null && !job.isByCount()) {
      given = new Spacing(job.interval(), 0);
    }
    boolean isOfJob = job != null && !job.isByCount();
    Gap rule = gap != null ? gap : isOfJob ? job.gap() : Gap.LINEAR;
    int maxFill = isOfJob ? job.maxFill() : ForecastOptions.MAX_FILL.defaultValue();
    Map<String, Grid> grids = new LinkedHashMap<>();
    Found found = new Found();
    for (Map.Entry<String, List<Observation>> one : series.entrySet()) {
      List<Observation> rows = one.getValue();
      Spacing spacing = given;
      if (isFound) {
        List<Observation> values = rows.subList(0, FutureRows.values(rows));
        spacing = Spacing.find(values.stream().mapToLong(Observation::time).toArray());
        spacing = found.hasGaps(one.getKey(), values, spacing) ? spacing : null;
      }
      try {
        Grid grid =
            spacing == null
                ? new Grid(rows)
                : new Grid(rows, spacing, rule, maxFill, MAX_ROWS - found.missing);
        found.add(grid);
        grids.put(one.getKey(), grid);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "--interval: expected at most %,d missing values, got more up to %s"
                .formatted(MAX_ROWS, Printable.line(one.getKey())));
      }
    }
    found.print(command, rule);
    return grids;
  }

  private static final class Found {
    private final TreeSet<String> units = new TreeSet<>();
    private int missing;
    private int leftOut;
    private int withGaps;
    private int sparse;
    private String firstSparse;

    /** Whether some values are missing, but not many. */
    private boolean hasGaps(String name, List<Observation> values, Spacing spacing) {
      if (spacing == null) {
        return false;
      }
      int count = values.size();
      long rows = 1 + spacing.index(values.get(0).time(), values.get(count - 1).time());
      boolean isSparse = rows - count > MAX_MISSING * rows;
      if (isSparse) {
        sparse++;
        firstSparse = firstSparse == null ? name : firstSparse;
      }
      return rows > count && !isSparse;
    }

    private void add(Grid grid) {
      int here = grid.missing().cardinality();
      missing += here;
      leftOut += grid.leftOut();
      if (here > 0) {
        withGaps++;
        units.add(grid.spacing().unit());
      }
    }

    private void print(String command, Gap rule) {
      if (missing > 0) {
        System.err.printf(
            "%s: %s%s (--interval, --gap)%n",
            command,
            Numbers.counted(missing, "missing " + (units.size() == 1 ? units.first() : "value")),
            switch (rule) {
                  case CARRY, LINEAR -> " filled";
                  case SKIP -> " skipped, seasons go on";
                  case RESET -> "; series start again after them";
                }
                + (withGaps == 1 ? "" : " in %,d series".formatted(withGaps)));
      }
      if (leftOut > 0) {
        System.err.printf(
            "%s: %s left out, since a step has one%n", command, Numbers.counted(leftOut, "value"));
      }
      if (sparse > 0) {
        System.err.printf(
            "%s: %s has more than a tenth of its steps missing, so its values are taken one after"
                + " another; --interval states otherwise%n",
            command,
            sparse == 1
                ? Printable.line(firstSparse)
                : "%,d series (%s and others)".formatted(sparse, Printable.line(firstSparse)));
      }
    }
  }
}

package dev.weir.cli.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.weir.cli.console.UsageException;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.options.StrictUtf8Input;
import dev.weir.option.ForecastOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which season the learner and the scores have.
 *
 * @param fixed the same for all series; null where a file or the data say
 * @param second longer one of the learner beside it; {@link LearnerSettings#NONE} for none
 * @param auto whether the learner finds its own
 * @param file that gives each series its season for the scores; null for none
 */
public record EvaluationSeasons(
    Integer fixed, int second, boolean auto, Path file, Map<String, Integer> bySeries) {

  /**
   * @param options as given: a number, two numbers, auto, a file
   * @param ofJob what counts when none is given
   */
  public static EvaluationSeasons of(List<String> options, SeasonCounts ofJob) throws IOException {
    Integer fixed = null;
    int second = LearnerSettings.NONE;
    boolean auto = false;
    Path file = null;
    for (String text : options) {
      if (text.equals("auto")) {
        auto = true;
      } else if (text.matches("-?[0-9]+")) {
        fixed = season(text, "");
      } else if (text.matches("-?[0-9]+ *,.*")) {
        SeasonCounts two = two(text);
        fixed = two.first();
        second = two.second();
      } else {
        file = Path.of(text);
        UsageException.checkFile(
            "--season", "a number, two such as 7,365, auto or a CSV file", file);
      }
    }
    UsageException.check(fixed == null || file == null, "--season", "a number or a file", options);
    UsageException.check(
        second == LearnerSettings.NONE || options.size() == 1, "--season", "two alone", options);
    if (options.isEmpty()) {
      auto = ofJob.first() == LearnerSettings.AUTO;
      fixed = auto ? null : (Integer) ofJob.first();
      second = ofJob.second();
    }
    return new EvaluationSeasons(fixed, second, auto, file, file == null ? Map.of() : read(file));
  }

  private static SeasonCounts two(String text) {
    return UsageException.parsed(
        "--season: ",
        () -> ForecastOptions.SEASON.parse(text).in(null, ForecastOptions.INTERVAL.key()));
  }

  private static int season(String text, String of) {
    try {
      return ForecastOptions.SEASON_LENGTH.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--season: %s%s".formatted(e.getMessage(), of));
    }
  }

  private static Map<String, Integer> read(Path file) throws IOException {
    Map<String, Integer> seasons = new HashMap<>();
    for (Map<String, String> row : rows(file, "--season")) {
      String series = row.get("series_id");
      String m = row.get("m");
      UsageException.check(
          series != null && m != null, "--season", "columns series_id and m", file);
      seasons.put(series, season(m, " as m of " + series));
    }
    return seasons;
  }

  /**
   * Rows of a CSV file by the names of its header.
   *
   * @param what names the file in messages
   */
  public static List<Map<String, String>> rows(Path file, String what) throws IOException {
    try (MappingIterator<Map<String, String>> rows =
        new CsvMapper()
            .readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader())
            .readValues(StrictUtf8Input.open(file))) {
      return rows.readAll();
    } catch (JsonProcessingException | RuntimeJsonMappingException e) {
      throw new UsageException(what + ": expected CSV, got unreadable text in " + file);
    }
  }

  /** The file, which holds no series. */
  public List<Path> files() {
    return file == null ? List.of() : List.of(file);
  }

  /** Fails if the file has no row for the series. */
  public void check(String series) {
    UsageException.check(
        file == null || bySeries.containsKey(series),
        "--season",
        "a row for " + series,
        "none in " + file);
  }

  /** Whether only the data say, so that the scores know none. */
  public boolean isUnknown() {
    return auto && file == null && fixed == null;
  }

  /** That of the scores. */
  public int m(String series) {
    return file != null ? bySeries.get(series) : fixed != null ? fixed : 1;
  }

  /** That of the learner; {@link LearnerSettings#AUTO} to find it. */
  int learned(String series) {
    return auto ? LearnerSettings.AUTO : m(series);
  }
}

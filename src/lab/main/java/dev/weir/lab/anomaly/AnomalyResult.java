package dev.weir.lab.anomaly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.kafka.wire.Json;
import dev.weir.lab.anomaly.NabScore.Profile;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The alarms of an evaluation and their scores.
 *
 * @param files in the order of the input
 * @param settings of the alarms
 * @param labelled whether it is known where anomalies are
 */
record AnomalyResult(List<OfFile> files, AlarmSettings settings, boolean labelled)
    implements Result {

  /**
   * @param time milliseconds since 1970
   * @param expected forecast of the value; NaN without one
   * @param inWindow whether the labels have an anomaly there
   */
  record Alarm(
      long time, double value, double expected, double surprise, Reason reason, boolean inWindow) {

    /** A change that lasts, which has no surprise and is no alarm. */
    static Alarm ofBreak(long time, double value) {
      return new Alarm(time, value, Double.NaN, Double.NaN, Reason.BREAK, false);
    }
  }

  /**
   * @param name of the file, below the input
   */
  record OfFile(String name, int values, List<Alarm> alarms, List<Alarm> breaks, NabScore score) {

    double alarmsPer1000() {
      return 1_000.0 * alarms.size() / values;
    }
  }

  private NabScore score() {
    NabScore all = new NabScore();
    files.forEach(file -> all.add(file.score()));
    return all;
  }

  private long values() {
    return files.stream().mapToLong(OfFile::values).sum();
  }

  private List<Alarm> alarms() {
    return files.stream().flatMap(file -> file.alarms().stream()).toList();
  }

  private int breaks() {
    return files.stream().mapToInt(file -> file.breaks().size()).sum();
  }

  private double alarmsPer1000() {
    return 1_000.0 * alarms().size() / values();
  }

  private static long count(List<Alarm> alarms, Reason reason, boolean inWindow) {
    return alarms.stream().filter(a -> a.reason() == reason && a.inWindow() == inWindow).count();
  }

  private static Table<NabScore> scores() {
    return new Table<NabScore>()
        .data("standard", score -> score.score(Profile.STANDARD))
        .data("low_fp", score -> score.score(Profile.LOW_FALSE_POSITIVES))
        .data("low_fn", score -> score.score(Profile.LOW_FALSE_NEGATIVES));
  }

  /** Of a file, or of all. */
  private <R> Table<R> found(Table<R> table, Function<R, NabScore> score) {
    return labelled
        ? table
            .column("windows", "windows", "%d", row -> score.apply(row).windows())
            .column("found", "windows_found", "%d", row -> score.apply(row).found())
            .column("false", "false_alarms", "%d", row -> score.apply(row).falseAlarms())
        : table;
  }

  private Table<OfFile> ofFiles() {
    Table<OfFile> table =
        new Table<OfFile>()
            .column("file", "file", null, OfFile::name)
            .column("values", "values", "%,d", OfFile::values)
            .text("alarms", "%d", file -> file.alarms().size())
            .text("per 1,000", "%.2f", OfFile::alarmsPer1000);
    return found(table, OfFile::score);
  }

  private Table<Alarm> ofAlarms() {
    Table<Alarm> table =
        new Table<Alarm>()
            .data("time", alarm -> Instant.ofEpochMilli(alarm.time).toString())
            .data("value", Alarm::value)
            .data("expected", Alarm::expected)
            .data("surprise", Alarm::surprise)
            .data("reason", alarm -> alarm.reason.label());
    return labelled ? table.data("in_window", Alarm::inWindow) : table;
  }

  /** One object; {@code nab} is null without labels, a score is null without windows. */
  @Override
  public String json() {
    ObjectNode root = Json.object();
    root.set("nab", labelled ? scores().json(Json.object(), score()) : null);
    found(new Table<NabScore>(), score -> score).json(root, score());
    root.put("files", files.size());
    root.put("values", values());
    root.put("alarms", alarms().size());
    root.put("alarms_per_1000", alarmsPer1000());
    root.put("breaks", breaks());
    root.put("budget", settings.budget().toString());
    ObjectNode reasons = root.putObject("reasons");
    for (Reason reason : Reason.OF_EVIDENCE) {
      reasons.put(reason.label(), count(alarms(), reason, true) + count(alarms(), reason, false));
    }
    ArrayNode all = root.putArray("series");
    Table<Alarm> ofBreaks =
        new Table<Alarm>()
            .data("time", one -> Instant.ofEpochMilli(one.time).toString())
            .data("value", Alarm::value);
    for (OfFile file : files) {
      ObjectNode node = ofFiles().json(all.addObject(), file);
      ofAlarms().json(node.putArray("alarms"), file.alarms());
      ofBreaks.json(node.putArray("breaks"), file.breaks());
    }
    return root.toString();
  }

  private record Line(OfFile file, Alarm alarm) {

    /** Null for a break, which has none of an alarm's figures. */
    <T> T ofAlarm(Function<Alarm, T> figure) {
      return alarm.reason == Reason.BREAK ? null : figure.apply(alarm);
    }
  }

  /** One row for each alarm, and after those of a file one for each break of it. */
  @Override
  public String csv() {
    Table<Line> table =
        new Table<Line>()
            .data("file", line -> line.file.name())
            .data("timestamp", line -> Instant.ofEpochMilli(line.alarm.time))
            .data("value", line -> line.alarm.value)
            .data("expected", line -> line.alarm.expected)
            .data("surprise", line -> line.ofAlarm(one -> Table.cell("%.3f", one.surprise)))
            .data("reason", line -> line.alarm.reason.label());
    if (labelled) {
      table.data("in_window", line -> line.ofAlarm(Alarm::inWindow));
    }
    return table.csv(
        files.stream()
            .flatMap(
                file ->
                    Stream.concat(file.alarms.stream(), file.breaks.stream())
                        .map(alarm -> new Line(file, alarm)))
            .toList());
  }

  @Override
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%,d files, %,d values, %,d alarms: %.2f per 1,000 values, budget %s%n",
            files.size(), values(), alarms().size(), alarmsPer1000(), settings.budget()));
    NabScore score = score();
    if (labelled && score.windows() > 0) {
      text.append(
          String.format(
              "NAB score: standard %.1f, low FP rate %.1f, low FN rate %.1f%n",
              score.score(Profile.STANDARD),
              score.score(Profile.LOW_FALSE_POSITIVES),
              score.score(Profile.LOW_FALSE_NEGATIVES)));
    }
    if (labelled) {
      text.append(
          String.format(
              "after NAB's probation: %d of %d windows found, %d false alarms%n",
              score.found(), score.windows(), score.falseAlarms()));
    }
    if (settings.reasons().contains(Reason.BREAK)) {
      text.append(String.format("breaks, which are no alarms: %d%n", breaks()));
    }
    Table<Reason> reasons =
        new Table<Reason>()
            .text("reason", null, Reason::label)
            .text("alarms", "%d", r -> count(alarms(), r, true) + count(alarms(), r, false));
    if (labelled) {
      reasons.text("in a window", "%d", reason -> count(alarms(), reason, true));
    }
    text.append("%n".formatted()).append(reasons.text(Reason.OF_EVIDENCE)).append("%n".formatted());
    return text.append(ofFiles().text(files)).toString();
  }
}

package dev.weir.lab.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.forecast.alarm.AlarmDetector;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.AlarmState;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.lab.Lab;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir lab anomalies} on series that are made here. */
class AnomaliesIT {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final int HORIZON = 2;

  @TempDir private Path dir;

  private static Instant time(int i) {
    return START.plus(STEP.multipliedBy(i));
  }

  /** A season of 24 with noise; 20 values of another level from a place on, and a late row. */
  private double[] write(String name, int length, int shifted) throws IOException {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    StringBuilder text = new StringBuilder("timestamp,value\n");
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
      if (shifted > 0 && i >= shifted && i < shifted + 20) {
        values[i] += 40;
      }
      String at = time(i).toString().replace('T', ' ').replace("Z", "");
      text.append(at).append(',').append(values[i]).append('\n');
      if (i == 100) {
        text.append(at).append(",7\n"); // not later than the one before
      }
    }
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    return values;
  }

  private static InProcess succeeds(String line, Object... values) {
    return InProcess.run(Lab.commandLine(), InProcess.words(line, values)).succeeded();
  }

  private static String window(int first, int last) {
    return "[[\"%s\", \"%s\"]]".formatted(time(first), time(last));
  }

  /** Times of the alarms that the core raises. */
  private static List<String> core(String name, double[] values) {
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    LearnerState memory = learner.newSeries(name, LearnerSettings.AUTO);
    AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());
    AlarmState state = new AlarmState();
    double[] steps = new double[HORIZON];
    double[][] lower = new double[2][HORIZON];
    double[][] upper = new double[2][HORIZON];
    List<String> times = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      double half = upper[0][0] / 2 - lower[0][0] / 2;
      boolean first = i == 0;
      if (detector.observe(
          state, values[i], first ? Double.NaN : steps[0], first ? Double.NaN : half, 0)) {
        times.add(time(i).toString());
      }
      learner.observe(memory, time(i).toEpochMilli(), values[i]);
      learner.forecast(memory, steps, lower, upper);
    }
    return times;
  }

  @Test
  void alarmsAreThoseOfTheCoreAndScoredAsByNab() throws IOException {
    double[] shifted = write("in/pumps/one.csv", 1_100, 800);
    double[] usual = write("in/fans/one.csv.gz", 700, 0);
    Path labels = dir.resolve("labels.json");
    Files.writeString(
        labels,
        "{\"all/pumps/one.csv\": %s, \"all/fans/one.csv\": [], \"all/fans/two.csv\": []}"
            .formatted(window(790, 839)));
    Path csv = dir.resolve("alarms.csv");
    InProcess run =
        succeeds(
            "anomalies --input %s --labels %s --format json --out %s",
            dir.resolve("in"), labels, csv);
    assertThat(run.err())
        .contains("--labels: 1 left out, which are of files that are not in --input, such as")
        .contains("fans/one.csv: 1 value left out, since a time has one");
    JsonNode root = new ObjectMapper().readTree(run.out());
    assertThat(root.get("files").intValue()).isEqualTo(2);
    assertThat(root.get("values").intValue()).isEqualTo(1_800);
    JsonNode fans = root.get("series").get(0);
    JsonNode pumps = root.get("series").get(1);
    assertThat(fans.get("file").textValue()).isEqualTo("fans/one.csv");
    assertThat(pumps.get("alarms").findValuesAsText("time"))
        .isEqualTo(core("pumps/one.csv", shifted))
        .isNotEmpty();
    assertThat(fans.get("alarms").findValuesAsText("time")).isEqualTo(core("fans/one.csv", usual));
    JsonNode alarm = null;
    for (JsonNode one : pumps.get("alarms")) {
      alarm = alarm == null && one.get("in_window").booleanValue() ? one : alarm;
    }
    // the first shifted value, ten after the window's first of 50: x = -0.8
    assertThat(alarm.get("time").textValue()).isEqualTo(time(800).toString());
    assertThat(alarm.get("reason").textValue()).isEqualTo("novelty");
    assertThat(alarm.get("surprise").doubleValue()).isEqualTo(AlarmDetector.MAX_SURPRISE);
    assertThat(alarm.get("value").doubleValue()).isEqualTo(shifted[800]);
    assertThat(alarm.get("expected").doubleValue()).isCloseTo(shifted[800] - 40, within(8.0));
    assertThat(root.get("windows_found").intValue()).isEqualTo(1);
    double gained = (2 / (1 + Math.exp(-4)) - 1) / (2 / (1 + Math.exp(-5)) - 1);
    if (root.get("false_alarms").intValue() == 0) {
      assertThat(root.get("nab").get("standard").doubleValue())
          .isEqualTo(100 * (gained + 1) / 2, within(1e-9));
    }
    assertThat(root.get("nab").get("low_fp").doubleValue())
        .isLessThanOrEqualTo(root.get("nab").get("standard").doubleValue());
    int alarms = root.get("alarms").intValue();
    assertThat(root.get("alarms_per_1000").doubleValue())
        .isEqualTo(alarms / 1.8, within(1e-9))
        .isLessThan(8);
    assertThat(Files.readAllLines(csv))
        .hasSize(1 + alarms)
        .first()
        .isEqualTo("file,timestamp,value,expected,surprise,reason,in_window");
  }

  @Test
  void withoutLabelsAlarmsAreCounted() throws IOException {
    write("one.csv", 900, 600);
    InProcess run = succeeds("anomalies --input %s", dir);
    assertThat(run.out())
        .contains("1 files, 900 values, ", "per 1,000 values, budget 1")
        .containsPattern("novelty +[1-9]")
        .containsPattern("one.csv +900 +")
        .doesNotContain("NAB", "windows");
    String few = "anomalies --input %s --budget 0.01 --reasons error --format json";
    run = succeeds(few, dir);
    JsonNode root = new ObjectMapper().readTree(run.out());
    assertThat(root.get("nab").isNull()).isTrue();
    assertThat(root.get("budget").textValue()).isEqualTo("0.01");
    assertThat(root.get("reasons").get("novelty").intValue()).isZero();
  }

  /** Values that are five minutes apart: 2 per day are 6.94 per 1,000, and 2 per hour too many. */
  @Test
  void aBudgetInTimeIsOneOfValues() throws IOException {
    write("one.csv", 900, 600);
    String evaluate = "anomalies --format json --input " + dir + " --budget ";
    JsonNode day = alarms(evaluate, "2 per day");
    assertThat(day).isEqualTo(alarms(evaluate, "1 per 144")).isNotEmpty();
    assertThat(alarms(evaluate, "2 per hour")).isEqualTo(alarms(evaluate, "50"));
    assertThat(alarms(evaluate, "1 per month")).isEqualTo(alarms(evaluate, "1 per 8640"));
    assertThat(day.size()).isGreaterThan(alarms(evaluate, "1 per month").size());
  }

  private static JsonNode alarms(String evaluate, String budget) throws IOException {
    List<String> words = new ArrayList<>(List.of(evaluate.strip().split(" ")));
    words.add(budget);
    InProcess run = InProcess.run(Lab.commandLine(), words.toArray(String[]::new));
    return new ObjectMapper().readTree(run.out()).get("series").get(0).get("alarms");
  }

  @Test
  void lastingChangeIsABreakAndNoAlarm() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder text = new StringBuilder("timestamp,value\n");
    for (int i = 0; i < 1_400; i++) {
      double value = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
      text.append("%s,%s%n".formatted(time(i), value + (i >= 1_000 ? 15 : 0)));
    }
    Files.writeString(dir.resolve("lasting.csv"), text);
    Path csv = dir.resolve("alarms.txt");
    String evaluate = "anomalies --input " + dir.resolve("lasting.csv");
    InProcess run = succeeds(evaluate + " --format json --out %s", csv);
    JsonNode root = new ObjectMapper().readTree(run.out());
    assertThat(root.get("breaks").intValue()).isEqualTo(1);
    assertThat(root.get("reasons").has("break")).isFalse();
    JsonNode series = root.get("series").get(0);
    assertThat(series.get("breaks")).hasSize(1);
    String found = series.get("breaks").get(0).get("time").textValue();
    assertThat(Instant.parse(found)).isBetween(time(1_135), time(1_165));
    assertThat(series.get("breaks").get(0).get("value").doubleValue()).isBetween(50.0, 80.0);
    assertThat(Files.readAllLines(csv))
        .hasSize(2 + root.get("alarms").intValue())
        .filteredOn(line -> line.endsWith(",break"))
        .singleElement()
        .asString()
        .startsWith("lasting.csv," + found);
    assertThat(succeeds(evaluate).out()).contains("breaks, which are no alarms: 1");
    assertThat(succeeds(evaluate + " --reasons novelty,level").out()).doesNotContain("breaks");
  }
}

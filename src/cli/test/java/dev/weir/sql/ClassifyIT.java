package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.classify.ClassState;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.Classification;
import dev.weir.forecast.LabelEvent;
import dev.weir.job.FlinkFixture;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CLASSIFY beside the core, on Flink. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClassifyIT {

  private static final ClassifierModel MODEL =
      ClassFixture.model("states", 3, List.of("idle", "run"));
  private static final String COLUMNS =
      "sensor STRING, ts TIMESTAMP_LTZ(3), v DOUBLE, x DOUBLE, state STRING";
  private static final int STEPS = 150;
  private static final int DELAY = 4;

  @TempDir private static Path dir;
  private static final FlinkFixture flink = FlinkFixture.shared();
  private static Path weights;

  @BeforeAll
  static void start() throws Exception {
    weights = dir.resolve("states.safetensors");
    Files.write(weights, ClassifierFiles.toBytes(MODEL));
  }

  private static List<List<Step>> all() {
    return List.of(ClassFixture.steps("lathe", STEPS, 1), ClassFixture.steps("mill", STEPS, 2));
  }

  /**
   * (sensor, ts, v, x, state, of): each observation, and in a row of its own the label of the one
   * some rows before.
   */
  private static SqlFixture session() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      for (List<Step> steps : all()) {
        Step step = steps.get(i);
        Instant time = Instant.ofEpochMilli(step.observation().time());
        rows.add(
            Row.of(
                step.observation().series(),
                time,
                step.observation().value(),
                step.observation().features()[0],
                null,
                null));
        if (i >= DELAY) {
          Step late = steps.get(i - DELAY);
          rows.add(
              Row.of(
                  step.observation().series(),
                  time,
                  null,
                  null,
                  late.label(),
                  Instant.ofEpochMilli(late.observation().time())));
        }
      }
    }
    SqlFixture session = new SqlFixture(flink.environment(2));
    session.table("plant", rows, COLUMNS + ", of TIMESTAMP_LTZ(3)", "'1' MINUTE");
    return session;
  }

  private static String classify(String arguments) {
    return """
    CLASSIFY(
      input => TABLE plant PARTITION BY sensor,
      on_time => DESCRIPTOR(ts),
      value_column => 'v',
      feature_columns => 'x',
      %s)
    """
        .formatted(arguments);
  }

  /** By series and window, as the core says it. */
  private static Map<String, Classification> byTheCore() throws Exception {
    ClassifySettings settings =
        ClassFixture.of(11).model(MODEL).maxClasses(10).waiting(100).seed(1).build();
    ClassFixture context = new ClassFixture();
    ClassFixture.OneSeries classifier = context.classifier(settings);
    for (List<Step> steps : all()) {
      ClassState state = classifier.newState();
      for (int i = 0; i < STEPS; i++) {
        classifier.observe(state, steps.get(i).observation(), ForecastTableFunction.ROW);
        if (i >= DELAY) {
          Step late = steps.get(i - DELAY);
          classifier.label(
              state,
              new LabelEvent(
                  late.observation().series(),
                  late.observation().time(),
                  late.label(),
                  ForecastTableFunction.ROW));
        }
      }
    }
    return context.classifications().stream()
        .collect(Collectors.toMap(one -> one.series() + " " + one.windowEnd(), one -> one));
  }

  @Test
  void classesAreThoseOfTheCoreBitForBit() throws Exception {
    List<Row> rows =
        session()
            .query(
                "SELECT sensor, window_start, window_end, steps, predicted, probability,"
                    + " probabilities, labels, model, model_version, status, error FROM "
                    + classify(
                        "label_column => 'state', label_time_column => 'of', seq_len => 11,"
                            + " in_order => TRUE, weights_path => '%s'".formatted(weights)));
    Map<String, Classification> expected = byTheCore();
    assertThat(rows).hasSize(expected.size()).hasSize(2 * STEPS);
    for (Row row : rows) {
      long end = ((Instant) row.getField(2)).toEpochMilli();
      Classification core = expected.get(row.getField(0) + " " + end);
      Map<String, Double> probabilities = new HashMap<>();
      for (int k = 0; k < core.classes().size(); k++) {
        probabilities.put(core.classes().get(k), core.probabilities()[k]);
      }
      assertThat(row)
          .isEqualTo(
              Row.of(
                  core.series(),
                  Instant.ofEpochMilli(core.windowStart()),
                  Instant.ofEpochMilli(core.windowEnd()),
                  core.steps(),
                  core.label(),
                  core.probability(),
                  probabilities,
                  core.labels(),
                  "states",
                  3L,
                  core.status().name(),
                  null));
    }
  }

  @Test
  void labelsOfTheSameRowAreLearnedAfterItAndScored() throws Exception {
    SqlFixture session = session();
    session.tables.executeSql(
        "CREATE TEMPORARY VIEW labelled AS SELECT a.sensor, a.ts, a.v, a.x,"
            + " CASE WHEN a.v > 20 THEN 'high' ELSE 'low' END AS state FROM plant AS a"
            + " WHERE a.v IS NOT NULL");
    List<Row> rows =
        session.query(
            ("SELECT COUNT(*), ACCURACY(label, predicted), LOG_LOSS(label, probabilities),"
                    + " COUNT(label) FROM "
                    + classify("label_column => 'state', seq_len => 1"))
                .replace("TABLE plant", "TABLE labelled"));
    Row last = rows.get(rows.size() - 1);
    assertThat(last.getField(0)).isEqualTo(2L * STEPS);
    assertThat(last.getField(3)).isEqualTo(2L * STEPS);
    assertThat((double) last.getField(1)).isBetween(0.6, 1.0);
    assertThat((double) last.getField(2)).isBetween(0.05, 0.69);
  }

  /**
   * Rows wait for the watermark; labels of the same rows, which then come first, change nothing.
   */
  @Test
  void rowsOutOfOrderAreClassifiedInTheirOrder() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Step step : ClassFixture.steps("lathe", STEPS, 1)) {
      rows.add(
          Row.of(
              "lathe",
              Instant.ofEpochMilli(step.observation().time()),
              step.observation().value(),
              step.observation().features()[0],
              step.label()));
    }
    List<Row> shuffled =
        ClassFixture.shuffled(rows, row -> ((Instant) row.getField(1)).toEpochMilli(), 9_000);
    SqlFixture session = new SqlFixture(flink.environment(1));
    session.table("ordered", rows, COLUMNS, "'9' SECOND");
    session.table("shuffled", shuffled, COLUMNS, "'9' SECOND");
    String select =
        "SELECT window_end, predicted, probabilities, label, labels FROM "
            + classify("label_column => 'state', seq_len => 11, weights_path => '%s'%s");
    List<Row> expected =
        session.query(select.replace("plant", "ordered").formatted(weights, ", in_order => TRUE"));
    assertThat(expected).hasSize(STEPS).allMatch(row -> row.getField(3) != null);
    assertThat(session.query(select.replace("plant", "shuffled").formatted(weights, "")))
        .isEqualTo(expected);
  }

  @Test
  void whatCannotBeUsedIsARowThatSaysWhy() throws Exception {
    List<Row> rows =
        session()
            .query(
                "SELECT status, error FROM "
                    + classify(
                        "label_column => 'state', seq_len => 5, refused_rows => TRUE,"
                            + " classes => 'idle, run', label_time_column => 'of'")
                    + " WHERE error IS NOT NULL AND error LIKE '%fault%'");
    assertThat(rows).isNotEmpty();
    assertThat(rows.get(0))
        .isEqualTo(Row.of("LABEL", "label: expected one of [idle, run], got fault"));
  }

  /** By the clock, so the times are those of now: minutes on, one hours ahead, and minutes on. */
  @Test
  void aValueAheadOfTimeAndContradictingLabelsAreRefused() throws Exception {
    Instant start = Instant.ofEpochMilli(System.currentTimeMillis()).minus(Duration.ofHours(1));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Instant time = start.plus(Duration.ofMinutes(i));
      if (i == 10) {
        rows.add(Row.of("a", time.plus(Duration.ofDays(1)), 1.0, null, null));
      }
      rows.add(Row.of("a", time, 1.0 * i, i < 10 || i > 12 ? "idle" : null, time));
    }
    rows.add(Row.of("a", start, null, "run", start.plus(Duration.ofMinutes(29))));
    SqlFixture session = new SqlFixture(flink.environment(1));
    session.table(
        "shop",
        rows,
        "sensor STRING, ts TIMESTAMP_LTZ(3), v DOUBLE, state STRING, of TIMESTAMP_LTZ(3)",
        "'2' DAY"); // Flink drops what is behind it
    List<Row> refused =
        session.query(
            "SELECT status, error FROM CLASSIFY(input => TABLE shop PARTITION BY sensor,"
                + " on_time => DESCRIPTOR(ts), value_column => 'v', label_column => 'state',"
                + " label_time_column => 'of', seq_len => 2, in_order => TRUE, ttl => 'PT48H', refused_rows => TRUE)"
                + " WHERE error IS NOT NULL");
    assertThat(refused).extracting(row -> row.getField(0)).containsExactly("LATE", "LATE", "LABEL");
    assertThat((String) refused.get(2).getField(1))
        .startsWith("label: expected the one that the window at ")
        .endsWith(" of series a has already, got run");
  }

  @Test
  void wrongArgumentsFailWhenTheStatementIsPlanned() {
    Map<String, String> wrong =
        Map.of(
            "seq_len => 5",
            "CLASSIFY: label_column: expected a column to learn from, where there is no"
                + " weights_path, got none",
            "label_column => 'v'",
            "CLASSIFY: label_column: expected a column of texts, got 'v', which is DOUBLE",
            "label_column => 'w'",
            "CLASSIFY: label_column: expected one of the table's columns [sensor, ts, v, x, state,"
                + " of], got 'w'",
            "label_column => 'state', label_time_column => 'x'",
            "CLASSIFY: label_time_column: expected a column of timestamps, got 'x', which is"
                + " DOUBLE",
            "label_column => 'state', learning => FALSE",
            "CLASSIFY: weights_path: expected a model where nothing is learned, got none",
            "label_column => 'state', model_name => 'm'",
            "CLASSIFY: model_name: expected weights_path as well, got none",
            "weights_path => 'src/core/test/resources/models/sample-many-to-one.safetensors'",
            "CLASSIFY: weights_path: ",
            "weights_path => 'absent.safetensors', waiting => 5",
            "CLASSIFY: waiting: expected label_column as well, got none");
    SqlFixture session = session();
    wrong.forEach(
        (arguments, message) ->
            assertThatThrownBy(
                    () -> session.tables.executeSql("SELECT * FROM " + classify(arguments)))
                .as(arguments)
                .hasStackTraceContaining(message));
  }
}

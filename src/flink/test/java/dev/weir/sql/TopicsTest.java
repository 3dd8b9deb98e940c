package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.SampleRecords;
import dev.weir.kafka.codec.ScoreCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.formats.avro.AvroFormatFactory;
import org.apache.flink.formats.avro.AvroRowDataDeserializationSchema;
import org.apache.flink.formats.avro.AvroRowDataSerializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The columns of jobs/topics.sql, through Flink's own Avro format, against our codecs. */
class TopicsTest {

  private static final Pattern TABLE =
      Pattern.compile("CREATE (?:TEMPORARY )?TABLE (\\w+) \\(.*?;\\s*\\n", Pattern.DOTALL);
  private static final Pattern TOPIC = Pattern.compile("'topic' = '([^']*)'");

  private static TableEnvironment tables;

  @BeforeAll
  static void create() throws Exception {
    tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    String text = Files.readString(Path.of("jobs/topics.sql")).replaceAll("--[^\n]*", "");
    for (String statement : text.split(";\\s*(\n|$)")) {
      if (!statement.isBlank()) {
        tables.executeSql(statement);
      }
    }
  }

  private static RowType type(String table) {
    return type(tables, table);
  }

  private static RowType type(TableEnvironment tables, String table) {
    return (RowType)
        tables.from(table).getResolvedSchema().toPhysicalRowDataType().notNull().getLogicalType();
  }

  /**
   * A table with other columns reads something else, or nothing: Avro has no names in its bytes.
   */
  @ParameterizedTest
  @MethodSource("filesWithTables")
  void eachTableOfATopicHasTheSameColumns(Path file) throws Exception {
    Matcher created = TABLE.matcher(Files.readString(file));
    TableEnvironment others = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    while (created.find()) {
      others.executeSql(created.group().replaceFirst(";\\s*$", ""));
      Matcher topic = TOPIC.matcher(created.group());
      assertThat(topic.find()).as(created.group()).isTrue();
      if (List.of(tables.listTables()).contains(topic.group(1))) {
        assertThat(type(others, created.group(1))).isEqualTo(type(topic.group(1)));
      }
    }
  }

  @Test
  void tablesHaveTheFieldsOfTheirSchemas() {
    Map.of(
            "forecasts", ForecastCodec.SCHEMA,
            "scores", ScoreCodec.SCHEMA,
            "alarms", IncidentCodec.SCHEMA)
        .forEach(
            (table, schema) ->
                assertThat(names(type(table)))
                    .as("jobs/topics.sql: columns of %s, as in its .avsc", table)
                    .isEqualTo(names(schema)));
  }

  private static List<String> names(LogicalType type) {
    List<String> names = new ArrayList<>();
    if (type instanceof RowType row) {
      for (RowType.RowField field : row.getFields()) {
        names.add(field.getName());
        names.addAll(names(field.getType()));
      }
    } else if (type instanceof ArrayType array) {
      names.addAll(names(array.getElementType()));
    }
    return names;
  }

  private static List<String> names(Schema schema) {
    List<String> names = new ArrayList<>();
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          names.add(field.name());
          names.addAll(names(field.schema()));
        }
      }
      case ARRAY -> names.addAll(names(schema.getElementType()));
      case UNION -> schema.getTypes().forEach(type -> names.addAll(names(type)));
      default -> {}
    }
    return names;
  }

  private static List<Path> filesWithTables() throws IOException {
    List<Path> files = new ArrayList<>(Documents.all());
    try (Stream<Path> jobs = Files.list(Path.of("jobs"))) {
      jobs.filter(file -> file.toString().endsWith(".sql")).forEach(files::add);
    }
    files.removeIf(file -> file.startsWith("CHANGELOG.md"));
    List<Path> with = new ArrayList<>();
    for (Path file : files) {
      if (Files.readString(file).matches("(?s).*CREATE (TEMPORARY )?TABLE [a-z].*")) {
        with.add(file);
      }
    }
    assertThat(with).contains(Path.of("jobs/topics.sql"), Path.of("jobs/forecast.sql"));
    return with;
  }

  private static RowData read(String table, byte[] bytes) throws Exception {
    return read(type(table), bytes);
  }

  private static RowData read(RowType type, byte[] bytes) throws Exception {
    return format(type).deserialize(bytes);
  }

  private static AvroRowDataDeserializationSchema format(RowType type) throws Exception {
    AvroRowDataDeserializationSchema format =
        new AvroRowDataDeserializationSchema(type, InternalTypeInfo.of(type));
    format.open(null);
    return format;
  }

  @Test
  void sqlReadsAndWritesObservations() throws Exception {
    Observation observation =
        new Observation("pump-1", 1_700_000_000_123L, 21.5, new double[] {0.25, -3});
    RowData row = read("observations", new ObservationCodec().encode(observation));
    assertThat(row.getString(0)).hasToString("pump-1");
    assertThat(row.getTimestamp(1, 3).getMillisecond()).isEqualTo(1_700_000_000_123L);
    assertThat(row.getDouble(2)).isEqualTo(21.5);
    assertThat(row.getArray(3).toDoubleArray()).containsExactly(0.25, -3);

    AvroRowDataSerializationSchema format =
        new AvroRowDataSerializationSchema(type("observations"));
    format.open(null);
    byte[] written =
        format.serialize(
            GenericRowData.of(
                StringData.fromString("pump-1"),
                TimestampData.fromEpochMillis(1_700_000_000_123L),
                21.5,
                new GenericArrayData(new double[] {0.25, -3})));
    assertThat(new ObservationCodec().decode(written, new RecordHeaders())).isEqualTo(observation);
  }

  @Test
  void avroFormatFailsAtBytesThatItCannotRead() { // which docs/sql.md says
    assertThatThrownBy(() -> read("observations", new byte[] {2, 'a'}))
        .isInstanceOf(IOException.class)
        .hasMessage("Failed to deserialize Avro record.");
    assertThat(new AvroFormatFactory().optionalOptions())
        .extracting(ConfigOption::key)
        .noneMatch(key -> key.contains("ignore"));
  }

  @Test
  void sqlReadsForecasts() throws Exception {
    byte[] bytes = new ForecastCodec().encode(SampleRecords.FORECAST);
    AvroRowDataDeserializationSchema format = format(type("forecasts"));
    format.deserialize(bytes); // a column too few would leave bytes for the next record
    RowData row = format.deserialize(bytes);
    assertThat(row.getTimestamp(1, 3).getMillisecond()).isEqualTo(5_000);
    assertThat(row.getInt(3)).isEqualTo(5);
    assertThat(row.getString(4)).hasToString("many-to-one");
    ArrayData steps = row.getArray(5);
    assertThat(steps.size()).isEqualTo(2);
    RowData second = steps.getRow(1, 6);
    assertThat(second.getTimestamp(0, 3).getMillisecond()).isEqualTo(7_000);
    assertThat(second.getDouble(1)).isEqualTo(2.5);
    assertThat(second.getDouble(2)).as("mean").isEqualTo(2.25);
    assertThat(second.getDouble(4)).isEqualTo(3);
    assertThat(second.getArray(5).getRow(0, 3).getDouble(2)).isEqualTo(4);
    assertThat(row.getDouble(6)).isEqualTo(0.8);
    assertThat(row.getLong(8)).isEqualTo(7);
    assertThat(row.getLong(9)).isEqualTo(99);
    assertThat(row.getString(10)).hasToString("OK");
    assertThat(row.getInt(11)).isEqualTo(3);
    ArrayData explanation = row.getArray(12);
    assertThat(explanation.size()).isEqualTo(3);
    assertThat(explanation.getRow(1, 2).getString(0)).hasToString("shift");
    assertThat(explanation.getRow(1, 2).getDouble(1)).isEqualTo(-0.25);
  }

  @Test
  void sqlReadsIncidents() throws Exception {
    RowData row = read("alarms", new IncidentCodec().encode(SampleRecords.WARNING));
    assertThat(row.getString(0)).hasToString("pump-7");
    assertThat(row.getTimestamp(3, 3).getMillisecond()).isEqualTo(240_000);
    assertThat(row.getDouble(12)).isEqualTo(86.5);
    assertThat(row.isNullAt(14)).isTrue();
    assertThat(row.getArray(15).getRow(0, 2).getDouble(1)).isEqualTo(92);
    assertThat(row.getRow(18, 6).getString(5)).hasToString("crossed");
  }

  /** The query of docs/anomalies.md: two sensors of a line, then one alone and another line. */
  @Test
  void queryFindsSensorsWithIncidentsAtOnce() throws Exception {
    List<Row> incidents = new ArrayList<>();
    String[] series = {"line7.pump", "line7.fan", "line7.pump", "line7.fan", "line8.fan"};
    int[] minutes = {1, 4, 5, 25, 26};
    for (int i = 0; i < series.length; i++) {
      Incident.Event event = i == 2 ? Incident.Event.CLOSED : Incident.Event.OPENED;
      LocalDateTime time = LocalDateTime.of(2026, 1, 31, 12, minutes[i]);
      incidents.add(Row.of(series[i], event.name(), time, 3.0 + i));
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    SqlFixture session = new SqlFixture(env);
    session.table(
        "alarms",
        incidents,
        "series STRING, event STRING, time TIMESTAMP(3), surprise DOUBLE",
        "'10' SECOND");
    String query =
        Documents.blocks(Path.of("docs", "anomalies.md"), "sql").get(0).text().replace(";", "");
    assertThat(tables.explainSql(query)).as("with the columns of jobs/topics.sql").contains("line");
    assertThat(session.query(query))
        .containsExactly(Row.of("line7", LocalDateTime.of(2026, 1, 31, 12, 0), 2L, 4.0));
  }

  /** Flink's Avro format keeps the bytes that a record has beyond the columns for the next one. */
  @Test
  void aTableWithoutTheLastColumnsReadsOneForecastOnly() throws Exception {
    RowType all = type("forecasts");
    RowType older = new RowType(false, all.getFields().subList(0, all.getFieldCount() - 2));
    AvroRowDataDeserializationSchema format = format(older);
    byte[] bytes = new ForecastCodec().encode(SampleRecords.FORECAST);
    assertThat(format.deserialize(bytes).getString(0)).hasToString("pump-7");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 3; i++) {
                assertThat(format.deserialize(bytes).getString(0)).hasToString("pump-7");
              }
            })
        .isInstanceOfAny(IOException.class, AssertionError.class);
  }

  @Test
  void printedQueryOfScoresFindsItsColumns() throws Exception {
    List<String> queries =
        Documents.blocks(Path.of("docs", "topics.md"), "sql").stream()
            .map(Documents.Piece::text)
            .filter(text -> text.contains("FROM scores"))
            .toList();
    assertThat(queries).hasSize(1);
    String plan = tables.explainSql(queries.get(0).strip().replaceFirst(";$", ""));
    assertThat(plan).contains("share");
  }

  @Test
  void sqlReadsScores() throws Exception {
    ScoreCodec codec = new ScoreCodec();
    byte[] bytes = codec.encode(SampleRecords.SCORE);
    RowData row = read("scores", bytes);
    assertThat(row.getLong(4)).isEqualTo(12);
    assertThat(row.getArray(5).toDoubleArray()).containsExactly(1, 2, 4);
    assertThat(row.getDouble(9)).isEqualTo(0.79);
    assertThat(row.getArray(10).getRow(0, 3).getDouble(1)).isEqualTo(3);
    RowData outside = row.getArray(10).getRow(2, 3);
    assertThat(outside.getString(0).toString()).isEqualTo("outside:lear");
    assertThat(outside.getDouble(2)).isEqualTo(0.125);
    RowType all = type("scores");
    RowType before = new RowType(false, all.getFields().subList(0, 11)); // of an older statement
    assertThat(read(before, bytes).getDouble(9)).isEqualTo(0.79);
    RowData distribution = row.getRow(11, 6);
    assertThat(distribution.getLong(0)).isEqualTo(11);
    assertThat(distribution.getArray(1).toIntArray()).containsExactly(1, 2, 3);
    assertThat(distribution.getDouble(2)).isEqualTo(2.5);
    assertThat(distribution.getArray(3).toDoubleArray()).containsExactly(1.5, 2, 4);
    assertThat(distribution.getArray(4).getRow(0, 3).getDouble(1)).isEqualTo(0.5);
    assertThat(distribution.getArray(5).getRow(0, 3).getArray(2).toDoubleArray())
        .containsExactly(7.5, 12.5, 17.5);
    RowData bare = read("scores", codec.encode(SampleRecords.BARE_SCORE));
    assertThat(bare.isNullAt(7)).isTrue(); // NaN on the topic is null
  }
}

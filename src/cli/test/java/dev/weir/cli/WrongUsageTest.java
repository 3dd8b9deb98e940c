package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command says of options that it cannot take, before it asks a server. */
class WrongUsageTest {

  @TempDir private static Path dir;

  @BeforeAll
  static void write() throws IOException {
    write("one.csv", "timestamp,value\n2024-01-01,1\n");
    write("two.csv", "series_id,timestamp,value\na,2026-01-01,3\nb,2026-01-01,3\n");
    write("heat.csv", "date,heat,demand\n2026/1/1 0:00,1,2\n");
    write("outside.csv", "timestamp,made,a\n2026-01-02,2026-01-01,1\n");
    write("other.csv", "timestamp,made,series_id,a\n2026-01-02,2026-01-01,c,1\n");
    write("empty.csv", "timestamp,made,a\n");
    write(
        "job.yaml",
        """
        name: a
        kafka: {bootstrap-servers: 'nowhere:1'}
        forecast: {many-to-one: {horizon: 3}}
        window: {seq-len: 5}
        outside: [b]
        """);
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
  }

  private static InProcess fails(String command) {
    String typed =
        command
            .replace("ONE", "--input DIR/one.csv")
            .replace("TWO", "--input DIR/two.csv")
            .replace("HEAT", "--input DIR/heat.csv")
            .replace("NOTHING-LEARNED", "--model builtin:weir --learning off");
    InProcess weir = InProcess.run(typed.replace("DIR", dir.toString()).split(" +")).failed(2);
    assertThat(weir.out()).isEmpty();
    return weir;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          demo --rate 0                      | --rate: expected above 0 to 10000, got 0.0
          demo --duration soon               | '--duration': expected a duration above zero such as 60s or PT1M, got 'soon'
          demo --port 99999                  | --port: expected 0 to 65535, got 99999
          tail --limit 0                     | --limit: expected at least 1, got 0
          tail --mode both                   | '--mode': expected many-to-one or many-to-many, got 'both'
          tail --status STALE                | '--status' (STATUS): expected OK, WARMUP or FALLBACK, got 'STALE'
          tail --status GOOD                 | '--status' (STATUS): expected OK, WARMUP or FALLBACK, got 'GOOD'
          tail --model @3                    | '--model': expected NAME or NAME@VERSION, got '@3'
          tail --since yesterday             | '--since': expected a time such as 2026-01-31T12:00:00Z or a duration such as 2h, got 'yesterday'
          model inspect x --cell gru_tanh    | '--cell': expected rnn_tanh or rnn_relu or lstm or gru, got 'gru_tanh'
          submit jobs/many-to-one.yaml --jobmanager here | --jobmanager: expected HOST:PORT, got 'here'
          stop DIR/job.yaml --jobmanager nowhere | --jobmanager: expected HOST:PORT, got 'nowhere'
          stop DIR/job.yaml --jobmanager localhost | --jobmanager: expected HOST:PORT, got 'localhost'
          stop DIR/job.yaml --jobmanager a/b:1 | --jobmanager: expected HOST:PORT, got 'a/b:1'
          stop DIR/job.yaml --jobmanager host:port | --jobmanager: expected HOST:PORT, got 'host:port'
          stop DIR/job.yaml --jobmanager :1 | --jobmanager: expected HOST:PORT, got ':1'
          train ONE --out DIR/m --mode many-to-many --horizon 3 | horizon: expected seq_len (5) for many-to-many, got 3
          forecast ONE --horizon 1001        | --horizon: expected at most 1000 for a learner of this size, got 1001
          forecast ONE --season weekly       | --season: expected a number, two such as 7,365, auto or a CSV file, got weekly
          forecast ONE --job none            | --job: expected a job file, got none
          evaluate TWO --horizon 0           | '--horizon': expected a whole number from 1 to 4096, got '0'
          evaluate TWO --seq-len 0           | '--seq-len': expected a whole number from 1 to 4096, got '0'
          evaluate TWO --limit 0             | --limit: expected at least 1, got 0
          evaluate TWO --season 0            | --season: expected a whole number from 1 to 1000, got '0'
          evaluate TWO --season weekly       | --season: expected a number, two such as 7,365, auto or a CSV file, got weekly
          evaluate TWO --job none            | --job: expected a job file, got none
          evaluate TWO --out no/such/folder.csv | --out: expected a file in a folder that exists, got no/such/folder.csv
          evaluate TWO --mode one-to-one     | '--mode': expected many-to-one or many-to-many, got 'one-to-one'
          evaluate TWO --layout tall         | --layout: expected long or wide, got tall
          evaluate TWO --origins 0           | --origins: expected 1 to 1000000, got 0
          evaluate TWO --origins 12 --windows 2 | --windows: expected none with --origins and --from, got 2
          evaluate TWO --season 7,12         | --season: expected a second season of more than 2 times the first, at most 10000 observations, got 7 and 12
          evaluate TWO --season 7,40 NOTHING-LEARNED | --season: expected one, since nothing is learned, got two
          evaluate HEAT --layout wide --columns time=0,value=demand | --columns: expected none with --layout wide, got one
          evaluate HEAT NOTHING-LEARNED --columns time=0,value=demand,ahead=1 | --columns ahead: expected none with --learning off and a model that reads none, got 1
          evaluate HEAT --columns time=0,value=demand,ahead=1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1 | --columns: expected at most 20 features and ahead, got 21
          evaluate TWO --bounds-min 2 --bounds-max 1 | --bounds-min: expected less than max (1.0), got 2.0
          evaluate TWO --bounds-min 0.5 --bounds-integer | --bounds-min: expected a whole number with integer, got 0.5
          evaluate TWO --bounds-min NaN      | '--bounds-min': expected a number from -1e30 to 1e30, got 'NaN'
          evaluate TWO --bounds-min 0 --job jobs/many-to-one.yaml | --bounds: expected none with --job, which has its own, got one
          evaluate TWO --holidays XX         | --holidays: expected a country or a part of one such as DE or DE-BE, got XX
          evaluate TWO --holidays DE NOTHING-LEARNED | --holidays: expected none without a mixture that learns, got DE
          evaluate TWO --time-zone Europe/Berlin | --time-zone: expected --holidays or a model that reads a calendar as well, got neither
          evaluate TWO --outside none.csv    | --outside: expected a CSV file, got none.csv
          evaluate TWO --outside /dev/null   | --outside: expected a CSV file, got /dev/null, which is no regular file
          evaluate TWO --outside DIR/outside.csv --job DIR/job.yaml | --outside: expected forecasts of [b], as the job says, got some of [a]
          evaluate TWO --outside DIR/outside.csv NOTHING-LEARNED | --outside: expected none without a mixture that learns
          evaluate TWO --outside DIR/outside.csv --windows 1 --limit 0 | --limit: expected at least 1, got 0
          evaluate TWO --outside DIR/outside.csv | --outside: expected a column series_id, since --input has 2 series, got none
          evaluate TWO --outside DIR/other.csv | --outside: expected forecasts of a series of --input, such as a, got of c
          evaluate TWO --outside DIR/empty.csv | --outside: expected forecasts of a model, got none
          """)
  void wrongOptionIsOneLineAndOneOfWhatToDoNext(String command, String problem) {
    String name = command.replaceAll(" (--|jobs|x |DIR|ONE|TWO|HEAT).*", "");
    String start = problem.startsWith("'") ? "Invalid value for option " : "weir " + name + ": ";
    assertThat(fails(command).err().lines())
        .satisfiesExactly(
            wrong -> assertThat(wrong).startsWith(start + problem),
            next -> assertThat(next).matches("  weir " + name + " --help has (examples|the rest)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          foretell          | Unmatched argument at index 0: 'foretell'  | weir --help has the rest
          tail --colour red | Unknown option: '--colour'                 | Usage: weir tail
          tail --series (   | Invalid value for option '--series'        | Usage: weir tail
          produce --topic x | Missing required argument                  | Usage: weir produce
          model             | weir model: expected inspect, publish or list, got none | Usage: weir model
          """)
  void wordThatIsNotUnderstoodIsNamedBesideWhatIs(String command, String problem, String help) {
    assertThat(fails(command).err()).contains(problem, help);
  }
}

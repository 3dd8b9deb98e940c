package dev.weir.lab.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.lab.evaluate.LeaveOneOutResult.Of;
import dev.weir.lab.evaluate.LeaveOneOutResult.Row;
import dev.weir.lab.train.SeriesLine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code weir lab leave-one-out}: what the parts of the learner are worth, as what their absence
 * costs. Errors are those of {@code weir evaluate}, of the first {@value #MAX_VALUES} values of
 * each series.
 *
 * <p>Of JSON lines it draws {@value #DRAWN} series and reads their first {@value #DRAWN_VALUES}
 * values. The series of one file and season are a group, ordered by a hash of their ids. It takes
 * the first series of each group, then the second of each, and so on; groups are ordered by file
 * and season. It skips series of fewer than {@value #MIN_VALUES} values or five seasons, and those
 * of which nine in ten values equal the value some fixed number of values before.
 *
 * <p>All variants learn a series in turns of {@value #TURN} values, in one thread, so that their
 * CPU times can be compared.
 */
@Command(
    name = "leave-one-out",
    description = "Shows what the absence of each expert and stage of the learner costs.",
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: weir lab leave-one-out --input DIR --season SEASONS.csv --corpora DATA",
      "Example: weir lab leave-one-out --corpora DATA --without network,trend,naive+median-25"
    })
public final class LeaveOneOutCommand implements Callable<Integer> {

  private static final List<Integer> HORIZONS = List.of(2, 24);
  private static final int MAX_VALUES = 5_000;
  private static final int DRAWN = 62;
  private static final int DRAWN_VALUES = 1_500;
  private static final int MIN_VALUES = 300;
  private static final int TURN = 100;
  private static final Random RANDOM = new Random(1);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The settings without a part of the learner, by the name of the part. */
  private static final Map<String, UnaryOperator<LearnerSettings>> PARTS = new LinkedHashMap<>();

  static {
    for (String name : LearnerSettings.defaults(1).experts()) {
      Predicate<String> isOther = Predicate.not(name::equals);
      PARTS.put(name, of -> of.withExperts(of.experts().stream().filter(isOther).toList()));
    }
    for (String stage : List.of("regression", "network", "shift")) {
      PARTS.put(stage, of -> of.withStage(stage, false));
    }
  }

  @Option(
      names = "--input",
      paramLabel = "CSV|DIR",
      description = "Series: a CSV file or a folder of them.")
  private Path input;

  @Option(
      names = "--season",
      paramLabel = "META.csv",
      description = "The season of each series of --input: columns series_id and m.")
  private Path seasons;

  @Option(
      names = "--corpora",
      paramLabel = "DIR",
      description = "A folder of JSON lines with one series each, of which some are drawn.")
  private Path corpora;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "NAME[+NAME...]",
      description = "What is left out, alone or with others (default: each part alone).")
  private List<String> without = List.copyOf(PARTS.keySet());

  @Mixin private ResultOptions output;

  private final ProgressLine line = new ProgressLine();
  private double series; // of all sets and horizons
  private int done;

  /** A learner without some parts, and what is known of it by series. */
  private static final class Variant {
    final Learner learner;
    final List<Of> results = new ArrayList<>();
    private LearnerState state;
    private Sums sums;
    private long nanos;

    /**
     * @param without names with + between; empty for none
     */
    Variant(String without, int horizon) {
      LearnerSettings settings = LearnerSettings.defaults(horizon);
      for (String name : without.isEmpty() ? new String[0] : without.split("\\+")) {
        settings = PARTS.get(name).apply(settings);
      }
      learner = new Learner(settings);
    }

    void start(Trial trial) {
      state = learner.newSeries(trial.series(), trial.m());
      sums = new Sums(learner.settings().levels().size());
      nanos = 0;
    }

    /** Learns values and forecasts at each; the first one of a series has number 1. */
    void learn(Trial trial, int first, int last) {
      Steps[] made = new Steps[last - first + 1];
      long before = THREADS.getCurrentThreadCpuTime();
      for (int t = first; t <= last; t++) {
        learner.observe(state, t, trial.value(t));
        made[t - first] = learner.steps(state);
      }
      nanos += THREADS.getCurrentThreadCpuTime() - before;
      for (int t = Math.max(first, trial.firstOrigin()); t <= last; t++) {
        trial.add(sums, t, made[t - first].value(), made[t - first].intervals());
      }
    }

    void finish(Trial trial) {
      results.add(new Of(trial.score(sums), nanos / 1e3 / trial.lastOrigin(), state.bytes()));
    }
  }

  @Override
  public Integer call() throws Exception {
    check();
    Map<String, List<SeriesLine>> sets = new LinkedHashMap<>();
    if (input != null) {
      sets.put("input", files());
    }
    if (corpora != null) {
      sets.put("corpora", drawn());
    }
    series = HORIZONS.size() * sets.values().stream().mapToInt(List::size).sum();
    List<Row> rows = new ArrayList<>();
    sets.forEach((name, set) -> HORIZONS.forEach(h -> rows.addAll(rows(name, set, h))));
    line.clear();
    output.write(new LeaveOneOutResult(LearnerSettings.defaults(1).levels(), rows));
    return 0;
  }

  private void check() {
    boolean isGiven = input != null || corpora != null;
    UsageException.check(isGiven, "--input", "it, --corpora or both", null);
    boolean isSame = (input == null) == (seasons == null);
    UsageException.check(isSame, "--season", "a file with --input, none without", seasons);
    boolean isFolder = corpora == null || Files.isDirectory(corpora);
    UsageException.check(isFolder, "--corpora", "a folder", corpora);
    if (input != null) {
      UsageException.checkFiles(List.of(input), null);
      UsageException.checkFile("--season", "a CSV file", seasons);
    }
    for (String name : String.join("+", without).split("\\+", -1)) {
      boolean isKnown = PARTS.containsKey(name);
      String known = String.join(", ", PARTS.keySet());
      UsageException.check(isKnown, "--without", "some of " + known, Printable.line(name));
    }
  }

  private List<SeriesLine> files() throws IOException {
    EvaluationSeasons season = EvaluationSeasons.of(List.of(seasons.toString()), null);
    Map<String, List<Observation>> read =
        SeriesFiles.observations(List.of(input), season.files(), SeriesColumns.DEFAULT, false);
    read.keySet().forEach(season::check);
    List<SeriesLine> series = new ArrayList<>();
    for (List<Observation> rows : SeriesFiles.inOrder(read, 0, MAX_VALUES).values()) {
      String name = rows.get(0).series();
      series.add(new SeriesLine(name, season.m(name), HoldoutEvaluation.values(rows)));
    }
    return series;
  }

  private List<SeriesLine> drawn() throws IOException {
    Map<String, List<SeriesLine>> groups = new TreeMap<>();
    for (Path file : SeriesFiles.files(List.of(corpora), List.of(), SeriesLine.ENDING)) {
      SeriesLine.read(
          file,
          one -> {
            double[] y = Arrays.copyOf(one.values(), Math.min(DRAWN_VALUES, one.values().length));
            int m = one.season();
            if (m >= 1 && y.length >= Math.max(MIN_VALUES, 5 * m) && !repeats(y)) {
              groups.putIfAbsent(file + " " + m, new ArrayList<>());
              groups.get(file + " " + m).add(new SeriesLine(one.id(), m, y));
            }
          });
    }
    Comparator<SeriesLine> byHash =
        Comparator.comparingLong(one -> new SplittableRandom(one.id().hashCode()).nextLong());
    groups.values().forEach(group -> group.sort(byHash));
    UsageException.check(!groups.isEmpty(), "--corpora", "series of 300 values or more", "none");
    return IntStream.range(0, DRAWN)
        .boxed()
        .flatMap(k -> groups.values().stream().flatMap(group -> group.stream().skip(k).limit(1)))
        .limit(DRAWN)
        .toList();
  }

  private static boolean repeats(double[] y) {
    return IntStream.rangeClosed(1, y.length / 2)
        .anyMatch(lag -> equal(y, lag) >= 0.9 * (y.length - lag));
  }

  private static long equal(double[] y, int lag) {
    return IntStream.range(lag, y.length).filter(t -> y[t] == y[t - lag]).count();
  }

  /** First the whole learner. */
  private List<Row> rows(String name, List<SeriesLine> set, int horizon) {
    Map<String, Variant> variants = new LinkedHashMap<>(Map.of("", new Variant("", horizon)));
    without.forEach(names -> variants.put(names, new Variant(names, horizon)));
    for (SeriesLine one : set) {
      Trial trial =
          UsageException.parsed(
              "",
              () -> new Trial(one.id(), one.values(), one.season(), horizon, 0, 1, new BitSet()));
      forecast(trial, new ArrayList<>(variants.values()));
    }
    List<Of> whole = variants.get("").results;
    return variants.entrySet().stream()
        .map(of -> new Row(name, horizon, of.getKey(), of.getValue().results, whole))
        .toList();
  }

  private void forecast(Trial trial, List<Variant> turns) {
    turns.forEach(variant -> variant.start(trial));
    for (int first = 1; first <= trial.lastOrigin(); first += TURN) {
      int last = Math.min(trial.lastOrigin(), first + TURN - 1);
      for (Variant variant : turns) {
        variant.learn(trial, first, last);
      }
      Collections.shuffle(turns, RANDOM); // what ran before another changes its time
    }
    turns.forEach(variant -> variant.finish(trial));
    line.estimate(++done / series);
  }
}

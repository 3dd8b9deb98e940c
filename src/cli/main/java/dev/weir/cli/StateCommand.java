package dev.weir.cli;

import dev.weir.classify.ClassState;
import dev.weir.classify.ClassStateFormat;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.forecast.StateFields;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerStateFormat;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.window.WindowState;
import dev.weir.job.JobSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir state}: what a savepoint contains. */
@Command(
    name = "state",
    description = "What a savepoint contains.",
    subcommands = StateCommand.Dump.class,
    footer = {"", StateCommand.EXAMPLE})
final class StateCommand implements Runnable {

  static final String EXAMPLE =
      "Example: weir state dump savepoints/savepoint-1 --series pump-7 --job job.yaml";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw UsageException.of(spec, "expected dump, got nothing");
  }

  @Command(
      name = "dump",
      description = "Prints what a series has learned: each part by name, with its numbers.",
      footer = {"", StateCommand.EXAMPLE})
  static final class Dump implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "SAVEPOINT",
        description = "Folder or URI of a savepoint, as weir stop prints it.")
    private String savepoint;

    @Option(names = "--series", required = true, description = "Which series.")
    private String series;

    @Option(
        names = "--job",
        paramLabel = "JOB.yaml",
        required = true,
        description = "The job file, with the settings that the series was learned with.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one option of it.")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
      JobSettings job = JobSettings.read(file, overrides);
      boolean known = !job.forecast().modes().isEmpty() && printLearned(job.forecast());
      known |= job.classify() != null && printClasses();
      if (!known) {
        throw new IOException(
            "--series: expected one that the savepoint has learned, got %s"
                .formatted(Printable.line(series)));
      }
      return 0;
    }

    private boolean printLearned(ForecastSettings settings) throws IOException {
      boolean known = false;
      try (SavepointSeries saved = open(SavepointSeries.FORECAST)) {
        print(saved.window());
        for (ModeSettings target : settings.modes()) {
          LearnerState state = saved.learned(target.mode());
          if (state != null) {
            known = true;
            print(target, settings.seqLen(), state);
          }
        }
      }
      return known;
    }

    private boolean printClasses() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      try (SavepointSeries saved = open(SavepointSeries.CLASSIFY)) {
        ClassState state = saved.classes();
        if (state == null) {
          return false;
        }
        print(state);
        out.printf("classes:%n");
        ClassStateFormat.print(
            state, (name, text) -> out.printf("  %s: %s%n", name, Printable.line(text)));
        out.flush();
        return true;
      }
    }

    private SavepointSeries open(String uid) throws IOException {
      try {
        return new SavepointSeries(new org.apache.flink.core.fs.Path(savepoint), uid, series);
      } catch (IOException | RuntimeException e) {
        throw new IOException(
            "expected a savepoint in Flink's canonical format, as weir stop writes it, got %s (%s)"
                .formatted(
                    Printable.line(savepoint), Printable.line(String.valueOf(e.getMessage()))),
            e);
      }
    }

    private void print(ModeSettings target, int seqLen, LearnerState state) throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%s: %,d bytes%n", target.mode().label(), state.bytes());
      learner(target, seqLen, state)
          .print(
              state,
              (name, numbers) -> out.printf("  %s: %s%n", name, StateFields.shortest(numbers)));
      LearnerStateFormat.print(state, (name, text) -> out.printf("  %s: %s%n", name, text));
      out.flush();
    }

    private void print(WindowState window) {
      if (window == null) {
        return;
      }
      PrintWriter out = spec.commandLine().getOut();
      out.printf("window: %,d bytes%n", window.bytes());
      out.printf("  observations so far: %d%n", window.seen());
      for (int i = 0; i < window.size(); i++) {
        out.printf(
            "  at %s: %s%n",
            Instant.ofEpochMilli(window.time(i)), StateFields.shortest(window.value(i)));
      }
      for (int i = 0; i < window.pendingSize(); i++) {
        Instant time = Instant.ofEpochMilli(window.pendingTime(i));
        out.printf("  waits at %s: %s%n", time, StateFields.shortest(window.pendingValue(i)));
      }
    }

    /** One whose experts the state was learned with: a base model takes part, or none. */
    private static Learner learner(ModeSettings target, int seqLen, LearnerState state)
        throws IOException {
      LearnerSettings settings = target.learning() == null ? null : target.learning().learner();
      BaseModelExpert base = new BaseModelExpert(seqLen);
      for (int models = 0; models <= 1 && settings != null; models++) {
        List<Expert> own = models == 0 ? List.of() : List.of(base);
        Learner learner = new Learner(settings, own);
        if (learner.fits(state)) {
          return learner;
        }
      }
      throw new IOException(
          "--job: expected the settings that the series was learned with, got others");
    }
  }
}

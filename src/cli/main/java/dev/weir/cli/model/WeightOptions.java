package dev.weir.cli.model;

import dev.weir.cli.console.UsageException;
import dev.weir.job.JobSettings;
import dev.weir.model.Calendar;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Model;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;

/** What to assume of a weight file where it says nothing. */
final class WeightOptions {

  @Option(names = "--name", descriptionKey = "forecast.model", description = "Name of the model.")
  private String name;

  @Option(
      names = "--mode",
      descriptionKey = "forecast.mode",
      description = "${declared}, where the file does not say.")
  private Mode mode;

  @Option(
      names = "--seq-len",
      descriptionKey = "window.seq-len",
      description = "${declared}, where the file does not say.")
  private Integer seqLen;

  @Option(names = "--readout", descriptionKey = "forecast.readout")
  private Readout readout;

  @Option(names = "--scaling", descriptionKey = "forecast.scaling")
  private Scaling scaling;

  @Option(names = "--cell", descriptionKey = "forecast.cell")
  private Cell cell;

  @Option(
      names = "--calendar",
      split = ",",
      paramLabel = "hour-of-day,...",
      descriptionKey = "window.calendar",
      description = "${declared}, where the file does not say.")
  private List<Calendar> calendar;

  private String unnamed; // the name where neither an option nor the file says one

  /**
   * As {@link #readAny}; a model without a name gets the name of the job's only model.
   *
   * @param job null for none
   */
  Model readFor(JobSettings job, Path file) throws IOException {
    List<String> names = new ArrayList<>();
    if (job != null && ClassifierFiles.isOne(file)) {
      names.add(job.classify() == null ? null : job.classify().model());
    } else if (job != null) {
      job.forecast().modes().forEach(mode -> names.add(mode.model()));
    }
    names.removeIf(Objects::isNull);
    unnamed = names.size() == 1 ? names.get(0) : null;
    try {
      return readAny(file);
    } catch (ModelFormatException e) {
      if (names.size() > 1 && e.getMessage().startsWith("weir.name: ")) {
        throw new UsageException(
            "--name: expected one of the job's models %s, got none".formatted(names));
      }
      throw e;
    }
  }

  /**
   * Reads a file of either kind; the options are used where it says nothing. A classifier says all
   * but its name.
   *
   * @throws IOException also if the file says otherwise than an option
   */
  Model readAny(Path file) throws IOException {
    if (!ClassifierFiles.isOne(file)) {
      return read(file);
    }
    for (Object option : new Object[] {mode, seqLen, readout, scaling, cell, calendar}) {
      if (option != null) {
        throw new IOException(
            "%s: expected no option but --name with a classifier, got %s"
                .formatted(file.getFileName(), option));
      }
    }
    ClassifierModel model =
        ClassifierFiles.read(file, name != null ? name : unnamed == null ? "classifier" : unnamed);
    return name == null ? model : model.withName(name);
  }

  /**
   * Reads a file; the options are used where it says nothing.
   *
   * @throws IOException also if the file says otherwise than an option
   */
  ForecastModel read(Path file) throws IOException {
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            name == null ? unnamed : name, mode, seqLen, readout, scaling, cell, calendar);
    ForecastModel model = ModelFiles.read(file, defaults);
    for (ModelFiles.Contradiction other : defaults.contradictions(model)) {
      String word = other.key().substring("weir.".length());
      throw new IOException(
          "--%s: %s (%s, %s); leave the option out, or change the file"
              .formatted(word.replace('_', '-'), other, file.getFileName(), other.key()));
    }
    return name == null ? model : model.withName(name);
  }
}

package dev.weir.cli.model;

import dev.weir.cli.model.ModelCommand.CalendarConverter;
import dev.weir.cli.model.ModelCommand.CellConverter;
import dev.weir.cli.model.ModelCommand.ModeConverter;
import dev.weir.cli.model.ModelCommand.ReadoutConverter;
import dev.weir.cli.model.ModelCommand.RuleConverter;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.cell.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What to assume of a weight file where it says nothing. */
final class WeightOptions {

  @Option(names = "--name", description = "Name of the model.")
  private String name;

  @Option(
      names = "--mode",
      converter = ModeConverter.class,
      description = "many-to-one or many-to-many, where the file does not say.")
  private Mode mode;

  @Option(names = "--seq-len", description = "Values in a window, where the file does not say.")
  private Integer seqLen;

  @Option(
      names = "--readout",
      converter = ReadoutConverter.class,
      description = "h_n or 'out[:, -1]', where the file does not say.")
  private Readout readout;

  @Option(
      names = "--scaling",
      converter = RuleConverter.class,
      description = "none, window or last, where the file does not say.")
  private Scaling.Rule scaling;

  @Option(
      names = "--cell",
      converter = CellConverter.class,
      description = "rnn_tanh or rnn_relu, which have the same shapes.")
  private Cell cell;

  @Option(
      names = "--calendar",
      split = ",",
      converter = CalendarConverter.class,
      paramLabel = "hour-of-day,...",
      description =
          "What the network reads of the time after value and features, where the file does not"
              + " say: minute-of-hour, hour-of-day, day-of-week, day-of-year.")
  private List<Calendar> calendar;

  /**
   * Reads a file; the options are used where it says nothing.
   *
   * @throws IOException also if the file says otherwise than an option
   */
  ForecastModel read(Path file) throws IOException {
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            name,
            mode,
            seqLen,
            readout,
            scaling == null ? null : new Scaling(scaling, 0, 1),
            cell,
            calendar);
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

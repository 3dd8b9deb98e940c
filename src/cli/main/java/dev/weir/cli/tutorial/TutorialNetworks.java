package dev.weir.cli.tutorial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.kafka.wire.Json;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TorchRandom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The four networks of the tutorial "Intro to RNN", run by our own arithmetic beside the tables
 * that the tutorial prints.
 *
 * <p>The tutorial shows neither weights nor seed. They follow from {@code torch.manual_seed(0)} and
 * the four networks built in its order: no other choice is needed to reproduce all 336 cells.
 */
public final class TutorialNetworks {

  static final int BATCH = 4;
  static final int SEQ_LEN = 5;

  /** Steps of the first of two calls, the second of which begins with its h_n. */
  static final int FIRST_STEPS = 3;

  static final int INPUT_SIZE = 1;
  static final int HIDDEN_SIZE = 2;

  /** Half a unit of the fourth decimal that is printed, and a little for float32. */
  static final double TOLERANCE = 6e-5;

  private static final String TABLES = "/tutorial/printed_tables.json";
  private static final long SEED = 0;

  private TutorialNetworks() {}

  /**
   * A table as the tutorial prints it, to 4 decimals.
   *
   * @param cells row-major
   * @param derived which cells the scan of the tutorial lost, and other printings of the table gave
   */
  public record PrintedTable(double[] cells, Set<Integer> derived) {

    public double maxAbsDeviation(float[] ours) {
      if (ours.length != cells.length) {
        throw new IllegalArgumentException(
            "table: expected %d cells, got %d".formatted(cells.length, ours.length));
      }
      double worst = 0;
      for (int i = 0; i < cells.length; i++) {
        worst =
            Math.max(worst, Math.abs(ours[i] - cells[i])); // keeps a NaN, which agrees with nothing
      }
      return worst;
    }
  }

  /**
   * One network of the tutorial: what it prints, and what we compute.
   *
   * @param inTwoCalls out, laid out as that of {@code ours}, of {@value #FIRST_STEPS} steps and
   *     then of the others with h_0 = h_n of the first call; null if bidirectional
   */
  public record Network(
      String name,
      RnnConfig config,
      RnnOutput ours,
      float[] inTwoCalls,
      PrintedTable out,
      PrintedTable hN) {

    int cells() {
      return out.cells().length + hN.cells().length;
    }

    public double maxAbsDeviation() {
      return Math.max(out.maxAbsDeviation(ours.out()), hN.maxAbsDeviation(ours.hN()));
    }

    public boolean agrees() {
      return maxAbsDeviation() <= TOLERANCE;
    }
  }

  /**
   * Builds and runs the networks in the tutorial's order, which decides who draws which weights.
   */
  public static List<Network> run() {
    TorchRandom generator = new TorchRandom(SEED);
    JsonNode tables = readTables();
    return List.of(
        network("vanilla", 1, false, generator, tables),
        network("stacked", 3, false, generator, tables),
        network("bidirectional", 1, true, generator, tables),
        network("stacked_bidirectional", 3, true, generator, tables));
  }

  private static Network network(
      String name, int numLayers, boolean bidirectional, TorchRandom generator, JsonNode tables) {
    RnnConfig config =
        new RnnConfig(Cell.RNN_TANH, INPUT_SIZE, HIDDEN_SIZE, numLayers, bidirectional, true);
    Rnn rnn = new Rnn(config);
    rnn.load(Initialization.recurrent(config, generator));
    RnnOutput ours = new RnnOutput();
    rnn.forward(input(), BATCH, SEQ_LEN, true, null, null, ours);
    JsonNode printed = tables.get(name);
    float[] inTwoCalls = bidirectional ? null : inTwoCalls(rnn);
    return new Network(
        name, config, ours, inTwoCalls, table(printed, "out"), table(printed, "h_n"));
  }

  private static float[] inTwoCalls(Rnn rnn) {
    float[] out = new float[BATCH * SEQ_LEN * HIDDEN_SIZE];
    RnnOutput first = new RnnOutput();
    rnn.forward(steps(0, FIRST_STEPS), BATCH, FIRST_STEPS, true, null, null, first);
    put(first.out(), 0, FIRST_STEPS, out);
    RnnOutput second = new RnnOutput();
    int steps = SEQ_LEN - FIRST_STEPS;
    rnn.forward(steps(FIRST_STEPS, SEQ_LEN), BATCH, steps, true, first.hN(), null, second);
    put(second.out(), FIRST_STEPS, SEQ_LEN, out);
    return out;
  }

  /**
   * Copies (batch, to - from, hidden_size) into the same steps of (batch, seq_len, hidden_size).
   */
  private static void put(float[] of, int from, int to, float[] all) {
    int length = (to - from) * HIDDEN_SIZE;
    for (int b = 0; b < BATCH; b++) {
      System.arraycopy(of, b * length, all, (b * SEQ_LEN + from) * HIDDEN_SIZE, length);
    }
  }

  /** Steps of {@link #input} as (batch, to - from, input_size). */
  private static float[] steps(int from, int to) {
    float[] steps = new float[BATCH * (to - from) * INPUT_SIZE];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i / (to - from) * SEQ_LEN + from + i % (to - from) + 1;
    }
    return steps;
  }

  /** The values 1 to 20 as (batch 4, seq_len 5, input_size 1). */
  private static float[] input() {
    float[] input = new float[BATCH * SEQ_LEN * INPUT_SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = i + 1;
    }
    return input;
  }

  private static JsonNode readTables() {
    try (InputStream stream = TutorialNetworks.class.getResourceAsStream(TABLES)) {
      if (stream == null) {
        throw new IllegalStateException("tables: expected resource " + TABLES + ", got none");
      }
      return Json.READER.readTree(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("tables: expected readable JSON (" + TABLES + ")", e);
    }
  }

  private static PrintedTable table(JsonNode printed, String tensor) {
    JsonNode rows = printed.get(tensor); // three axes, the same for out and h_n
    List<Double> cells = new ArrayList<>();
    for (JsonNode matrix : rows) {
      for (JsonNode row : matrix) {
        row.forEach(cell -> cells.add(cell.asDouble()));
      }
    }
    int width = rows.get(0).get(0).size();
    Set<Integer> derived = new HashSet<>();
    for (JsonNode cell : printed.get("derived_cells")) { // [tensor, index, index, index]
      if (cell.get(0).asText().equals(tensor)) {
        int row = cell.get(1).asInt() * rows.get(0).size() + cell.get(2).asInt();
        derived.add(row * width + cell.get(3).asInt());
      }
    }
    double[] values = cells.stream().mapToDouble(Double::doubleValue).toArray();
    return new PrintedTable(values, Set.copyOf(derived));
  }
}

package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A forecaster's learned part: a stacked recurrent network, its head, and how both are to be used.
 * Immutable by convention: the arrays are returned without a copy, for speed, and must not be
 * changed. Equal when all numbers are equal, bit by bit.
 *
 * @param name of the model; a newer version of the same name replaces it. A legal Kafka topic name,
 *     since it is used as a key and in metrics
 * @param version published with each forecast; the newest published is the active one
 * @param mode which outputs of the network become the forecast
 * @param rnn shape of the network
 * @param seqLen values in a window
 * @param horizon values in a forecast; many-to-many: equal to {@code seqLen}
 * @param readout what the head of a many-to-one network reads. Many-to-many has no choice here: its
 *     head reads each step of {@code out}, and this field changes nothing
 * @param scaling how values are scaled to the network and back
 * @param weights the network's tensors as in {@link RnnConfig#parameters()}
 * @param head the linear head, or null: the hidden state itself is the forecast (mean over
 *     directions)
 * @param calendar calendar inputs, after value and features, two each
 * @param ahead the covariates known ahead that the network reads, behind all other inputs
 * @param candidates names of the forecasts that the network can combine, in the order of its
 *     weights; empty for a network that reads windows of values and nothing else. One that combines
 *     has no linear head: its weights end with those of {@link CandidateShape#head}. It ignores its
 *     mode and horizon and serves every job
 * @param provenance free text about the model: what it was trained on, how it scored
 */
public record ForecastModel(
    String name,
    long version,
    Mode mode,
    RnnConfig rnn,
    int seqLen,
    int horizon,
    Readout readout,
    Scaling scaling,
    float[] weights,
    Head head,
    List<Calendar> calendar,
    AheadInputs ahead,
    List<String> candidates,
    Map<String, String> provenance)
    implements Model {

  public static final int MAX_SEQ_LEN = 4096;
  public static final int MAX_HORIZON = 4096;

  /** Kafka's limit for the name of a topic. */
  public static final int MAX_NAME_LENGTH = 249;

  /** 256 MiB of floats; the largest head adds 128 MiB, so that each model fits into one array. */
  public static final int MAX_PARAMETERS = 1 << 26;

  /** Provenance is a note, not a store: these limits keep each model writable. */
  public static final int MAX_PROVENANCE_ENTRIES = 1_000;

  public static final int MAX_PROVENANCE_KEY_LENGTH = 200;
  public static final int MAX_PROVENANCE_CHARS = 1 << 20;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

  /**
   * A linear layer over the network's output.
   *
   * @param weight (out_features, in_features), row-major; in_features is {@link
   *     RnnConfig#outputSize()}, out_features {@code horizon} for many-to-one and 1 for
   *     many-to-many
   * @param bias (out_features)
   */
  public record Head(float[] weight, float[] bias) {
    public Head {
      present("head weight", weight);
      present("head bias", bias);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Head that
          && Arrays.equals(weight, that.weight)
          && Arrays.equals(bias, that.bias);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(weight) + Arrays.hashCode(bias);
    }

    @Override
    public String toString() {
      return "Head[" + weight.length + " weights, " + bias.length + " biases]";
    }
  }

  public ForecastModel {
    present("name", name);
    present("mode", mode);
    present("rnn", rnn);
    present("readout", readout);
    present("scaling", scaling);
    present("weights", weights);
    present("calendar", calendar);
    present("ahead", ahead);
    present("candidates", candidates);
    present("provenance", provenance);
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "name: expected 1 to %d of A-Z a-z 0-9 . _ -, got %s"
              .formatted(MAX_NAME_LENGTH, Safetensors.quoted(name)));
    }
    if (version < 0) {
      throw new IllegalArgumentException("version: expected at least 0, got " + version);
    }
    if (!readout.forecasts()) {
      throw new IllegalArgumentException(
          "readout: expected h_n or out[:, -1], got " + readout.label());
    }
    within("seq_len", seqLen, MAX_SEQ_LEN);
    within("horizon", horizon, MAX_HORIZON);
    if (mode == Mode.MANY_TO_MANY && horizon != seqLen) {
      throw new IllegalArgumentException(
          "horizon: expected seq_len (%d) for many-to-many, got %d".formatted(seqLen, horizon));
    }
    calendar = List.copyOf(calendar);
    checkInputs(rnn, calendar, ahead, horizon);
    candidates = List.copyOf(candidates);
    if (!candidates.isEmpty() && ahead.count() > 0) {
      throw new IllegalArgumentException("ahead: expected 0 with candidates, got " + ahead.count());
    }
    int parameters = parameterCount(rnn);
    if (!candidates.isEmpty()) {
      parameters = CandidateShape.fitting(candidates.size(), rnn, weights.length).parameterCount();
      checkCombining(seqLen, head, calendar, weights);
    }
    if (weights.length != parameters) {
      throw new IllegalArgumentException(
          "weights: expected %d floats for %s, got %d".formatted(parameters, rnn, weights.length));
    }
    int outFeatures = mode == Mode.MANY_TO_ONE ? horizon : 1;
    if (head == null) {
      if (candidates.isEmpty() && rnn.hiddenSize() != outFeatures) {
        throw new IllegalArgumentException(
            "hidden_size: expected %d for %s without a head, got %d"
                .formatted(outFeatures, mode.label(), rnn.hiddenSize()));
      }
    } else {
      length("head weight", outFeatures * rnn.outputSize(), head.weight, outFeatures, rnn);
      length("head bias", outFeatures, head.bias, outFeatures, rnn);
      finite("head weight", head.weight, 0, head.weight.length);
      finite("head bias", head.bias, 0, head.bias.length);
    }
    for (RnnConfig.Parameter parameter : rnn.parameters()) {
      finite(parameter.name(), weights, parameter.offset(), parameter.length());
    }
    provenance = Map.copyOf(provenance);
    writable(provenance);
  }

  private static void checkInputs(
      RnnConfig rnn, List<Calendar> calendar, AheadInputs ahead, int horizon) {
    int least = 1 + Calendar.inputs(calendar) + ahead.inputs(horizon);
    if (rnn.inputSize() < least) {
      String aheadInputs =
          ahead.count() == 0
              ? ""
              : " and %d known ahead at each of %d steps".formatted(ahead.count(), horizon);
      throw new IllegalArgumentException(
          "input_size: expected at least %d for a value%s%s, got %d"
              .formatted(
                  least,
                  calendar.isEmpty() ? "" : " and the calendar " + Calendar.labels(calendar),
                  aheadInputs,
                  rnn.inputSize()));
    }
  }

  private static void checkCombining(
      int seqLen, Head head, List<Calendar> calendar, float[] weights) {
    if (seqLen != CandidateShape.WINDOW || head != null || !calendar.isEmpty()) {
      throw new IllegalArgumentException(
          "candidates: expected seq_len %d, no linear head and no calendar, got %d, %s, [%s]"
              .formatted(CandidateShape.WINDOW, seqLen, head, Calendar.labels(calendar)));
    }
    finite("weights", weights, 0, weights.length);
  }

  /** Whether the network combines candidate forecasts; otherwise it reads windows of values. */
  public boolean combines() {
    return !candidates.isEmpty();
  }

  /** Sizes of a network that combines candidates. */
  public CandidateShape candidateShape() {
    return CandidateShape.fitting(candidates.size(), rnn, weights.length);
  }

  /** Observed covariates that it reads of each observation, beside value and calendar. */
  public int features() {
    return !candidates.isEmpty()
        ? 0
        : rnn.inputSize() - 1 - Calendar.inputs(calendar) - ahead.inputs(horizon);
  }

  /** Whether it is a valid name of a model, that is, of a Kafka topic. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The same model under another name. Shares the arrays. */
  public ForecastModel withName(String newName) {
    return with(newName, version);
  }

  /** The same model under another version. Shares the arrays. */
  @Override
  public ForecastModel withVersion(long newVersion) {
    return with(name, newVersion);
  }

  private ForecastModel with(String newName, long newVersion) {
    return new ForecastModel(
        newName,
        newVersion,
        mode,
        rnn,
        seqLen,
        horizon,
        readout,
        scaling,
        weights,
        head,
        calendar,
        ahead,
        candidates,
        provenance);
  }

  /**
   * {@link RnnConfig#parameterCount()} with our bound, where that overflows for the largest shapes.
   */
  static int parameterCount(RnnConfig rnn) {
    int count;
    try {
      count = rnn.parameterCount();
    } catch (ArithmeticException tooLarge) {
      count = Integer.MAX_VALUE;
    }
    if (count > MAX_PARAMETERS) {
      throw new IllegalArgumentException(
          "rnn: expected at most %d parameters, got more for %s".formatted(MAX_PARAMETERS, rnn));
    }
    return count;
  }

  private static void present(String what, Object value) {
    if (value == null) {
      throw new IllegalArgumentException(what + ": expected a value, got null");
    }
  }

  private static void within(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, got %d".formatted(what, max, value));
    }
  }

  private static void length(
      String what, int expected, float[] actual, int outFeatures, RnnConfig rnn) {
    if (actual.length != expected) {
      throw new IllegalArgumentException(
          "%s: expected %d floats (out_features %d, in_features %d), got %d"
              .formatted(what, expected, outFeatures, rnn.outputSize(), actual.length));
    }
  }

  private static void finite(String tensor, float[] values, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(values[offset + i])) {
        throw new IllegalArgumentException(
            "%s: expected finite numbers, got %s at index %d"
                .formatted(tensor, values[offset + i], i));
      }
    }
  }

  static void writable(Map<String, String> provenance) {
    if (provenance.size() > MAX_PROVENANCE_ENTRIES) {
      throw new IllegalArgumentException(
          "provenance: expected at most %d entries, got %d"
              .formatted(MAX_PROVENANCE_ENTRIES, provenance.size()));
    }
    CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
    long chars = 0;
    for (Map.Entry<String, String> entry : provenance.entrySet()) {
      String key = entry.getKey();
      if (key.length() > MAX_PROVENANCE_KEY_LENGTH) {
        throw new IllegalArgumentException(
            "provenance: expected keys of at most %d characters, got %d"
                .formatted(MAX_PROVENANCE_KEY_LENGTH, key.length()));
      }
      if (!utf8.canEncode(key) || !utf8.canEncode(entry.getValue())) {
        throw new IllegalArgumentException(
            "provenance: expected text that UTF-8 can hold, got a lone surrogate at key "
                + Safetensors.quoted(key));
      }
      chars += key.length() + entry.getValue().length();
    }
    if (chars > MAX_PROVENANCE_CHARS) {
      throw new IllegalArgumentException(
          "provenance: expected at most %d characters, got %d"
              .formatted(MAX_PROVENANCE_CHARS, chars));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ForecastModel that
        && name.equals(that.name)
        && version == that.version
        && mode == that.mode
        && rnn.equals(that.rnn)
        && seqLen == that.seqLen
        && horizon == that.horizon
        && readout == that.readout
        && scaling.equals(that.scaling)
        && Arrays.equals(weights, that.weights)
        && Objects.equals(head, that.head)
        && calendar.equals(that.calendar)
        && ahead.equals(that.ahead)
        && candidates.equals(that.candidates)
        && provenance.equals(that.provenance);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        name,
        version,
        mode.label(), // not the enum's own hash, which differs from one JVM to the next
        rnn.hiddenSize(),
        seqLen,
        horizon,
        Arrays.hashCode(weights),
        head,
        provenance);
  }

  /** Sizes, not weights: meant for logs. */
  @Override
  public String toString() {
    return "ForecastModel[%s version %d, %s, %s, seq_len %d, horizon %d, %s, %s, %d weights, %s]"
        .formatted(
            name,
            version,
            mode.label(),
            rnn,
            seqLen,
            horizon,
            readout.label(),
            scaling.rule().label(),
            weights.length,
            head);
  }
}

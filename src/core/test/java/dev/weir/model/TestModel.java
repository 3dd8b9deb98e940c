package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.util.List;
import java.util.Map;

/**
 * Builds forecast models. Unless a test says other: model "m" version 1, many to one, a forecast
 * from the final hidden state, no scaling, no head, weights of zero.
 */
public final class TestModel {

  private final RnnConfig rnn;
  private final int seqLen;
  private final int horizon;
  private String name = "m";
  private long version = 1;
  private Mode mode = Mode.MANY_TO_ONE;
  private Readout readout = Readout.FINAL_HIDDEN;
  private Scaling scaling = Scaling.NONE;
  private float[] weights;
  private ForecastModel.Head head;
  private List<Calendar> calendar = List.of();
  private AheadInputs ahead = AheadInputs.NONE;
  private List<String> candidates = List.of();
  private Map<String, String> provenance = Map.of();

  private TestModel(RnnConfig rnn, int seqLen, int horizon) {
    this.rnn = rnn;
    this.seqLen = seqLen;
    this.horizon = horizon;
  }

  public static TestModel of(RnnConfig rnn, int seqLen, int horizon) {
    return new TestModel(rnn, seqLen, horizon);
  }

  /** All components of another model. */
  public static TestModel like(ForecastModel other) {
    TestModel same = new TestModel(other.rnn(), other.seqLen(), other.horizon());
    same.name = other.name();
    same.version = other.version();
    same.mode = other.mode();
    same.readout = other.readout();
    same.scaling = other.scaling();
    same.weights = other.weights();
    same.head = other.head();
    same.calendar = other.calendar();
    same.ahead = other.ahead();
    same.candidates = other.candidates();
    same.provenance = other.provenance();
    return same;
  }

  public TestModel name(String wanted) {
    name = wanted;
    return this;
  }

  public TestModel version(long wanted) {
    version = wanted;
    return this;
  }

  public TestModel mode(Mode wanted) {
    mode = wanted;
    return this;
  }

  public TestModel readout(Readout wanted) {
    readout = wanted;
    return this;
  }

  public TestModel scaling(Scaling wanted) {
    scaling = wanted;
    return this;
  }

  public TestModel weights(float... wanted) {
    weights = wanted;
    return this;
  }

  public TestModel head(float[] weight, float... bias) {
    return head(new ForecastModel.Head(weight, bias));
  }

  /**
   * @param wanted null for none
   */
  public TestModel head(ForecastModel.Head wanted) {
    head = wanted;
    return this;
  }

  public TestModel calendar(List<Calendar> wanted) {
    calendar = wanted;
    return this;
  }

  public TestModel ahead(AheadInputs wanted) {
    ahead = wanted;
    return this;
  }

  public TestModel provenance(Map<String, String> wanted) {
    provenance = wanted;
    return this;
  }

  public ForecastModel build() {
    return new ForecastModel(
        name,
        version,
        mode,
        rnn,
        seqLen,
        horizon,
        readout,
        scaling,
        weights == null ? new float[rnn.parameterCount()] : weights,
        head,
        calendar,
        ahead,
        candidates,
        provenance);
  }
}

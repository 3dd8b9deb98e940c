package dev.weir.stream;

import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.LayoutSnapshot;
import dev.weir.state.WeirSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Saves models in broadcast state as the safetensors bytes that they are published as: whatever
 * version of that format was ever written stays readable, and so does the state.
 */
final class ForecastModelSerializer extends WeirSerializer<ForecastModel> {

  private static final long serialVersionUID = 1L;

  static final ForecastModelSerializer INSTANCE = new ForecastModelSerializer();

  @Override
  public byte version() {
    return 2;
  }

  @Override
  protected byte firstChecked() {
    return 2;
  }

  @Override
  protected void write(ForecastModel model, DataOutputView target) throws IOException {
    writeBytes(ModelFiles.toBytes(model), target);
  }

  @Override
  protected ForecastModel read(byte version, DataInputView source) throws IOException {
    return ModelFiles.fromBytes(readBytes(source), ModelFiles.Defaults.NONE, "model in state");
  }

  @Override
  public TypeSerializerSnapshot<ForecastModel> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Found by its name when a savepoint is restored, so neither may change. */
  public static final class Snapshot extends LayoutSnapshot<ForecastModel> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}

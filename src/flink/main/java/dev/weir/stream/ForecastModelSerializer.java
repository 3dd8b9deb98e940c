package dev.weir.stream;

import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes models in broadcast state, as the safetensors bytes that they are published as. */
final class ForecastModelSerializer extends WeirSerializer<ForecastModel> {

  private static final long serialVersionUID = 1L;

  static final ForecastModelSerializer INSTANCE = new ForecastModelSerializer();

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(ForecastModel model, DataOutputView target) throws IOException {
    writeBytes(ModelFiles.toBytes(model), target);
  }

  @Override
  protected ForecastModel read(byte version, DataInputView source) throws IOException {
    return ModelFiles.fromBytes(readBytes(source), ModelFiles.Defaults.NONE, "model in state");
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ForecastModel> {}
}

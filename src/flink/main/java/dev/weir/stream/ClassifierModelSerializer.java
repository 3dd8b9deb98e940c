package dev.weir.stream;

import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes classifiers in broadcast state, as the safetensors bytes that they are published as.
 */
final class ClassifierModelSerializer extends WeirSerializer<ClassifierModel> {

  private static final long serialVersionUID = 1L;

  static final ClassifierModelSerializer INSTANCE = new ClassifierModelSerializer();

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(ClassifierModel model, DataOutputView target) throws IOException {
    writeBytes(ClassifierFiles.toBytes(model), target);
  }

  @Override
  protected ClassifierModel read(byte version, DataInputView source) throws IOException {
    return ClassifierFiles.fromBytes(readBytes(source), null, "classifier in state");
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ClassifierModel> {}
}

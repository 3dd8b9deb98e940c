package dev.weir.stream;

import dev.weir.classify.ClassState;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.state.ClassStateSerializer;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.ObservationLogSerializer;
import dev.weir.state.RecordSerializer;
import dev.weir.state.WindowStateSerializer;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's view of a type that has one of our serializers: opaque, never a key. */
public final class WeirTypeInformation<T> extends TypeInformation<T> {

  private static final long serialVersionUID = 1L;

  public static final TypeInformation<InputEvent> INPUT_EVENT =
      new WeirTypeInformation<>(InputEvent.class, InputEventSerializer.INSTANCE);
  public static final TypeInformation<ModelEvent> MODEL_EVENT =
      new WeirTypeInformation<>(ModelEvent.class, new RecordSerializer<>(ModelEvent.class));
  public static final TypeInformation<Output> OUTPUT =
      new WeirTypeInformation<>(Output.class, new RecordSerializer<>(Output.class));
  public static final TypeInformation<WindowState> WINDOW_STATE =
      new WeirTypeInformation<>(WindowState.class, WindowStateSerializer.INSTANCE);
  static final TypeInformation<ObservationLog> OBSERVATION_LOG =
      new WeirTypeInformation<>(ObservationLog.class, ObservationLogSerializer.INSTANCE);
  static final TypeInformation<LearnerState> LEARNER_STATE =
      new WeirTypeInformation<>(LearnerState.class, LearnerStateSerializer.INSTANCE);
  static final TypeInformation<CarriedState> CARRIED_STATE =
      new WeirTypeInformation<>(CarriedState.class, CarriedStateSerializer.INSTANCE);
  static final TypeInformation<ClassState> CLASS_STATE =
      new WeirTypeInformation<>(ClassState.class, ClassStateSerializer.INSTANCE);
  static final TypeInformation<ClassifierModel> CLASSIFIER =
      new WeirTypeInformation<>(ClassifierModel.class, ClassifierModelSerializer.INSTANCE);
  static final TypeInformation<ForecastModel> MODEL =
      new WeirTypeInformation<>(ForecastModel.class, ForecastModelSerializer.INSTANCE);

  private final Class<T> type;
  private final TypeSerializer<T> serializer;

  private WeirTypeInformation(Class<T> type, TypeSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  /** Of a type of another package. */
  public static <T> TypeInformation<T> of(Class<T> type, TypeSerializer<T> serializer) {
    return new WeirTypeInformation<>(type, serializer);
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer;
  }

  @Override
  public String toString() {
    return "WeirTypeInformation<" + type.getSimpleName() + ">";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeirTypeInformation<?> t && type == t.type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WeirTypeInformation;
  }
}

package dev.weir.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** ONNX Runtime as fast as its Java interface allows: one thread, tensors made once and reused. */
final class OnnxForward implements Forward {

  private final OrtSession session;
  private final FloatBuffer in;
  private final FloatBuffer out;
  private final float[] result;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  OnnxForward(Shape shape, float[] weights) {
    this.in = direct(shape.inputs());
    this.out = direct(shape.outputs());
    this.result = new float[shape.outputs()];
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      session = environment.createSession(OnnxModel.of(shape, weights), options);
      long[] inputShape = {shape.seqLen(), shape.batch(), shape.inputSize()};
      long[] outputShape = {shape.seqLen(), shape.batch(), 2L * shape.hiddenSize()};
      inputs = Map.of(OnnxModel.INPUT, OnnxTensor.createTensor(environment, in, inputShape));
      outputs = Map.of(OnnxModel.OUTPUT, OnnxTensor.createTensor(environment, out, outputShape));
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: expected a session for " + shape, e);
    }
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(4 * floats).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public float[] run(float[] input) {
    in.put(0, input);
    try (OrtSession.Result done = session.run(inputs, outputs)) {
      out.get(0, result);
      return result;
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: expected a run to succeed", e);
    }
  }

  @Override
  public boolean batchFirst() {
    return false;
  }

  @Override
  public void close() {
    try {
      inputs.values().forEach(OnnxTensor::close);
      outputs.values().forEach(OnnxTensor::close);
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: expected its session to close", e);
    }
  }
}

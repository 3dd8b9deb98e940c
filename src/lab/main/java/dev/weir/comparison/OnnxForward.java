package dev.weir.comparison;

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

/**
 * ONNX Runtime on one thread: with a tensor made for each call, as its pages show, or as fast as
 * its Java interface allows, with tensors over fixed memory that are made once.
 */
final class OnnxForward implements Forward {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final boolean reuses;
  private final long[] inputShape;
  private final FloatBuffer in;
  private final FloatBuffer out;
  private final float[] result;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  OnnxForward(Shape shape, float[] weights, boolean reuses) {
    this.reuses = reuses;
    this.inputShape = new long[] {shape.seqLen(), shape.batch(), shape.inputSize()};
    this.in = direct(shape.inputs());
    this.out = direct(shape.outputs());
    this.result = new float[shape.outputs()];
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      session = environment.createSession(OnnxModel.of(shape, weights), options);
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
    try {
      if (reuses) {
        in.put(0, input);
        session.run(inputs, outputs).close();
        out.get(0, result);
      } else {
        runAgain(input);
      }
      return result;
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: expected a run to succeed", e);
    }
  }

  private void runAgain(float[] input) throws OrtException {
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), inputShape);
        OrtSession.Result done = session.run(Map.of(OnnxModel.INPUT, tensor))) {
      ((OnnxTensor) done.get(0)).getFloatBuffer().get(result);
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

package dev.weir.comparison;

/** Who else can do the work. */
enum OtherLibrary {
  ONNX("onnxruntime", "ONNX Runtime"),
  /** The same with tensors made once and reused: less than its interface costs as a rule. */
  ONNX_REUSED("onnxruntime-reused", "ORT, reused"),
  DJL("djl", "DJL"),
  /** Not in a JVM: its figures come from bench_torch.py. */
  TORCH("pytorch", "PyTorch"),
  RCF("rcf", "RCFCaster");

  private final String library;
  private final String title;

  OtherLibrary(String library, String title) {
    this.library = library;
    this.title = title;
  }

  /** As benchmarks and files call it. */
  String library() {
    return library;
  }

  String title() {
    return title;
  }
}

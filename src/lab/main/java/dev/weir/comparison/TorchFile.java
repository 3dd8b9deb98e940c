package dev.weir.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.rnn.DoubleNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@code src/core/test/python/bench_torch.py} wrote: PyTorch's times, and what it computed.
 */
final class TorchFile {

  private TorchFile() {}

  static void read(Path file, List<Work> works, Map<String, Measured> measured) throws IOException {
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    for (JsonNode entry : root.get("results")) {
      String id = entry.get("kind").asText() + " " + entry.get("shape").asText();
      for (Work work : works) {
        if (work.id().equals(id)) {
          check(work, entry);
          Measured times = new Measured();
          entry.get("nanos").forEach(nanos -> times.add(nanos.asDouble()));
          measured.put(Comparison.key(work, OtherLibrary.TORCH.library()), times);
        }
      }
    }
  }

  private static void check(Work work, JsonNode entry) {
    double[] weights = DoubleNetwork.widened(work.shape().tensors().weights());
    double[] out = Check.reference(work.shape(), weights);
    JsonNode sample = entry.get("out"); // values from all over out, one in every stride
    int stride = out.length / sample.size();
    for (int i = 0; i < sample.size(); i++) {
      double got = sample.get(i).asDouble();
      String what = "out[" + i * stride + "]";
      String pytorch = OtherLibrary.TORCH.library();
      Check.require(pytorch, work.shape(), what, out[i * stride], got, Check.OUTPUT);
    }
  }
}

package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.expert.ExpertFactory;
import dev.weir.forecast.expert.MeanOfTwo;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An expert of one's own in a jar of its own, beside the job's jar, on a real cluster. */
@Tag("slow")
class OwnExpertIT {

  @Test
  void aJarBesideTheJobsBringsAnExpertThatTheJobFileNames(@TempDir Path dir) throws Exception {
    Path jar = dir.resolve("my-expert.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String name : List.of("MeanOfTwo", "MeanOfTwo$1")) {
        out.putNextEntry(new ZipEntry("dev/weir/forecast/expert/" + name + ".class"));
        try (InputStream bytes = MeanOfTwo.class.getResourceAsStream(name + ".class")) {
          bytes.transferTo(out);
        }
      }
      out.putNextEntry(new ZipEntry("META-INF/services/" + ExpertFactory.class.getName()));
      out.write(MeanOfTwo.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "OwnExpertIT",
            1,
            "jobs/many-to-one.yaml",
            Map.of("experts", "naive,mean-of-two"),
            Map.of("execution.checkpointing.interval", "1 s"))) {
      cluster.feed(100);
      cluster.flinkRun("-C", jar.toUri().toString());
      cluster.topics().awaitCommitted(ForecastCluster.FORECASTS, 300);
      assertThat(cluster.assertExact().count(ForecastCluster.FORECASTS))
          .isGreaterThanOrEqualTo(300);
    }
  }
}

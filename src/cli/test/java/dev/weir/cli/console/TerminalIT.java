package dev.weir.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.WeirProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Colours and changing lines: on a terminal, made by {@code script}, and nowhere else. */
@Tag("slow")
class TerminalIT {

  private static final String ESCAPE = "\033[";

  @BeforeAll
  static void needsUtilLinux() throws Exception {
    Process version = new ProcessBuilder("script", "--version").redirectErrorStream(true).start();
    String out = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(out.contains("util-linux"), "no terminal can be made here");
  }

  /** What a person would see, standard output and standard error in one. */
  private static String onTerminal(Map<String, String> environment, String command)
      throws Exception {
    String weir = Path.of("weir").toAbsolutePath() + " " + command;
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", weir, "/dev/null").redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    WeirProcess.useThisBuild(builder.environment());
    builder.environment().remove("NO_COLOR");
    builder.environment().put("TERM", "xterm");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return out;
  }

  @Test
  void anErrorIsColouredOnATerminalUnlessThatIsRefused() throws Exception {
    assertThat(onTerminal(Map.of(), "model inspect none")).contains(ESCAPE, "expected a file");
    assertThat(onTerminal(Map.of("NO_COLOR", "1"), "model inspect none"))
        .contains("expected a file")
        .doesNotContain(ESCAPE);
    assertThat(onTerminal(Map.of("TERM", "dumb"), "model inspect none")).doesNotContain(ESCAPE);
    // a file is no terminal, though standard output is one
    Path file = Files.createTempFile("weir-err", ".txt");
    onTerminal(Map.of(), "model inspect none 2>" + file);
    assertThat(Files.readString(file)).contains("expected a file").doesNotContain(ESCAPE);
    Files.delete(file);
  }

  @Test
  void trainingShowsABarOnATerminalAndPlainLinesElsewhere() throws Exception {
    String train =
        "train --input src/cli/main/resources/sample/vega_seattle_tmax.csv --epochs 2 --out ";
    Path out = Files.createTempDirectory("weir-train").resolve("m.safetensors");
    String seen = onTerminal(Map.of(), train + out);
    assertThat(seen).contains("\r" + ESCAPE + "K[", "#", "validation error 0.");
    WeirProcess plain = WeirProcess.run(train + out + " --force");
    assertThat(plain.exitCode()).as("%s", plain).isZero();
    assertThat(plain.err()).contains("validation error 0.").doesNotContain("\r", ESCAPE);
  }
}

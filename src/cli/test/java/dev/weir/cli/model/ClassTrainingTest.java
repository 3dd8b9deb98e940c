package dev.weir.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassScore;
import dev.weir.classify.NetworkClassifier;
import dev.weir.classify.Probabilities;
import dev.weir.cli.InProcess;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code weir train --task classify}, and {@code weir model inspect} of what it writes. */
@ResourceLock(Resources.SYSTEM_OUT)
class ClassTrainingTest {

  @TempDir private Path folder;

  private final StringWriter errors = new StringWriter();

  private int run(Object command, String arguments) {
    return DeclaredOptions.complete(new CommandLine(command))
        .setErr(new PrintWriter(errors))
        .execute(arguments.replace("@", folder + "/").split(" "));
  }

  private void writeWindows() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder text = new StringBuilder("@classLabel true rise fall\n@data\n");
    for (int i = 0; i < 40; i++) {
      for (int t = 0; t < 9; t++) {
        text.append(t == 0 ? "" : ",").append((i % 4 == 0 ? t : -t) + random.nextGaussian());
      }
      text.append(i % 4 == 0 ? ":rise\n" : ":fall\n");
    }
    Files.writeString(folder.resolve("x.ts"), text);
  }

  @Test
  void trainsAModelThatInspectDescribes() throws IOException {
    writeWindows();
    int code =
        run(
            new TrainCommand(),
            "--task classify --input @x.ts --out @slope.safetensors --cell lstm --hidden-size 5"
                + " --num-layers 1 --unidirectional --pooling max --class-weights balanced");
    assertThat(code).as("%s", errors).isZero();
    ClassifierModel model = ClassifierFiles.read(folder.resolve("slope.safetensors"), null);
    assertThat(model.name()).isEqualTo("slope");
    assertThat(model.classes()).containsExactly("rise", "fall");
    assertThat(model.rnn().cell()).isEqualTo(Cell.LSTM);
    assertThat(model.rnn().hiddenSize()).isEqualTo(5);
    assertThat(model.readout()).isEqualTo(Readout.MAX);
    assertThat(Double.parseDouble(model.provenance().get("held_back_accuracy"))).isGreaterThan(0.8);
    String file = folder.resolve("slope.safetensors").toString();
    assertThat(InProcess.run("model", "inspect", file).out())
        .contains("slope version 1", "2: [rise, fall]", "linear, reads max", "one direction");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 6, true", // the mixture
    "' --method network', 6, false",
    "' --method convolution', 1, true",
    "' --validation 0', 6, false"
  })
  void aMethodAnswers(String option, int hiddenSize, boolean isConvolved) throws IOException {
    writeWindows();
    int code =
        run(
            new TrainCommand(),
            "--task classify --input @x.ts --out @m"
                + (option.contains("convolution") ? "" : " --hidden-size 6 --num-layers 1")
                + option);
    assertThat(code).as("%s", errors).isZero();
    ClassifierModel model = ClassifierFiles.read(folder.resolve("m"), null);
    assertThat(model.rnn().hiddenSize()).isEqualTo(hiddenSize);
    assertThat(model.convolution() != null).isEqualTo(isConvolved);
    if (isConvolved) {
      assertThat(model.convolution().share()).isBetween(hiddenSize == 1 ? 1 : 0.01, 1.0);
      assertThat(InProcess.run("model", "inspect", folder.resolve("m").toString()).out())
          .contains("2,520 features, share ");
    }
    float[] rise = {-9, -6, -3, 0, 3, 6, 9, 12, 15};
    float[] logits = new float[2];
    NetworkClassifier.of(model).logits(rise, logits);
    assertThat(logits[0]).isGreaterThan(logits[1]);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 40, 40 windows held back in turn",
    "' --validation 0.2', 32, 8 windows held back:"
  })
  void fewWindowsAreAllLearnedUnlessAShareIsGiven(String option, int learned, String score)
      throws IOException {
    writeWindows();
    String[] words =
        ("train --task classify --input @x.ts --out @m --hidden-size 2 --num-layers 1" + option)
            .replace("@", folder + "/")
            .split(" ");
    assertThat(InProcess.run(words).out()).contains("on " + score);
    ClassifierModel model = ClassifierFiles.read(folder.resolve("m"), null);
    assertThat(model.provenance()).containsEntry("windows", "" + learned);
  }

  @Test
  void windowsOfNoiseGiveNoCertainty() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder text = new StringBuilder("@classLabel true a b\n@data\n");
    for (int i = 0; i < 24; i++) {
      for (int t = 0; t < 9; t++) {
        text.append(t == 0 ? "" : ",").append(random.nextGaussian());
      }
      text.append(i % 2 == 0 ? ":a\n" : ":b\n");
    }
    Files.writeString(folder.resolve("noise.ts"), text);
    int code = run(new TrainCommand(), "--task classify --input @noise.ts --out @noise --seed 2");
    assertThat(code).as("%s", errors).isZero();
    ClassifierModel model = ClassifierFiles.read(folder.resolve("noise"), null);
    NetworkClassifier network = NetworkClassifier.of(model);
    ClassScore score = new ClassScore(2);
    float[] window = new float[9];
    float[] logits = new float[2];
    double[] probabilities = new double[2];
    for (int i = 0; i < 400; i++) {
      for (int t = 0; t < 9; t++) {
        window[t] = (float) random.nextGaussian();
      }
      network.logits(window, logits);
      Probabilities.softmax(logits, model.factor(), probabilities);
      score.add(probabilities, i % 2);
    }
    assertThat(score.logLoss()).isLessThan(Math.log(2) + 0.05);
  }

  /** States of two machines; in the second one's rows a value is missing. */
  private void writeStates() throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    StringBuilder text = new StringBuilder("series,time,current,heat,label\n");
    for (int t = 0; t < 360; t++) {
      boolean isOn = t / 9 % 3 != 0;
      double current = (isOn ? 3 : 0) + 0.3 * random.nextGaussian();
      String heat = t == 77 ? "" : "" + random.nextGaussian();
      text.append(
          "%s,%d,%s,%s,%s%n"
              .formatted(t % 2 == 0 ? "a" : "b", t, current, heat, isOn ? "on" : "off"));
    }
    Files.writeString(folder.resolve("states.csv"), text);
  }

  @Test
  void trainsAModelThatLabelsEachStep() throws IOException {
    writeStates();
    int code =
        run(
            new TrainCommand(),
            "--task classify --mode many-to-many --seq-len 12 --input @states.csv"
                + " --out @states.safetensors --hidden-size 4 --num-layers 1");
    assertThat(code).as("%s", errors).isZero();
    ClassifierModel model = ClassifierFiles.read(folder.resolve("states.safetensors"), null);
    assertThat(model.mode()).isEqualTo(Mode.MANY_TO_MANY);
    assertThat(model.classes()).containsExactly("off", "on");
    assertThat(model.view().patch()).isEqualTo(1);
    assertThat(Double.parseDouble(model.provenance().get("held_back_accuracy"))).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--input @no.ts --out @y|--input: expected one .ts or .csv file, got [",
        "--input @x.ts --out @y --validation 0.7|--validation: expected 0 to 0.5, got 0.7",
        "--input @x.ts --out @y --validation 0 --method mixture|--method: expected network without"
            + " windows that are held back, got mixture",
        "--input @x.ts --out @y --method convolution --cell gru|--cell: expected none with --method"
            + " convolution, got one",
        "--input @x.ts --out @y --patience 0|--patience: expected at least 1, got 0",
        "--input @x.ts --out @y --horizon 3|--horizon: expected none with --task classify, got one",
        "--input @x.ts --out @y --seq-len 4|--seq-len: expected --mode many-to-many as well, got"
            + " none",
        "--input @x.ts --out @y --mode many-to-many --pooling max|--pooling: expected none with"
            + " many-to-many, got one",
        "--input @x.ts --out @y --hidden-size 0|hidden_size: expected 1 to 4096, got 0"
      })
  void wrongOptionsAreNamed(String arguments, String message) throws IOException {
    writeWindows();
    String[] words = ("train --task classify " + arguments).replace("@", folder + "/").split(" ");
    assertThat(InProcess.run(words).failed(2).err()).startsWith("weir train: " + message);
    assertThat(folder.resolve("y")).doesNotExist();
  }
}

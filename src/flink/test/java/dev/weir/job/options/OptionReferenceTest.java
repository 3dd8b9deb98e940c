package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.option.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {

  @Test
  void theCommittedReferenceIsWhatTheOptionsSay() throws Exception {
    Path page = Path.of("docs", "job-file.md");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(page, OptionReference.markdown());
    }
    assertThat(Files.readString(page))
        .as("-Ddocs.write=true writes it again")
        .isEqualTo(OptionReference.markdown());
  }

  @Test
  void eachOptionIsDescribedAndSaysWhatAChangeOverASavepointDoes() {
    assertThat(JobOptions.all())
        .hasSizeGreaterThan(80)
        .allSatisfy(
            row -> {
              assertThat(row.expected()).as(row.key()).isNotBlank();
              assertThat(row.description()).as(row.key()).endsWith(".").doesNotContain("\n");
              assertThat(row.change()).as(row.key()).isNotBlank();
            });
  }

  @Test
  void aDefaultIsWrittenAsAJobFileWouldHaveIt() {
    List<Option<?>> withDefault =
        JobOptions.all().stream().filter(option -> option.defaultValue() != null).toList();
    assertThat(withDefault).hasSizeGreaterThan(20);
    for (Option<?> option : withDefault) {
      String text = option.defaultText().replaceAll("^\\[(.*)\\]$", "$1");
      if (!text.isEmpty()) { // an empty list can't be written
        assertThat(option.parse(text)).as(option.key()).isEqualTo(option.defaultValue());
      }
    }
  }

  @Test
  void whatIsRequiredIsWhatAnEmptyFileLacks() {
    assertThat(JobOptions.all().stream().filter(OptionReference::isRequired))
        .extracting(Option::key)
        .containsExactly("name", "kafka.bootstrap-servers");
  }
}

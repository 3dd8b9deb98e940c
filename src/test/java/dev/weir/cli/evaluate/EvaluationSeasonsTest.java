package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.option.Seasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationSeasonsTest {

  @Test
  void fileThatIsNotUtf8IsRefusedWithTheLine(@TempDir Path dir) throws IOException {
    Path seasons = dir.resolve("meta.csv");
    Files.writeString(
        seasons, "series_id,note,m\ngr\u00f6\u00dfe,hourly,24\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> EvaluationSeasons.of(List.of(seasons.toString()), Seasons.Counts.AUTO))
        .hasMessageStartingWith("meta.csv line 2: expected UTF-8 text, got the byte 0xF6");
  }
}

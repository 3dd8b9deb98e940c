package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.options.JobOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.option.Option.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** An option of a command that is also one of the job file has one declaration. */
class SharedOptionsTest {

  /** Of other meaning: scores as well, a model or its version, of seasons. */
  private static final Set<String> OTHERS =
      Set.of(
          "weir tail --scores",
          "weir tail --model",
          "weir tail --classes",
          "weir evaluate --interval", // of a file: also found, none or months
          "weir evaluate --model",
          "weir evaluate --season",
          "weir evaluate --outside", // a file
          "weir forecast --outside",
          "weir run --state", // a folder
          "weir forecast --interval",
          "weir forecast --model",
          "weir forecast --season");

  /** Where a command needs one and a job has none, or the weights' file says it. */
  private static final Set<String> OWN_DEFAULTS =
      Set.of("weir init --horizon", "weir train --cell");

  private static Map<String, Option<?>> shared() {
    Map<String, Option<?>> shared = new LinkedHashMap<>();
    Stream.concat(ForecastOptions.OF_MODE.stream(), JobOptions.all().stream())
        .filter(option -> option.key().matches("(window|topics|forecast|experts|season)\\b.*"))
        .forEach(option -> shared.putIfAbsent("--" + option.name(), option));
    return shared;
  }

  @Test
  void optionOfTheSameNameIsTheDeclaredOne() throws Exception {
    Map<String, Option<?>> shared = shared();
    Map<String, OptionSpec> all = new LinkedHashMap<>();
    for (CommandLine command : HelpTest.commands()) {
      String name = command.getCommandSpec().qualifiedName();
      command.getCommandSpec().options().forEach(o -> all.put(name + " " + o.longestName(), o));
    }
    all.keySet().removeAll(OTHERS);
    all.values().removeIf(option -> !shared.containsKey(option.longestName()));
    assertThat(all).hasSizeGreaterThan(30);
    for (Map.Entry<String, OptionSpec> entry : all.entrySet()) {
      String where = entry.getKey();
      OptionSpec option = entry.getValue();
      Option<?> declared = shared.get(option.longestName());
      assertThat(option.descriptionKey()).as(where).isEqualTo(declared.key());
      if (declared.type() != Type.NAME) {
        assertThat(option.description()[0]).as(where).contains(declared.expected());
      }
      if (!OWN_DEFAULTS.contains(where)) {
        assertThat(option.defaultValue()).as(where).isIn(null, declared.defaultText());
      }
      assertThatThrownBy(() -> option.converters()[0].convert("?"))
          .as(where)
          .hasMessage(declared.wrong("?"));
    }
  }
}

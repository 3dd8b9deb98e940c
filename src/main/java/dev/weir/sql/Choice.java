package dev.weir.sql;

import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.cell.Cell;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;

/** A text argument with a fixed set of values. */
final class Choice {

  private Choice() {}

  /**
   * @param where the function or model, for the message
   * @param option the argument or option
   * @param text what was said; null for nothing
   * @return null for null
   * @throws ValidationException if the text is not one of them
   */
  static <E> E of(String where, String option, String text, E[] values, Function<E, String> label) {
    if (text == null) {
      return null;
    }
    for (E value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    List<String> labels = Arrays.stream(values).map(label).toList();
    throw new ValidationException(
        "%s: %s: expected one of %s, got '%s'".formatted(where, option, labels, text));
  }

  /** An enum's values by their names in lower case. */
  static <E extends Enum<E>> E ofNames(String where, String option, String text, E[] values) {
    return of(where, option, text, values, value -> value.name().toLowerCase(Locale.ROOT));
  }

  static Readout readout(String where, String text) {
    return of(where, "readout", text, Readout.values(), Readout::label);
  }

  static Cell cell(String where, String text) {
    return ofNames(where, "cell", text, Cell.values());
  }

  static Scaling scaling(String where, String text) {
    Scaling.Rule rule = of(where, "scaling", text, Scaling.Rule.values(), Scaling.Rule::label);
    return rule == null ? null : new Scaling(rule, 0, 1);
  }
}

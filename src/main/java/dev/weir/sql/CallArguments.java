package dev.weir.sql;

import dev.weir.option.Option;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.inference.CallContext;

/** The arguments of one call of {@code FORECAST}, each read as its option declares it. */
final class CallArguments {

  /** As messages name it. */
  static final String FUNCTION = "FORECAST";

  private final CallContext call;

  CallArguments(CallContext call) {
    this.call = call;
  }

  /** Whether the statement says anything of it; NULL is nothing. */
  boolean isGiven(Option<?> option) {
    return !call.isArgumentNull(Signature.index(option));
  }

  <T> T get(Option<T> option) {
    return get(option, option.defaultValue());
  }

  <T> T get(Option<T> option, T otherwise) {
    if (!isGiven(option)) {
      return otherwise;
    }
    int index = Signature.index(option);
    if (!call.isArgumentLiteral(index)) {
      throw wrong(option, "a literal", "an expression");
    }
    String literal =
        call.getArgumentValue(index, Signature.type(option).getConversionClass())
            .map(Object::toString)
            .orElseThrow(() -> wrong(option, "a literal of its type", "another"));
    try {
      return option.parse(literal);
    } catch (IllegalArgumentException e) {
      throw wrong(Signature.label(option), e.getMessage());
    }
  }

  static ValidationException wrong(Option<?> option, String expected, Object got) {
    return wrong(Signature.label(option), "expected %s, got %s".formatted(expected, got));
  }

  /** Without a cause: of an error, Flink's tools show the deepest cause alone. */
  static ValidationException wrong(String argument, String problem) {
    return new ValidationException("%s: %s: %s".formatted(FUNCTION, argument, problem));
  }
}

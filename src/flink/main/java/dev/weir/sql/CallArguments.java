package dev.weir.sql;

import dev.weir.file.NamedFile;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.Front;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.types.ColumnList;

/** The arguments of one call of a table function, each read as its option declares it. */
final class CallArguments implements Front {

  private static final Map<Option<?>, Option<?>> NAMED =
      Map.of(
          ForecastOptions.FEATURES, Signature.FEATURE_COLUMNS,
          ForecastOptions.FEATURES_AHEAD, Signature.AHEAD_COLUMNS,
          ForecastOptions.LEVELS, Signature.LEVEL,
          ForecastOptions.SEASON, Signature.SECOND_SEASON,
          ForecastOptions.OUT_OF_ORDERNESS, Signature.IN_ORDER,
          AnomalyOptions.ENABLED, AnomalyOptions.BUDGET);

  /** Anything but zero: rows wait for the table's watermark, whose delay the table says. */
  private static final Duration UNTIL_WATERMARK = Duration.ofMillis(1);

  private final CallContext call;
  private final Signature signature;

  CallArguments(CallContext call, Signature signature) {
    this.call = call;
    this.signature = signature;
    int got = call.getArgumentDataTypes().size(); // Flink fills in what a statement leaves out
    if (got < signature.count()) {
      throw wrong(
          "expected %d arguments, got %d: this plan is of another version, run COMPILE PLAN again"
              .formatted(signature.count(), got));
    }
    for (String name : StatementNames.of(call)) {
      if (!signature.takes(name)) {
        throw wrong(name, "expected the name of an argument: " + signature.names());
      }
    }
  }

  Signature signature() {
    return signature;
  }

  /** Whether the statement says anything of it; NULL is nothing, nor is what it can't say. */
  boolean isGiven(Option<?> option) {
    return signature.has(option) && !call.isArgumentNull(signature.index(option));
  }

  List<Option<?>> given() {
    return signature.options().stream().filter(this::isGiven).toList();
  }

  @Override
  public String name(Option<?> option) {
    return signature.label(NAMED.getOrDefault(option, option));
  }

  @Override
  public boolean knows(Option<?> option) {
    return signature.has(option);
  }

  @Override
  public void problem(Option<?> option, String message) {
    throw wrong(name(option), message);
  }

  /** How long a row waits. */
  Duration outOfOrderness() {
    return get(Signature.IN_ORDER) ? Duration.ZERO : UNTIL_WATERMARK;
  }

  byte[] weights(Option<String> file) {
    try {
      return NamedFile.model(get(file), null);
    } catch (IllegalArgumentException e) {
      throw wrong(file, e.getMessage());
    }
  }

  <T> T get(Option<T> option) {
    return get(option, option.defaultValue());
  }

  <T> T get(Option<T> option, T otherwise) {
    if (!isGiven(option)) {
      return otherwise;
    }
    int index = signature.index(option);
    if (!call.isArgumentLiteral(index)) {
      throw wrong(option, "a literal", "an expression");
    }
    String literal =
        call.getArgumentValue(index, Signature.type(option).getConversionClass())
            .map(CallArguments::text)
            .orElseThrow(() -> wrong(option, "a literal of its type", "another"));
    try {
      return option.parse(literal);
    } catch (IllegalArgumentException e) {
      throw wrong(signature.label(option), e.getMessage());
    }
  }

  private static String text(Object literal) {
    return literal instanceof ColumnList columns
        ? String.join(",", columns.getNames())
        : literal.toString();
  }

  /** What could have no effect is a mistake. */
  void refuse(List<Option<?>> unread, String expected, String got) {
    for (Option<?> argument : unread) {
      if (isGiven(argument)) {
        throw wrong(argument, expected, got);
      }
    }
  }

  ValidationException wrong(Option<?> option, String expected, Object got) {
    return wrong(signature.label(option), "expected %s, got %s".formatted(expected, got));
  }

  ValidationException wrong(Option<?> option, String problem) {
    return wrong(signature.label(option), problem);
  }

  ValidationException wrong(String argument, String problem) {
    return wrong("%s: %s".formatted(argument, problem));
  }

  /** Without a cause: of an error, Flink's tools show the deepest cause alone. */
  ValidationException wrong(String problem) {
    return new ValidationException("%s: %s".formatted(signature.function(), problem));
  }

  /**
   * Names of the arguments as the statement writes them. Flink ignores an argument of an unknown
   * name, and its planner, whose classes have a class loader of their own, shows the statement to
   * nobody.
   */
  private static final class StatementNames {

    private StatementNames() {}

    /** The names; empty where the planner is built differently, or in a plan. */
    static List<String> of(CallContext call) {
      List<String> names = new ArrayList<>();
      try {
        Object statement = statement(call);
        List<?> operands = statement == null ? List.of() : operands(statement);
        for (Object operand : operands) {
          if (invoke(operand, "getKind").toString().equals("ARGUMENT_ASSIGNMENT")) {
            names.add(operands(operand).get(1).toString().replace("`", ""));
          }
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        return List.of();
      }
      return names;
    }

    private static Object statement(CallContext call) throws ReflectiveOperationException {
      for (Field member : call.getClass().getDeclaredFields()) {
        member.setAccessible(true);
        Object holder = member.get(call);
        if (holder != null && holder.getClass().getName().startsWith(call.getClass().getName())) {
          for (Field captured : holder.getClass().getDeclaredFields()) {
            captured.setAccessible(true);
            Object binding = captured.get(holder);
            if (binding != null && binding.getClass().getName().endsWith("SqlCallBinding")) {
              return invoke(binding, "getCall");
            }
          }
        }
      }
      return null;
    }

    private static List<?> operands(Object node) throws ReflectiveOperationException {
      return (List<?>) invoke(node, "getOperandList");
    }

    private static Object invoke(Object object, String method) throws ReflectiveOperationException {
      return object.getClass().getMethod(method).invoke(object);
    }
  }
}

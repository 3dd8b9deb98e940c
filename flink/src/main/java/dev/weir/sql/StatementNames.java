package dev.weir.sql;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.inference.CallContext;

/**
 * Names of the arguments as the statement writes them. Flink ignores an argument of an unknown name,
 * and its planner, whose classes have a class loader of their own, shows the statement to nobody.
 */
final class StatementNames {

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

  /** The call that one of the context's members was made for. */
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

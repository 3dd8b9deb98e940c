package dev.weir.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;

/** Arguments as they are, but the table's rows as Flink keeps them, so that none is converted. */
final class InternalRowTypeStrategy implements InputTypeStrategy {

  @Override
  public ArgumentCount getArgumentCount() {
    return ConstantArgumentCount.any();
  }

  @Override
  public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
    List<DataType> types = new ArrayList<>(call.getArgumentDataTypes());
    types.set(0, types.get(0).bridgedTo(RowData.class));
    return Optional.of(types);
  }

  @Override
  public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
    return List.of();
  }
}

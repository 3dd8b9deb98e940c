package dev.weir.sql;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModuleFactory;
import org.apache.flink.table.module.Module;

/** Finds the module by its name, for {@code LOAD MODULE weir}. */
public final class WeirModuleFactory implements ModuleFactory {

  @Override
  public String factoryIdentifier() {
    return "weir";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public Module createModule(Context context) {
    FactoryUtil.createModuleFactoryHelper(this, context).validate();
    return new WeirModule();
  }
}

package dev.weir.kafka.mapping;

import dev.weir.kafka.wire.RecordParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.RowKind;

/**
 * One of Flink's table formats, outside of tables.
 *
 * @param decoder reads records
 * @param hasChanges whether a record may also say that something is no longer so
 */
record TableFormat(DeserializationSchema<RowData> decoder, boolean hasChanges) {

  /**
   * @param name of a format, as in SQL
   * @param options of the format, without its name before them
   * @param type what is to be read
   * @throws IllegalArgumentException when the format is not there, or an option of it is wrong
   */
  static TableFormat of(String name, Map<String, String> options, DataType type) {
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    ClassLoader classLoader = own == null ? TableFormat.class.getClassLoader() : own;
    DeserializationFormatFactory factory;
    try {
      factory = FactoryUtil.discoverFactory(classLoader, DeserializationFormatFactory.class, name);
    } catch (ValidationException e) {
      throw new IllegalArgumentException(
          "format: expected a table format of Flink whose jar is on the class path, got " + name,
          e);
    }
    ReadableConfig config = Configuration.fromMap(options);
    try {
      checkNames(factory, options.keySet());
      FactoryUtil.validateFactoryOptions(factory, config);
      if (name.equals(DebeziumRows.FORMAT)) {
        Map<String, String> inner = new HashMap<>(options);
        inner.remove(DebeziumRows.SCHEMA_INCLUDE); // it is found
        return new TableFormat(of("json", inner, DebeziumRows.type(type)).decoder(), true);
      }
      DecodingFormat<DeserializationSchema<RowData>> format =
          factory.createDecodingFormat(context(type, classLoader), config);
      return new TableFormat(
          format.createRuntimeDecoder(ScanRuntimeProviderContext.INSTANCE, type),
          !format.getChangelogMode().containsOnly(RowKind.INSERT));
    } catch (ValidationException e) {
      throw new IllegalArgumentException(
          "format.options: " + e.getMessage().replaceAll("\\s+", " "), e);
    }
  }

  /** How records of a format, whose options are right, hold several values. */
  static RecordParts parts(String name, Map<String, String> options) {
    if (name.equals("json") || name.endsWith("-json")) {
      return RecordParts.ofJson();
    }
    if (!name.equals("csv")) {
      return RecordParts.whole();
    }
    boolean isQuoted = !Boolean.parseBoolean(options.get("disable-quote-character"));
    return RecordParts.ofCsv(
        character(options, "field-delimiter", ','),
        character(options, "array-element-delimiter", ';'),
        isQuoted ? character(options, "quote-character", '"') : null,
        character(options, "escape-character", null),
        Boolean.parseBoolean(options.get("allow-comments")));
  }

  /** As the format reads it, which may be written as \\t or \\u0001. */
  private static Character character(Map<String, String> options, String key, Character otherwise) {
    String text = options.getOrDefault(key, "");
    if (text.matches("\\\\u[0-9A-Fa-f]{4}")) {
      return (char) Integer.parseInt(text.substring(2), 16);
    }
    return text.isEmpty()
        ? otherwise
        : Character.valueOf(text.equals("\\t") ? '\t' : text.charAt(0));
  }

  private static void checkNames(DeserializationFormatFactory factory, Set<String> given) {
    Set<String> known = new TreeSet<>();
    factory.requiredOptions().forEach(option -> known.add(option.key()));
    factory.optionalOptions().forEach(option -> known.add(option.key()));
    for (String name : given) {
      if (!known.contains(name)) {
        throw new ValidationException("expected some of %s, got %s".formatted(known, name));
      }
    }
  }

  /** A table that has the fields and nothing else. */
  private static DynamicTableFactory.Context context(DataType type, ClassLoader classLoader) {
    List<Column> columns = new ArrayList<>();
    for (DataTypes.Field field : DataType.getFields(type)) {
      columns.add(Column.physical(field.getName(), field.getDataType()));
    }
    ResolvedSchema schema = ResolvedSchema.of(columns);
    CatalogTable table =
        CatalogTable.newBuilder()
            .schema(Schema.newBuilder().fromResolvedSchema(schema).build())
            .options(Map.of())
            .build();
    return new FactoryUtil.DefaultDynamicTableContext(
        ObjectIdentifier.of("weir", "weir", "observations"),
        new ResolvedCatalogTable(table, schema),
        Map.of(),
        new Configuration(),
        classLoader,
        true);
  }
}

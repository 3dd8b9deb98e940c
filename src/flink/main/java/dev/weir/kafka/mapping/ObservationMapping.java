package dev.weir.kafka.mapping;

import dev.weir.kafka.wire.TimeText;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Which fields of a record make which observations.
 *
 * @param series parts of a series' name, joined by slashes
 * @param values one series each; where there are several, a series' name ends with the field's;
 *     empty: records are covariates, of which features may be missing
 * @param onNull what happens to a value that is null or missing; null: it is skipped unless the
 *     record has no other
 * @param label the class of the window that ends with a value, or any text beside covariates; null:
 *     none
 * @param each an array, or arrays in arrays, whose elements are observations; null: the record is
 *     one
 */
public record ObservationMapping(
    Format format,
    List<NamePart> series,
    Time time,
    List<FieldPath> values,
    OnNull onNull,
    Covariates covariates,
    FieldPath label,
    ElementPath each)
    implements Serializable {

  /**
   * Avro whose schemas are in a registry; read without a table format, which must know a schema.
   */
  public static final String REGISTERED = "avro-confluent";

  /** Avro of the schema in a file; without a table format, too. */
  public static final String AVRO = "avro";

  /** Protobuf of the message in a file; Flink's own format wants a generated class. */
  public static final String PROTOBUF = "protobuf";

  /**
   * How records are written.
   *
   * @param name of one of Flink's table formats, or {@link #REGISTERED}
   * @param options of the format, without its name before them
   * @param columns all fields of a record in their order, for a format without names such as csv;
   *     empty: fields have names
   * @param schema of {@link #AVRO} or {@link #PROTOBUF}; null for other formats
   */
  public record Format(
      String name, Map<String, String> options, List<String> columns, SchemaFile schema)
      implements Serializable {

    public Format {
      options = Map.copyOf(options);
      columns = List.copyOf(columns);
    }

    boolean hasSchema() {
      return isRegistered() || needsFile(name);
    }

    boolean isRegistered() {
      return name.equals(REGISTERED);
    }
  }

  /**
   * When a value was observed.
   *
   * @param path null: the record's timestamp
   * @param unit of numbers that are times
   */
  public record Time(FieldPath path, TimeText.Unit unit) implements Serializable {}

  /**
   * Covariates of each value.
   *
   * @param observed with the value
   * @param areOthers whether the observed ones are the values, of which each value has the others
   * @param ahead known ahead, each a number for each step; empty: none
   */
  public record Covariates(List<FieldPath> observed, boolean areOthers, List<ArrayPath> ahead)
      implements Serializable {

    public Covariates {
      observed = List.copyOf(observed);
      ahead = List.copyOf(ahead);
    }
  }

  /** Whether records of a format need the schema in a file. */
  public static boolean needsFile(String format) {
    return format.equals(AVRO) || format.equals(PROTOBUF);
  }

  /**
   * The same of records that are covariates, of a group that is named as a series.
   *
   * @param features a number each
   * @throws IllegalArgumentException if one is a field of an array's elements
   */
  public ObservationMapping ofCovariates(List<ArrayPath> features) {
    return new ObservationMapping(
        format,
        series,
        time,
        List.of(),
        null,
        new Covariates(features.stream().map(ArrayPath::number).toList(), false, List.of()),
        null,
        each);
  }

  /** Whether records are covariates only, without a value. */
  boolean isOfCovariates() {
    return values.isEmpty();
  }

  /** What happens to a value that is null or missing. */
  public enum OnNull {
    /** It makes no observation. */
    SKIP,
    /** The record is a dead letter; its other values count. */
    DEAD_LETTER
  }

  public ObservationMapping {
    series = List.copyOf(series);
    values = List.copyOf(values);
  }

  /** What a value's series is called after the parts that all have; empty for a single value. */
  String nameOf(FieldPath value) {
    if (values.size() == 1 && !series.isEmpty()) {
      return "";
    }
    boolean isUnique =
        values.stream().filter(other -> other.last().equals(value.last())).count() == 1;
    return isUnique ? value.last() : value.distinct();
  }
}

package dev.weir.kafka.mapping;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.kafka.mapping.FieldPath.Condition;
import dev.weir.kafka.mapping.NamePart.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;

/**
 * The part of a record that a mapping names, as a row type of Flink. Each field is a text: formats
 * give a number as it was written, and a message about a wrong field shows it.
 *
 * <p>A path without {@code $.} may be one of an element, or of what is around it: the schema has
 * all of them, and the innermost that is there counts.
 */
final class MappedSchema {

  /** A field or what it contains, in the order in which they are in their row. */
  private static final class Node {
    private final Map<String, Node> children = new LinkedHashMap<>();
    private final String name;
    private boolean isArray;
    private boolean isLeaf;
    private boolean isList; // of texts
    private Descriptor message; // that the field is of; null before the first one
    private FieldDescriptor field;

    Node(String name) {
      this.name = name;
    }

    /** The part of an Avro or Protobuf value that the mapping names, as a format would give it. */
    Object of(Object value) {
      if (value == null) {
        return null;
      }
      if (isLeaf) {
        return StringData.fromString(ProtobufRecords.text(value));
      }
      if (!isArray && !isList) {
        return row(value);
      }
      if (!(value instanceof Collection<?> elements)) {
        throw new IllegalArgumentException(name + ": expected an array, got another value");
      }
      if (isList) {
        return new GenericArrayData(
            elements.stream()
                .map(e -> e == null ? null : StringData.fromString(ProtobufRecords.text(e)))
                .toArray());
      }
      return new GenericArrayData(
          elements.stream().map(element -> element == null ? null : row(element)).toArray());
    }

    GenericRowData row(Object value) {
      if (!(value instanceof IndexedRecord)
          && !(value instanceof Message)
          && !(value instanceof Map)) {
        throw new IllegalArgumentException(name + ": expected a record, got another value");
      }
      GenericRowData row = new GenericRowData(children.size());
      int at = 0;
      for (Node child : children.values()) {
        row.setField(at++, child.of(child.fieldOf(value)));
      }
      return row;
    }

    private Object fieldOf(Object value) {
      if (value instanceof Message holder) {
        if (holder.getDescriptorForType() != message) { // looking up costs
          message = holder.getDescriptorForType();
          field = message.findFieldByName(name);
        }
        return ProtobufRecords.field(holder, field);
      }
      if (value instanceof Map<?, ?> map) {
        Object found = map.get(new Utf8(name));
        return found != null ? found : map.get(name); // as the writer's schema says
      }
      IndexedRecord record = (IndexedRecord) value;
      Schema.Field found = record.getSchema().getField(name);
      return found == null ? null : record.get(found.pos());
    }

    /** Removes what holds no field. */
    void prune() {
      children.values().forEach(Node::prune);
      children.values().removeIf(child -> !child.isEnd() && child.children.isEmpty());
    }

    boolean isEnd() {
      return isLeaf || isList;
    }

    DataType type() {
      if (isList) {
        return DataTypes.ARRAY(DataTypes.STRING());
      }
      if (isLeaf) {
        return DataTypes.STRING();
      }
      DataType row =
          DataTypes.ROW(
              children.values().stream()
                  .map(child -> DataTypes.FIELD(child.name, child.type()))
                  .toList());
      return isArray ? DataTypes.ARRAY(row) : row;
    }
  }

  private final ObservationMapping mapping;
  private final Node root = new Node("record");

  /**
   * @throws IllegalArgumentException when the paths contradict each other
   */
  MappedSchema(ObservationMapping mapping) {
    this.mapping = mapping;
    List<String> lists =
        mapping.covariates().ahead().stream().map(path -> path.array().last()).toList();
    for (String column : mapping.format().columns()) {
      Node node = leaf(List.of(column));
      node.isList = lists.contains(column);
      node.isLeaf = !node.isList;
    }
    int columns = root.children.size();
    if (mapping.each() != null) {
      for (int i = 0; i < levels() - 1; i++) {
        inner(mapping.each().namesTo(i)).isArray = true;
      }
    }
    List<FieldPath> paths = paths(mapping);
    paths.forEach(this::arrays);
    List<ArrayPath> ahead = mapping.covariates().ahead();
    ahead.forEach(path -> arrays(path.array()));
    ahead.forEach(path -> levels(path).forEach(level -> numbers(level, path)));
    paths.forEach(path -> checked(levels(path), path).forEach(level -> leaves(level, path)));
    root.prune();
    checkEach();
    checkNames();
    if (columns > 0 && root.children.size() > columns) {
      throw new IllegalArgumentException(
          "expected fields of columns, got " + List.copyOf(root.children.keySet()).get(columns));
    }
  }

  private void checkEach() {
    for (int i = 0; i < levels() - 1; i++) {
      if (!isArray(mapping.each().namesTo(i))) {
        throw new IllegalArgumentException("each: expected a field of its elements, got none");
      }
    }
  }

  private void checkNames() {
    List<String> names = mapping.values().stream().map(mapping::nameOf).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "values: expected paths that give different names, got " + names);
    }
  }

  private static List<FieldPath> paths(ObservationMapping mapping) {
    List<FieldPath> paths = new ArrayList<>(mapping.values());
    paths.addAll(mapping.covariates().observed());
    mapping.series().stream()
        .filter(part -> part.kind() == Kind.FIELD)
        .forEach(part -> paths.add(part.path()));
    for (FieldPath path : new FieldPath[] {mapping.time().path(), mapping.label()}) {
      if (path != null) {
        paths.add(path);
      }
    }
    return paths;
  }

  interface Fields {
    /**
     * @param names of a field, or of an array of records
     * @param isArray which of the names are to be arrays, by index
     * @param isValue whether the last one is to be a value or an array of values, else of records
     */
    boolean has(List<String> names, List<Boolean> isArray, boolean isValue);
  }

  /**
   * @throws IllegalArgumentException when a path is nowhere
   */
  void checkPaths(Fields fields) {
    for (int i = 0; i < levels() - 1; i++) {
      List<String> names = mapping.each().namesTo(i);
      if (!fields.has(names, arraysAmong(names), false)) {
        throw new IllegalArgumentException(
            "each: expected an array that the schema has, got " + String.join(".", names));
      }
    }
    for (ArrayPath path : mapping.covariates().ahead()) {
      check(path, levels(path), level -> isIn(fields, level, path.array(), path.field()));
    }
    for (FieldPath path : paths(mapping)) {
      check(path, levels(path), level -> isIn(fields, level, path, List.of()));
    }
  }

  private static void check(Object path, List<Integer> levels, Predicate<Integer> isIn) {
    if (levels.stream().noneMatch(isIn)) {
      throw new IllegalArgumentException("expected fields that the schema has, got " + path);
    }
  }

  /**
   * @param below names of a field of the elements; none if there are no elements
   */
  private boolean isIn(Fields fields, int level, FieldPath path, List<String> below) {
    List<String> names = namesAt(level, path);
    names.addAll(below);
    return has(fields, names)
        && path.conditions().keySet().stream()
            .allMatch(index -> has(fields, conditionAt(level, path, index)));
  }

  private boolean has(Fields fields, List<String> names) {
    return fields.has(names, arraysAmong(names), true);
  }

  private List<Boolean> arraysAmong(List<String> names) {
    return IntStream.rangeClosed(1, names.size())
        .mapToObj(length -> isArray(names.subList(0, length)))
        .toList();
  }

  /** Of rows: the record, and an element of each array. */
  int levels() {
    return mapping.each() == null ? 1 : 1 + mapping.each().arrays().size();
  }

  private int first(FieldPath path) {
    return path.isOfRecord() ? 0 : levels() - 1;
  }

  private void arrays(FieldPath path) {
    path.conditions()
        .forEach(
            (index, condition) -> {
              for (int level = first(path); level >= 0; level--) {
                inner(namesAt(level, path, index)).isArray = true;
              }
            });
  }

  private void leaves(int level, FieldPath path) {
    leaf(namesAt(level, path));
    conditions(level, path);
  }

  private void conditions(int level, FieldPath path) {
    path.conditions().keySet().forEach(index -> leaf(conditionAt(level, path, index)));
  }

  /** Names of the field that a condition compares. */
  private List<String> conditionAt(int level, FieldPath path, int index) {
    List<String> names = namesAt(level, path, index);
    names.add(path.conditions().get(index).field());
    return names;
  }

  /** Of which rows it may be a path, the innermost first: one that leads through no whole array. */
  private List<Integer> levels(FieldPath path) {
    List<Integer> levels = new ArrayList<>();
    for (int level = first(path); level >= 0; level--) {
      boolean isOpen = true;
      for (int i = 0; i < path.names().size(); i++) {
        isOpen &= path.conditions().containsKey(i) || !isArray(namesAt(level, path, i));
      }
      if (isOpen) {
        levels.add(level);
      }
    }
    return levels;
  }

  private static List<Integer> checked(List<Integer> levels, Object path) {
    if (levels.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected a field of an array's element, got one of the array".formatted(path));
    }
    return levels;
  }

  /** The same of an array's path: one whose array is in a row. */
  private List<Integer> levels(ArrayPath path) {
    FieldPath array = path.array();
    List<String> before = array.names().subList(0, array.names().size() - 1);
    return checked(levels(new FieldPath(before, array.conditions(), array.isOfRecord())), path);
  }

  private void numbers(int level, ArrayPath path) {
    List<String> names = namesAt(level, path.array());
    conditions(level, path.array());
    if (!path.field().isEmpty()) {
      inner(names).isArray = true;
      names.addAll(path.field());
      leaf(names);
      return;
    }
    Node node = inner(names);
    if (node.isLeaf || !node.children.isEmpty()) {
      throw contradiction(names);
    }
    node.isList = true;
  }

  private List<String> namesAt(int level, FieldPath path, int index) {
    List<String> names = namesAt(level, path);
    return new ArrayList<>(names.subList(0, names.size() - path.names().size() + index + 1));
  }

  private List<String> namesAt(int level, FieldPath path) {
    List<String> names =
        level == 0 ? new ArrayList<>() : new ArrayList<>(mapping.each().namesTo(level - 1));
    names.addAll(path.names());
    return names;
  }

  private boolean isArray(List<String> names) {
    Node node = root;
    for (String name : names) {
      node = node.children.get(name);
      if (node == null) {
        return false;
      }
    }
    return node.isArray || node.isList;
  }

  private Node inner(List<String> names) {
    Node node = root;
    for (String name : names) {
      if (node.isEnd()) {
        throw contradiction(names);
      }
      node = node.children.computeIfAbsent(name, Node::new);
    }
    return node;
  }

  private Node leaf(List<String> names) {
    Node node = inner(names);
    if (!node.children.isEmpty() || node.isList) {
      throw contradiction(names);
    }
    node.isLeaf = true;
    return node;
  }

  private static IllegalArgumentException contradiction(List<String> names) {
    return new IllegalArgumentException(
        "%s: expected a field or what contains fields, got both"
            .formatted(String.join(".", names)));
  }

  /**
   * The same of a record of Avro or Protobuf.
   *
   * @throws IllegalArgumentException when an array or a record should be where something else is
   */
  RowData row(Object record) {
    return root.row(record);
  }

  DataType type() {
    return root.type();
  }

  /** The array of a level, from the row of the level before it. */
  RowPath array(int level) {
    return pathFrom(level - 1, mapping.each().arrays().get(level - 1), Map.of());
  }

  /** Where a path may be, from the rows of all levels; the innermost first. */
  List<RowPath> places(FieldPath path) {
    List<RowPath> places = new ArrayList<>();
    for (int level : levels(path)) {
      places.add(pathFrom(level, path.names(), path.conditions()));
    }
    return places;
  }

  /** Where an array of numbers may be; the innermost first. */
  List<ArrayPlace> places(ArrayPath path) {
    List<ArrayPlace> places = new ArrayList<>();
    for (int level : levels(path)) {
      RowPath field =
          path.field().isEmpty()
              ? null
              : path(inner(namesAt(level, path.array())), 0, path.field(), Map.of());
      places.add(
          new ArrayPlace(pathFrom(level, path.array().names(), path.array().conditions()), field));
    }
    return places;
  }

  private RowPath pathFrom(int level, List<String> names, Map<Integer, Condition> conditions) {
    Node start = level == 0 ? root : inner(mapping.each().namesTo(level - 1));
    return path(start, level, names, conditions);
  }

  private static RowPath path(
      Node start, int level, List<String> names, Map<Integer, Condition> conditions) {
    Node node = start;
    int[] positions = new int[names.size()];
    int[] widths = new int[names.size()];
    RowPath.Choice[] choices = new RowPath.Choice[names.size()];
    for (int i = 0; i < names.size(); i++) {
      positions[i] = List.copyOf(node.children.keySet()).indexOf(names.get(i));
      node = node.children.get(names.get(i));
      widths[i] = node.children.size();
      Condition condition = conditions.get(i);
      if (condition != null) {
        int position = List.copyOf(node.children.keySet()).indexOf(condition.field());
        choices[i] = new RowPath.Choice(position, condition.text());
      }
    }
    return new RowPath(level, positions, widths, choices);
  }
}

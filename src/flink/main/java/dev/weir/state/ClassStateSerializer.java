package dev.weir.state;

import dev.weir.classify.ClassState;
import dev.weir.classify.ClassStateFormat;

/** Serializes what is known of a series that is classified, as {@link ClassStateFormat} defines. */
public final class ClassStateSerializer extends StateSerializer<ClassState> {

  private static final long serialVersionUID = 1L;

  public static final ClassStateSerializer INSTANCE = new ClassStateSerializer();

  private ClassStateSerializer() {
    super(
        ClassStateFormat.VERSION, ClassStateFormat::write, ClassStateFormat::read, ClassState::new);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ClassState> {}
}

package dev.weir.stream.covariate;

import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes the covariates of a group. */
final class GroupCovariatesSerializer extends StateSerializer<GroupCovariates> {

  private static final long serialVersionUID = 1L;

  static final GroupCovariatesSerializer INSTANCE = new GroupCovariatesSerializer();

  private GroupCovariatesSerializer() {
    super(() -> new GroupCovariates(1), GroupCovariates::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<GroupCovariates> {}
}

package dev.weir.job;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.enumerator.SplitAndAssignmentStatus;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.kafka.common.TopicPartition;

/** The partitions of a topic that a savepoint or checkpoint has read. */
public final class SavepointPartitions {

  private SavepointPartitions() {}

  /**
   * Reads them.
   *
   * @param savepoint folder or metadata file, on a file system that this JVM can read
   * @throws IOException when there is no savepoint, or one that is not readable
   */
  public static Set<Integer> of(String savepoint, String topic) throws IOException {
    Set<Integer> partitions = new TreeSet<>();
    for (OperatorState operator : metadata(savepoint).getOperatorStates()) {
      if (operator.getCoordinatorState() != null) { // only sources have a coordinator here
        addOf(operator.getCoordinatorState().getData(), topic, partitions);
      }
    }
    return partitions;
  }

  private static CheckpointMetadata metadata(String savepoint) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint)
                .getMetadataHandle()
                .openInputStream())) {
      return Checkpoints.loadCheckpointMetadata(
          in, SavepointPartitions.class.getClassLoader(), savepoint);
    }
  }

  /** As Flink's SourceCoordinator writes it: two versions, a length, the enumerator's state. */
  private static void addOf(byte[] coordinator, String topic, Set<Integer> partitions)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(coordinator));
    in.readInt(); // the coordinator's version; this much is the same in all
    int version = in.readInt();
    byte[] state = in.readNBytes(in.readInt());
    for (SplitAndAssignmentStatus split :
        new KafkaSourceEnumStateSerializer().deserialize(version, state).splits()) {
      TopicPartition partition = split.split().getTopicPartition();
      if (partition.topic().equals(topic)) {
        partitions.add(partition.partition());
      }
    }
  }
}

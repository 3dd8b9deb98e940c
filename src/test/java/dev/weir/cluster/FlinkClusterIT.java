package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The ground that the cluster tests stand on: real processes come, go and come back. Runs no job.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlinkClusterIT {
  private static final Path DIR =
      BuiltClasspath.ofThisBuild().target().resolve("cluster/FlinkClusterIT");

  @Test
  void aKilledTaskManagerLeavesTheClusterAndItsSuccessorJoins() throws Exception {
    try (FlinkCluster flink =
        FlinkCluster.start(
            BuiltClasspath.ofThisBuild(),
            DIR.resolve("flink"),
            1,
            Map.of("taskmanager.numberOfTaskSlots", "1"))) {
      flink.awaitSlots(1);
      assertThat(flink.jobs()).isEmpty();

      flink.taskManager("tm-1").kill();
      flink.awaitTaskManagers(0);

      flink.startTaskManager("tm-1");
      flink.awaitSlots(1);
    }
  }

  @Test
  void aKilledBrokerKeepsItsTopicsAndItsAddress() throws Exception {
    try (BrokerProcess broker =
        BrokerProcess.start(
            BuiltClasspath.ofThisBuild(), DIR.resolve("broker"), Map.of("num.partitions", "3"))) {
      String bootstrapServers = broker.bootstrapServers();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
        admin
            .createTopics(List.of(new NewTopic("observations", 2, (short) 1)))
            .all()
            .get(30, TimeUnit.SECONDS);
      }

      broker.process().kill();
      broker.start();

      assertThat(broker.bootstrapServers()).isEqualTo(bootstrapServers);
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
        assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("observations");
      }
    }
  }
}

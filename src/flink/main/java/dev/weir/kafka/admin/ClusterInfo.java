package dev.weir.kafka.admin;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/** What brokers say of themselves, of topics and of groups, for a look at a job from outside. */
public final class ClusterInfo {

  private final TopicAdmin admin;

  public ClusterInfo(TopicAdmin admin) {
    this.admin = admin;
  }

  /** How many brokers there are now. */
  public int brokers() {
    return admin.get("describe the cluster", a -> a.describeCluster().nodes()).size();
  }

  /**
   * A setting of the topic as it holds, its broker's default included; null when it has none or who
   * asks may not know.
   */
  public String topic(String topic, String setting) {
    return setting(
        new ConfigResource(ConfigResource.Type.TOPIC, topic), "describe topic " + topic, setting);
  }

  /** A setting of one of the brokers; null when it has none or who asks may not know. */
  public String broker(String setting) {
    Node one =
        admin.get("describe the cluster", a -> a.describeCluster().nodes()).iterator().next();
    return setting(
        new ConfigResource(ConfigResource.Type.BROKER, one.idString()),
        "describe broker " + one.idString(),
        setting);
  }

  private String setting(ConfigResource resource, String what, String setting) {
    Config config;
    try {
      config = admin.get(what, a -> a.describeConfigs(List.of(resource)).all()).get(resource);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return null;
      }
      throw e;
    }
    ConfigEntry entry = config == null ? null : config.get(setting);
    return entry == null ? null : entry.value();
  }

  /** Where a group has got to in a topic, by partition; without those where it has not been. */
  public Map<Integer, Long> committed(String group, String topic) {
    Map<Integer, Long> offsets = new TreeMap<>();
    admin
        .committed(group, topic)
        .forEach((partition, place) -> offsets.put(partition, place.offset()));
    return offsets;
  }
}

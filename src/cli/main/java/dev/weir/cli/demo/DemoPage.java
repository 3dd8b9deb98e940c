package dev.weir.cli.demo;

import dev.weir.cli.dashboard.DashboardCommand;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The demo's page, up before there is anything to read. */
final class DemoPage {

  /** Those of the demo's job. */
  static final Topics TOPICS =
      new Topics(
          "demo.observations",
          "demo.forecasts",
          "demo.scores",
          "demo.observations.dlq",
          "demo.models");

  private static final int FIRST_PORT = DashboardCommand.PORT;
  private static final int LAST_PORT = FIRST_PORT + 9;

  private DemoPage() {}

  /**
   * @param port null for the first free one
   * @param note where the values come from
   */
  static Dashboard open(String bootstrapServers, Integer port, String note) throws IOException {
    DashboardSettings settings =
        new DashboardSettings(KafkaClients.of(bootstrapServers), TOPICS).withNote(note);
    if (port != null) {
      return open(settings, port);
    }
    for (int next = FIRST_PORT; next <= LAST_PORT; next++) {
      try {
        return open(settings, next);
      } catch (BindException e) {
        // somebody else has it
      }
    }
    return open(settings, 0);
  }

  private static Dashboard open(DashboardSettings settings, int port) throws IOException {
    InetSocketAddress bind = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return Dashboard.open(settings, bind, null);
  }
}

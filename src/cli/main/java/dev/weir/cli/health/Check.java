package dev.weir.cli.health;

import static dev.weir.cli.health.Check.Command.DOCTOR;
import static dev.weir.cli.health.Check.Command.STATUS;
import static dev.weir.cli.health.Check.Side.FLINK;
import static dev.weir.cli.health.Check.Side.KAFKA;

import java.io.IOException;
import java.util.Set;

/**
 * All checks of a job, in the order of their findings. A command makes those that name it, and
 * {@code run --dry-run} those of doctor, without Flink. They share a {@link Look}, which asks Flink
 * and the brokers once.
 */
enum Check {
  CLUSTER(FLINK, look -> new ClusterChecks(look).check(), DOCTOR),
  JOB(FLINK, FlinkHealth::look, STATUS),
  BROKERS(KAFKA, look -> look.setup.brokers(), DOCTOR),
  MISSING_TOPICS(KAFKA, look -> look.setup.missing(), DOCTOR),
  RIGHTS(KAFKA, look -> look.setup.rights(), DOCTOR),
  TOPICS(KAFKA, look -> look.health.topics(), STATUS),
  LAG(KAFKA, look -> look.health.lag(), STATUS),
  CLASSES(KAFKA, look -> new ClassHealth(look).check(), STATUS),
  REGISTRY(KAFKA, Look::registry, DOCTOR, STATUS),
  OBSERVATIONS(KAFKA, look -> look.setup.observations(), DOCTOR),
  PARTITIONS(KAFKA, look -> look.setup.partitions(), DOCTOR),
  OUTPUTS(KAFKA, look -> look.setup.outputs(), DOCTOR),
  MODELS(KAFKA, look -> new ModelChecks(look).check(), DOCTOR),
  FORECASTS(KAFKA, look -> look.health.forecasts(), STATUS),
  SCORES(KAFKA, look -> look.health.scores(), STATUS),
  DEAD_LETTERS(KAFKA, look -> look.health.deadLetters(), STATUS),
  MALFORMED(KAFKA, look -> look.health.malformed(), STATUS),
  TRANSACTIONS(KAFKA, look -> new TransactionHealth(look).check(), DOCTOR, STATUS);

  enum Command {
    DOCTOR,
    STATUS
  }

  enum Side {
    FLINK,
    KAFKA
  }

  private interface Body {
    void look(Look look) throws IOException;
  }

  private final Side side;
  private final Body body;
  private final Set<Command> commands;

  Check(Side side, Body body, Command... commands) {
    this.side = side;
    this.body = body;
    this.commands = Set.of(commands);
  }

  /**
   * Makes the checks of one side.
   *
   * @throws IOException if Flink does not answer
   * @throws IllegalStateException if the brokers do not answer, as Kafka's own exceptions
   */
  static void all(Side side, Look look) throws IOException {
    for (Check check : values()) {
      if (check.side == side && check.commands.contains(look.command)) {
        check.body.look(look);
      }
    }
  }
}

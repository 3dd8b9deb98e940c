package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import org.junit.jupiter.api.Test;

class TransactionHealthTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final long INTERVAL = 10_000;
  private static final long TIMEOUT = 600_000;

  private static Transaction transaction(int task, long checkpoint, long age) {
    return new Transaction("weir-plant-%d-%d".formatted(task, checkpoint), NOW - age, TIMEOUT);
  }

  @Test
  void theSentenceNamesWhoHidesHowMuchUntilWhen() {
    Transaction left = new Transaction("weir-demand-0-17", NOW, TIMEOUT);
    assertThat(new OpenTransactions.Hidden("forecasts", 3_912, left).sentence())
        .isEqualTo(
            "up to 3,912 records of forecasts wait behind an open transaction of weir-demand, until"
                + " 22:23:20 UTC or until that job's next checkpoint or start");
  }
}

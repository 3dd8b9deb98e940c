package dev.weir.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import org.junit.jupiter.api.Test;

class OpenTransactionsTest {

  @Test
  void sentenceNamesTheJobAndTheEndOfItsTransaction() {
    Transaction left = new Transaction("weir-demand-0-17", 1_700_000_000_000L, 600_000);
    assertThat(new Hidden("forecasts", 3_912, left).sentence())
        .isEqualTo(
            "up to 3,912 records of forecasts wait behind an open transaction of weir-demand, until"
                + " 22:23:20 UTC or until that job's next checkpoint or start");
  }
}

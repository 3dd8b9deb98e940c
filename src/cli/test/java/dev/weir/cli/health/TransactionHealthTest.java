package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionHealthTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final long INTERVAL = 10_000;
  private static final long TIMEOUT = 600_000;

  private static Transaction transaction(int task, long checkpoint, long age) {
    return new Transaction("weir-plant-%d-%d".formatted(task, checkpoint), NOW - age, TIMEOUT);
  }

  @Test
  void transactionsOfOneJobHaveNumbersOfTheSameCheckpoints() {
    List<Transaction> one =
        List.of(
            transaction(0, 70, 12_000), // waits for its checkpoint's end
            transaction(0, 71, 2_000),
            transaction(1, 71, 1_000));
    assertThat(TransactionHealth.areOfTwo(one, INTERVAL)).isFalse();
    assertThat(TransactionHealth.areOfTwo(List.of(), INTERVAL)).isFalse();
  }

  @Test
  void transactionsOfTwoJobsDoNot() {
    List<Transaction> two = List.of(transaction(1, 71, 9_000), transaction(1, 5, 2_000));
    assertThat(TransactionHealth.areOfTwo(two, INTERVAL)).isTrue();
  }

  @Test
  void oneThatStayedOpenLongAgoIsNoSecondJob() {
    List<Transaction> left = List.of(transaction(0, 5, 300_000), transaction(0, 71, 2_000));
    assertThat(TransactionHealth.areOfTwo(left, INTERVAL)).isFalse();
  }

  @Test
  void aTransactionThatBeginsOrEndsShowsARunningJob() {
    List<Transaction> before = List.of(transaction(0, 5, 9_000));
    assertThat(OpenTransactions.started(before, before)).isFalse();
    assertThat(OpenTransactions.ended(before, before, NOW)).isFalse();
    assertThat(OpenTransactions.started(before, List.of())).isFalse();
    assertThat(OpenTransactions.ended(before, List.of(), NOW)).as("committed").isTrue();
    List<Transaction> more = List.of(transaction(0, 5, 9_000), transaction(0, 6, 100));
    assertThat(OpenTransactions.started(before, more)).as("started").isTrue();
    List<Transaction> sameId = List.of(transaction(0, 5, 100));
    assertThat(OpenTransactions.started(before, sameId)).as("started again").isTrue();
  }

  @Test
  void aTransactionThatTimesOutDoesNot() {
    List<Transaction> before = List.of(transaction(0, 5, TIMEOUT - 1_000));
    assertThat(OpenTransactions.ended(before, List.of(), NOW)).isFalse();
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

package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventsTest {

  @Test
  void aPageThatIsGoneBeforeItIsServedLeavesItsPlace() {
    Events events = new Events(null);
    assertThat(events.admit()).isTrue();
    assertThat(events.listeners()).isEqualTo(1);

    // whatever a client does that can't be served any more: here it is none
    assertThatThrownBy(() -> events.serve(null, null, 0)).isInstanceOf(NullPointerException.class);

    assertThat(events.listeners()).isZero();
  }
}

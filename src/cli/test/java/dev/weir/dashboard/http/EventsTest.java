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

    // any failure while serving a client; here the client is null
    assertThatThrownBy(() -> events.serve(null, null, 0)).isInstanceOf(NullPointerException.class);

    assertThat(events.listeners()).isZero();
  }
}

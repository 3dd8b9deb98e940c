package dev.weir.cli.demo;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Format;
import dev.weir.cli.series.SampleData;
import dev.weir.cli.series.SampleData.Chart;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@code weir demo --task classify}: machines produce one control chart after another, a job
 * classifies each chart, and its true class arrives two charts later.
 */
final class ClassDemo extends Demo {

  private static final int MACHINES = 6;
  private static final int LABEL_DELAY = 2; // charts
  private static final int HEAD_START = 5; // charts of each machine that are sent at once

  private final List<Chart> charts;
  private final int steps;
  private final ClassificationCodec codec = new ClassificationCodec();
  private final Map<String, String> truths =
      new ConcurrentHashMap<>(); // by series and end of the window
  private volatile long classified; // counted by one thread, read by another at Ctrl-C
  private volatile long right; // the same

  ClassDemo(Duration duration, Format format, double rate) throws IOException {
    super("classes-demo", format, rate, duration, "", List.of("class"));
    this.charts = SampleData.controlCharts();
    this.steps = charts.get(0).values().length;
  }

  /** Sends all charts round by round, one of each machine at a time, again and again. */
  @Override
  void replay(KafkaClients clients) throws IOException, InterruptedException {
    LabelCodec encoder = new LabelCodec();
    try (ObservationProducer producer =
            new ObservationProducer(clients, topics.observations().first());
        Producer<byte[], byte[]> labels = clients.producer()) {
      double step = 1_000 / rate; // milliseconds between two values of a machine
      double first = System.currentTimeMillis() - HEAD_START * steps * step;
      for (int chart = 0; ; chart++) {
        for (int t = 0; t < steps; t++) {
          long time = (long) (first + ((double) chart * steps + t) * step);
          long wait = time - System.currentTimeMillis();
          if (wait > 0) {
            Thread.sleep(wait);
          }
          for (int machine = 0; machine < MACHINES; machine++) {
            double value = charts.get(place(chart, machine)).values()[t];
            producer.send(new Observation(name(machine), time, value));
          }
        }
        for (int machine = 0; machine < MACHINES; machine++) {
          long end = (long) (first + ((double) chart * steps + steps - 1) * step);
          truths.put(name(machine) + " " + end, truth(chart, machine));
          int late = chart - LABEL_DELAY;
          if (late >= 0) {
            long time = (long) (first + ((double) late * steps + steps - 1) * step);
            byte[] label = encoder.encode(new Label(name(machine), time, truth(late, machine)));
            byte[] key = name(machine).getBytes(StandardCharsets.UTF_8);
            labels.send(new ProducerRecord<>(topics.ofClasses().labels(), key, label));
          }
        }
      }
    }
  }

  private static String name(int machine) {
    return "machine-" + (machine + 1);
  }

  /** Neighbours in the file are of one class: the charts are taken in steps. */
  private int place(int chart, int machine) {
    return (int)
        (((long) chart * MACHINES + machine) * 61 % charts.size()); // 61 and 300 are coprime
  }

  private String truth(int chart, int machine) {
    return charts.get(place(chart, machine)).label();
  }

  @Override
  List<String> outputs() {
    return List.of(topics.ofClasses().classes());
  }

  @Override
  void take(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    Classification said = codec.decode(record.value());
    classified++; // by this thread only
    isFirst("class");
    end.shown("class");
    String truth = truths.remove(said.series() + " " + said.windowEnd());
    boolean isRight = said.label().equals(truth);
    right += isRight ? 1 : 0;
    if (format == Format.json) {
      System.out.println(ForecastLines.json(said));
      return;
    }
    System.out.println(
        String.format(
            "%-10s %s  %-12s %.3f  %s",
            said.series(),
            ForecastLines.minute(said.windowEnd()),
            said.label(),
            said.probability(),
            isRight ? "right" : "WRONG: it was " + truth));
  }

  @Override
  String summary() {
    return String.format(
        "%,d charts classified in %.0f s, %.1f %% rightly; their labels came %d charts later",
        classified, seconds(), 100.0 * right / Math.max(1, classified), LABEL_DELAY);
  }
}

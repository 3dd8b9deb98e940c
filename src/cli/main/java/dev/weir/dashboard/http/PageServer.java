package dev.weir.dashboard.http;

import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.IncidentList;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import io.javalin.http.sse.SseHandler;
import io.javalin.http.staticfiles.Location;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page and its data over HTTP, to this machine only. */
public final class PageServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int HEADER_BYTES = 16 << 10; // a name of 1,000 characters, percent-encoded
  private static final int MAX_SEARCH = 200;
  private static final int MAX_ITEMS = 2_000;
  private static final String EVENT_STREAM = "text/event-stream";

  private final DashboardState state;
  private final JobPage job;
  private final Events events;
  private final Javalin server;

  /**
   * @param port 0 for any free one
   * @throws IOException if it can't listen there
   */
  public PageServer(int port, DashboardState state, JobPage job) throws IOException {
    this.state = state;
    this.job = job;
    this.events = new Events(job);
    this.server = Javalin.create(this::configure);
    try {
      server.start(LOOPBACK.getHostAddress(), port);
    } catch (RuntimeException e) {
      server.stop();
      throw failure(port, e);
    }
  }

  /**
   * Fails if a server could not listen, for those who wait for something else before they start it.
   *
   * @throws IOException as the constructor's
   */
  public static void requireFree(int port) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(LOOPBACK, port));
    } catch (BindException e) {
      throw failure(port, e);
    }
  }

  private static IOException failure(int port, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        BindException taken =
            new BindException(
                "port %d: expected a free one, got: %s; give another by --port, or 0 for any free one"
                    .formatted(port, cause.getMessage()));
        taken.initCause(failure);
        return taken;
      }
    }
    return new IOException("the page's server did not start: " + failure.getMessage(), failure);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.asyncTimeout = 0;
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setSendServerVersion(false);
          http.setRequestHeaderSize(HEADER_BYTES);
        });
    config.jetty.modifyServletContextHandler(
        context ->
            context.addFilter(
                new FilterHolder(new LoopbackFilter()), "/*", EnumSet.of(DispatcherType.REQUEST)));
    config.validation.register(SeriesTable.Sort.class, SeriesTable.Sort::valueOf);
    config.validation.register(Forecast.Status.class, Forecast.Status::valueOf);
    config.validation.register(IncidentList.State.class, IncidentList.State::valueOf);
    config.validation.register(IncidentList.From.class, IncidentList.From::valueOf);
    config.staticFiles.add(
        files -> {
          files.hostedPath = "/";
          files.directory = "/dashboard";
          files.location = Location.CLASSPATH;
          files.headers.clear();
        });
    for (UplotFile file : UplotFile.values()) {
      config.routes.get(
          "/uplot/" + file.file(),
          context -> context.contentType(file.contentType()).result(file.bytes()));
    }
    config.routes.get("/api/job", context -> json(context, job.newest()));
    config.routes.get("/api/series", this::list);
    config.routes.get("/api/series/history", this::history);
    config.routes.get("/api/alarms", this::alarms);
    config.routes.get("/api/events", this::listen);
    config.routes.exception(
        HttpResponseException.class, (e, context) -> error(context, e.getStatus(), e.getMessage()));
    config.routes.exception(
        HttpException.RuntimeException.class,
        (e, context) -> error(context, e.getCode(), e.getReason()));
    config.routes.exception(
        Exception.class,
        (e, context) -> {
          if (e instanceof IOException) { // mostly a page that has gone
            LOG.debug("a request failed", e);
          } else {
            LOG.warn("a request failed", e);
          }
          error(context, 500, "internal error");
        });
  }

  public int port() {
    return server.port();
  }

  /** How many pages listen now. */
  public int listeners() {
    return events.listeners();
  }

  private void list(Context context) {
    SeriesTable.Query query =
        new SeriesTable.Query(
            Parameters.text(context, "search", MAX_SEARCH),
            Parameters.choice(context, "sort", SeriesTable.Sort.class, SeriesTable.Sort.worst),
            Parameters.choice(context, "status", Forecast.Status.class, null),
            Parameters.number(context, "limit", 1, MAX_ITEMS, 50));
    json(context, PageJson.of(state.series.page(query)));
  }

  private void alarms(Context context) {
    if (state.incidents == null) {
      throw new NotFoundResponse("alarms: expected a job with alarms: on, got one without");
    }
    IncidentList.Query query =
        new IncidentList.Query(
            Parameters.text(context, "series", Observation.MAX_SERIES_LENGTH),
            Parameters.text(context, "search", MAX_SEARCH),
            Parameters.choice(context, "state", IncidentList.State.class, null),
            Parameters.choice(context, "severity", IncidentList.From.class, null),
            Parameters.number(context, "limit", 1, MAX_ITEMS, 50));
    json(context, PageJson.of(state.incidents.page(query)));
  }

  private void history(Context context) {
    SeriesRow row = row(context);
    if (row == null) {
      throw new BadRequestResponse("series: expected a name, got none");
    }
    state.histories.ask(row);
    SeriesHistory.View view = row.view(0);
    if (view == null) { // others were asked for meanwhile
      throw new ServiceUnavailableResponse("series: expected room for its history, got none");
    }
    json(context, PageJson.history(view, job.thresholds(row.name())));
  }

  private void listen(Context context) throws Exception {
    String accept = context.header("Accept");
    if (accept == null || !accept.contains(EVENT_STREAM)) { // the library would answer nothing
      throw new HttpResponseException(
          406, "accept: expected %s, got another".formatted(EVENT_STREAM));
    }
    SeriesRow row = row(context);
    new SseHandler(client -> events.serve(client, row)).handle(context);
  }

  /** The series that a request names; null if it names none. */
  private SeriesRow row(Context context) {
    String name = Parameters.text(context, "series", Observation.MAX_SERIES_LENGTH);
    SeriesRow row = state.series.find(name);
    if (row == null && !name.isEmpty()) {
      throw new NotFoundResponse("series: expected one that was seen on the topics, got another");
    }
    return row;
  }

  private static void json(Context context, byte[] json) {
    context.contentType("application/json; charset=utf-8").result(json);
  }

  /**
   * Answers with an error, unless the page has gone: the framework handles what an error's handler
   * throws as the next error, again and again in the same thread.
   */
  private static void error(Context context, int status, String message) {
    try {
      context.status(status);
      json(context, PageJson.error(message));
    } catch (Exception e) { // Kotlin declares none
      LOG.debug("no answer, since the page has gone: {}", e.toString());
    }
  }

  @Override
  public void close() {
    events.close();
    server.stop();
  }
}

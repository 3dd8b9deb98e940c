package dev.weir.dashboard.http;

import dev.weir.dashboard.read.HistoryLoader;
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
import io.javalin.validation.Validator;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ThreadLimitHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page and its data over HTTP: {@code GET} only, everything bounded. */
public final class PageServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
  private static final int THREADS = 24;
  private static final int CONNECTIONS = 256;

  /** A half, so that nobody can take all; more than the pages that may listen need together. */
  private static final int CONNECTIONS_OF_ADDRESS = CONNECTIONS / 2;

  private static final int THREADS_OF_ADDRESS = THREADS / 2;
  private static final int HEADER_BYTES = 16 << 10; // a name of 1,000 characters, percent-encoded

  /** How long a connection may be idle, or a write wait for a reader that takes nothing. */
  public static final Duration IDLE = Duration.ofSeconds(20);

  /** A response may take so much longer: half a megabyte over a slow line. */
  private static final int RESPONSE_IDLES = 3;

  private static final int SEND_BUFFER = 256 << 10;
  private static final int MAX_SEARCH = 200;
  private static final int MAX_ITEMS = 200;
  private static final String EVENT_STREAM = "text/event-stream";

  private final DashboardState state;
  private final JobPage job;
  private final HistoryLoader lookBack;
  private final Events events;
  private final Javalin server;
  private ConnectionLimits limits;

  /**
   * @param address where to listen, port 0 for any free one
   * @param token what each request must carry; null for none
   * @param idle how long a connection may be idle, and a request's head may take in all
   */
  public PageServer(
      InetSocketAddress address,
      String token,
      Duration idle,
      DashboardState state,
      JobPage job,
      HistoryLoader lookBack)
      throws IOException {
    this.state = state;
    this.job = job;
    this.lookBack = lookBack;
    this.events = new Events(job);
    AccessFilter access = new AccessFilter(token);
    this.server = Javalin.create(config -> configure(config, address, idle, access));
    try {
      server.start();
    } catch (RuntimeException e) {
      server.stop();
      throw failure(address, e);
    }
  }

  /**
   * Fails if a server could not listen, for those who wait for something else before they start it.
   *
   * @throws IOException as the constructor's
   */
  public static void requireFree(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address);
    } catch (BindException e) {
      throw failure(address, e);
    }
  }

  private static IOException failure(InetSocketAddress address, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        BindException taken =
            new BindException(
                "port %d on %s: expected a free one, got: %s; give another by --port, or 0 for any free one"
                    .formatted(
                        address.getPort(),
                        address.getAddress().getHostAddress(),
                        cause.getMessage()));
        taken.initCause(failure);
        return taken;
      }
    }
    return new IOException("the page's server did not start: " + failure.getMessage(), failure);
  }

  private void configure(
      JavalinConfig config, InetSocketAddress address, Duration idle, AccessFilter access) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.asyncTimeout = 0;
    config.jetty.threadPool = new QueuedThreadPool(THREADS, 4);
    ThreadLimitHandler threads = new ThreadLimitHandler();
    threads.setThreadLimit(THREADS_OF_ADDRESS);
    config.jetty.modifyServer(jetty -> jetty.setHandler(threads));
    config.jetty.modifyHttpConfiguration(PageServer::configure);
    config.jetty.addConnector((jetty, http) -> connector(jetty, http, address, idle));
    config.jetty.modifyServletContextHandler(
        context ->
            context.addFilter(new FilterHolder(access), "/*", EnumSet.of(DispatcherType.REQUEST)));
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
    config.routes.get("/api/job", context -> json(context, job.whole()));
    config.routes.get("/api/series", this::list);
    config.routes.get("/api/series/history", this::history);
    config.routes.get("/api/errors", this::errors);
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

  private static void configure(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEADER_BYTES);
  }

  private ServerConnector connector(
      Server jetty, HttpConfiguration http, InetSocketAddress address, Duration idle) {
    ServerConnector connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(idle.toMillis());
    connector.setAcceptedSendBufferSize(SEND_BUFFER); // what the system holds for a slow page
    connector.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    limits =
        new ConnectionLimits(
            CONNECTIONS_OF_ADDRESS,
            idle,
            idle.multipliedBy(RESPONSE_IDLES),
            connector.getScheduler());
    connector.addBean(limits);
    http.addCustomizer(limits);
    return connector;
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
            Parameters.text(context, "group", Observation.MAX_SERIES_LENGTH),
            Parameters.text(context, "search", MAX_SEARCH),
            Parameters.choice(context, "sort", SeriesTable.Sort.class, SeriesTable.Sort.worst),
            Parameters.choice(context, "status", Forecast.Status.class, null),
            (int) Parameters.number(context, "offset", 0, Integer.MAX_VALUE, 0),
            (int) Parameters.number(context, "limit", 1, MAX_ITEMS, 50));
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
            Parameters.number(context, "from", Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE),
            Parameters.number(context, "to", Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
            (int) Parameters.number(context, "offset", 0, Integer.MAX_VALUE, 0),
            (int) Parameters.number(context, "limit", 1, MAX_ITEMS, 50));
    json(context, PageJson.of(state.incidents.page(query)));
  }

  private void errors(Context context) {
    String group = Parameters.text(context, "group", Observation.MAX_SERIES_LENGTH);
    json(context, PageJson.of(state.series.errors(group)));
  }

  private void history(Context context) {
    long before =
        Parameters.number(context, "before", Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    int limit = (int) Parameters.number(context, "limit", 1, SeriesHistory.KEPT, 500);
    SeriesRow row = row(context, true);
    if (state.histories.ask(row)) {
      lookBack.fill(row);
    }
    SeriesHistory.View view = row.view(before, limit, 0);
    if (view == null) { // dropped meanwhile
      view = new SeriesHistory(row.name()).view(before, limit, 0);
    }
    json(context, PageJson.history(view, job.thresholds(view.series()), why(view)));
  }

  private static String why(SeriesHistory.View view) {
    if (view.isEmpty()) {
      return "Nothing of this series is within reach yet; its next value will show here.";
    }
    if (view.modes().isEmpty()) {
      return "No forecast of this series yet: the first ones become visible with the job's next"
          + " checkpoint.";
    }
    return view.isCut()
        ? "The newest %,d values are kept; older ones are on the topic only."
            .formatted(SeriesHistory.KEPT)
        : null;
  }

  private void listen(Context context) throws Exception {
    String accept = context.header("Accept");
    if (accept == null || !accept.contains(EVENT_STREAM)) { // the library would answer nothing
      throw new HttpResponseException(
          406, "accept: expected %s, got another".formatted(EVENT_STREAM));
    }
    SeriesRow row = row(context, false);
    long after = row == null ? 0 : after(context, row);
    if (!events.admit()) {
      throw new ServiceUnavailableResponse(
          "events: expected at most %d pages at once, got one more; close one"
              .formatted(Events.MAX_CLIENTS));
    }
    boolean served = false;
    limits.keepOpen(ServletContextRequest.getServletContextRequest(context.req()));
    try {
      new SseHandler(client -> events.serve(client, row, after)).handle(context);
      served = true;
    } finally {
      if (!served) {
        events.leave();
      }
    }
  }

  /** The newest event that the page has seen; if it names none, all that is known now. */
  private static long after(Context context, SeriesRow row) {
    Validator<Long> header = context.headerAsClass("Last-Event-ID", Long.class);
    Long last = header.errors().isEmpty() ? header.getOrNull() : null;
    long missing = last != null && last > 0 ? last : row.sequence();
    return Parameters.number(context, "after", 0, Long.MAX_VALUE, missing);
  }

  /** The series that a request names; null if it names none and need not. */
  private SeriesRow row(Context context, boolean required) {
    String name = Parameters.text(context, "series", Observation.MAX_SERIES_LENGTH);
    if (name.isEmpty()) {
      if (required) {
        throw new BadRequestResponse("series: expected a name, got none");
      }
      return null;
    }
    SeriesRow row = state.series.find(name);
    if (row == null) {
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

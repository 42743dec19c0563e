import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * What the product counts. Labels come from closed sets (configured names, kinds, states), never from a person or a
 * request, so that metrics show nobody and cannot grow without end (T50).
 */
export interface Metrics {
  noticeReceived(notice: { source: string; kind: string }): void;
  caseChanged(change: { event: "opened" | "held"; source: string }): void;
  stepEnded(step: { target: string; step: string; result: string; durationMs: number }): void;
  /** `route` is the pattern (`/api/v1/cases/:id`), never the path. */
  requestEnded(request: { method: string; route: string; status: number; durationMs: number }): void;
  rateLimitWaited(wait: { target: string; waitMs: number }): void;
  certificateIssued(certificate: { kind: "interim" | "final" }): void;
  /** Read from the database when somebody scrapes; a reading that fails leaves the last value and counts as an error. */
  setBacklog(backlog: Backlog): void;
  /** Called before each scrape. */
  beforeScrape(read: () => Promise<void>): void;
  /** The text exposition. */
  scrape(): Promise<{ contentType: string; text: string }>;
}

export interface Backlog {
  /** Age of the oldest outbox row that no flow carries yet; 0 when there is none. */
  outboxAgeMs: number;
  /** Age of the oldest audit row without a place in the chain; more than 10 s is an alarm. */
  unsealedAuditAgeMs: number;
  queues: readonly { queue: string; state: string; count: number }[];
}

export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry, prefix: "lastday_" });

  const notices = new Counter({
    name: "lastday_notices_total",
    help: "Notices received, by source and kind",
    labelNames: ["source", "kind"],
    registers,
  });
  const cases = new Counter({
    name: "lastday_case_events_total",
    help: "Cases opened to act or to start later, and cases held for a person",
    labelNames: ["event", "source"],
    registers,
  });
  const steps = new Histogram({
    name: "lastday_target_step_seconds",
    help: "Steps at targets as they ended; the count by result tells failures from successes",
    labelNames: ["target", "step", "result"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 20, 60],
    registers,
  });
  const http = new Histogram({
    name: "lastday_http_request_seconds",
    help: "HTTP requests by route pattern",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const rateWaits = new Histogram({
    name: "lastday_rate_limit_wait_seconds",
    help: "Time a call waited for a slot of its target's rate bucket",
    labelNames: ["target"],
    buckets: [0.01, 0.1, 0.5, 1, 2, 5, 30],
    registers,
  });
  const certificates = new Counter({
    name: "lastday_certificates_total",
    help: "Certificates signed",
    labelNames: ["kind"],
    registers,
  });
  const outboxAge = new Gauge({
    name: "lastday_outbox_oldest_seconds",
    help: "Age of the oldest outbox row not yet brought to the queue",
    registers,
  });
  const unsealedAge = new Gauge({
    name: "lastday_audit_unsealed_oldest_seconds",
    help: "Age of the oldest audit row without a place in the chain; more than 10 is an alarm",
    registers,
  });
  const queueDepth = new Gauge({
    name: "lastday_queue_jobs",
    help: "Jobs in each queue by state",
    labelNames: ["queue", "state"],
    registers,
  });
  const scrapeErrors = new Counter({
    name: "lastday_scrape_errors_total",
    help: "Readings that failed while somebody scraped",
    registers,
  });
  const readers: (() => Promise<void>)[] = [];

  return {
    noticeReceived: ({ source, kind }) => notices.inc({ source, kind }),
    caseChanged: ({ event, source }) => cases.inc({ event, source }),
    stepEnded: ({ durationMs, ...labels }) => steps.observe(labels, durationMs / 1_000),
    requestEnded: ({ durationMs, ...labels }) => http.observe(labels, durationMs / 1_000),
    rateLimitWaited: ({ target, waitMs }) => rateWaits.observe({ target }, waitMs / 1_000),
    certificateIssued: ({ kind }) => certificates.inc({ kind }),
    setBacklog(backlog) {
      outboxAge.set(backlog.outboxAgeMs / 1_000);
      unsealedAge.set(backlog.unsealedAuditAgeMs / 1_000);
      queueDepth.reset();
      for (const { queue, state, count } of backlog.queues) queueDepth.set({ queue, state }, count);
    },
    beforeScrape: (read) => void readers.push(read),
    async scrape() {
      const readings = await Promise.allSettled(readers.map(async (read) => read()));
      const failed = readings.filter(({ status }) => status === "rejected").length;
      if (failed > 0) scrapeErrors.inc(failed);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

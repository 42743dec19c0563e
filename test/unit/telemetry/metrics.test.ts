import { createMetrics } from "../../../src/telemetry/index.ts";

describe("metrics", () => {
  it("count what happened, by closed labels, in seconds", async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.noticeReceived({ source: "okta", kind: "deactivated" });
    metrics.noticeReceived({ source: "okta", kind: "deactivated" });
    metrics.caseChanged({ event: "opened", source: "okta" });
    metrics.stepEnded({ target: "gw", step: "revoke", result: "done", durationMs: 250 });
    metrics.requestEnded({ method: "PATCH", route: "/scim/v2/Users/:id", status: 200, durationMs: 4 });
    metrics.rateLimitWaited({ target: "gw", waitMs: 1_500 });
    metrics.certificateIssued({ kind: "final" });

    const { text, contentType } = await metrics.scrape();

    expect(contentType).toContain("text/plain");
    for (const line of [
      'lastday_notices_total{source="okta",kind="deactivated"} 2',
      'lastday_case_events_total{event="opened",source="okta"} 1',
      'lastday_target_step_seconds_sum{target="gw",step="revoke",result="done"} 0.25',
      'lastday_http_request_seconds_count{method="PATCH",route="/scim/v2/Users/:id",status="200"} 1',
      'lastday_rate_limit_wait_seconds_sum{target="gw"} 1.5',
      'lastday_certificates_total{kind="final"} 1',
    ])
      expect(text).toContain(line);
  });

  it("read the backlog when somebody scrapes; queues that are gone are gone", async () => {
    const metrics = createMetrics({ processMetrics: false });
    const states = [[{ queue: "gw", state: "waiting", count: 7 }], [{ queue: "aws", state: "waiting", count: 1 }]];
    metrics.beforeScrape(async () => {
      metrics.setBacklog({ outboxAgeMs: 2_500, unsealedAuditAgeMs: 500, queues: states.shift() ?? [] });
    });

    const first = await metrics.scrape();
    const second = await metrics.scrape();

    expect(first.text).toContain("lastday_outbox_oldest_seconds 2.5");
    expect(first.text).toContain("lastday_audit_unsealed_oldest_seconds 0.5");
    expect(first.text).toContain('lastday_queue_jobs{queue="gw",state="waiting"} 7');
    expect(second.text).not.toContain('queue="gw"');
  });

  it("answer even when a reading fails, and count that", async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.beforeScrape(async () => {
      throw new Error("database away");
    });

    expect((await metrics.scrape()).text).toContain("lastday_scrape_errors_total 1");
  });

  it("of two instances do not mix", async () => {
    const one = createMetrics({ processMetrics: true });
    const two = createMetrics({ processMetrics: true });
    one.certificateIssued({ kind: "final" });

    expect((await two.scrape()).text).not.toContain('lastday_certificates_total{kind="final"}');
  });
});

import { githubLimits } from "../../../../connectors/vendors/github/index.ts";

const hour = 3_600;
const minute = 60;

describe("the pace at GitHub", () => {
  it.each([1_000, 5_000, 15_000])("T51 of %i an hour is kept in every hour and in every minute", (hourlyQuota) => {
    const { perSecond, burst, scope } = githubLimits({ hourlyQuota });

    expect(burst + perSecond * hour).toBeCloseTo(hourlyQuota);
    expect(burst + perSecond * minute).toBeLessThan(900); // points of the secondary limit, one for a read
    expect(perSecond).toBeGreaterThan(0);
    expect(scope).toBe("token");
  });
});

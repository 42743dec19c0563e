import { z } from "zod";
import type { TaskRow } from "../../store/views/tasks.ts";
import { id, instant, isoOrNull } from "./shared.ts";

export const handTask = z
  .strictObject({ what: z.string(), owner: z.string(), dueAt: instant })
  .meta({ id: "HandTask", description: "What only a person can do, whose it is, and by when" });

export const taskView = z
  .strictObject({
    id: id.describe("The item's"),
    caseId: id,
    target: z.string(),
    kind: z.string(),
    label: z.string(),
    ...handTask.shape,
    open: z.boolean(),
    closed: z
      .enum(["attested", "proven"])
      .nullable()
      .describe("`proven`: a later look saw the old value dead; `attested`: a person says so"),
    closedBy: z.array(z.string()),
    closedAt: instant.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: "Task", description: "Work of a person that holds a target" });

export type TaskView = z.output<typeof taskView>;

export function taskViewOf(row: TaskRow): TaskView {
  const { id, caseId, target, kind, label, task, open } = row;
  const closed = row.disposition === "attested" ? "attested" : row.verdict === "dead" ? "proven" : null;
  return {
    id,
    caseId,
    target,
    kind,
    label,
    ...task,
    open,
    closed,
    closedBy: [...row.disposedBy],
    closedAt: isoOrNull(row.disposedAt),
    reason: row.disposedReason,
  };
}
